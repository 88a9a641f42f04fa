"""Group the beats of an annotated recording, from all beats down to a few."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import linkage
from scipy.spatial import cKDTree

from skecg.annotation import AnnotatedRecording
from skecg.review._beat_shapes import aligned_windows, log_interval_ratios
from skecg.review._group_tree import MODEL, GroupTree, Node
from skecg.review._procedure import CLASS_ANSWERS

__all__ = ["GroupSettings", "LogProbabilities", "grow_tree"]

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class GroupSettings:
    """Settings of the groups, chosen on DS1."""

    n_components: int = 10
    w_shape: float = 1.0
    w_timing: float = 1.0
    w_model: float = 0.5
    floor: float = 1e-3
    method: str = "ward"
    n_sampled: int = 3000
    n_leaves: int = 512
    sharpness: float = 0.5
    reach: float = 1.0
    trust: float = 4.0


@dataclass(frozen=True)
class LogProbabilities:
    """The model's log probabilities of all labels, softened."""

    labels: list[str]
    values: Floats

    @classmethod
    def of(cls, annotated: Any, s: GroupSettings) -> LogProbabilities:
        """Return those of all beats of an annotated recording."""
        table = annotated.table
        names = [x for x in table.columns if x.startswith("probability_")]
        known = [name.removeprefix("probability_") for name in names]
        labels = [*known, *(x for x in CLASS_ANSWERS if x not in known)]
        p = np.full((len(table), len(labels)), s.floor)
        p[:, : len(names)] = np.maximum(table[names].to_numpy(np.float64), s.floor)
        return cls(labels, s.sharpness * np.log(p / p.sum(axis=1, keepdims=True)))


def grow_tree(annotated: AnnotatedRecording, settings: GroupSettings) -> GroupTree:
    """Return the tree of the groups of the beats that have probabilities."""
    beats = ReadBeats(annotated, settings)
    if not len(beats.rows):
        return GroupTree((), np.full(len(annotated.table), -1), np.zeros(0))
    return tree_of(beats, settings)


class ReadBeats:
    """The beats of a recording that a model has classified, with their features."""

    def __init__(self, annotated: AnnotatedRecording, s: GroupSettings) -> None:
        self.annotated = annotated
        table = annotated.table
        self.n_rows = len(table)
        self.names = [
            column.removeprefix("probability_")
            for column in table.columns
            if column.startswith("probability_")
        ]
        p = table[[f"probability_{x}" for x in self.names]].to_numpy(np.float64)
        self.rows = np.flatnonzero(np.isfinite(p).all(axis=1))
        self.samples = table["sample"].to_numpy(np.int64)[self.rows]
        self.classes = table["class"].to_numpy(str)[self.rows]
        self.probabilities = p[self.rows]
        recording = annotated.recording
        columns = [recording.leads.index(name) for name in annotated.leads]
        self.windows = aligned_windows(recording, columns, self.samples)
        self.timing = log_interval_ratios(table["time"].to_numpy(np.float64))[self.rows]

    def features(self, s: GroupSettings) -> Floats:
        flat = self.windows.astype(np.float64)
        scale = np.median(np.abs(flat).max(axis=2), axis=0)
        flat = flat / np.maximum(scale, 1e-6)[None, :, None]
        flat = np.clip(flat.reshape(len(self.rows), -1), -4, 4)
        flat = flat - np.median(flat, axis=0)
        _, vectors = np.linalg.eigh(flat.T @ flat)
        shape = flat @ vectors[:, ::-1][:, : s.n_components]
        shape /= np.sqrt(10 * self.windows.shape[1])
        p = np.clip(self.probabilities, s.floor, None)
        logs = np.log(p / p.sum(axis=1, keepdims=True))
        return np.hstack(
            [s.w_shape * shape, 3 * s.w_timing * self.timing, s.w_model * logs / 3]
        )


