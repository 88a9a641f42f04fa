"""The spans of signal that the report contains in full resolution."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg.pages._strip import bytes_per_sample, fixed_bytes, joined_spans

__all__ = ["choose_spans"]

_MOST_BYTES = 14_400_000
"""The largest size of a page. Browsers open 15 MB within three seconds."""
_OTHER_BYTES = 700_000  # scripts, the table and the figures
_STRIP = 10  # seconds


def choose_spans(
    annotated: Any, listed: pd.DataFrame
) -> tuple[npt.NDArray[np.int64], int]:
    """Choose the spans that the page contains in full resolution.

    They are the whole recording, if it fits. Otherwise they are one readable strip of
    10 s for each hour, then as many strips of events as fit, by priority.

    Parameters
    ----------
    annotated : AnnotatedRecording
        The recording.
    listed : DataFrame
        The result of :func:`listed_events`.

    Returns
    -------
    spans : ndarray of int64 of shape (n_spans, 2)
        The first sample of each span, and the one after its last.
    n_hours : int
        The number of hourly strips; 0 if the page contains the whole recording.
    """
    recording = annotated.recording
    n_samples, fs = recording.n_samples, recording.fs
    n_leads = len(annotated.leads)
    fixed = fixed_bytes(recording, n_leads, len(annotated.table)) + _OTHER_BYTES
    room = max(0.0, (_MOST_BYTES - fixed) / bytes_per_sample(n_leads))
    if n_samples <= room:
        return np.array([[0, n_samples]]), 0
    hours = _hour_strips(annotated.unreadable == 0)
    ranked = listed.sort_values("priority", kind="stable")
    seconds = np.concatenate([hours, ranked[["start", "stop"]].to_numpy()])
    spans = np.column_stack(
        [np.floor(seconds[:, 0] * fs), np.ceil(seconds[:, 1] * fs)]
    ).astype(np.int64)
    n_fit = bisect_right(
        range(len(spans) + 1),
        room,
        key=lambda n: int(np.diff(joined_spans(spans[:n], n_samples)).sum()),
    )
    n_fit = max(0, n_fit - 1)
    return joined_spans(spans[:n_fit], n_samples), min(n_fit, len(hours))


def _hour_strips(is_readable: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return a strip for each hour, the readable one nearest its middle if possible."""
    strips = []
    for hour in range(0, len(is_readable), 3600):
        seconds = is_readable[hour : hour + 3600]
        middle = max(0, (len(seconds) - _STRIP) // 2)
        starts = np.arange(0, max(1, len(seconds) - _STRIP + 1))
        good = np.convolve(seconds, np.ones(_STRIP), "valid") >= _STRIP
        if len(seconds) >= _STRIP and good.any():
            starts = starts[good]
        start = hour + starts[np.abs(starts - middle).argmin()]
        strips.append((start, start + _STRIP))
    return np.array(strips, dtype=np.float64)
