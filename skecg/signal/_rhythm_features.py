"""How the intervals around a beat differ from the recording's own rhythm."""

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

_UNKNOWN_RR = 1.0  # seconds; the interval of a recording with a single beat
_NEAR, _MIDDLE, _FAR = 5, 25, 30  # beats to either side
_PAST = 300  # beats up to the causal one, some five minutes
_FEW = 20  # typical intervals, below which all intervals speak for the rhythm
_IS_BIMODAL = 0.8  # Otsu's criterion: 0.64 for a normal law, 0.75 for a uniform one
_APART = 1.15  # the least ratio of the slow intervals to the fast ones
_SMALLEST_PART = 0.1  # of all intervals, that the slow or the fast ones must have
_FLOOR = 0.01  # annotations are no more exact than a hundredth of an interval
_CLIP = 30.0

Floats = npt.NDArray[np.float64]


@dataclass
class RhythmPast:
    """The intervals before the last beats of a causal recording, and their shapes."""

    pre: Tail = field(default_factory=lambda: Tail(_PAST))
    is_typical: Tail = field(default_factory=lambda: Tail(_PAST))


def intervals(times: Floats, *, is_causal: bool) -> tuple[Floats, Floats]:
    """Return the interval before and after each beat.

    Past the ends stands the median of all or, causal, the nearest interval.
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

    The sinus interval is the median unless the intervals fall into two groups: then
    it is the median of the longer ones, since a premature rhythm is the faster of the
    two, even where it is the more common. Otsu's criterion, the share of the variance
    of the logarithms that lies between the groups, says whether there are two.

    Parameters
    ----------
    rr : ndarray of shape (n_rows, n_intervals)
        The intervals, in seconds; NaN where a row has fewer. Each row has one.

    Returns
    -------
    ndarray of shape (n_rows, 2)
        The sinus interval and the median, in seconds.

    References
    ----------
    Otsu N. A threshold selection method from gray-level histograms. IEEE
    Transactions on Systems, Man, and Cybernetics 9(1):62-66, 1979.
    """
    ranked = np.sort(rr, axis=1)  # NaN comes last
    n = (~np.isnan(ranked)).sum(axis=1)[:, np.newaxis]
    logs = np.log(np.nan_to_num(ranked, nan=1.0))  # which add nothing
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
    """Return the median of each row's values from one place to before another."""
    length = stop - start
    lower, upper = (
        np.take_along_axis(ranked, np.clip(start + half, 0, ranked.shape[1] - 1), 1)
        for half in ((length - 1) // 2, length // 2)
    )
    return (lower + upper) / 2


def _own_rhythm(pre: Floats, follows_typical: Floats) -> Floats:
    """Return the sinus interval and the median of the intervals that speak for it.

    Each row holds the intervals of one rhythm.
    """
    is_typical = follows_typical == 1
    is_enough = is_typical.sum(axis=1, keepdims=True) > _FEW
    return sinus_intervals(np.where(is_typical | ~is_enough, pre, np.nan))


def _median_deviation(rr: Floats, middle: Floats) -> Floats:
    """Return the median distance of each row's intervals from the row's middle."""
    return median(np.abs(rr - middle))


def rhythm_features(
    pre: Floats,
    post: Floats,
    is_typical: npt.NDArray[np.bool_],
    past: RhythmPast | None,
) -> Floats:
    """Return what the intervals around each beat say, less the patient's own rate.

    Parameters
    ----------
    pre, post : ndarray of shape (n_beats,)
        The intervals before and after each beat.
    is_typical : ndarray of bool of shape (n_beats,)
        Whether a beat has the recording's usual shape. Intervals between two such
        beats speak for the rhythm, so that ventricular beats and the pauses after
        them do not.
    past : RhythmPast or None
        The beats before, if the intervals to compare with are those before each beat,
        its own included, instead of those around it and of the whole recording.

    Returns
    -------
    ndarray of shape (n_beats, 10)
        The columns of ``RHYTHM_NAMES``: ratios to :func:`sinus_intervals`, to the
        median of the 11 intervals around, to that of the typical ones among the 51
        around, and to the interval before; the irregularity, which is high in atrial
        fibrillation and low where a few intervals recur, as in bigeminy; and how far
        the interval before the beat lies from the sinus interval, in units of it, and
        from the median of the 61 around, in units of their median deviation.
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
    # The nearest of the three intervals before: alternation is a kind of order.
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
