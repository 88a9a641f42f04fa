"""How the intervals around a beat differ from the recording's own rhythm."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skecg.signal._windows import later, median_around, neighbours

__all__ = ["RHYTHM_NAMES", "intervals", "rhythm_features", "sinus_interval"]

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


def sinus_interval(rr: Floats) -> float:
    """Return the interval of the sinus rhythm among a recording's intervals.

    It is their median unless they fall into two groups: then it is the median of
    the longer ones, since a premature rhythm is the faster of the two, even where
    it is the more common. Otsu's criterion, the share of the variance of the
    logarithms that lies between the groups, says whether there are two.

    References
    ----------
    Otsu N. A threshold selection method from gray-level histograms. IEEE
    Transactions on Systems, Man, and Cybernetics 9(1):62-66, 1979.
    """
    logs = np.sort(np.log(rr))
    n, median = len(logs), float(np.median(rr))
    counts = np.arange(1, n)
    is_split = (counts >= _SMALLEST_PART * n) & (counts <= (1 - _SMALLEST_PART) * n)
    if not is_split.any() or logs[0] == logs[-1]:
        return median
    sums = np.cumsum(logs)
    below = sums[:-1] / counts
    above = (sums[-1] - sums[:-1]) / (n - counts)
    between = counts / n * (1 - counts / n) * (above - below) ** 2
    split = int(np.where(is_split, between, -np.inf).argmax()) + 1
    fast, slow = np.exp(np.median(logs[:split])), np.exp(np.median(logs[split:]))
    has_two = between[split - 1] > _IS_BIMODAL * logs.var() and slow > _APART * fast
    return float(slow) if has_two else median


def _own_rhythm(
    pre: Floats, follows_typical: npt.NDArray[np.bool_]
) -> tuple[float, float]:
    """Return the sinus interval and the median of the intervals that speak for it."""
    rr = pre[follows_typical] if follows_typical.sum() > _FEW else pre
    return sinus_interval(rr), float(np.median(rr))


def rhythm_features(
    pre: Floats, post: Floats, is_typical: npt.NDArray[np.bool_], *, is_causal: bool
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
    is_causal : bool
        Whether the intervals to compare with are those before each beat, its own
        included, instead of those around it and of the whole recording.

    Returns
    -------
    ndarray of shape (n_beats, 10)
        The columns of ``RHYTHM_NAMES``: ratios to :func:`sinus_interval`, to the
        median of the 11 intervals around, to that of the typical ones among the 51
        around, and to the interval before; the irregularity, which is high in atrial
        fibrillation and low where a few intervals recur, as in bigeminy; and how far
        the interval before the beat lies from the sinus interval, in units of it, and
        from the median of the 61 around, in units of their median deviation.
    """
    follows_typical = is_typical & np.concatenate([[True], is_typical[:-1]])
    if is_causal:
        so_far = [slice(max(stop - _PAST, 0), stop) for stop in range(1, len(pre) + 1)]
        own = [_own_rhythm(pre[past], follows_typical[past]) for past in so_far]
    else:
        own = [_own_rhythm(pre, follows_typical)] * len(pre)
    sinus, typical = np.array(own).T
    typical_around = neighbours(
        np.where(follows_typical, pre, np.nan), _MIDDLE, is_causal=is_causal
    )
    has_some = np.isfinite(typical_around).any(axis=1)
    typical[has_some] = np.nanmedian(typical_around[has_some], axis=1)
    local = median_around(pre, _NEAR, is_causal=is_causal)
    around = neighbours(pre, _FAR, is_causal=is_causal)
    middle = np.nanmedian(around, axis=1)
    deviation = np.nanmedian(np.abs(around - middle[:, None]), axis=1) / middle
    # The nearest of the three intervals before: alternation is a kind of order.
    jumps = np.min([np.abs(pre - later(pre, -lag)) for lag in (1, 2, 3)], axis=0)
    irregularity = median_around(jumps, _FAR, is_causal=is_causal) / middle
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
            pre / later(pre, -1),
            irregularity,
            np.clip(early, -_CLIP, _CLIP),
            np.clip(odd, -_CLIP, _CLIP),
        ]
    )