def tree_of(beats: ReadBeats, s: GroupSettings) -> GroupTree:
    features = beats.features(s)
    sampled = _sample(beats, s.n_sampled)
    nearest = (
        np.arange(len(features))
        if len(sampled) == len(features)
        else cKDTree(features[sampled]).query(features)[1]
    )
    weights = np.bincount(nearest, minlength=len(sampled))
    points = features[sampled]
    parents, halves, leaf_of = _divide(points, s)
    # Of each sampled beat, the leaf; then of each beat.
    leaf = leaf_of[nearest]
    n_nodes = len(parents)
    medoids, children = _medoids(points, weights, parents, halves, leaf_of)
    softened = LogProbabilities.of(beats.annotated, s)
    labels, logs = softened.labels, softened.values[beats.rows]
    inside = _ancestors(parents)
    sums = np.zeros((n_nodes, features.shape[1]))
    np.add.at(sums, leaf, features)
    size = np.bincount(leaf, minlength=n_nodes).astype(np.int64)
    sums, size = inside.T @ sums, inside.T @ size
    nearness = np.ones(n_nodes)
    for node in range(1, n_nodes):
        centre = sums[node] / size[node]
        distance = ((centre - points[medoids[parents[node]]]) ** 2).sum()
        nearness[node] = np.exp(-distance / (2 * s.reach**2))
    counts = {
        name: inside.T @ np.bincount(leaf[beats.classes == name], minlength=n_nodes)
        for name in sorted(set(beats.classes))
    }
    nodes = []
    members = [np.flatnonzero(inside[leaf, node]) for node in range(n_nodes)]
    for node in range(n_nodes):
        mine = {x: int(c[node]) for x, c in counts.items() if c[node]}
        row = sampled[medoids[node]]
        part = logs[members[node]]
        priorities = {MODEL: _expected_errors(part)}
        for k, label in enumerate(labels):
            shifted = part.copy()
            shifted[:, k] += s.trust * nearness[node]
            priorities[label] = _expected_errors(shifted)
        nodes.append(
            Node(
                node,
                None if node == 0 else int(parents[node]),
                tuple(children[node]),
                int(size[node]),
                int(beats.rows[row]),
                int(beats.samples[row]),
                max(sorted(mine), key=lambda name: mine[name]),
                mine,
                priorities,
            )
        )
    leaves = np.full(beats.n_rows, -1)
    leaves[beats.rows] = leaf
    return GroupTree(tuple(nodes), leaves, nearness)


def _expected_errors(logs: Floats) -> int:
    p = np.exp(logs - logs.max(axis=1, keepdims=True))
    return round(1000 * float((1 - 1 / p.sum(axis=1)).sum()))


def _sample(beats: ReadBeats, n_sampled: int) -> Indices:
    n = len(beats.rows)
    if n <= n_sampled:
        return np.arange(n)
    # Half of them evenly, and half of those that the model is least sure of.
    sure = beats.probabilities.max(axis=1)
    half = n_sampled // 2
    even = np.linspace(0, n - 1, half).astype(np.int64)
    unsure = np.argsort(sure, kind="stable")[: 8 * half]
    unsure = unsure[np.linspace(0, len(unsure) - 1, half).astype(np.int64)]
    return np.unique(np.concatenate([even, unsure]))


def _divide(points: Floats, s: GroupSettings) -> tuple[Any, Any, Any]:
    """Divide all points in two, and the widest part again and again."""
    n = len(points)
    merges = linkage(points, s.method) if n > 1 else np.zeros((0, 4))
    parents, clusters, halves = [-1], [2 * n - 2], [()]
    heap = [(-merges[-1, 2], 0)] if n > 1 else []
    n_leaves = 1
    while heap and n_leaves < s.n_leaves:
        _, node = heapq.heappop(heap)
        pair = merges[clusters[node] - n, :2].astype(int)
        halves[node] = (len(parents), len(parents) + 1)
        for cluster in sorted(pair):
            if cluster >= n:
                heapq.heappush(heap, (-merges[cluster - n, 2], len(parents)))
            parents.append(node)
            clusters.append(int(cluster))
            halves.append(())
        n_leaves += 1
    leaf_of = np.zeros(n, dtype=np.int64)
    for node, cluster in enumerate(clusters):
        if not halves[node]:
            stack = [cluster]
            while stack:
                top = stack.pop()
                if top < n:
                    leaf_of[top] = node
                else:
                    stack.extend(merges[top - n, :2].astype(int).tolist())
    return np.array(parents), halves, leaf_of


def _ancestors(parents: Indices) -> npt.NDArray[np.float64]:
    """Return for each node (row) which nodes (columns) it is a part of."""
    inside = np.zeros((len(parents), len(parents)), dtype=bool)
    for node, parent in enumerate(parents):
        if parent >= 0:
            inside[node] = inside[parent]
        inside[node, node] = True
    return inside


def _medoids(points, weights, parents, halves, leaf_of):
    """Return the medoid of each group, and the children, that with it first."""
    n_nodes = len(parents)
    inside = _ancestors(parents)
    medoids = np.full(n_nodes, -1)
    children = [()] * n_nodes
    for node in range(n_nodes):
        if medoids[node] < 0:
            mine = np.flatnonzero(inside[leaf_of, node])
            centre = np.average(points[mine], axis=0, weights=weights[mine])
            medoids[node] = mine[((points[mine] - centre) ** 2).sum(axis=1).argmin()]
        if halves[node]:
            first, second = halves[node]
            if not inside[leaf_of[medoids[node]], first]:
                first, second = second, first
            medoids[first] = medoids[node]
            children[node] = (first, second)
    return medoids, children
