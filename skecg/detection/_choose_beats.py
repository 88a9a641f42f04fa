"""Choice of the sequence of beats that fits candidates and rhythm best.

Dynamic programming finds the exact maximum of a score: the sum of the evidence for each
beat, minus a cost for each interval. Short intervals have a cost, because a T wave or
the second half of a wide QRS complex may follow a beat closely. Long intervals have a
cost, so that faint beats are chosen in gaps.
"""

from __future__ import annotations

from collections import deque
from itertools import chain
from operator import sub

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import median_filter

__all__ = ["choose_beats"]

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]

# Joint strength at which a candidate has a probability of 0.5.
_EVEN = 0.35
# Weight of the detector: candidates lose half of it if found in no lead, and gain half
# of it if found in all leads.
_TRUST = 0.6
# Seconds: the shortest possible interval, the refractory period of the ventricles.
_REFRACTORY = 0.16
# Seconds. In shorter intervals, T waves and late parts of wide beats are possible.
_T_WAVE = 0.5
# Cost of an interval as short as the refractory period; it decreases to 0 at _T_WAVE.
_SHORT_COST = 1.0
# Cost of an interval twice as long as usual and of each further doubling, and the
# maximum, which prevents that a long pause is filled with noise.
_LONG_COST, _MAX_COST = 1.0, 3.0
# Number of intervals in the running median of the usual one, and its limits in seconds.
_N_INTERVALS = 21
_LIMITS = (0.3, 2.0)
# Number of earlier candidates that may be the previous beat of a candidate.
_N_EARLIER = 8
# Rows of costs that are converted to lists at once; lists need four times the memory.
_N_LISTED = 4096


def choose_beats(times: Floats, strength: Floats, support: Floats) -> Samples:
    """Return the positions of the candidates that are beats.

    Parameters
    ----------
    times : ndarray of shape (n_candidates,)
        The times of the candidates, in seconds and ascending order.
    strength, support : ndarray of shape (n_candidates,)
        The joint strength and the support by the detector; see ``Candidates``.

    Returns
    -------
    ndarray of int64
        The positions of the beats, in ascending order.
    """
    evidence = np.log(strength / _EVEN) + _TRUST * (support - 0.5)
    # An additional beat saves at most the cost of a doubled interval.
    likely = np.flatnonzero(evidence > -_LONG_COST)
    if not len(likely):
        return likely
    times, evidence = times[likely], evidence[likely]
    # The usual interval is estimated from beats, so beats are chosen twice.
    beats = np.flatnonzero(evidence > 0)
    if len(beats):
        usual = _usual_intervals(times[beats], times[beats])
        beats = beats[_best_sequence(times[beats], evidence[beats], usual)]
    usual = _usual_intervals(times, times[beats])
    return likely[_best_sequence(times, evidence, usual)]


def _usual_intervals(times: Floats, beats: Floats) -> Floats:
    """Return the running median of the intervals between beats, at each candidate."""
    if len(beats) < 4:
        return np.full(len(times), 0.8)
    usual = median_filter(np.diff(beats), _N_INTERVALS, mode="nearest")
    return np.clip(np.interp(times, beats[1:], usual), *_LIMITS)


def _best_sequence(times: Floats, evidence: Floats, usual: Floats) -> Samples:
    """Return the sequence of candidates with the largest score."""
    costs = np.full((len(times), _N_EARLIER), np.inf)
    for lag in range(1, min(_N_EARLIER, len(times) - 1) + 1):
        gaps = times[lag:] - times[:-lag]
        costs[lag:, -lag] = _interval_costs(gaps, usual[lag:])
    # The first interval extends from the start of the recording to the first beat.
    first = -_interval_costs(np.maximum(times, _T_WAVE), usual)
    # Python reads items of lists several times faster than those of arrays. The first
    # items are placeholders before the first candidate, with infinite cost.
    best = [0.0] * _N_EARLIER
    latest = deque(best, maxlen=_N_EARLIER)
    listed = chain.from_iterable(
        costs[j : j + _N_LISTED].tolist() for j in range(0, len(costs), _N_LISTED)
    )
    for gain, score, row in zip(evidence.tolist(), first.tolist(), listed, strict=True):
        total = max(score, max(map(sub, latest, row))) + gain
        latest.append(total)
        best.append(total)
    scores = np.array(best)
    left = sliding_window_view(scores[:-1], _N_EARLIER) - costs
    lags = _N_EARLIER - left.argmax(axis=1)
    lags[left.max(axis=1) <= first] = len(times)
    beats = []
    j = _last(scores[_N_EARLIER:][-_N_EARLIER:], times, usual)
    while j >= 0:
        beats.append(j)
        j -= int(lags[j])
    return np.array(beats[::-1], dtype=np.int64)


def _last(best: Floats, times: Floats, usual: Floats) -> int:
    """Return the last beat of the best sequence."""
    n_last = len(best)
    left = np.maximum(times[-1] - times[-n_last:], _T_WAVE)
    scores = best - _interval_costs(left, usual[-n_last:])
    return len(times) - n_last + int(np.argmax(scores))


def _interval_costs(gaps: Floats, usual: Floats) -> Floats:
    """Return the costs of intervals, infinite within the refractory period."""
    doublings = np.log2(np.maximum(gaps, _REFRACTORY) / usual)
    costs = np.clip(_LONG_COST * doublings, 0.0, _MAX_COST)
    shortness = np.maximum(_T_WAVE - gaps, 0.0) / (_T_WAVE - _REFRACTORY)
    costs += _SHORT_COST * shortness
    costs[gaps < _REFRACTORY] = np.inf
    return costs
