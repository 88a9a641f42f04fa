"""Beats as the public heartbeat set of Kachuee et al. (2018) has them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["N_SAMPLES", "STUDY_FS", "study_rows"]

N_SAMPLES = 187
"""The length of a beat in the study's layout."""

STUDY_FS = 360
"""The rate, in hertz, of the signal that beats are cut from; MIT-BIH's."""

_STEP = 3  # 360 Hz to 120 Hz
_PAST_NEXT = 0.2  # the part of the next interval that a beat still holds


def study_rows(
    lead: npt.NDArray[np.float64],
    r_peaks: npt.NDArray[np.int64],
    marks: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Cut one lead at 360 Hz into beats by the rules of the public set.

    Parameters
    ----------
    lead : ndarray of shape (n_samples,)
        The lead.
    r_peaks : ndarray of int of shape (n_peaks,)
        The samples at which beats begin, in order.
    marks : ndarray of int of shape (n_marks,)
        Further samples that bound beats.

    Returns
    -------
    rows : ndarray of shape (n_beats, 187), float32
        The beats. A segment without a sample, or with one value throughout, is a
        row of zeros.
    kept : ndarray of shape (n_beats,), int64
        The R peak of each: those with two bounds after them, of which the lead's
        end may be one.
    """
    bounds = np.sort(np.concatenate([r_peaks, marks, [len(lead)]]))
    firsts = np.searchsorted(bounds, r_peaks)
    kept = np.flatnonzero(firsts + 2 < len(bounds))
    rows = np.zeros((len(kept), N_SAMPLES), dtype=np.float32)
    for row, first in enumerate(firsts[kept].tolist()):
        start, end, following = bounds[first : first + 3].tolist()
        segment = lead[start : end + int(_PAST_NEXT * (following - end)) : _STEP]
        lowest, highest = (segment.min(), segment.max()) if len(segment) else (0.0, 0.0)
        if highest > lowest:
            # The whole segment sets the scale, also what the cut takes away.
            part = segment[:N_SAMPLES]
            rows[row, : len(part)] = (part - lowest) / (highest - lowest)
    return rows, kept
