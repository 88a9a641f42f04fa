"""How the intervals around a beat differ from the recording's own rhythm."""

import numpy as np
import numpy.typing as npt

from skecg.signal._windows import later, neighbours

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
_FEW = 20  # typical intervals, below which all intervals speak for the rhythm
_IS_BIMODAL = 0.8  # Otsu's criterion: 0.64 for a normal law, 0.75 for a uniform one
_APART = 1.15  # the least ratio of the slow intervals to the fast ones
_SMALLEST_PART = 0.1  # of all intervals, that the slow or the fast ones must have
_FLOOR = 0.01  # annotations are no more exact than a hundredth of an interval
_CLIP = 30.0

Floats = npt.NDArray[np.float64]


def intervals(times: Floats) -> tuple[Floats, Floats]:
    """Return the interval before and after each beat; the median past the ends."""
    rr = np.diff(times)
    median = np.median(rr) if len(rr) else _UNKNOWN_RR
    return np.concatenate([[median], rr]), np.concatenate([rr, [median]])


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


def rhythm_features(
    pre: Floats, post: Floats, is_typical: npt.NDArray[np.bool_]
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
    enough = follows_typical.sum() > _FEW
    sinus_intervals = pre[follows_typical] if enough else pre
    sinus = sinus_interval(sinus_intervals)
    typical = np.full(len(pre), np.median(sinus_intervals))
    typical_around = neighbours(np.where(follows_typical, pre, np.nan), _MIDDLE)
    has_some = np.isfinite(typical_around).any(axis=1)
    typical[has_some] = np.nanmedian(typical_around[has_some], axis=1)
    local = np.nanmedian(neighbours(pre, _NEAR), axis=1)
    around = neighbours(pre, _FAR)
    middle = np.nanmedian(around, axis=1)
    deviation = np.nanmedian(np.abs(around - middle[:, None]), axis=1) / middle
    # The nearest of the three intervals before: alternation is a kind of order.
    jumps = np.min([np.abs(pre - later(pre, -lag)) for lag in (1, 2, 3)], axis=0)
    irregularity = np.nanmedian(neighbours(jumps, _FAR), axis=1) / middle
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
