"""Layout of the public heartbeat set of Kachuee et al. (2018)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from skecg.signal._layout import Layout
from skecg.signal._resampling import resample, rescale

__all__ = ["StudyLayout"]

_N_SAMPLES = 187
_FS = 360  # hertz, the rate of MIT-BIH, at which beats are cut
_STEP = 3  # from 360 Hz to 120 Hz
_PAST_NEXT = 0.2  # fraction of the next interval that a row includes


@dataclass(frozen=True, repr=False)
class StudyLayout(Layout):
    """Layout of 187 samples of one lead from the R peak on, scaled to 0..1.

    A beat starts at its R peak and ends after the next bound, at a fifth of the
    interval from that bound to the following one. A bound is an R peak, another
    annotation or the end of the signal.
    """

    name: ClassVar[str] = "study"
    fs: ClassVar[int] = _FS // _STEP
    n_before: ClassVar[int] = 0
    n_after: ClassVar[int] = _N_SAMPLES
    n_leads: ClassVar[int | None] = 1
    is_causal: ClassVar[bool] = True
    n_peaks_after: ClassVar[int | None] = 2
    seconds_after: ClassVar[float | None] = 0.0
    takes_marks: ClassVar[bool] = True

    def aux_names(self, leads: Sequence[str]) -> tuple[str, ...]:
        """Return no names, because rows of this layout contain only samples."""
        return ()

    def feature_names(self, leads: Sequence[str]) -> list[str]:
        """Return ``sample_0`` and so on, without the name of the only lead."""
        super().feature_names(leads)
        return [f"sample_{i}" for i in range(self.n_samples)]

    def read_spans(
        self,
        fs: float,
        r_peaks: npt.NDArray[np.int64],
        marks: npt.NDArray[np.int64],
        n_samples: int,
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the segments of the rows, before they are cut to 187 samples."""
        bounds = np.sort(np.concatenate([r_peaks, marks, [n_samples, n_samples]]))
        nexts = np.searchsorted(bounds, r_peaks) + 1
        ends, followings = bounds[nexts], bounds[np.minimum(nexts + 1, len(bounds) - 1)]
        past = np.ceil(_PAST_NEXT * (followings - ends)).astype(np.int64)
        return r_peaks, np.minimum(ends + past, n_samples)

    def cut(
        self,
        signal: npt.NDArray[np.float64],
        fs: float,
        r_peaks: npt.NDArray[np.int64],
        marks: npt.NDArray[np.int64],
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Cut one lead; leave out beats without two bounds after them."""
        lead = resample(signal, fs, _FS)[:, 0]
        return _study_rows(lead, rescale(r_peaks, fs, _FS), rescale(marks, fs, _FS))


def _study_rows(
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
        The samples at which beats start, in ascending order.
    marks : ndarray of int of shape (n_marks,)
        Further bounds of beats, in samples.

    Returns
    -------
    rows : ndarray of shape (n_beats, 187), float32
        The beats. An empty or constant segment gives a row of zeros.
    kept : ndarray of shape (n_beats,), int64
        The position in `r_peaks` of each beat. A beat needs two bounds after it; the
        end of the lead counts as a bound.
    """
    bounds = np.sort(np.concatenate([r_peaks, marks, [len(lead)]]))
    firsts = np.searchsorted(bounds, r_peaks)
    kept = np.flatnonzero(firsts + 2 < len(bounds))
    rows = np.zeros((len(kept), _N_SAMPLES), dtype=np.float32)
    for row, first in enumerate(firsts[kept].tolist()):
        start, end, following = bounds[first : first + 3].tolist()
        segment = lead[start : end + int(_PAST_NEXT * (following - end)) : _STEP]
        lowest, highest = (segment.min(), segment.max()) if len(segment) else (0.0, 0.0)
        if highest > lowest:
            # Scale by the whole segment, before it is cut to 187 samples.
            part = segment[:_N_SAMPLES]
            rows[row, : len(part)] = (part - lowest) / (highest - lowest)
    return rows, kept
