"""Beats as windows around their R peaks, with the rhythm beside them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = [
    "AFTER",
    "BEFORE",
    "CENTERED_FS",
    "RR_NAMES",
    "centered_rows",
    "rr_features",
]

CENTERED_FS = 120
"""The rate of the windows in hertz, that of the study's beats."""

BEFORE = 36
AFTER = 60
"""Samples before the R peak, 0.3 s, where the P wave is; and from it on, 0.5 s."""

RR_NAMES = {
    "full": (
        "pre_rr",
        "post_rr",
        "pre_rr_to_local",
        "post_rr_to_local",
        "pre_rr_to_median",
        "post_rr_to_median",
    ),
    "causal": ("pre_rr", "pre_rr_to_local_causal", "pre_rr_to_median_causal"),
}
"""The columns of each kind of RR features, in order."""

_N_LOCAL = 10
_UNKNOWN_RR = 1.0  # seconds; what the first beat's causal interval is taken for

Floats = npt.NDArray[np.float64]


def centered_rows(
    leads: Floats, positions: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """Cut windows of 96 samples around positions in leads at 120 Hz.

    Parameters
    ----------
    leads : ndarray of shape (n_samples, n_leads)
        The leads.
    positions : ndarray of int of shape (n_beats,)
        The samples of the R peaks.

    Returns
    -------
    ndarray of shape (n_beats, n_leads * 96), float32
        The windows, lead after lead, each less its median, so that the baseline
        is gone and the unit stays. Past the signal's ends its first or last
        sample stands in.
    """
    samples = np.clip(positions[:, None] + np.arange(-BEFORE, AFTER), 0, len(leads) - 1)
    windows = leads[samples].transpose(0, 2, 1)
    windows = windows - np.median(windows, axis=2, keepdims=True)
    shape = len(positions), leads.shape[1] * (BEFORE + AFTER)
    return windows.reshape(shape).astype(np.float32)


def rr_features(times: Floats, kind: str) -> npt.NDArray[np.float32]:
    """Return what the intervals around each beat say about the rhythm.

    Parameters
    ----------
    times : ndarray of shape (n_beats,)
        The R peaks in seconds, in order.
    kind : {"full", "causal"}
        Whether features may look past the beat, or may not.

    Returns
    -------
    ndarray of shape (n_beats, n_columns), float32
        The columns that ``RR_NAMES`` lists: intervals in seconds, and their
        ratios to the median of the ten intervals around the beat (causal: of the
        ten before it) and of the recording (causal: so far). Where there is no
        interval, that median stands in; for the first causal beat, one second.
    """
    if not len(times):
        return np.empty((0, len(RR_NAMES[kind])), dtype=np.float32)
    intervals = np.diff(times)
    columns = _causal(intervals) if kind == "causal" else _full(intervals)
    return np.column_stack(columns).astype(np.float32)


def _full(intervals: Floats) -> list[Floats]:
    overall = np.median(intervals) if len(intervals) else _UNKNOWN_RR
    pre = np.concatenate([[overall], intervals])
    post = np.concatenate([intervals, [overall]])
    local = np.empty(len(pre))
    for beat in range(len(pre)):
        # Five intervals before the beat and five after it.
        around = intervals[max(beat - _N_LOCAL // 2, 0) : beat + _N_LOCAL // 2]
        local[beat] = np.median(around) if len(around) else overall
    return [pre, post, pre / local, post / local, pre / overall, post / overall]


def _causal(intervals: Floats) -> list[Floats]:
    pre = np.concatenate([[_UNKNOWN_RR], intervals])
    local, overall = pre.copy(), pre.copy()
    for beat in range(2, len(pre)):
        # The beat's own interval is what is being compared: it stays out.
        before = intervals[: beat - 1]
        local[beat] = np.median(before[-_N_LOCAL:])
        overall[beat] = np.median(before)
    return [pre, pre / local, pre / overall]
