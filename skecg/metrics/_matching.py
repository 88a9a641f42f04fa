"""Which test beat belongs to which reference beat."""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from skecg import aami
from skecg.metrics._annotator import Annotator, Beat, Period

__all__ = ["match"]

# What a list's time is once it has ended, for the current beat and the next.
_ENDED = (math.inf, math.inf)


def match(
    reference: Annotator, test: Annotator, *, start: int, end: int, window: int
) -> tuple[Counter[str], float]:
    """Count the pairings of one record and measure the error of RR intervals.

    Parameters
    ----------
    reference, test : Annotator
        The two annotators.
    start, end : int
        The first sample that is compared, and the one after the last.
    window : int
        How many samples apart the beats of a pair may be.

    Returns
    -------
    pairings : Counter
        How often each pairing occurs, under its name.
    rr_error : float
        The root mean square difference of the pairs' RR intervals in samples; NaN
        where no pair has both.
    """
    pairings: Counter[str] = Counter()
    squares = []
    for true, called in _pairs(reference, test, start, end, window):
        if true is not None and called is not None:
            pairings[_letter(true) + _letter(called).lower()] += 1
            if true.interval is not None and called.interval is not None:
                squares.append((true.interval - called.interval) ** 2)
        elif true is not None:
            silent = _within(test.shutdowns, true.time)
            pairings[_letter(true) + ("x" if silent else "o")] += 1
        elif called is not None and not _within(reference.flutter, called.time):
            silent = _within(reference.shutdowns, called.time)
            pairings[("X" if silent else "O") + _letter(called).lower()] += 1
    rr_error = math.sqrt(sum(squares) / len(squares)) if squares else math.nan
    return pairings, rr_error


def _pairs(
    reference: Annotator, test: Annotator, start: int, end: int, window: int
) -> Iterator[tuple[Beat | None, Beat | None]]:
    """Walk both lists in time; None stands for the partner that a beat lacks."""
    true_times = [*(beat.time for beat in reference.beats), *_ENDED]
    test_times = [*(beat.time for beat in test.beats), *_ENDED]
    i = bisect_left(true_times, start)
    j = _first_test_beat(test_times, true_times[i], start, window)
    while true_times[i] < end or test_times[j] < end:
        true, true_next = true_times[i : i + 2]
        called, called_next = test_times[j : j + 2]
        if called < true:
            paired = _belong(called, called_next, true, true_next, window)
            takes_true, takes_test = paired, True
        else:
            paired = _belong(true, true_next, called, called_next, window)
            takes_true, takes_test = True, paired
        yield (
            reference.beats[i] if takes_true else None,
            test.beats[j] if takes_test else None,
        )
        i += takes_true
        j += takes_test


def _first_test_beat(times: list[float], true: float, start: int, window: int) -> int:
    """Find where the walk begins, given the first reference beat's time."""
    first = bisect_left(times, start)
    distance = abs(true - times[first])
    if first > 0:
        before = true - times[first - 1]
        if before <= window and before < distance:
            return first - 1
    # A beat so near the start may belong to a reference beat before it.
    if times[first] - start <= window and abs(true - times[first + 1]) < distance:
        return first + 1
    return first


def _belong(
    early: float, early_next: float, late: float, late_next: float, window: int
) -> bool:
    """Tell whether two beats are a pair, given each list's next beat.

    They are unless the late beat is as near to the next early one, and that has no
    nearer partner in its turn.
    """
    distance = late - early
    rival = abs(late - early_next)
    return distance <= window and (
        distance < rival or abs(late_next - early_next) < rival
    )


def _letter(beat: Beat) -> str:
    return aami.CLASSES[beat.code]


def _within(periods: list[Period], time: int) -> bool:
    return any(start <= time <= end for start, end in periods)
