"""How a beat's shape differs from the recording's own usual beat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, sosfilt, sosfiltfilt

from skecg.signal._windows import (
    correlation,
    median,
    median_around,
    neighbours,
    root_mean_square,
)

__all__ = [
    "LEAD_SHAPE_NAMES",
    "P_WAVE",
    "SHAPE_FS",
    "SHAPE_NAMES",
    "WINDOW",
    "Shapes",
    "beat_shapes",
    "family_means",
    "lead_shape_features",
    "median_over_past",
]

SHAPE_FS = 120
"""The rate, in hertz, at which shapes are compared."""

LEAD_SHAPE_NAMES = (
    "qrs_correlation",
    "qrs_difference",
    "qrs_size",
    "qrs_slope",
    "qrs_highest",
    "qrs_lowest",
    "qrs_duration",
    "qrs_duration_excess",
    "qrs_breadth",
    "qrs_breadth_excess",
    "t_correlation",
    "t_difference",
)
"""The columns of each lead, in order."""

SHAPE_NAMES = ("qrs_correlation_mean", "qrs_correlation_min")
"""The columns over all leads, in order."""

_BAND = (0.5, 40.0)  # hertz: drift and muscle out, P, QRS and T in
_BEFORE, _AFTER = 54, 72  # samples: 0.45 s and 0.6 s
P_WAVE = slice(_BEFORE - 34, _BEFORE - 7)  # 283 ms before the R peak to 67 ms before
_QRS = slice(_BEFORE - 12, _BEFORE + 18)  # 100 ms before the R peak to 150 ms after
_WIDE_QRS = slice(_BEFORE - 18, _BEFORE + 24)  # 150 ms before to 200 ms after
_T = slice(_BEFORE + 18, _BEFORE + 54)  # 150 ms to 450 ms after
_MAX_SHIFT = 6  # 50 ms; an annotation may stand anywhere in a wide QRS
WINDOW = (_BEFORE + _MAX_SHIFT) / SHAPE_FS, (_AFTER + _MAX_SHIFT) / SHAPE_FS
"""The seconds before and after the R peak that a shape may read."""
_TYPICAL = 0.9  # correlation from which a beat has the usual shape
_ALIKE = 0.9  # and from which two beats are of one family
_FEW_TYPICAL = 0.3  # of the beats; below, half of them count as usual
_PAST = 200  # beats before the causal one
_EARLY = 0.9  # of the local median: earlier beats do not make the template
_TINY = 1e-9
_CHUNK = 1000

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shapes:
    """Beats aligned on the recording's usual one.

    Attributes
    ----------
    windows : ndarray of shape (n_leads, n_beats, 126)
        The beats.
    template : ndarray of shape (n_leads, 1 or n_beats, 126)
        The usual beat or, causal, the one before each beat.
    correlations : ndarray of shape (n_leads, n_beats)
        How alike the QRS complexes of the two are.
    is_typical : ndarray of bool of shape (n_beats,)
        Whether a beat has the usual shape.
    is_usual : ndarray of bool of shape (n_beats,)
        Whether it has, and does not come early either.
    """

    windows: Floats
    template: Floats
    correlations: Floats
    is_typical: npt.NDArray[np.bool_]
    is_usual: npt.NDArray[np.bool_]


def beat_shapes(
    leads: Floats,
    positions: npt.NDArray[np.int64],
    pre_rr: Floats,
    *,
    is_causal: bool,
) -> Shapes:
    """Filter a recording at 120 Hz, cut its beats and find the usual one.

    The usual beat is the median of those that look like the median of all and do
    not come early. The causal one is that of the last two hundred beats before, and
    is renewed every few beats, from the first one on, which is compared with itself.
    """
    cut = partial(_cut, _filtered(leads, is_causal))
    is_early = pre_rr < _EARLY * median_around(pre_rr, 5, is_causal=is_causal)
    if not is_causal:
        template = np.median(cut(positions), axis=1, keepdims=True)
        windows, alike = _aligned(cut, positions, template)
        template = _usual(windows, alike, is_early)
    else:
        shape = len(leads.T), len(positions), _BEFORE + _AFTER
        windows, template = np.empty(shape), np.empty(shape)
        alike = np.empty(len(positions))
        usual = cut(positions[:1])
        for block in _blocks(len(positions)):
            if block.start:
                past = slice(max(block.start - _PAST, 0), block.start)
                usual = _usual(windows[:, past], alike[past], is_early[past])
            windows[:, block], alike[block] = _aligned(cut, positions[block], usual)
            template[:, block] = usual
    correlations = correlation(windows[..., _QRS], template[..., _QRS])
    is_typical = _typical(correlations.mean(axis=0), is_causal)
    return Shapes(windows, template, correlations, is_typical, is_typical & ~is_early)


def _filtered(leads: Floats, is_causal: bool) -> Floats:
    sections = butter(2, _BAND, "bandpass", fs=SHAPE_FS, output="sos")
    if is_causal:
        return np.asarray(sosfilt(sections, leads, axis=0))
    # Short signals get what padding they can.
    padding = min(len(leads) - 1, 3 * (2 * len(sections) + 1))
    return np.asarray(sosfiltfilt(sections, leads, axis=0, padlen=padding))


def _cut(filtered: Floats, where: npt.NDArray[np.int64]) -> Floats:
    samples = where[:, None] + np.arange(-_BEFORE, _AFTER)
    return filtered[np.clip(samples, 0, len(filtered) - 1)].transpose(2, 0, 1)


def _blocks(n_beats: int) -> Iterator[slice]:
    """Yield the beats in blocks that have one usual beat: longer as it gets surer."""
    start = 0
    while start < n_beats:
        stop = min(start + min(max(start // 8, 1), 16), n_beats)
        yield slice(start, stop)
        start = stop


def _aligned(
    cut: Callable[[npt.NDArray[np.int64]], Floats],
    positions: npt.NDArray[np.int64],
    template: Floats,
) -> tuple[Floats, Floats]:
    """Return beats moved to where they are most like a template, and how alike."""
    shifts = np.arange(-_MAX_SHIFT, _MAX_SHIFT + 1)
    alike = [
        correlation(cut(positions + s)[..., _QRS], template[..., _QRS]).mean(axis=0)
        for s in shifts
    ]
    return cut(positions + shifts[np.argmax(alike, axis=0)]), np.max(alike, axis=0)


def _usual(windows: Floats, alike: Floats, is_early: npt.NDArray[np.bool_]) -> Floats:
    """Return the median of the beats like the template; where these are few, of all."""
    is_usual = (alike >= max(np.median(alike) - 0.1, 0)) & ~is_early
    if is_usual.sum() < 10:
        is_usual[:] = True
    return np.median(windows[:, is_usual], axis=1, keepdims=True)


def _typical(alike: Floats, is_causal: bool) -> npt.NDArray[np.bool_]:
    """Return which beats are like the usual one: where these are few, half of all."""
    is_typical = alike > _TYPICAL
    if is_causal:
        share = neighbours(is_typical, _PAST // 2, is_causal=True)
        few = np.nanmean(share, axis=-1) < _FEW_TYPICAL
    else:
        few = is_typical.mean() < _FEW_TYPICAL
    return np.where(few, alike >= median_over_past(alike, is_causal), is_typical)


def lead_shape_features(shapes: Shapes, *, is_causal: bool) -> Floats:
    """Return the columns of ``LEAD_SHAPE_NAMES`` for each lead.

    Returns
    -------
    ndarray of shape (n_leads, n_beats, 12)
        Differences are root mean squares in units of the template's QRS, sizes and
        slopes logarithms of ratios to the template's, highest and lowest samples
        fractions of its peak, durations seconds: the duration holds nine tenths of
        the slope's energy, the breadth is the time above three tenths of the peak,
        and their excess is over the recording's median.
    """
    windows, template = shapes.windows, shapes.template
    qrs, wide, usual = windows[..., _QRS], windows[..., _WIDE_QRS], template[..., _QRS]
    difference = windows - template
    usual_size = np.maximum(root_mean_square(usual), _TINY)
    usual_peak = np.maximum(np.abs(usual).max(axis=-1), _TINY)
    usual_slope = np.maximum(np.abs(np.diff(usual)).max(axis=-1), _TINY)
    slopes = np.diff(wide)
    energy = np.cumsum(slopes**2, axis=-1)
    share = energy / np.maximum(energy[..., -1:], _TINY)
    duration = ((share > 0.05) & (share < 0.95)).sum(axis=-1) / SHAPE_FS
    height = np.abs(wide)
    is_high = height > 0.3 * height.max(axis=-1, keepdims=True)
    breadth = is_high.sum(axis=-1) / SHAPE_FS
    columns = [
        shapes.correlations,
        root_mean_square(difference[..., _QRS]) / usual_size,
        np.log(np.maximum(root_mean_square(qrs) / usual_size, _TINY)),
        np.log(np.maximum(np.abs(slopes).max(axis=-1) / usual_slope, _TINY)),
        qrs.max(axis=-1) / usual_peak,
        qrs.min(axis=-1) / usual_peak,
        duration,
        duration - median_over_past(duration, is_causal),
        breadth,
        breadth - median_over_past(breadth, is_causal),
        correlation(windows[..., _T], template[..., _T]),
        np.sqrt((difference[..., _T] ** 2).mean(axis=-1)) / usual_size,
    ]
    return np.stack(columns, axis=-1)


def median_over_past(values: Floats, is_causal: bool) -> Floats:
    """Return the median of all beats or, causal, of the last two hundred."""
    if is_causal:
        return median_around(values, _PAST // 2, is_causal=True)
    return median(values)[..., np.newaxis]


def family_means(
    shapes: Shapes, values: Floats, *, is_causal: bool
) -> tuple[Floats, Floats]:
    """Return for each beat how common its QRS is, and what beats like it have.

    Parameters
    ----------
    shapes : Shapes
        The beats.
    values : ndarray of shape (n_beats, n_values)
        Something about each beat.
    is_causal : bool
        Whether a beat is compared with those before it alone.

    Returns
    -------
    share : ndarray of shape (n_beats,)
        The share of the recording's beats whose QRS correlates above 0.9 with the
        beat's, itself included.
    means : ndarray of shape (n_beats, n_values)
        The means of `values` over these beats.
    """
    qrs = shapes.windows[..., _QRS]
    qrs = qrs - qrs.mean(axis=-1, keepdims=True)
    qrs = qrs / np.maximum(np.linalg.norm(qrs, axis=-1, keepdims=True), _TINY)
    units = _summable(np.concatenate(list(qrs), axis=1) / np.sqrt(len(qrs)))
    values = _summable(values)
    n_beats = len(units)
    share, means = np.empty(n_beats), np.empty(values.shape)
    for start in range(0, n_beats, _CHUNK):
        rows = slice(start, start + _CHUNK)
        alike = (units[rows] @ units.T > _ALIKE).astype(np.float64)
        np.fill_diagonal(alike[:, start:], 1.0)  # a flat beat is like itself
        if is_causal:
            alike = np.tril(alike, start)
        counts = alike.sum(axis=1)
        share[rows] = counts / (1 + np.arange(n_beats)[rows] if is_causal else n_beats)
        means[rows] = alike @ values / counts[:, None]
    return share, means


def _summable(values: Floats) -> Floats:
    """Round, so that sums are exact in any order and hang on no beat that follows."""
    return np.asarray(np.round(values * 2**24) / 2**24)
