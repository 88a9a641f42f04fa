"""The tree of groups of a recording's beats, with all that the questions hang on."""

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
        The group that it is a part of.
    children : tuple of int
        The two groups that it consists of, of which the first contains `medoid`; empty
        for a leaf.
    n_beats : int
        The number of beats.
    medoid : int
        The beat that stands for the group: a row of the table.
    sample : int
        The sample of its R peak.
    guess : str
        The model's class of most beats.
    counts : mapping of str to int
        The model's classes of the beats.
    priorities : mapping of str to int
        For each answer that may be in force, and for ``"model"`` if none is: the
        thousandfold expected number of beats that an answer to this group corrects.
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
        """Return the group as values of JSON."""
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
        The groups; the first is the root, which has all beats. Empty without beats.
    leaves : ndarray of int of shape (n_beats,)
        The leaf of each beat of the table; -1 for beats that are in no group.
    features : BeatFeatures
        The points of the beats, by which they are grouped.
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
