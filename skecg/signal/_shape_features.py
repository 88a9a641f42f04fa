"""How a beat's shape differs from the recording's own usual beat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.signal import butter, sosfilt, sosfiltfilt

from skecg.signal._resampling import resample
from skecg.signal._windows import (
    NOTHING,
    by_rows,
    correlation,
    median,
    median_around,
    root_mean_square,
)

__all__ = [
    "LEAD_SHAPE_NAMES",
    "P_WAVE",
    "READ_SECONDS",
    "SHAPE_FS",
    "SHAPE_NAMES",
    "Shapes",
    "beat_shapes",
    "by_beat",
    "family_means",
    "filtered_leads",
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
_WINDOW = slice(0, _BEFORE + _AFTER)
P_WAVE = slice(_BEFORE - 34, _BEFORE - 7)  # 283 ms before the R peak to 67 ms before
_QRS = slice(_BEFORE - 12, _BEFORE + 18)  # 100 ms before the R peak to 150 ms after
_WIDE_QRS = slice(_BEFORE - 18, _BEFORE + 24)  # 150 ms before to 200 ms after
_T = slice(_BEFORE + 18, _BEFORE + 54)  # 150 ms to 450 ms after
_MAX_SHIFT = 6  # 50 ms; an annotation may stand anywhere in a wide QRS
READ_SECONDS = (_BEFORE + _MAX_SHIFT) / SHAPE_FS, (_AFTER + _MAX_SHIFT) / SHAPE_FS
"""The seconds before and after the R peak that a shape may read."""
_TYPICAL = 0.9  # correlation from which a beat has the usual shape
_ALIKE = 0.9  # and from which two beats are of one family
_FEW_TYPICAL = 0.3  # of the beats; below, half of them count as usual
_PAST = 200  # beats before the causal one
_EARLY = 0.9  # of the local median: earlier beats do not make the template
_SMALLEST_RATIO = 1e-9
_FAMILY_REACH = 2000  # beats to either side: half an hour, what the time is linear in
_CHUNK = 500

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shapes:
    """Beats aligned on the recording's usual one.

    Attributes
    ----------
    windows : ndarray of shape (n_leads, n_beats, 126)
        The beats.
    template : ndarray of shape (n_leads, n_beats, 126)
        The usual beat, which is the same for all or, causal, that of the beats before.
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


def filtered_leads(signal: npt.NDArray[Any], fs: float, *, is_causal: bool) -> Floats:
    """Return a recording in the band of P, QRS and T at 120 Hz, lead after lead."""
    sections = butter(2, _BAND, "bandpass", fs=SHAPE_FS, output="sos")
    leads = []
    for column in range(signal.shape[1]):
        lead = resample(signal[:, [column]], fs, SHAPE_FS, is_causal=is_causal)[:, 0]
        if is_causal:
            leads.append(sosfilt(sections, lead))
        else:
            # Short signals get what padding they can.
            padding = min(len(lead) - 1, 3 * (2 * len(sections) + 1))
            leads.append(sosfiltfilt(sections, lead, padlen=padding))
    return np.stack(leads)


def beat_shapes(
    filtered: Floats,
    positions: npt.NDArray[np.int64],
    pre_rr: Floats,
    *,
    is_causal: bool,
) -> Shapes:
    """Cut the beats of a recording and find the usual one.

    The usual beat is the median of those that look like the median of all and do
    not come early. The causal one is that of the last two hundred beats before, and
    is renewed every few beats, from the first one on, which is compared with itself.
    """
    is_early = pre_rr < _EARLY * median_around(pre_rr, 5, is_causal=is_causal)
    if not is_causal:
        windows = _cut(filtered, positions)
        template = _medians(windows)
        windows, alike = _aligned(filtered, positions, template)
        template = np.broadcast_to(_usual(windows, alike, is_early), windows.shape)
    else:
        shape = len(filtered), len(positions), _BEFORE + _AFTER
        windows, template = np.empty(shape), np.empty(shape)
        alike = np.empty(len(positions))
        usual = _cut(filtered, positions[:1])
        for block in _blocks(len(positions)):
            if block.start:
                past = slice(max(block.start - _PAST, 0), block.start)
                usual = _usual(windows[:, past], alike[past], is_early[past])
            windows[:, block], alike[block] = _aligned(
                filtered, positions[block], usual
            )
            template[:, block] = usual
    correlations = by_beat(_qrs_correlation, windows, template).T
    is_typical = _typical(correlations.mean(axis=0), is_causal)
    return Shapes(windows, template, correlations, is_typical, is_typical & ~is_early)


