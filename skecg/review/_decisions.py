"""The classes of beats, from the model's probabilities and the answers in force."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.annotation import AnnotatedRecording
from skecg.review._group_tree import MODEL, GroupTree
from skecg.review._grow_tree import GroupSettings, LogProbabilities
from skecg.review._procedure import Standing

__all__ = ["decide"]


def decide(
    annotated: AnnotatedRecording,
    tree: GroupTree,
    found: Standing,
    settings: GroupSettings,
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the class of each beat, X for no beat, and who decided it.

    Parameters
    ----------
    annotated : AnnotatedRecording
        The annotated recording.
    tree : GroupTree
        Its groups.
    found : Standing
        The answers in force.
    settings : GroupSettings
        The settings of the groups.

    Returns
    -------
    classes : ndarray of str of shape (n_beats,), object
        The classes.
    decided_by : ndarray of str of shape (n_beats,), object
        ``"model"``, ``"answer"`` or ``"both"``.
    """
    classes = annotated.table["class"].to_numpy(object).copy()
    decided_by = np.full(len(classes), MODEL, dtype=object)
    logs = LogProbabilities.of(annotated, settings)
    labels = np.array(logs.labels, dtype=object)
    candidates = set(found.candidates)
    for node, label in found.in_force.items():
        if label == MODEL:
            continue
        rows = tree.members(node)
        # Beats of a group whose medoid was seen count as the medoid.
        nearness = tree.nearness[node] if node in candidates else 1.0
        weighed = logs.values[rows]
        weighed[:, logs.labels.index(label)] += settings.trust * nearness
        chosen = labels[weighed.argmax(axis=1)]
        is_same = chosen == classes[rows]
        is_answer = chosen == label
        decided_by[rows[is_answer]] = np.where(is_same[is_answer], "both", "answer")
        classes[rows[is_answer]] = label
    return classes, decided_by
