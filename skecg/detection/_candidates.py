"""Candidates for beats, with their strength in all leads of a recording.

The *strength* of a lead at a time is the ratio of its envelope to the usual height of
the envelope at nearby beats. It is about 1 at a beat and does not depend on the
amplitude and unit of the lead. The joint strength is the weighted geometric mean over
the leads, so that noise or an artefact in one lead gives no candidate if the other
leads are quiet. The weight of a lead depends on the ratio of its beats to the noise
between them.

The constants of this module and of ``_choose_beats.py`` were chosen to minimise the sum
of missed and surplus beats over DS1 and 40 records of SVDB. ``docs/r_peaks.md`` states
how much the sum depends on them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter, uniform_filter1d
from scipy.signal import butter, find_peaks, sosfiltfilt

from skecg.detection._low_rate import decimation, mean_of_runs

__all__ = [
    "THINNING",
    "Candidates",
    "Envelopes",
    "envelope_step",
    "find_candidates",
    "window_size",
]

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]
Heights = npt.NDArray[np.float32]

# Values of the low rate for each value of the envelopes. An envelope is flat for 0.1 s
# around a beat, so that every second value is enough.
THINNING = 2
# Hz. Most of the power of a QRS complex, and little of P and T waves, drift and muscle.
_BAND = (5.0, 25.0)
# Seconds to either side over which an envelope is the maximum: half a QRS complex, so
# that peaks at different times in different leads coincide.
_REACH = 0.05
# Seconds of the moving average that estimates drift: several wide QRS complexes.
_DRIFT = 0.6
# Seconds. A lead that is constant for this time is saturated or not connected.
_STILL = 1.0
# Seconds of the windows of the first height estimate; each contains a beat at 30 beats
# per minute. The second value is their number in a noise window, which has 10 s.
_SHORT_WINDOW, _N_SHORT = 2.0, 5
# Added to strengths before the geometric mean, which would otherwise be 0 if one is 0.
_OFFSET = 0.05
# Exponent of the weights: a clean lead has several times the weight of a noisy one.
_SHARPNESS = 3.0
# Lower limit of the ratio of noise to beats. A lower ratio, for example in a lead that
# has lost contact for a while, does not increase the weight.
_CLEAN = 0.03
# Lower limit of the quality, so that weights are defined if all leads are poor.
_MIN_QUALITY = 0.05
# A lead that does not reach this strength for 3 s has lost contact.
_LOST, _LOST_SECONDS = 0.2, 3.0
# Number of beats in the running median of the usual height.
_N_BEATS = 31
# Minimum strength and distance, in seconds, of the beats that define the usual height.
_SURE, _SURE_DISTANCE = 0.4, 0.3
# Minimum strength and distance, in seconds, of candidates.
_FAINT, _DISTANCE = 0.12, 0.12
# Maximum distance, in seconds, between a candidate and a peak of the detector.
_SUPPORT = 0.1


@dataclass(frozen=True)
class Candidates:
    """Times of possible beats.

    Attributes
    ----------
    indices : ndarray of shape (n_candidates,), int64
        The positions of the candidates in the envelopes.
    strength : ndarray of shape (n_candidates,)
        The joint strength of the leads, which is about 1 at a beat.
    support : ndarray of shape (n_candidates,)
        The total weight of the leads in which the detector has found a peak.
    weights : ndarray of shape (n_leads, n_candidates), float32
        The weights of the leads, which sum to 1.
    """

    indices: Samples
    strength: Floats
    support: Floats
    weights: Heights


class Envelopes:
    """Envelopes of the leads of a block, at half the low rate.

    Parameters
    ----------
    leads : sequence of ndarray of shape (n_samples,)
        The leads, without missing samples.
    unreadable : sequence of ndarray of shape (n_samples,), bool, or None
        True where a lead is unreadable; None if all of it is readable.
    fs : float
        The sampling rate of the leads, in hertz.

    Attributes
    ----------
    step : int
        The number of samples of a lead for each value of its envelope.
    rate : float
        The sampling rate of the envelopes, in hertz.
    heights : ndarray of shape (n_leads, n_values), float32
        The envelopes.
    readable : ndarray of shape (n_leads, n_values), bool
        True where a lead is readable.
    deflections : ndarray of shape (n_leads, THINNING * n_values), float32
        The leads at the low rate, minus their drift.
    """

    def __init__(
        self,
        leads: Sequence[Floats],
        unreadable: Sequence[npt.NDArray[np.bool_] | None],
        fs: float,
    ) -> None:
        step = decimation(fs)
        rate = fs / step
        self.step = envelope_step(fs)
        self.rate = fs / self.step
        n_low = len(leads[0]) // self.step * THINNING
        shape = (len(leads), n_low)
        self.deflections = np.empty(shape, dtype=np.float32)
        filtered = np.empty(shape, dtype=np.float32)
        readable = np.ones(shape, dtype=np.bool_)
        sos = butter(2, _BAND, "bandpass", fs=rate, output="sos")
        drift = round(_DRIFT * rate)
        still = round(_STILL * rate)
        for k, (lead, gaps) in enumerate(zip(leads, unreadable, strict=True)):
            low = mean_of_runs(lead[: n_low * step], step)
            filtered[k] = sosfiltfilt(sos, low)
            self.deflections[k] = low - uniform_filter1d(low, drift, mode="nearest")
            _mark_still(readable[k], low, still)
            if gaps is not None:
                parts = gaps[: n_low * step].reshape(n_low, step)
                readable[k] &= ~parts.any(axis=1)
        size = 2 * round(_REACH * rate) + 1
        self.heights = _largest_around(np.abs(filtered), size)[:, ::THINNING].copy()
        self.readable = readable[:, ::THINNING].copy()
        self.heights[~self.readable] = 0.0

    @cached_property
    def noise(self) -> tuple[Floats, Floats]:
        """Centres of the noise windows, and the median height of each lead in them."""
        return _by_window(self, window_size(self.rate), np.median)

    @cached_property
    def tallest(self) -> Heights:
        """The smaller of the largest heights before and after each value, by lead.

        A lead that loses contact may have a step on one side, so the other side counts.
        """
        half = min(round(_LOST_SECONDS * self.rate / 2), self.heights.shape[1] - 1)
        around = _largest_around(self.heights, 2 * half + 1)
        padded = np.pad(around, ((0, 0), (half, half)), mode="edge")
        return np.asarray(np.minimum(padded[:, : -2 * half], padded[:, 2 * half :]))


def envelope_step(fs: float) -> int:
    """Return the number of samples of a recording for each value of its envelopes.

    Parameters
    ----------
    fs : float
        The sampling rate of the recording, in hertz.

    Returns
    -------
    int
        The number of samples.
    """
    return THINNING * decimation(fs)


def window_size(rate: float) -> int:
    """Return the number of values of a noise window, which has 10 s.

    Parameters
    ----------
    rate : float
        The sampling rate of the envelopes, in hertz.

    Returns
    -------
    int
        The number of values. A block must be a multiple of it, so that its windows are
        those of the whole recording.
    """
    return _N_SHORT * round(_SHORT_WINDOW * rate)


def find_candidates(envelopes: Envelopes, detections: Sequence[Floats]) -> Candidates:
    """Find the candidates of a block.

    Parameters
    ----------
    envelopes : Envelopes
        The envelopes of the leads.
    detections : sequence of ndarray
        The peaks of the detector in each lead, as positions in the envelopes.

    Returns
    -------
    Candidates
        The candidates, in order of time. Where no lead is readable, there are none.
    """
    levels = _levels_by_time(envelopes)
    weights = _weights(envelopes, levels)
    joint = _joint_strength(envelopes, levels, weights)
    gap = max(1, round(_SURE_DISTANCE * envelopes.rate))
    sure = find_peaks(joint, height=_SURE, distance=gap)[0]
    levels = _levels_by_beat(envelopes, sure, levels)
    weights = _weights(envelopes, levels)
    joint = _joint_strength(envelopes, levels, weights)
    gap = max(1, round(_DISTANCE * envelopes.rate))
    indices = find_peaks(joint, height=_FAINT, distance=gap)[0]
    found = np.stack([_is_near(indices, at, envelopes.rate) for at in detections])
    weights = weights[:, indices]
    return Candidates(
        indices.astype(np.int64),
        joint[indices].astype(np.float64),
        (weights * found).sum(axis=0, dtype=np.float64),
        weights,
    )


def _mark_still(readable: npt.NDArray[np.bool_], low: Floats, size: int) -> None:
    """Mark parts as unreadable in which a lead is constant for `size` samples."""
    # A fast check for most leads: such a part contains four equal samples in this grid.
    same = np.diff(low[:: size // 5]) == 0
    if not (same[2:] & same[1:-1] & same[:-2]).any():
        return
    changes = np.flatnonzero(np.diff(low))
    starts = np.concatenate([[0], changes + 1])
    stops = np.concatenate([changes + 1, [len(low)]])
    for j in np.flatnonzero(stops - starts >= size):
        readable[starts[j] : stops[j]] = False


def _largest_around(values: Heights, size: int) -> Heights:
    """Return the maximum of `size` values around each value, along the rows.

    Each step doubles the width of the maximum, which is several times faster than
    SciPy's filter. `size` must be odd.
    """
    half = size // 2
    largest = np.pad(values, ((0, 0), (half, half)))
    width = 1
    while width < size:
        shift = min(width, size - width)
        largest = np.maximum(largest[:, :-shift], largest[:, shift:])
        width += shift
    return largest


def _levels_by_time(envelopes: Envelopes) -> Heights:
    """Estimate the usual height at beats: a running median of window maxima."""
    size = window_size(envelopes.rate) // _N_SHORT
    centres, tallest = _by_window(envelopes, size, np.max)
    levels = np.zeros_like(envelopes.heights)
    for k, heights in enumerate(tallest):
        there = ~np.isnan(heights)
        if there.any():
            usual = median_filter(heights[there], 15, mode="nearest")
            levels[k] = np.interp(np.arange(levels.shape[1]), centres[there], usual)
    return levels


def _levels_by_beat(envelopes: Envelopes, sure: Samples, first: Heights) -> Heights:
    """Return the usual height at beats: the running median over the strong ones."""
    levels = first.copy()
    for k, heights in enumerate(envelopes.heights):
        beats = sure[envelopes.readable[k, sure]]
        if len(beats):
            usual = median_filter(heights[beats], _N_BEATS, mode="nearest")
            levels[k] = np.interp(np.arange(levels.shape[1]), beats, usual)
    return levels


def _weights(envelopes: Envelopes, levels: Heights) -> Heights:
    """Return the weights of the leads over time; all are 0 if no lead is readable."""
    n_low = levels.shape[1]
    centres, noise = envelopes.noise
    weights = np.zeros_like(levels)
    for k in range(len(levels)):
        there = ~np.isnan(noise[k])
        usual = np.interp(centres[there], np.arange(n_low), levels[k])
        is_flat = usual <= 0
        ratio = noise[k][there] / np.where(is_flat, 1.0, usual)
        quality = np.maximum(-np.log(np.clip(ratio, _CLEAN, 1.0)), _MIN_QUALITY)
        quality[is_flat] = 0.0
        if quality.size:
            quality = median_filter(quality**_SHARPNESS, 3, mode="nearest")
            weights[k] = np.interp(np.arange(n_low), centres[there], quality)
    # A factor above 0 keeps the relative weights if all leads have lost contact.
    weights[envelopes.tallest <= _LOST * levels] *= 1e-6
    weights[~envelopes.readable] = 0.0
    total = weights.sum(axis=0)
    weights /= np.where(total > 0, total, 1.0)
    return weights


def _joint_strength(envelopes: Envelopes, levels: Heights, weights: Heights) -> Heights:
    """Return the weighted geometric mean of the strengths of the leads."""
    joint = np.zeros_like(levels[0])
    for heights, level, weight in zip(envelopes.heights, levels, weights, strict=True):
        strength = heights / np.where(level > 0, level, 1.0)
        joint += weight * np.log(strength + _OFFSET)
    return np.where(weights.any(axis=0), np.exp(joint), 0.0)


def _by_window(
    envelopes: Envelopes, size: int, statistic: Callable[..., Any]
) -> tuple[Floats, Floats]:
    """Return the centres of windows, and a statistic of each lead in each window.

    The statistic is NaN in windows of which less than half is readable. An incomplete
    last window is left out, unless it is the only one.
    """
    n_leads, n_low = envelopes.heights.shape
    size = min(n_low, size)
    n_windows = n_low // size
    shape = (n_leads, n_windows, size)
    heights = envelopes.heights[:, : n_windows * size].reshape(shape)
    readable = envelopes.readable[:, : n_windows * size].reshape(shape)
    values = np.asarray(statistic(heights, axis=2), dtype=np.float64)
    for k, j in zip(*np.nonzero(~readable.all(axis=2)), strict=True):
        part = heights[k, j, readable[k, j]]
        values[k, j] = statistic(part) if 2 * len(part) >= size else np.nan
    return (np.arange(n_windows) + 0.5) * size, values


def _is_near(indices: Samples, peaks: Floats, rate: float) -> npt.NDArray[np.bool_]:
    """Return which candidates are near a peak of the detector."""
    if not len(peaks):
        return np.zeros(len(indices), dtype=np.bool_)
    after = np.searchsorted(peaks, indices)
    left = np.abs(indices - peaks[np.maximum(after - 1, 0)])
    right = np.abs(peaks[np.minimum(after, len(peaks) - 1)] - indices)
    return np.asarray(np.minimum(left, right) <= _SUPPORT * rate)
