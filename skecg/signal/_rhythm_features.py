"""Features of the intervals around a beat, relative to the recording's rhythm."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.signal._tail import Tail
from skecg.signal._windows import (
    by_rows,
    later,
    median,
    median_around,
    neighbours,
    reach,
)

__all__ = [
    "RHYTHM_NAMES",
    "RhythmPast",
    "intervals",
    "rhythm_features",
    "sinus_intervals",
]

RHYTHM_NAMES = (
    "pre_rr_to_sinus",
    "post_rr_to_sinus",
    "pre_rr_to_local",
    "post_rr_to_local",
    "pre_rr_to_typical",
    "post_rr_to_typical",
    "pre_rr_to_previous",
    "rr_irregularity",
    "pre_rr_in_irregularities",
    "pre_rr_in_deviations",
)
"""The columns, in order."""

_UNKNOWN_RR = 1.0  # seconds, used if a recording has a single beat
_NEAR, _MIDDLE, _FAR = 5, 25, 30  # beats to either side
_PAST = 300  # beats up to the causal one, about five minutes
_FEW = 20  # with fewer typical intervals, all intervals are used
_IS_BIMODAL = 0.8  # Otsu's criterion; 0.64 for a normal distribution, 0.75 for uniform
_APART = 1.15  # minimum ratio of the slow intervals to the fast ones
_SMALLEST_PART = 0.1  # minimum fraction of slow and of fast intervals
_FLOOR = 0.01  # precision of annotations, as a fraction of an interval
_CLIP = 30.0

Floats = npt.NDArray[np.float64]


@dataclass
class RhythmPast:
    """State of the causal rhythm features: the last intervals and shape flags."""

    pre: Tail = field(default_factory=lambda: Tail(_PAST))
    is_typical: Tail = field(default_factory=lambda: Tail(_PAST))


def intervals(times: Floats, *, is_causal: bool) -> tuple[Floats, Floats]:
    """Return the intervals before and after each beat, in seconds.

    The missing intervals at the ends are the median of all or, if causal, the nearest
    interval.
    """
    rr = np.diff(times)
    if not len(rr):
        first = last = _UNKNOWN_RR
    elif is_causal:
        first, last = rr[0], rr[-1]
    else:
        first = last = np.median(rr)
    return np.concatenate([[first], rr]), np.concatenate([rr, [last]])


def sinus_intervals(rr: Floats) -> Floats:
    """Return the sinus interval and the median of the intervals of each row.

    If the intervals form two groups, the sinus interval is the median of the longer
    ones, because a premature rhythm is faster, even if it is more frequent. Otherwise
    it is the median of all intervals. Otsu's criterion, the fraction of the variance of
    the logarithms between the groups, determines whether there are two groups.

    Parameters
    ----------
    rr : ndarray of shape (n_rows, n_intervals)
        The intervals, in seconds. Rows with fewer intervals are filled with NaN. Each
        row has at least one interval.

    Returns
    -------
    ndarray of shape (n_rows, 2)
        The sinus interval and the median, in seconds.

    References
    ----------
    Otsu N. A threshold selection method from gray-level histograms. IEEE
    Transactions on Systems, Man, and Cybernetics 9(1):62-66, 1979.
    """
    ranked = np.sort(rr, axis=1)  # NaN is sorted last
    n = (~np.isnan(ranked)).sum(axis=1)[:, np.newaxis]
    logs = np.log(np.nan_to_num(ranked, nan=1.0))  # log(1) adds nothing to sums
    counts = np.arange(1, logs.shape[1] + 1)
    is_split = (counts >= _SMALLEST_PART * n) & (counts <= (1 - _SMALLEST_PART) * n)
    sums = np.cumsum(logs, axis=1)
    total = sums[:, -1:]
    below, above = sums / counts, (total - sums) / np.maximum(n - counts, 1)
    between = counts / n * (1 - counts / n) * (above - below) ** 2
    between = np.where(is_split, between, -np.inf)
    split = between.argmax(axis=1)[:, np.newaxis] + 1
    variance = (logs**2).sum(axis=1, keepdims=True) / n - (total / n) ** 2
    fast, slow = _middle(ranked, 0, split), _middle(ranked, split, n)
    share = between.max(axis=1, keepdims=True)
    has_two = (share > _IS_BIMODAL * variance) & (slow > _APART * fast)
    medians = _middle(ranked, 0, n)
    return np.hstack([np.where(has_two, slow, medians), medians])


def _middle(ranked: Floats, start: Any, stop: npt.NDArray[np.intp]) -> Floats:
    """Return the median of each sorted row between two positions."""
    length = stop - start
    lower, upper = (
        np.take_along_axis(ranked, np.clip(start + half, 0, ranked.shape[1] - 1), 1)
        for half in ((length - 1) // 2, length // 2)
    )
    return (lower + upper) / 2


def _own_rhythm(pre: Floats, follows_typical: Floats) -> Floats:
    """Return the sinus interval and the median of each row of intervals.

    Only typical intervals are used, unless there are few of them.
    """
    is_typical = follows_typical == 1
    is_enough = is_typical.sum(axis=1, keepdims=True) > _FEW
    return sinus_intervals(np.where(is_typical | ~is_enough, pre, np.nan))


def _median_deviation(rr: Floats, middle: Floats) -> Floats:
    """Return the median absolute deviation of each row from its middle."""
    return median(np.abs(rr - middle))


def rhythm_features(
    pre: Floats,
    post: Floats,
    is_typical: npt.NDArray[np.bool_],
    past: RhythmPast | None,
) -> Floats:
    """Compute rhythm features of each beat, relative to the patient's own rate.

    Parameters
    ----------
    pre, post : ndarray of shape (n_beats,)
        The intervals before and after each beat, in seconds.
    is_typical : ndarray of bool of shape (n_beats,)
        Whether a beat has the usual shape of the recording. Only intervals between two
        such beats define the rhythm, which excludes ventricular beats and the pauses
        after them.
    past : RhythmPast or None
        The preceding beats, if each beat is compared with intervals up to its own; it
        is updated. None compares each beat with the intervals around it and with the
        whole recording.

    Returns
    -------
    ndarray of shape (n_beats, 10)
        The columns of ``RHYTHM_NAMES``. The first seven are ratios of the intervals
        before and after the beat to reference intervals:

        - ``_to_sinus``: the first result of :func:`sinus_intervals`;
        - ``_to_local``: the median of the 11 intervals around the beat;
        - ``_to_typical``: the median of the typical ones among the 51 intervals around;
        - ``_to_previous``: the preceding interval.

        The others are:

        - ``rr_irregularity``: high in atrial fibrillation, and low if a few intervals
          recur, as in bigeminy;
        - ``pre_rr_in_irregularities``: relative difference of the interval before the
          beat from the sinus interval, in units of the irregularity;
        - ``pre_rr_in_deviations``: relative difference of this interval from the median
          of the 61 intervals around, in units of their median deviation.
    """
    n_new = len(pre)
    new = slice(-n_new, None)
    if past is not None:
        pre, is_typical = past.pre.join(pre), past.is_typical.join(is_typical)
    follows_typical = is_typical & np.concatenate([[True], is_typical[:-1]])
    if past is not None:
        before = [neighbours(x, _PAST - 1, 0)[new] for x in (pre, follows_typical)]
        own = by_rows(_own_rhythm, *before)
    else:
        own = _own_rhythm(pre[np.newaxis], follows_typical[np.newaxis])
    sinus, typical = np.broadcast_to(own, (n_new, 2)).T
    known = np.where(follows_typical, pre, np.nan)
    n_last = None if past is None else n_new
    typical_around = median_around(known, _MIDDLE, n_last, empty=np.nan)
    typical = np.where(np.isnan(typical_around), typical, typical_around)
    local = median_around(pre, _NEAR, n_last)
    middle = median_around(pre, _FAR, n_last)
    far = neighbours(pre, *reach(_FAR, past is not None))[new]
    deviation = by_rows(_median_deviation, far, middle[:, np.newaxis]) / middle
    # The nearest of the three preceding intervals, so that alternation counts as
    # regular.
    jumps = np.min([np.abs(pre - later(pre, -lag)) for lag in (1, 2, 3)], axis=0)
    irregularity = median_around(jumps, _FAR, n_last) / middle
    previous, pre = later(pre, -1)[new], pre[new]
    early = (pre / sinus - 1) / np.maximum(irregularity, _FLOOR)
    odd = (pre / middle - 1) / np.maximum(deviation, _FLOOR)
    return np.column_stack(
        [
            pre / sinus,
            post / sinus,
            pre / local,
            post / local,
            pre / typical,
            post / typical,
            pre / previous,
            irregularity,
            np.clip(early, -_CLIP, _CLIP),
            np.clip(odd, -_CLIP, _CLIP),
        ]
    )
