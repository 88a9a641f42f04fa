"""Beats with the probabilities of their classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.annotation._beat_rows import BeatRows

__all__ = ["ClassifiedBeats", "probabilities_of"]


@dataclass(frozen=True)
class ClassifiedBeats:
    """The beats of a recording or of a part of it.

    Parameters
    ----------
    r_peaks : ndarray of int of shape (n_beats,)
        The samples of the R peaks.
    probabilities : ndarray of shape (n_beats, n_classes)
        The probability of each class; NaN without a row.
    reasons : ndarray of str of shape (n_beats,), object
        Why leads are unreadable.
    has_row : ndarray of bool of shape (n_beats,)
        Whether one of the leads is readable.
    n_dropped : int
        The number of peaks that were dropped.
    """

    r_peaks: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float64]
    reasons: npt.NDArray[Any]
    has_row: npt.NDArray[np.bool_]
    n_dropped: int

    @classmethod
    def joined(cls, parts: Sequence[ClassifiedBeats]) -> ClassifiedBeats:
        """Return the beats of all parts, in their order."""
        return cls(
            np.concatenate([part.r_peaks for part in parts]),
            np.concatenate([part.probabilities for part in parts]),
            np.concatenate([part.reasons for part in parts]),
            np.concatenate([part.has_row for part in parts]),
            sum(part.n_dropped for part in parts),
        )


def probabilities_of(
    models: Mapping[int, Any], rows: BeatRows, classes: Sequence[Any]
) -> npt.NDArray[np.float64]:
    """Return the probability of each class for each beat.

    Parameters
    ----------
    models : mapping of int to classifier
        The fitted classifier for each number of leads.
    rows : BeatRows
        The rows of the beats.
    classes : sequence
        The classes, in the order of the columns that are returned.

    Returns
    -------
    ndarray of shape (n_beats, n_classes)
        The probabilities; 0 for a class that the model of these leads does not know,
        and NaN for beats without a row.
    """
    probabilities = np.full((len(rows.has_row), len(classes)), np.nan)
    for part in rows.parts:
        model = models[len(part.leads)]
        columns = [list(classes).index(label) for label in model.classes_.tolist()]
        found = np.zeros((len(part.indices), len(classes)))
        found[:, columns] = model.predict_proba(part.data)
        probabilities[part.indices] = found
    return probabilities