def _cut(
    filtered: Floats, positions: npt.NDArray[np.int64], window: slice = _WINDOW
) -> Floats:
    """Return a window of each beat; the ends of the recording repeat."""
    samples = positions[:, np.newaxis] + np.arange(
        window.start - _BEFORE, window.stop - _BEFORE
    )
    return np.take(filtered, samples, axis=1, mode="clip")


def _blocks(n_beats: int) -> Iterator[slice]:
    """Yield the beats in blocks that have one usual beat: longer as it gets surer."""
    start = 0
    while start < n_beats:
        stop = min(start + min(max(start // 8, 1), 16), n_beats)
        yield slice(start, stop)
        start = stop


def _aligned(
    filtered: Floats, positions: npt.NDArray[np.int64], template: Floats
) -> tuple[Floats, Floats]:
    """Return beats moved to where they are most like a template, and how alike."""
    similarity = by_rows(partial(_similarity, filtered, template), positions)
    moved = positions + similarity.argmax(axis=1) - _MAX_SHIFT
    return _cut(filtered, moved), similarity.max(axis=1)


def _qrs_correlation(windows: Floats, template: Floats) -> Floats:
    return correlation(windows[..., _QRS], template[..., _QRS])


def _similarity(
    filtered: Floats, template: Floats, positions: npt.NDArray[np.int64]
) -> Floats:
    """Return the mean correlation with a template's QRS at each shift, one row each."""
    around = slice(_QRS.start - _MAX_SHIFT, _QRS.stop + _MAX_SHIFT)
    segments = _cut(filtered, positions, around)
    length = _QRS.stop - _QRS.start
    shifted = np.lib.stride_tricks.sliding_window_view(segments, length, axis=-1)
    return correlation(shifted, template[..., np.newaxis, _QRS]).mean(axis=0)


def _medians(windows: Floats) -> Floats:
    """Return each lead's median window."""
    # A lead at a time, to hold one copy of one lead's windows.
    return np.stack([np.median(lead, axis=0, keepdims=True) for lead in windows])


def _usual(windows: Floats, alike: Floats, is_early: npt.NDArray[np.bool_]) -> Floats:
    """Return the median of the beats like the template; where these are few, of all."""
    is_usual = (alike >= max(np.median(alike) - 0.1, 0)) & ~is_early
    return _medians(windows[:, is_usual] if is_usual.sum() >= 10 else windows)


def _typical(alike: Floats, is_causal: bool) -> npt.NDArray[np.bool_]:
    """Return which beats are like the usual one: where these are few, half of all."""
    is_typical = alike > _TYPICAL
    if is_causal:
        past = pd.Series(is_typical, dtype=np.float64).rolling(_PAST + 1, min_periods=1)
        few = past.mean().to_numpy() < _FEW_TYPICAL
    else:
        few = is_typical.mean() < _FEW_TYPICAL
    return np.where(few, alike >= median_over_past(alike, is_causal), is_typical)


def by_beat(
    function: Callable[[Floats, Floats], Floats], windows: Floats, template: Floats
) -> Floats:
    """Apply a function to the leads of each beat, and return one row each."""
    return by_rows(function, windows.swapaxes(0, 1), template.swapaxes(0, 1))


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
    columns = by_beat(_shape_columns, shapes.windows, shapes.template)
    columns = columns.swapaxes(0, 1)
    for name in ("qrs_duration", "qrs_breadth"):
        column = LEAD_SHAPE_NAMES.index(name)
        values = columns[..., column]
        columns[..., column + 1] = values - median_over_past(values, is_causal)
    return columns


def _shape_columns(windows: Floats, template: Floats) -> Floats:
    """Return the columns, with zeros for the excesses over a median."""
    qrs, wide, usual = windows[..., _QRS], windows[..., _WIDE_QRS], template[..., _QRS]
    difference = windows - template
    usual_size = np.maximum(root_mean_square(usual), NOTHING)
    usual_peak = np.maximum(np.abs(usual).max(axis=-1), NOTHING)
    usual_slope = np.maximum(np.abs(np.diff(usual)).max(axis=-1), NOTHING)
    slopes = np.diff(wide)
    energy = np.cumsum(slopes**2, axis=-1)
    share = energy / np.maximum(energy[..., -1:], NOTHING**2)
    height = np.abs(wide)
    is_high = height > 0.3 * height.max(axis=-1, keepdims=True)
    unknown = np.zeros(windows.shape[:-1])
    columns = [
        correlation(qrs, usual),
        root_mean_square(difference[..., _QRS]) / usual_size,
        np.log(np.maximum(root_mean_square(qrs) / usual_size, _SMALLEST_RATIO)),
        np.log(np.maximum(np.abs(slopes).max(axis=-1) / usual_slope, _SMALLEST_RATIO)),
        qrs.max(axis=-1) / usual_peak,
        qrs.min(axis=-1) / usual_peak,
        ((share > 0.05) & (share < 0.95)).sum(axis=-1) / SHAPE_FS,
        unknown,
        is_high.sum(axis=-1) / SHAPE_FS,
        unknown,
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
        The share of the beats around whose QRS correlates above 0.9 with the beat's,
        itself included. Around are up to two thousand beats before and, unless causal,
        up to two thousand after: all of a recording of half an hour.
    means : ndarray of shape (n_beats, n_values)
        The means of `values` over these beats.
    """
    by_lead = [by_rows(_units, windows) for windows in shapes.windows]
    units = _summable(np.concatenate(by_lead, axis=1) / np.sqrt(len(by_lead)))
    values = _summable(values)
    n_beats = len(units)
    after = 0 if is_causal else _FAMILY_REACH
    share, means = np.empty(n_beats), np.empty(values.shape)
    for start in range(0, n_beats, _CHUNK):
        rows = slice(start, min(start + _CHUNK, n_beats))
        around = slice(max(start - _FAMILY_REACH, 0), min(rows.stop + after, n_beats))
        own = start - around.start  # the column of the first row's beat
        is_alike = units[rows] @ units[around].T > _ALIKE
        np.fill_diagonal(is_alike[:, own:], True)  # a flat beat is like itself
        is_alike = np.triu(np.tril(is_alike, own + after), own - _FAMILY_REACH)
        beats = np.arange(n_beats)[rows]
        n_around = 1 + np.minimum(beats, _FAMILY_REACH)
        n_around += np.minimum(n_beats - 1 - beats, after)
        counts = is_alike.sum(axis=1)
        share[rows] = counts / n_around
        means[rows] = is_alike.astype(np.float64) @ values[around] / counts[:, None]
    return share, means


def _units(windows: Floats) -> Floats:
    """Return QRS complexes less their mean, of length one."""
    qrs = windows[:, _QRS] - windows[:, _QRS].mean(axis=-1, keepdims=True)
    return qrs / np.maximum(np.linalg.norm(qrs, axis=-1, keepdims=True), NOTHING)


def _summable(values: Floats) -> Floats:
    """Round, so that sums are exact in any order and hang on no beat that follows."""
    return np.asarray(np.round(values * 2**24) / 2**24)
