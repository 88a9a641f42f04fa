"""Repeated division of points into two parts, with a medoid for each part."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import linkage

__all__ = ["DividedPoints", "divide"]

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DividedPoints:
    """A tree of parts; part 0 contains all points.

    Parameters
    ----------
    parents : ndarray of int of shape (n_parts,)
        The part that contains each part; -1 for the first.
    children : list of tuple of int
        The two parts of each part, the one with the medoid first; empty if it is not
        divided.
    members : list of ndarray of int
        The points of each part.
    medoids : ndarray of int of shape (n_parts,)
        The representative point of each part.
    leaf_of : ndarray of int of shape (n_points,)
        The smallest part of each point.
    """

    parents: Indices
    children: list[tuple[int, ...]]
    members: list[Indices]
    medoids: Indices
    leaf_of: Indices


def divide(
    points: Floats, weights: Indices, n_leaves: int, method: str
) -> DividedPoints:
    """Cluster points hierarchically, and keep the divisions at the largest distances.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_features)
        The points, at least one.
    weights : ndarray of int of shape (n_points,)
        The number of beats that each represents.
    n_leaves : int
        The largest number of parts that are not divided.
    method : str
        The linkage.

    Returns
    -------
    DividedPoints
        The parts.
    """
    n = len(points)
    merges = linkage(points, method) if n > 1 else np.zeros((0, 4))
    parents, clusters = [-1], [2 * n - 2]
    children: list[tuple[int, ...]] = [()]
    heap = [(-merges[-1, 2], 0)] if n > 1 else []
    while heap and len(parents) < 2 * n_leaves - 1:
        _, part = heapq.heappop(heap)
        children[part] = (len(parents), len(parents) + 1)
        for cluster in sorted(merges[clusters[part] - n, :2].astype(int).tolist()):
            if cluster >= n:
                heapq.heappush(heap, (-merges[cluster - n, 2], len(parents)))
            parents.append(part)
            clusters.append(cluster)
            children.append(())
    members = [np.sort(_points_below(cluster, merges, n)) for cluster in clusters]
    medoids = np.full(len(parents), -1)
    leaf_of = np.zeros(n, dtype=np.int64)
    for part, mine in enumerate(members):
        if medoids[part] < 0:
            centre = np.average(points[mine], axis=0, weights=weights[mine])
            medoids[part] = mine[((points[mine] - centre) ** 2).sum(axis=1).argmin()]
        if not children[part]:
            leaf_of[mine] = part
            continue
        first, second = children[part]
        if medoids[part] not in members[first]:
            first, second = second, first
        medoids[first] = medoids[part]
        children[part] = (first, second)
    return DividedPoints(np.array(parents), children, members, medoids, leaf_of)


def _points_below(cluster: int, merges: Floats, n: int) -> Indices:
    """Return the points of a cluster of a linkage."""
    found, stack = [], [cluster]
    while stack:
        top = stack.pop()
        if top < n:
            found.append(top)
        else:
            stack.extend(merges[top - n, :2].astype(int).tolist())
    return np.array(found, dtype=np.int64)
