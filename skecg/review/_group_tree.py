"""The tree of groups of a recording's beats, from which questions are chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.review._beat_features import BeatFeatures

__all__ = ["GroupTree", "Node"]


@dataclass(frozen=True)
class Node:
    """A group of beats.

    Parameters
    ----------
    id : int
        Its position in the tree; parents come before children.
    parent : int or None
        The group that contains it.
    children : tuple of int
        The two parts of the group, the one with `medoid` first; empty for a leaf.
    n_beats : int
        The number of beats.
    medoid : int
        The representative beat of the group: a row of the table.
    sample : int
        The sample number of its R peak.
    guess : str
        The most frequent class according to the model.
    counts : mapping of str to int
        The number of beats of each class according to the model.
    priorities : mapping of str to int
        For each answer that may be in force (``"model"`` if there is none), a thousand
        times the expected number of beats that an answer about this group corrects.
    """

    id: int
    parent: int | None
    children: tuple[int, ...]
    n_beats: int
    medoid: int
    sample: int
    guess: str
    counts: Mapping[str, int]
    priorities: Mapping[str, int]

    def to_json(self) -> dict[str, Any]:
        """Return the group as JSON values."""
        return {
            "id": self.id,
            "parent": self.parent,
            "children": list(self.children),
            "n_beats": self.n_beats,
            "medoid": self.medoid,
            "sample": self.sample,
            "guess": self.guess,
            "counts": dict(self.counts),
            "priorities": dict(self.priorities),
        }


@dataclass(frozen=True, eq=False)
class GroupTree:
    """All groups, and the smallest group of each beat.

    Parameters
    ----------
    nodes : tuple of Node
        The groups; the first is the root, which contains all beats. Empty without
        beats.
    leaves : ndarray of int of shape (n_beats,)
        The leaf of each beat of the table; -1 for beats that are in no group.
    features : BeatFeatures
        The features by which the beats are grouped.
    """

    nodes: tuple[Node, ...]
    leaves: npt.NDArray[np.int64]
    features: BeatFeatures

    def members(self, node: int) -> npt.NDArray[np.int64]:
        """Return the rows of the beats of a group, in the order of time."""
        inside = np.zeros(len(self.nodes), dtype=bool)
        stack = [node]
        while stack:
            top = stack.pop()
            inside[top] = True
            stack.extend(self.nodes[top].children)
        return np.flatnonzero(inside[self.leaves] & (self.leaves >= 0))
