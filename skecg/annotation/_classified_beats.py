"""Beats with the probabilities of their classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.annotation._beat_rows import BeatRows

__all__ = ["ClassifiedBeats", "are_no_beats", "given_beats", "probabilities_of"]


@dataclass(frozen=True)
class ClassifiedBeats:
    """The beats of a recording or of a part of it.

    Parameters
    ----------
    r_peaks : ndarray of int of shape (n_beats,)
        The sample numbers of the R peaks.
    probabilities : ndarray of shape (n_beats, n_classes)
        The probability of each class; NaN for beats without a row.
    reasons : ndarray of str of shape (n_beats,), object
        The unreadable leads of each beat and the reason.
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
        """Join the beats of all parts, in order."""
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
        The probabilities. They are 0 for classes that the model lacks, and NaN for
        beats without a row.
    """
    probabilities = np.full((len(rows.has_row), len(classes)), np.nan)
    for part in rows.parts:
        model = models[len(part.leads)]
        columns = [list(classes).index(label) for label in model.classes_.tolist()]
        found = np.zeros((len(part.indices), len(classes)))
        found[:, columns] = model.predict_proba(part.data)
        probabilities[part.indices] = found
    return probabilities


def are_no_beats(probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return which peaks are not beats, according to their probabilities.

    Parameters
    ----------
    probabilities : ndarray of shape (n_peaks, n_classes + 1)
        The probabilities of the classes, and of no beat; NaN for peaks without a row.

    Returns
    -------
    ndarray of bool of shape (n_peaks,)
        Whether the probability of no beat is higher than that of every class; False for
        peaks without a row.
    """
    return probabilities[:, -1] > probabilities[:, :-1].max(axis=1)


def given_beats(probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the probabilities of the classes, given that all peaks are beats.

    Parameters
    ----------
    probabilities : ndarray of shape (n_peaks, n_classes + 1)
        The probabilities of the classes, and of no beat; NaN for peaks without a row.

    Returns
    -------
    ndarray of shape (n_peaks, n_classes)
        The probabilities, which sum to 1; all equal if the probability of no beat is 1.
    """
    of_classes = probabilities[:, :-1]
    total = of_classes.sum(axis=1, keepdims=True)
    equal = np.full_like(of_classes, 1 / of_classes.shape[1])
    scaled = np.divide(of_classes, total, out=equal, where=total != 0)
    # Without a probability of no beat, rescaling would only change the last bits.
    return np.where(probabilities[:, -1:] == 0, of_classes, scaled)
