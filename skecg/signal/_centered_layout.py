"""Layout of windows around R peaks, with RR features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from skecg.signal._layout import Layout, check_n_leads
from skecg.signal._resampling import resample, rescale
from skecg.signal._windows import rolling_median

__all__ = ["CenteredLayout"]

_FS = 120  # hertz, as in the study's layout
_BEFORE = 36  # samples: 0.3 s, which contain the P wave
_AFTER = 60  # samples: 0.5 s

_RR_NAMES = {
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

_N_LOCAL = 10
_UNKNOWN_RR = 1.0  # seconds; the causal interval before the first beat

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class CenteredLayout(Layout):
    """Layout of 0.8 s windows around R peaks, minus their median, with RR features.

    Parameters
    ----------
    rr : {"full", "causal"} or None, default="full"
        The RR features. ``"full"``: the intervals before and after the beat in
        seconds, and their ratios to the median of the ten intervals around it and of
        the recording. ``"causal"``: the interval before the beat and its ratios to the
        median of up to ten intervals before it and of all before it. None: no features.
    n_leads : int or None, default=None
        Number of leads in a row; None allows any number.
    """

    rr: str | None = "full"
    n_leads: int | None = None

    name: ClassVar[str] = "centered"
    fs: ClassVar[int] = _FS
    n_before: ClassVar[int] = _BEFORE
    n_after: ClassVar[int] = _AFTER
    takes_marks: ClassVar[bool] = False

    _options: ClassVar[tuple[str, ...]] = ("rr", "n_leads")

    def __post_init__(self) -> None:
        """Check the options."""
        if self.rr is not None and self.rr not in list(_RR_NAMES):
            raise ValueError(
                f"rr must be one of {list(_RR_NAMES)} or None, got {self.rr!r}."
            )
        check_n_leads(self.n_leads)

    @property
    def is_causal(self) -> bool:
        """Whether the RR features use only intervals before the beat."""
        return self.rr != "full"

    @property
    def n_peaks_after(self) -> int | None:
        """Number of R peaks after the beat that a causal row needs; else None."""
        return 0 if self.is_causal else None

    @property
    def seconds_after(self) -> float | None:
        """Seconds of signal after the R peak that a causal row needs; else None."""
        return 0.6 if self.is_causal else None

    def aux_names(self, leads: Sequence[str]) -> tuple[str, ...]:
        """Return the names of the RR features."""
        return _RR_NAMES[self.rr] if self.rr else ()

    def cut(
        self,
        signal: npt.NDArray[np.float64],
        fs: float,
        r_peaks: npt.NDArray[np.int64],
        marks: npt.NDArray[np.int64],
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Cut a window of each lead for every R peak."""
        rows = _windows(resample(signal, fs, _FS), rescale(r_peaks, fs, _FS))
        if self.rr:
            rows = np.hstack([rows, _rr_features(r_peaks / fs, self.rr)])
        return rows, np.arange(len(r_peaks))


def _windows(
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
        The windows, one lead after another, in the unit of the signal. The median of
        each window is subtracted, which removes the baseline. Past the ends of the
        signal, the first and last sample are repeated.
    """
    samples = np.clip(
        positions[:, None] + np.arange(-_BEFORE, _AFTER), 0, len(leads) - 1
    )
    windows = leads[samples].transpose(0, 2, 1)
    windows = windows - np.median(windows, axis=2, keepdims=True)
    shape = len(positions), leads.shape[1] * (_BEFORE + _AFTER)
    return windows.reshape(shape).astype(np.float32)


def _rr_features(times: Floats, kind: str) -> npt.NDArray[np.float32]:
    """Return the RR features of each beat.

    Parameters
    ----------
    times : ndarray of shape (n_beats,)
        The times of the R peaks, in seconds and ascending order.
    kind : {"full", "causal"}
        Whether features may depend on later beats.

    Returns
    -------
    ndarray of shape (n_beats, n_columns), float32
        The columns that ``_RR_NAMES`` lists: intervals in seconds, and their
        ratios to the median of the ten intervals around the beat (causal: of the
        ten before it) and of the recording (causal: so far). The median of the
        recording replaces a missing interval; for the first causal beat it is one
        second.
    """
    if not len(times):
        return np.empty((0, len(_RR_NAMES[kind])), dtype=np.float32)
    intervals = np.diff(times)
    columns = _causal(intervals) if kind == "causal" else _full(intervals)
    return np.column_stack(columns).astype(np.float32)


def _full(intervals: Floats) -> list[Floats]:
    overall = np.median(intervals) if len(intervals) else _UNKNOWN_RR
    pre = np.concatenate([[overall], intervals])
    post = np.concatenate([intervals, [overall]])
    local = pre
    if len(intervals):
        # Five intervals before the beat and five after it.
        known = np.concatenate([[np.nan], intervals])
        local = rolling_median(known, _N_LOCAL // 2 - 1, _N_LOCAL // 2)
    return [pre, post, pre / local, post / local, pre / overall, post / overall]


def _causal(intervals: Floats) -> list[Floats]:
    pre = np.concatenate([[_UNKNOWN_RR], intervals])
    local, overall = pre.copy(), pre.copy()
    # The medians exclude the beat's own interval.
    local[2:] = rolling_median(intervals, _N_LOCAL - 1, 0)[:-1]
    overall[2:] = rolling_median(intervals, len(intervals), 0)[:-1]
    return [pre, pre / local, pre / overall]
