"""Detection of unreadable windows of a lead, with the reason."""

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
"""The reason of each code; 0 is readable, and of several codes the lowest counts."""

# In 88 half-hour records of MIT-BIH and its supraventricular database, samples stay
# equal for 0.3 s or longer only at the limit of the converter. Runs of 0.1 s occur
# three times per record, rarely at the highest or lowest value of their window.
_FLAT = 0.5  # seconds without any change
_SATURATED = 0.1  # seconds at the highest or lowest value of the window
_AWAY = 0.25  # minimum distance from the median, as a fraction of the window's range

_BIN_FS = 125  # hertz, approximate; averaging in bins removes noise above half of it
_LAG = 0.04  # seconds, the rise time of a QRS complex
# In white noise, the median roughness of a second is 0.253 to 1.14 times its steepest
# rise (5,000 seconds at each of 100, 125, 250, 360 and 1000 Hz). In 99.7 % of the beats
# of the 88 records, each lead counted separately, it is below 0.25.
_ROUGH = 0.25
# It is 4 or more for mains hum alone, and below 1.4 for all beats of the records.
_HUM = 1.5
_FEWEST_BINS = 25  # 0.2 s; with fewer, the measures are too variable
_LOWEST_BIN_FS = 80  # hertz; at lower rates, beats are as rough as noise
_BLOCK = 1_000_000  # bins; limits the memory

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Noise:
    """Noise measures of windows of a lead, in the unit of the lead.

    Attributes
    ----------
    roughness : ndarray of shape (n_windows,)
        The median absolute second difference below mains frequency.
    hum : ndarray of shape (n_windows,)
        The mean absolute second difference at 125 Hz, which includes mains hum.
    rise : ndarray of shape (n_windows,)
        The largest change within 40 ms, which measures the size of a QRS complex.
    """

    roughness: Floats
    hum: Floats
    rise: Floats

    def exceeds(self, rise: Floats) -> Flags:
        """Return whether the noise is too large relative to the rise of beats."""
        return np.asarray((self.roughness > _ROUGH * rise) | (self.hum > _HUM * rise))


def find_missing(lead: Floats, starts: Samples, stops: Samples) -> Flags:
    """Return which windows contain missing samples (NaN)."""
    gaps = np.flatnonzero(np.diff(np.isnan(lead), prepend=False, append=False))
    # A window without a gap lies between two successive edges.
    first = np.searchsorted(gaps, starts, side="right")
    return np.asarray(
        (stops > starts)
        & ((first % 2 == 1) | (first < np.searchsorted(gaps, stops, side="left")))
    )


def find_bad(
    lead: Floats, fs: float, starts: Samples, stops: Samples
) -> npt.NDArray[np.int8]:
    """Return the code of each window, without regard to the other windows.

    The windows contain no missing samples. See :func:`find_stuck` for the parameters.
    """
    noise = measure_noise(lead, fs, starts, stops)
    return as_codes(*find_stuck(lead, fs, starts, stops), noise.exceeds(noise.rise))


def as_codes(
    is_saturated: Flags, is_flat: Flags, is_noise: Flags
) -> npt.NDArray[np.int8]:
    """Convert flags to codes; of several flags, the first counts."""
    return np.select([is_saturated, is_flat, is_noise], [2, 3, 4], 0).astype(np.int8)


def find_stuck(
    lead: Floats, fs: float, starts: Samples, stops: Samples
) -> tuple[Flags, Flags]:
    """Return which windows are saturated, and which are flat.

    Parameters
    ----------
    lead : ndarray of shape (n_samples,)
        The lead; all samples are finite.
    fs : float
        The sampling rate, in hertz.
    starts, stops : ndarray of int of shape (n_windows,)
        The windows; `starts` must ascend.

    Returns
    -------
    is_saturated : ndarray of bool of shape (n_windows,)
        Whether the lead stays at the highest or lowest value of the window for 0.1 s,
        away from the median.
    is_flat : ndarray of bool of shape (n_windows,)
        Whether the lead does not change for 0.5 s. A shorter window of at least 0.1 s
        is flat if the lead does not change in it.
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

    The unit of a lead may be unknown. Noise is therefore compared with the steepest
    rise, which measures the QRS complex. If a lead is rough relative to this rise, its
    beats are unreadable. See :func:`find_stuck` for the parameters.
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
        # Means of two bins cancel mains hum; the second difference has a step of two.
        pairs = values[:, 1:] + values[:, :-1]
        calm = np.abs(pairs[:, 4:] - 2 * pairs[:, 2:-2] + pairs[:, :-4]) / 2
        calm.sort(axis=1)  # NaN is sorted last
        smooth = (pairs[:, 1:] + values[:, :-2]) / 3
        rise = np.abs(smooth[:, lag:] - smooth[:, :-lag])
        noise.roughness[windows] = calm[np.arange(len(size)), (size - 6) // 2]
        noise.hum[windows] = np.nansum(np.abs(rough), axis=1) / (size - 2)
        noise.rise[windows] = np.fmax.reduce(rise, axis=1)
    return noise


def bin_width(fs: float) -> int:
    """Return the number of samples in a bin of :func:`measure_noise`."""
    return max(1, round(fs / _BIN_FS))


def _constant_runs(lead: Floats, shortest: int) -> Iterator[tuple[int, int]]:
    """Yield the start and stop of runs of at least `shortest` equal samples."""
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
    """Yield the windows that are large enough, in blocks of similar size."""
    order = np.argsort(sizes, kind="stable")
    order = order[sizes[order] >= _FEWEST_BINS]
    start = 0
    while start < len(order):
        # As many windows as fit in the block at the size of the largest one.
        most = max(1, min(_BLOCK // sizes[order[start]], len(order) - start))
        n_windows = max(1, min(_BLOCK // sizes[order[start + most - 1]], most))
        yield order[start : start + n_windows]
        start += n_windows
