"""Shape features of a beat, relative to the usual beat of the recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from skecg.signal._filtered_leads import SHAPE_FS
from skecg.signal._tail import Tail
from skecg.signal._windows import (
    SMALLEST,
    by_rows,
    correlation,
    median,
    median_around,
    past_median,
    root_mean_square,
)

__all__ = [
    "LEAD_SHAPE_NAMES",
    "N_PAST",
    "P_WAVE",
    "QRS",
    "READ_SAMPLES",
    "READ_SECONDS",
    "SHAPE_NAMES",
    "ShapePast",
    "Shapes",
    "beat_shapes",
    "by_beat",
    "lead_shape_features",
    "median_over_past",
]

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

_BEFORE, _AFTER = 54, 72  # samples: 0.45 s and 0.6 s
_WINDOW = slice(0, _BEFORE + _AFTER)
P_WAVE = slice(_BEFORE - 34, _BEFORE - 7)  # 283 ms before the R peak to 67 ms before
QRS = slice(_BEFORE - 12, _BEFORE + 18)  # 100 ms before the R peak to 150 ms after
_WIDE_QRS = slice(_BEFORE - 18, _BEFORE + 24)  # 150 ms before to 200 ms after
_T = slice(_BEFORE + 18, _BEFORE + 54)  # 150 ms to 450 ms after
_MAX_SHIFT = 6  # 50 ms; an annotation may lie anywhere in a wide QRS complex
READ_SAMPLES = _BEFORE + _MAX_SHIFT, _AFTER + _MAX_SHIFT
"""Samples at 120 Hz that a shape reads before the R peak, and from it on."""
READ_SECONDS = READ_SAMPLES[0] / SHAPE_FS, READ_SAMPLES[1] / SHAPE_FS
"""The same in seconds."""
_TYPICAL = 0.9  # correlation from which a beat has the usual shape
_FEW_TYPICAL = 0.3  # with a smaller fraction, half of the beats count as typical
N_PAST = 200
"""Number of preceding beats that a causal beat is compared with."""
_NEAR = 5  # beats to either side, for the local median of the intervals
_EARLY = 0.9  # of the local median; earlier beats are not used for the template
_SMALLEST_RATIO = 1e-9

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Shapes:
    """Beats aligned with the usual beat of the recording.

    Attributes
    ----------
    windows : ndarray of shape (n_leads, n_beats, 126)
        The beats.
    template : ndarray of shape (n_leads, n_beats, 126)
        The usual beat: the same for all beats or, if causal, that of the preceding
        beats.
    correlations : ndarray of shape (n_leads, n_beats)
        The correlation between the QRS complexes of a beat and the usual beat.
    is_typical : ndarray of bool of shape (n_beats,)
        Whether a beat has the usual shape.
    is_usual : ndarray of bool of shape (n_beats,)
        Whether a beat has the usual shape and is not early.
    """

    windows: Floats
    template: Floats
    correlations: Floats
    is_typical: npt.NDArray[np.bool_]
    is_usual: npt.NDArray[np.bool_]


@dataclass
class ShapePast:
    """State of the causal shape features: the last beats of the recording.

    Attributes
    ----------
    n_beats : int
        The number of beats so far.
    n_left : int
        The number of beats until the usual beat is updated.
    usual : ndarray of shape (n_leads, 1, 126)
        The current usual beat.
    windows, alike, is_early
        The last two hundred beats, their similarity to the usual beat at that time, and
        whether they are early.
    intervals, correlations, columns : Tail
        The intervals before the last beats, their correlations, and columns of each
        lead.
    """

    n_beats: int = 0
    n_left: int = 0
    usual: Floats = field(default_factory=lambda: np.empty((0, 1, 0)))
    windows: Floats | None = None
    alike: Floats = field(default_factory=lambda: np.empty(0))
    is_early: npt.NDArray[np.bool_] = field(
        default_factory=lambda: np.empty(0, dtype=bool)
    )
    intervals: Tail = field(default_factory=lambda: Tail(2 * _NEAR))
    correlations: Tail = field(default_factory=lambda: Tail(N_PAST))
    columns: Tail = field(default_factory=lambda: Tail(N_PAST))


def beat_shapes(
    filtered: Floats,
    positions: npt.NDArray[np.int64],
    pre_rr: Floats,
    past: ShapePast | None,
) -> Shapes:
    """Cut the beats of a recording and compute the usual beat.

    The usual beat is the median of the beats that resemble the median of all beats and
    are not early. If causal, it is computed from the last two hundred beats and updated
    every few beats. The first beat is compared with itself.
    """
    if past is None:
        local = median_around(pre_rr, _NEAR, None)
        is_early = pre_rr < _EARLY * local
        windows = _cut(filtered, positions)
        template = _medians(windows)
        windows, alike = _aligned(filtered, positions, template)
        template = np.broadcast_to(_usual(windows, alike, is_early), windows.shape)
    else:
        local = median_around(past.intervals.join(pre_rr), _NEAR, len(pre_rr))
        is_early = pre_rr < _EARLY * local
        windows, template = _causal_windows(filtered, positions, is_early, past)
    correlations = by_beat(_qrs_correlation, windows, template).T
    is_typical = _typical(correlations.mean(axis=0), past)
    return Shapes(windows, template, correlations, is_typical, is_typical & ~is_early)


def _causal_windows(
    filtered: Floats,
    positions: npt.NDArray[np.int64],
    new_is_early: npt.NDArray[np.bool_],
    past: ShapePast,
) -> tuple[Floats, Floats]:
    """Align the next beats with the usual beat; return the windows and that beat."""
    n_past, n_new = len(past.alike), len(positions)
    windows = np.empty((len(filtered), n_past + n_new, _BEFORE + _AFTER))
    if past.windows is not None:
        windows[:, :n_past] = past.windows
    template = np.empty((len(filtered), n_new, _BEFORE + _AFTER))
    alike = np.concatenate([past.alike, np.empty(n_new)])
    is_early = np.concatenate([past.is_early, new_is_early])
    start = 0
    while start < n_new:
        if not past.n_left:
            # A median of more beats is more reliable, so it is kept for longer.
            past.n_left = min(max(past.n_beats // 8, 1), 16)
            before = slice(max(n_past + start - N_PAST, 0), n_past + start)
            past.usual = (
                _usual(windows[:, before], alike[before], is_early[before])
                if past.n_beats
                else _cut(filtered, positions[:1])
            )
        stop = min(start + past.n_left, n_new)
        new = slice(n_past + start, n_past + stop)
        windows[:, new], alike[new] = _aligned(
            filtered, positions[start:stop], past.usual
        )
        template[:, start:stop] = past.usual
        past.n_left -= stop - start
        past.n_beats += stop - start
        start = stop
    past.windows = windows[:, -N_PAST:].copy()
    past.alike, past.is_early = alike[-N_PAST:].copy(), is_early[-N_PAST:].copy()
    return windows[:, n_past:], template


def _cut(
    filtered: Floats, positions: npt.NDArray[np.int64], window: slice = _WINDOW
) -> Floats:
    """Return a window of each beat; the ends of the recording are repeated."""
    samples = positions[:, np.newaxis] + np.arange(
        window.start - _BEFORE, window.stop - _BEFORE
    )
    return np.take(filtered, samples, axis=1, mode="clip")


def _aligned(
    filtered: Floats, positions: npt.NDArray[np.int64], template: Floats
) -> tuple[Floats, Floats]:
    """Align beats with a template; return the windows and their similarity to it."""
    similarity = by_rows(partial(_similarity, filtered, template), positions)
    moved = positions + similarity.argmax(axis=1) - _MAX_SHIFT
    return _cut(filtered, moved), similarity.max(axis=1)


def _qrs_correlation(windows: Floats, template: Floats) -> Floats:
    return correlation(windows[..., QRS], template[..., QRS])


def _similarity(
    filtered: Floats, template: Floats, positions: npt.NDArray[np.int64]
) -> Floats:
    """Return the mean correlation with the QRS of a template, by beat and shift."""
    around = slice(QRS.start - _MAX_SHIFT, QRS.stop + _MAX_SHIFT)
    segments = _cut(filtered, positions, around)
    length = QRS.stop - QRS.start
    shifted = np.lib.stride_tricks.sliding_window_view(segments, length, axis=-1)
    return correlation(shifted, template[..., np.newaxis, QRS]).mean(axis=0)


def _medians(windows: Floats) -> Floats:
    """Return the median window of each lead."""
    # One lead at a time, because `median` copies its windows.
    return np.stack([median(lead.T)[np.newaxis] for lead in windows])


def _usual(windows: Floats, alike: Floats, is_early: npt.NDArray[np.bool_]) -> Floats:
    """Return the median of the beats similar to the template or, if few, of all."""
    is_usual = (alike >= max(np.median(alike) - 0.1, 0)) & ~is_early
    return _medians(windows[:, is_usual] if is_usual.sum() >= 10 else windows)


def _typical(alike: Floats, past: ShapePast | None) -> npt.NDArray[np.bool_]:
    """Return which beats are typical; if few are, half of them by correlation."""
    is_typical = alike > _TYPICAL
    if past is None:
        few = is_typical.mean() < _FEW_TYPICAL
        return np.where(few, alike >= np.median(alike), is_typical)
    joined = past.correlations.join(alike)
    # Differences of cumulative counts give the typical beats among the last ones.
    counts = np.concatenate([[0], np.cumsum(joined > _TYPICAL)])
    stops = np.arange(len(joined) - len(alike), len(joined)) + 1
    starts = np.maximum(stops - (N_PAST + 1), 0)
    few = (counts[stops] - counts[starts]) / (stops - starts) < _FEW_TYPICAL
    medians = past_median(joined, N_PAST, len(alike))
    return np.where(few, alike >= medians, is_typical)


def by_beat(
    function: Callable[[Floats, Floats], Floats], windows: Floats, template: Floats
) -> Floats:
    """Apply a function to the leads of each beat; return one row per beat."""
    return by_rows(function, windows.swapaxes(0, 1), template.swapaxes(0, 1))


def lead_shape_features(shapes: Shapes, past: ShapePast | None) -> Floats:
    """Compute the columns of ``LEAD_SHAPE_NAMES`` for each lead.

    Returns
    -------
    ndarray of shape (n_leads, n_beats, 12)
        The features. The usual beat is the template.

        - ``_correlation``: the correlation with the template;
        - ``_difference``: the root mean square of the difference from the template, in
          units of the root mean square of the template's QRS complex;
        - ``qrs_size`` and ``qrs_slope``: logarithms of the ratios of root mean square
          and steepest slope to those of the template;
        - ``qrs_highest`` and ``qrs_lowest``: samples in units of the template's peak;
        - ``qrs_duration``: the time that contains 90 % of the energy of the slope, in
          seconds;
        - ``qrs_breadth``: the time above 30 % of the peak, in seconds;
        - ``_excess``: the difference of duration and breadth from their medians over
          the recording.
    """
    columns = by_beat(_shape_columns, shapes.windows, shapes.template)
    columns = columns.swapaxes(0, 1)
    names = ("qrs_duration", "qrs_breadth")
    measured = np.array([LEAD_SHAPE_NAMES.index(name) for name in names])
    values = columns[..., measured].swapaxes(1, 2)
    medians = median_over_past(values, None if past is None else past.columns)
    columns[..., measured + 1] = (values - medians).swapaxes(1, 2)
    return columns


def _shape_columns(windows: Floats, template: Floats) -> Floats:
    """Return the columns, with zeros for those relative to a median."""
    qrs, wide, usual = windows[..., QRS], windows[..., _WIDE_QRS], template[..., QRS]
    difference = windows - template
    usual_size = np.maximum(root_mean_square(usual), SMALLEST)
    usual_peak = np.maximum(np.abs(usual).max(axis=-1), SMALLEST)
    usual_slope = np.maximum(np.abs(np.diff(usual)).max(axis=-1), SMALLEST)
    slopes = np.diff(wide)
    energy = np.cumsum(slopes**2, axis=-1)
    share = energy / np.maximum(energy[..., -1:], SMALLEST**2)
    height = np.abs(wide)
    is_high = height > 0.3 * height.max(axis=-1, keepdims=True)
    unknown = np.zeros(windows.shape[:-1])
    columns = [
        correlation(qrs, usual),
        root_mean_square(difference[..., QRS]) / usual_size,
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


def median_over_past(values: Floats, past: Tail | None) -> Floats:
    """Return the median over all beats or, if causal, over the last two hundred.

    Parameters
    ----------
    values : ndarray of shape (..., n_beats)
        A quantity of each beat.
    past : Tail or None
        The same quantity of the preceding two hundred beats, for causal features.

    Returns
    -------
    ndarray of shape (..., 1) or (..., n_beats)
        The medians.
    """
    if past is None:
        return median(values)[..., np.newaxis]
    return past_median(past.join(values), N_PAST, values.shape[-1])
