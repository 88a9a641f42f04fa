"""Small sums over beats and their neighbours that several features share."""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt

__all__ = [
    "correlation",
    "later",
    "median",
    "median_around",
    "neighbours",
    "root_mean_square",
    "running_median",
]

Floats = npt.NDArray[np.float64]

_TINY = 1e-9


def neighbours(values: npt.ArrayLike, reach: int, *, is_causal: bool = False) -> Floats:
    """Return each value with those up to `reach` before and after it, one row each.

    A causal row has as many values, of which the last is the value itself. Past the
    ends stands NaN, so that NumPy's nan functions take what is there.
    """
    beats = np.asarray(values, dtype=np.float64)
    before, after = (2 * reach, 0) if is_causal else (reach, reach)
    width = [(0, 0)] * (beats.ndim - 1) + [(before, after)]
    padded = np.pad(beats, width, constant_values=np.nan)
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=-1)


def median_around(values: npt.ArrayLike, reach: int, *, is_causal: bool) -> Floats:
    """Return the median of each value's :func:`neighbours`."""
    return median(neighbours(values, reach, is_causal=is_causal))


def median(rows: Floats) -> Floats:
    """Return the median along the last axis of what is not NaN; 0 of nothing."""
    is_empty = np.isnan(rows).all(axis=-1, keepdims=True)
    return np.asarray(np.nanmedian(np.where(is_empty, 0.0, rows), axis=-1))


def running_median(values: Floats) -> Floats:
    """Return for each value the median of all values up to it, itself included.

    Two heaps hold the lower and the upper half, so that n values take time in the order
    of n log n.
    """
    lower: list[float] = []  # the greatest first, as its negative
    upper: list[float] = []
    medians = np.empty(len(values))
    for i, value in enumerate(values.tolist()):
        heapq.heappush(upper, -heapq.heappushpop(lower, -value))
        if len(upper) > len(lower):
            heapq.heappush(lower, -heapq.heappop(upper))
        is_odd = len(lower) > len(upper)
        medians[i] = -lower[0] if is_odd else (upper[0] - lower[0]) / 2
    return medians


def later(values: Floats, n_beats: int) -> Floats:
    """Return for each beat the value so many beats later; the ends repeat."""
    return values[np.clip(np.arange(len(values)) + n_beats, 0, len(values) - 1)]


def root_mean_square(windows: Floats) -> Floats:
    """Return the size of windows about their mean, along the last axis."""
    return np.asarray(windows.std(axis=-1))


def correlation(windows: Floats, template: Floats) -> Floats:
    """Return Pearson's correlation along the last axis; 0 where one side is flat."""
    a = windows - windows.mean(axis=-1, keepdims=True)
    b = template - template.mean(axis=-1, keepdims=True)
    sizes = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    return np.asarray((a * b).sum(axis=-1) / np.maximum(sizes, _TINY))
