"""Matching of test beats to reference beats."""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from skecg import aami
from skecg.metrics._annotator import Annotator, Beat, Period

__all__ = ["SURPLUS", "UNCERTAIN", "codes_of_peaks", "match"]

SURPLUS = -1
"""A test beat without a reference beat."""
UNCERTAIN = -2
"""A surplus test beat in a period without beats of the reference."""

# The current and the next time after the end of a list.
_ENDED = (math.inf, math.inf)


def match(
    reference: Annotator, test: Annotator, *, start: int, end: int, window: int
) -> tuple[Counter[str], float]:
    """Count the pairings of one record and compute the error of RR intervals.

    Parameters
    ----------
    reference, test : Annotator
        The two annotators.
    start, end : int
        The first sample to compare, and the sample after the last one.
    window : int
        The largest distance of the beats of a pair, in samples.

    Returns
    -------
    pairings : Counter
        The number of each pairing under its name, such as "Nn".
    rr_error : float
        The root mean square difference of RR intervals in samples; NaN if no pairing
        has both intervals.
    """
    pairings: Counter[str] = Counter()
    squares = []
    for i, j, has_true, has_called in _pairs(reference, test, start, end, window):
        if has_true:
            label = _letter(reference.beats[i])
        else:
            time, periods = test.beats[j].time, reference.periods[i]
            if _within(periods.flutter, time):
                continue
            label = "X" if _within(periods.shutdowns, time) else "O"
        if has_called:
            label += _letter(test.beats[j]).lower()
        else:
            silent = test.periods[j].shutdowns
            label += "x" if _within(silent, reference.beats[i].time) else "o"
        pairings[label] += 1
        # Both current intervals count, even if one of their beats is not paired.
        true, called = reference.interval(i), test.interval(j)
        if true is not None and called is not None:
            squares.append((true - called) ** 2)
    rr_error = math.sqrt(sum(squares) / len(squares)) if squares else math.nan
    return pairings, rr_error


def codes_of_peaks(
    reference: Annotator, test: Annotator, *, end: int, window: int
) -> list[int]:
    """Return the class code of each test beat's partner in the reference.

    Parameters
    ----------
    reference, test : Annotator
        The two annotators.
    end : int
        The length of the record in samples.
    window : int
        The largest distance of the beats of a pair, in samples.

    Returns
    -------
    list of int
        One code for each test beat, or `SURPLUS` or `UNCERTAIN`.
    """
    codes = [UNCERTAIN] * len(test.beats)
    for i, j, has_true, has_called in _pairs(reference, test, 0, end, window):
        if has_true and has_called:
            codes[j] = reference.beats[i].code
        elif has_called:
            time = test.beats[j].time
            if not any(_within(kind, time) for kind in reference.periods[i]):
                codes[j] = SURPLUS
    return codes


def _pairs(
    reference: Annotator, test: Annotator, start: int, end: int, window: int
) -> Iterator[tuple[int, int, bool, bool]]:
    """Pair the beats of both lists in time order.

    Yields the positions of the current reference and test beat, and for each of them
    whether it is in the pairing.
    """
    true_times = [*(beat.time for beat in reference.beats), *_ENDED]
    test_times = [*(beat.time for beat in test.beats), *_ENDED]
    i = bisect_left(true_times, start)
    j = _first_test_beat(test_times, true_times[i], start, window)
    while true_times[i] < end or test_times[j] < end:
        true, true_next = true_times[i : i + 2]
        called, called_next = test_times[j : j + 2]
        if called < true:
            has_true = _belong(called, called_next, true, true_next, window)
            has_called = True
        else:
            has_true = True
            has_called = _belong(true, true_next, called, called_next, window)
        yield i, j, has_true, has_called
        i += has_true
        j += has_called


def _first_test_beat(times: list[float], true: float, start: int, window: int) -> int:
    """Find the first test beat to compare, given the first reference beat's time."""
    first = bisect_left(times, start)
    if start == 0:
        return first
    distance = abs(true - times[first])
    if first > 0:
        before = true - times[first - 1]
        if before <= window and before < distance:
            return first - 1
    # The first test beat may belong to a reference beat before `start`.
    if times[first] - start <= window and abs(true - times[first + 1]) < distance:
        return first + 1
    return first


def _belong(
    early: float, early_next: float, late: float, late_next: float, window: int
) -> bool:
    """Return whether two beats are a pair.

    They are not a pair if they are farther apart than the window. They are not a pair
    either if the next beat of the early list is at least as near to the late beat and
    has no nearer partner.
    """
    distance = late - early
    rival = abs(late - early_next)
    return distance <= window and (
        distance < rival or abs(late_next - early_next) < rival
    )


def _letter(beat: Beat) -> str:
    return aami.CLASSES[beat.code]


def _within(periods: tuple[Period, ...], time: int) -> bool:
    return any(start <= time <= end for start, end in periods)
