"""The events of a recording that the report lists: runs, pauses and rare beats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg.annotation._rhythm_summary import RhythmSummary, rows_of

__all__ = ["find_events", "listed_events"]

_RUN = 3  # fewest consecutive beats
_MARGIN = 3.0  # seconds of signal before and after an event
_LONGEST = 15.0  # seconds of a strip

# The most rows of each kind and class, in the order in which they get signal in full
# resolution. Beyond a limit, the longest runs, pauses and episodes are listed, and
# couplets and single beats that are evenly spread over the recording. The limits keep
# the page small and the table short.
_LIMITS: dict[tuple[str, str], int] = {
    ("Run", "V"): 300,
    ("Pause", ""): 150,
    ("Run", "S"): 200,
    ("Couplet", "V"): 150,
    ("Bigeminy", "V"): 75,
    ("Trigeminy", "V"): 75,
    ("Beat", "F"): 150,
    ("Beat", "S"): 150,
    ("Beat", "V"): 150,
    ("Beat", "Q"): 150,
}
_SPREAD = ("Couplet", "Beat")

Floats = npt.NDArray[np.float64]


def find_events(table: pd.DataFrame, summary: RhythmSummary) -> pd.DataFrame:
    """Return the events of a recording.

    Parameters
    ----------
    table : DataFrame
        The table of an :class:`AnnotatedRecording`.
    summary : RhythmSummary
        Its summary.

    Returns
    -------
    DataFrame of shape (n_events, 6)
        `kind` (Run, Pause, Couplet, Bigeminy, Trigeminy or Beat), `class` (a letter; an
        empty string for pauses), `onset` and `end` in seconds, `size` (the number of
        beats, or the seconds of a pause), and `detail`, a text. Events of kind Beat are
        beats other than N outside runs and couplets. Runs are three or more consecutive
        V or S.
    """
    letters = table["class"].to_numpy(dtype=str)
    times = table["time"].to_numpy(dtype=np.float64)
    rr = table["rr"].to_numpy(dtype=np.float64)
    parts = []
    is_single = letters != "N"
    for letter in ("V", "S"):
        first, stop = rows_of(letters == letter, rr)
        length = stop - first
        is_run = length >= _RUN
        parts.append(_runs(letter, times, first[is_run], stop[is_run]))
        is_grouped = is_run
        if letter == "V":
            is_grouped = length >= 2
            pair = first[length == 2]
            parts.append(
                _events("Couplet", "V", times[pair], times[pair + 1], 2, "2 beats")
            )
        for a, b in zip(first[is_grouped], stop[is_grouped], strict=True):
            is_single[a:b] = False
    pauses = summary.pauses
    onset, seconds = pauses["onset"].to_numpy(), pauses["seconds"].to_numpy()
    details = [f"{length:.1f} s" for length in seconds]
    parts.append(_events("Pause", "", onset, onset + seconds, seconds, details))
    for kind in ("Bigeminy", "Trigeminy"):
        found = getattr(summary, kind.lower())
        counts = found["n_ventricular"].to_numpy()
        details = [f"{count:,} beats of class V" for count in counts]
        parts.append(_events(kind, "V", found["onset"], found["end"], counts, details))
    for letter in ("F", "S", "V", "Q"):
        where = np.flatnonzero(is_single & (letters == letter))
        details = _beat_details(table.iloc[where], letter)
        parts.append(_events("Beat", letter, times[where], times[where], 1, details))
    return _joined(parts)


def listed_events(events: pd.DataFrame, duration: float) -> pd.DataFrame:
    """Choose the events that the table lists.

    Parameters
    ----------
    events : DataFrame
        The result of :func:`find_events`.
    duration : float
        The duration of the recording in seconds.

    Returns
    -------
    DataFrame of shape (n_listed, 9)
        The chosen events in the order of time, with `start` and `stop`, the limits of
        their strip in seconds, and `priority`: events with lower values get signal in
        full resolution first.
    """
    parts = []
    for rank, ((kind, letter), limit) in enumerate(_LIMITS.items()):
        found = events[(events["kind"] == kind) & (events["class"] == letter)]
        if kind in _SPREAD:
            chosen = found.iloc[_spread(len(found), limit)]
        else:
            chosen = found.sort_values("size", ascending=False, kind="stable")
            chosen = chosen.iloc[:limit]
        order = np.arange(len(chosen))
        # Single beats of all classes alternate.
        priority = 1000 + order if kind == "Beat" else 100 * rank + order / 1000
        parts.append(chosen.assign(priority=priority))
    listed = _joined(parts).sort_values("onset", kind="stable", ignore_index=True)
    start = (listed["onset"] - _MARGIN).clip(lower=0.0)
    stop = (listed["end"] + _MARGIN).clip(upper=duration)
    return listed.assign(start=start, stop=np.minimum(stop, start + _LONGEST))


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Join tables without the empty ones, whose column types differ."""
    return pd.concat([part for part in parts if len(part)] or parts[:1])


def _spread(n: int, limit: int) -> npt.NDArray[np.int64]:
    """Return at most `limit` evenly spread positions."""
    return np.unique(np.round(np.linspace(0, max(0, n - 1), min(n, limit))).astype(int))


def _events(
    kind: str, letter: str, onset: Any, end: Any, size: Any, detail: Any
) -> pd.DataFrame:
    found = pd.DataFrame({"onset": np.asarray(onset), "end": np.asarray(end)})
    return found.assign(**{"kind": kind, "class": letter, "size": size}).assign(
        detail=detail
    )


def _runs(
    letter: str,
    times: Floats,
    first: npt.NDArray[np.int64],
    stop: npt.NDArray[np.int64],
) -> pd.DataFrame:
    onset, end, length = times[first], times[stop - 1], stop - first
    rates = 60 * (length - 1) / (end - onset)
    details = [
        f"{n:,} beats at {rate:.0f} a minute"
        for n, rate in zip(length, rates, strict=True)
    ]
    return _events("Run", letter, onset, end, length, details)


def _beat_details(table: pd.DataFrame, letter: str) -> list[str]:
    """Return the probability of the class, or the reason of an unreadable beat."""
    name = f"probability_{letter}"
    missing = pd.Series(np.nan, index=table.index)
    text: Callable[[float, str], str] = lambda p, reason: (  # noqa: E731
        reason if np.isnan(p) else f"probability {p:.2f}"
    )
    return [
        text(p, reason)
        for p, reason in zip(table.get(name, missing), table["reason"], strict=True)
    ]
