"""Statistics of beats and their neighbours that several features share."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = [
    "SMALLEST",
    "by_rows",
    "correlation",
    "later",
    "median",
    "median_around",
    "neighbours",
    "past_median",
    "reach",
    "rolling_median",
    "root_mean_square",
]

Floats = npt.NDArray[np.float64]

SMALLEST = 1e-12
"""Smallest size of a wave, in the unit of the signal.

It is above rounding errors and below the size of waves in volts.
"""
_ROWS = 1000
_FEW = 100  # up to this many medians, sorting is faster than pandas


def reach(n_beats: int, is_causal: bool) -> tuple[int, int]:
    """Return the numbers of neighbours of a beat before and after it.

    A causal beat has the same number of neighbours, all before it.
    """
    return (2 * n_beats, 0) if is_causal else (n_beats, n_beats)


def neighbours(values: npt.ArrayLike, before: int, after: int) -> Floats:
    """Return a row for each value of the last axis, with the values around it.

    Values past the ends are NaN, which NumPy's nan functions ignore.
    """
    beats = np.asarray(values, dtype=np.float64)
    ends = [np.full((*beats.shape[:-1], n), np.nan) for n in (before, after)]
    padded = np.concatenate([ends[0], beats, ends[1]], axis=-1)
    return np.lib.stride_tricks.sliding_window_view(padded, before + 1 + after, axis=-1)


def by_rows(function: Callable[..., Floats], *arrays: npt.NDArray[Any]) -> Floats:
    """Apply a function to 1,000 rows at a time, to limit the memory."""
    starts = range(0, len(arrays[0]), _ROWS)
    parts = [function(*(x[start : start + _ROWS] for x in arrays)) for start in starts]
    return np.concatenate(parts)


def median_around(
    values: npt.ArrayLike, n_beats: int, n_last: int | None, *, empty: float = 0.0
) -> Floats:
    """Return the median around each value, within :func:`reach`.

    With `n_last`, medians are causal and returned for the last `n_last` values only.
    """
    if n_last is None:
        return rolling_median(values, *reach(n_beats, False), empty=empty)
    return past_median(values, reach(n_beats, True)[0], n_last, empty=empty)


def past_median(
    values: npt.ArrayLike, n_beats: int, n_last: int, *, empty: float = 0.0
) -> Floats:
    """Return the median over each of the last values and the `n_beats` before it.

    Same as ``rolling_median(values, n_beats, 0)[..., -n_last:]``, but faster for few
    values.
    """
    if n_last > _FEW:
        return rolling_median(values, n_beats, 0, empty=empty)[..., -n_last:]
    beats = np.asarray(values, dtype=np.float64)[..., -n_last - n_beats :]
    rows = neighbours(beats, n_beats, 0)[..., -n_last:, :]
    return median(rows, empty=empty)


def rolling_median(
    values: npt.ArrayLike, before: int, after: int, *, empty: float = 0.0
) -> Floats:
    """Return rolling medians along the last axis, over values before and after.

    NaN and values past the ends are ignored; without any value the median is `empty`.
    """
    beats = np.asarray(values, dtype=np.float64)
    width = [(0, 0)] * (beats.ndim - 1) + [(0, after)]
    padded = np.pad(beats, width, constant_values=np.nan)
    columns = pd.DataFrame(
        padded.reshape(math.prod(beats.shape[:-1]), padded.shape[-1]).T
    )
    medians = columns.rolling(before + 1 + after, min_periods=1).median().fillna(empty)
    return np.asarray(medians.to_numpy()[after:].T.reshape(beats.shape))


def median(rows: Floats, *, empty: float = 0.0) -> Floats:
    """Return the median along the last axis, ignoring NaN; `empty` if all are NaN."""
    ranked = np.sort(rows, axis=-1)  # NaN is sorted last
    counts = (~np.isnan(ranked)).sum(axis=-1, keepdims=True)
    lower = np.take_along_axis(ranked, np.maximum(counts - 1, 0) // 2, axis=-1)
    upper = np.take_along_axis(ranked, counts // 2, axis=-1)
    return np.where(counts, (lower + upper) / 2, empty)[..., 0]


def later(values: Floats, n_beats: int) -> Floats:
    """Shift values by `n_beats`: each beat gets a later value; the ends repeat."""
    return values[np.clip(np.arange(len(values)) + n_beats, 0, len(values) - 1)]


def root_mean_square(windows: Floats) -> Floats:
    """Return the root mean square about the mean, along the last axis."""
    return np.asarray(windows.std(axis=-1))


def correlation(windows: Floats, template: Floats) -> Floats:
    """Return Pearson's correlation along the last axis; 0 if one side is constant."""
    a = windows - windows.mean(axis=-1, keepdims=True)
    b = template - template.mean(axis=-1, keepdims=True)
    sizes = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    return np.asarray((a * b).sum(axis=-1) / np.maximum(sizes, SMALLEST**2))
