"""The table of a recording's beats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg.annotation._classified_beats import ClassifiedBeats
from skecg.recordings import Recording

__all__ = ["QUALITIES", "beat_table"]

QUALITIES = ("good", "partial", "unreadable")
"""The quality of a beat: all chosen leads are readable, some, or none."""


def beat_table(
    recording: Recording,
    beats: ClassifiedBeats,
    class_names: Sequence[str],
    seconds: npt.NDArray[np.int8],
) -> pd.DataFrame:
    """Return the table of a recording's beats.

    Parameters
    ----------
    recording : Recording
        The recording.
    beats : ClassifiedBeats
        Its beats.
    class_names : sequence of str
        The classes.
    seconds : ndarray of shape (n_seconds,), int8
        Not 0 for seconds that are unreadable in all leads.

    Returns
    -------
    DataFrame of shape (n_beats, n_columns)
        The columns that :class:`AnnotatedRecording` documents.
    """
    times = beats.r_peaks / recording.fs
    named = np.array([*class_names, "Q"], dtype=object)
    best = np.where(np.isnan(beats.probabilities), -1, beats.probabilities).argmax(
        axis=1
    )
    best = np.where(beats.has_row, best, len(class_names))
    quality = np.where(beats.reasons == "", 0, np.where(beats.has_row, 1, 2))
    columns: dict[str, Any] = {"sample": beats.r_peaks, "time": times}
    if recording.start is not None:
        elapsed = pd.to_timedelta(np.round(times * 1e6), unit="us")
        columns["datetime"] = pd.Timestamp(recording.start) + elapsed
    columns["class"] = named[best]
    for name, values in zip(class_names, beats.probabilities.T, strict=True):
        columns[f"probability_{name}"] = values
    columns["rr"] = _intervals(times, seconds)
    columns["quality"] = pd.Categorical.from_codes(quality, categories=list(QUALITIES))
    columns["reason"] = beats.reasons
    table = pd.DataFrame(columns)
    return table.astype({"class": object, "reason": object})


def _intervals(
    times: npt.NDArray[np.float64], seconds: npt.NDArray[np.int8]
) -> npt.NDArray[np.float64]:
    """Return the interval before each beat, NaN if it contains an unreadable second."""
    intervals = np.full(len(times), np.nan)
    until = np.concatenate([[0], np.cumsum(seconds != 0)])
    at = np.minimum(times.astype(np.int64), len(seconds) - 1)
    is_known = until[at[1:] + 1] == until[at[:-1]]
    intervals[1:] = np.where(is_known, np.diff(times), np.nan)
    return intervals
