"""The reason why windows of a lead are unreadable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = [
    "REASONS",
    "Noise",
    "as_codes",
    "bin_width",
    "find_bad",
    "find_missing",
    "find_stuck",
    "measure_noise",
]

REASONS = ("", "missing", "saturated", "flat", "noise")
"""The reason of each code; code 0 is readable, and the lowest other code is given."""

# In 88 half-hour records of MIT-BIH and its supraventricular database, samples stay
# equal for 0.3 s or longer only at the converter's limit. Runs of 0.1 s occur three
# times a record, hardly ever at the highest or lowest value of their window.
_FLAT = 0.5  # seconds without any change
_SATURATED = 0.1  # seconds at the highest or lowest value of the window
_AWAY = 0.25  # of the window's range, from its median: a resting baseline is nearer

_BIN_FS = 125  # hertz, about; noise above half of it averages out within a bin
_LAG = 0.04  # seconds, the rise of a QRS complex
# In white noise, the median roughness of a second is 0.253 to 1.14 times its steepest
# rise (5,000 seconds at each of 100, 125, 250, 360 and 1000 Hz). In 99.7 % of the beats
# of the 88 records, each lead on its own, it is below 0.25.
_ROUGH = 0.25
# Mains hum alone is at 4 or more; all beats of the records are below 1.4.
_HUM = 1.5
_FEWEST_BINS = 25  # 0.2 s; in fewer, chance decides
_LOWEST_BIN_FS = 80  # hertz; below, beats themselves are as rough as noise
_BLOCK = 1_000_000  # bins; bounds the memory

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Noise:
    """The noise in windows of a lead, in the lead's unit.

    Attributes
    ----------
    roughness : ndarray of shape (n_windows,)
        The median second difference below mains frequency.
    hum : ndarray of shape (n_windows,)
        The mean second difference at 125 Hz, mains hum included.
    rise : ndarray of shape (n_windows,)
        The largest change within 40 ms: the size of the QRS complex, if there is one.
    """

    roughness: Floats
    hum: Floats
    rise: Floats

    def exceeds(self, rise: Floats) -> Flags:
        """Return whether there is too much of it beside beats with such a rise."""
        return np.asarray((self.roughness > _ROUGH * rise) | (self.hum > _HUM * rise))


def find_missing(lead: Floats, starts: Samples, stops: Samples) -> Flags:
    """Return which windows hold missing samples, which are NaN."""
    gaps = np.flatnonzero(np.diff(np.isnan(lead), prepend=False, append=False))
    # A window without a gap starts and stops between the same two edges.
    first = np.searchsorted(gaps, starts, side="right")
    return np.asarray(
        (stops > starts)
        & ((first % 2 == 1) | (first < np.searchsorted(gaps, stops, side="left")))
    )


def find_bad(
    lead: Floats, fs: float, starts: Samples, stops: Samples
) -> npt.NDArray[np.int8]:
    """Return the code of each window, judged by itself alone, in which none is missing.

    Parameters are those of :func:`find_stuck`.
    """
    noise = measure_noise(lead, fs, starts, stops)
    return as_codes(*find_stuck(lead, fs, starts, stops), noise.exceeds(noise.rise))


def as_codes(
    is_saturated: Flags, is_flat: Flags, is_noise: Flags
) -> npt.NDArray[np.int8]:
    """Return the codes of windows that are saturated, flat or noise."""
    return np.select([is_saturated, is_flat, is_noise], [2, 3, 4], 0).astype(np.int8)


def find_stuck(
    lead: Floats, fs: float, starts: Samples, stops: Samples
) -> tuple[Flags, Flags]:
    """Return which windows are saturated, and which are flat.

    Parameters
    ----------
    lead : ndarray of shape (n_samples,)
        The lead, finite.
    fs : float
        Its sampling rate, in hertz.
    starts, stops : ndarray of int of shape (n_windows,)
        The windows; `starts` ascend.

    Returns
    -------
    is_saturated, is_flat : ndarray of bool of shape (n_windows,)
        Whether the lead stays at the window's highest or lowest value for 0.1 s, away
        from its median; and whether it does not change for 0.5 s or, in a window that
        is shorter but has 0.1 s, at all.
    """
    is_saturated = np.zeros(len(starts), dtype=bool)
    is_flat = np.zeros(len(starts), dtype=bool)
    sizes = stops - starts
    latest = np.maximum.accumulate(stops)
    for start, stop in _constant_runs(lead, max(2, round(_SATURATED * fs))):
        first = np.searchsorted(latest, start, side="right")
        last = np.searchsorted(starts, stop, side="left")
        near = slice(first, last)
        common = np.minimum(stops[near], stop) - np.maximum(starts[near], start)
        is_flat[near] |= (common > 1) & (common >= np.minimum(_FLAT * fs, sizes[near]))
        partly = (common >= _SATURATED * fs) & (common < sizes[near])
        for window in first + np.flatnonzero(partly):
            part = lead[starts[window] : stops[window]]
            lowest, highest = part.min(), part.max()
            is_extreme = lead[start] in (lowest, highest)
            away = abs(lead[start] - np.median(part))
            is_saturated[window] |= is_extreme and away > _AWAY * (highest - lowest)
    return is_saturated, is_flat


def measure_noise(lead: Floats, fs: float, starts: Samples, stops: Samples) -> Noise:
    """Measure the noise in windows of a lead.

    It is measured against the QRS complex, because the unit of a lead is not known: a
    lead that is rough all the time, relative to its steepest rise, holds no beats that
    could be read. Parameters are those of :func:`find_stuck`.
    """
    width = bin_width(fs)
    n_bins = len(lead) // width
    bins = lead[: n_bins * width].reshape(n_bins, width).mean(axis=1)
    firsts = np.minimum(-(-starts // width), n_bins)
    sizes = np.maximum(np.minimum(stops // width, n_bins) - firsts, 0)
    noise = Noise(*np.zeros((3, len(starts))))
    if fs / width < _LOWEST_BIN_FS:
        return noise
    lag = max(1, round(_LAG * fs / width))
    for windows in _blocks(sizes):
        size = sizes[windows]
        where = firsts[windows, None] + np.arange(size.max())
        values = bins[np.minimum(where, n_bins - 1)]
        if size.min() < size.max():
            values[np.arange(size.max()) >= size[:, None]] = np.nan
        rough = values[:, 2:] - 2 * values[:, 1:-1] + values[:, :-2]
        # Means of two bins lack mains hum; the second difference skips one bin.
        pairs = values[:, 1:] + values[:, :-1]
        calm = np.abs(pairs[:, 4:] - 2 * pairs[:, 2:-2] + pairs[:, :-4]) / 2
        calm.sort(axis=1)  # NaN come last
        smooth = (pairs[:, 1:] + values[:, :-2]) / 3
        rise = np.abs(smooth[:, lag:] - smooth[:, :-lag])
        noise.roughness[windows] = calm[np.arange(len(size)), (size - 6) // 2]
        noise.hum[windows] = np.nansum(np.abs(rough), axis=1) / (size - 2)
        noise.rise[windows] = np.fmax.reduce(rise, axis=1)
    return noise


def bin_width(fs: float) -> int:
    """Return the samples in each of the bins in which :func:`measure_noise` reads."""
    return max(1, round(fs / _BIN_FS))


def _constant_runs(lead: Floats, shortest: int) -> Iterator[tuple[int, int]]:
    """Yield the start and stop of the runs of equal samples from a length on."""
    start = 0
    for block in range(1, len(lead), _BLOCK):
        part = lead[block - 1 : block + _BLOCK]
        changes = block + np.flatnonzero(part[1:] != part[:-1])
        edges = np.concatenate([[start], changes])
        for run in np.flatnonzero(np.diff(edges) >= shortest):
            yield int(edges[run]), int(edges[run + 1])
        start = int(edges[-1])
    if len(lead) - start >= shortest:
        yield start, len(lead)


def _blocks(sizes: Samples) -> Iterator[Samples]:
    """Yield the windows that are large enough, those of like size together."""
    order = np.argsort(sizes, kind="stable")
    order = order[sizes[order] >= _FEWEST_BINS]
    start = 0
    while start < len(order):
        # As many as fit, if each were as large as the largest of them.
        most = max(1, min(_BLOCK // sizes[order[start]], len(order) - start))
        n_windows = max(1, min(_BLOCK // sizes[order[start + most - 1]], most))
        yield order[start : start + n_windows]
        start += n_windows
