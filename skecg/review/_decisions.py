"""Classes of beats from the model's probabilities and the answers in force."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.review._beat_features import boosts
from skecg.review._group_settings import GroupSettings
from skecg.review._group_tree import GroupTree
from skecg.review._procedure import MODEL, Standing

__all__ = ["decide"]


def decide(
    classes: npt.NDArray[Any],
    tree: GroupTree,
    found: Standing,
    settings: GroupSettings,
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the class of each beat, X for no beat, and the source of the class.

    Parameters
    ----------
    classes : ndarray of str of shape (n_beats,), object
        The model's classes.
    tree : GroupTree
        The groups of the beats.
    found : Standing
        The answers in force.
    settings : GroupSettings
        The settings of the groups.

    Returns
    -------
    classes : ndarray of str of shape (n_beats,), object
        The classes. The class of a beat is the label with the highest probability after
        the answer in force has increased the probability of its label. The increase is
        larger for beats that are nearer to the beat of the question.
    decided_by : ndarray of str of shape (n_beats,), object
        ``"answer"`` if the class is that of the answer in force only, ``"both"`` if it
        is also that of the model, and otherwise ``"model"``.
    """
    features = tree.features
    labels = np.array(features.labels, dtype=object)
    position = np.full(len(classes), -1)
    position[features.rows] = np.arange(len(features.rows))
    decided, decided_by = classes.copy(), np.full(len(classes), MODEL, dtype=object)
    candidates = set(found.candidates)
    for number, label in found.in_force.items():
        if label == MODEL:
            continue
        node = tree.nodes[number]
        if number in candidates and node.parent is not None:
            # The answer in force is about the medoid of the parent.
            node = tree.nodes[node.parent]
        rows = tree.members(number)
        mine = position[rows]
        weighed = features.logs[mine]
        weighed[:, features.labels.index(label)] += boosts(
            features.points[mine], features.points[position[node.medoid]], settings
        )
        is_answer = labels[weighed.argmax(axis=1)] == label
        is_same = classes[rows] == label
        decided[rows[is_answer]] = label
        decided_by[rows[is_answer & ~is_same]] = "answer"
        decided_by[rows[is_answer & is_same]] = "both"
    return decided, decided_by
