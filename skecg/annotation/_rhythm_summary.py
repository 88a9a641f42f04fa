"""The summary of a recording's rhythm: burden, runs, pauses and unreadable time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg import aami
from skecg.signal import SignalQuality

__all__ = ["RhythmSummary", "rows_of", "summarise"]

_PAUSE = 2.0  # seconds
_RUN = 3  # fewest consecutive V
_FEWEST_CYCLES = 3  # fewest V of a bigeminy or trigeminy

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class RhythmSummary:
    """The rhythm of an annotated recording as counts, episodes and rates.

    :meth:`AnnotatedRecording.summary` returns it. Its repr is a report as text.

    Parameters
    ----------
    duration : float
        The duration of the recording, in seconds.
    start : datetime or None
        The time of the first sample, if it is known.
    counts : dict of str to int
        The number of beats of each class N, S, V, F and Q.
    mean_rate : float
        The mean rate in beats a minute: 60 divided by the mean RR interval in seconds;
        NaN without an interval.
    burden : DataFrame of shape (2, 3)
        For V (PVC) and S (PAC): the number, the percentage of all readable beats, and
        the number per hour of readable time.
    hours : DataFrame of shape (n_hours, 5)
        For each hour from the start: beats, V, S, the mean rate and the unreadable
        minutes.
    couplets : int
        The number of couplets: two consecutive V.
    runs : DataFrame of shape (n_runs, 4)
        Three or more consecutive V: `onset`, the time of the first in seconds;
        `sample`, its sample number; `length`, the number of beats; and `rate`, the mean
        rate in the run in beats a minute.
    bigeminy, trigeminy : DataFrame of shape (n_episodes, 3)
        Episodes with at least three V, in which every second (bigeminy) or third
        (trigeminy) beat is V: `onset` and `end`, the times of the first and last V in
        seconds; and `n_ventricular`, the number of V.
    pauses : DataFrame of shape (n_pauses, 2)
        RR intervals longer than 2 s: `onset`, the time of the previous beat, and
        `seconds`, the length.
    unreadable : dict of str to float
        The minutes in which no lead is readable, by reason.
    n_dropped : int
        The number of detected peaks that were dropped because the model classified them
        as no beat.
    expected : dict of str to dict of str to float
        The measured sensitivity for S and V, for each protocol of the model's card.

    Notes
    -----
    Beats are consecutive if no second between them is unreadable, so that the interval
    between them is known. F and Q beats end a sequence. The other definitions are:

    - A couplet is two consecutive V, and a run three or more, as in EC57 and in the
      run-by-run comparison of PhysioNet's ``bxb``. Guidelines define ventricular
      tachycardia as three or more consecutive V at more than 100 a minute [1]_; runs
      here may have any rate, which `runs` contains.
    - The burden is the share of V in all beats [2]_.
    - In bigeminy, one beat that is not V follows each V except the last; in trigeminy,
      two beats do. An episode contains at least three V; this threshold is a choice of
      skecg, because definitions differ.
    - A pause is an RR interval longer than 2 s, a common limit of Holter reports.
      Guidelines [3]_ call a sinus pause of more than 3 s abnormal; `pauses` contains
      the length of each.

    References
    ----------
    .. [1] Al-Khatib SM et al. 2017 AHA/ACC/HRS Guideline for management of patients
       with ventricular arrhythmias. Circulation 138:e272-e391, 2018,
       doi:10.1161/CIR.0000000000000549.
    .. [2] Baman TS et al. Relationship between burden of premature ventricular
       complexes and left ventricular function. Heart Rhythm 7(7):865-869, 2010,
       doi:10.1016/j.hrthm.2010.03.036.
    .. [3] Kusumoto FM et al. 2018 ACC/AHA/HRS Guideline on bradycardia and cardiac
       conduction delay. Circulation 140:e382-e482, 2019,
       doi:10.1161/CIR.0000000000000628.
    """

    duration: float
    start: datetime | None
    counts: dict[str, int]
    mean_rate: float
    burden: pd.DataFrame
    hours: pd.DataFrame
    couplets: int
    runs: pd.DataFrame
    bigeminy: pd.DataFrame
    trigeminy: pd.DataFrame
    pauses: pd.DataFrame
    unreadable: dict[str, float]
    n_dropped: int
    expected: dict[str, dict[str, float]]

    @property
    def n_beats(self) -> int:
        """The number of beats, including unreadable ones."""
        return sum(self.counts.values())

    def __repr__(self) -> str:
        lines = [
            f"{self.n_beats:,} beats in {_clock(self.duration)}"
            + (f" from {self.start.isoformat(sep=' ')}" if self.start else ""),
            f"Mean rate: {_number(self.mean_rate)} a minute",
            *(self._burden_line(*names) for names in (("V", "PVC"), ("S", "PAC"))),
            *(f"{name}: {text}" for name, text in self._rhythm()),
            f"Unreadable: {sum(self.unreadable.values()):.1f} min"
            + "".join(f"; {why} {m:.1f}" for why, m in self.unreadable.items()),
        ]
        if self.n_dropped:
            lines.append(f"Detected peaks dropped as not a beat: {self.n_dropped:,}")
        return "\n".join(lines)

    def _rhythm(self) -> list[tuple[str, str]]:
        runs, pauses = self.runs, self.pauses
        longest = ""
        if len(runs):
            first = runs.loc[runs["length"].idxmax()]
            longest = (
                f", the longest {first['length']:.0f} beats at {_clock(first['onset'])}"
            )
        longest_pause = ""
        if len(pauses):
            first = pauses.loc[pauses["seconds"].idxmax()]
            longest_pause = (
                f", the longest {first['seconds']:.1f} s at {_clock(first['onset'])}"
            )
        return [
            ("Couplets", f"{self.couplets:,}"),
            ("Runs of 3 or more V", f"{len(runs):,}{longest}"),
            ("Episodes of bigeminy", f"{len(self.bigeminy):,}"),
            ("Episodes of trigeminy", f"{len(self.trigeminy):,}"),
            (f"Pauses over {_PAUSE:g} s", f"{len(pauses):,}{longest_pause}"),
        ]

    def _burden_line(self, letter: str, name: str) -> str:
        count, percent, per_hour = self.burden.loc[letter]
        known = [
            f"{100 * found[letter]:.0f} % on {protocol}"
            for protocol, found in self.expected.items()
            if letter in found
        ]
        expected = (
            f"expected sensitivity {', '.join(known)}"
            if known
            else "sensitivity of the model not measured"
        )
        return (
            f"{name} ({letter}): {count:,.0f}, {_number(percent)} % of beats, "
            f"{_number(per_hour)} an hour ({expected})"
        )


def summarise(
    table: pd.DataFrame,
    *,
    duration: float,
    unreadable: npt.NDArray[np.int8],
    n_dropped: int = 0,
    start: datetime | None = None,
    scores: Mapping[str, Mapping[str, float]] | None = None,
) -> RhythmSummary:
    """Summarise the beats of a recording.

    Parameters
    ----------
    table : DataFrame
        The table of an :class:`AnnotatedRecording`.
    duration : float
        The duration in seconds.
    unreadable : ndarray of shape (n_seconds,), int8
        The code of the reason for each second without a readable lead, otherwise 0.
    n_dropped : int, default=0
        The number of dropped peaks.
    start : datetime or None, default=None
        The time of the first sample.
    scores : mapping or None, default=None
        The scores of the model's card.

    Returns
    -------
    RhythmSummary
        The summary.
    """
    letters = table["class"].to_numpy(dtype=str)
    times = table["time"].to_numpy(dtype=np.float64)
    rr = table["rr"].to_numpy(dtype=np.float64)
    # The last second may be incomplete.
    seconds = np.diff(np.minimum(np.arange(len(unreadable) + 1.0), duration))
    is_bad = unreadable != 0
    readable_hours = max(float(seconds[~is_bad].sum()), 0.0) / 3600
    counts = {letter: int((letters == letter).sum()) for letter in aami.CLASSES}
    n_readable = int((table["quality"] != "unreadable").sum())
    burden = pd.DataFrame(
        [
            (
                counts[letter],
                100 * counts[letter] / n_readable if n_readable else np.nan,
                counts[letter] / readable_hours if readable_hours else np.nan,
            )
            for letter in ("V", "S")
        ],
        index=["V", "S"],
        columns=["count", "percent", "per_hour"],
    )
    first, stop = rows_of(letters == "V", rr)
    length = stop - first
    is_run = length >= _RUN
    runs = pd.DataFrame(
        {
            "onset": times[first[is_run]],
            "sample": table["sample"].to_numpy()[first[is_run]],
            "length": length[is_run],
            "rate": 60
            * (length[is_run] - 1)
            / (times[stop[is_run] - 1] - times[first[is_run]]),
        }
    )
    is_pause = rr > _PAUSE
    where = np.flatnonzero(is_pause)
    pauses = pd.DataFrame({"onset": times[where - 1], "seconds": rr[where]})
    return RhythmSummary(
        duration=duration,
        start=start,
        counts=counts,
        mean_rate=_mean_rate(rr),
        burden=burden,
        hours=_by_hour(letters, times, rr, seconds, is_bad, duration),
        couplets=int((length == 2).sum()),
        runs=runs,
        bigeminy=_every(2, letters, rr, times),
        trigeminy=_every(3, letters, rr, times),
        pauses=pauses,
        unreadable={
            SignalQuality.reasons[code]: float(seconds[unreadable == code].sum()) / 60
            for code in np.unique(unreadable[is_bad]).tolist()
        },
        n_dropped=n_dropped,
        expected={
            protocol: {
                letter: found[key]
                for letter, key in (("V", "veb_se"), ("S", "sveb_se"))
                if key in found and not np.isnan(found[key])
            }
            for protocol, found in (scores or {}).items()
        },
    )


def rows_of(
    is_class: Flags, rr: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the limits of each sequence of consecutive beats of a class.

    Parameters
    ----------
    is_class : ndarray of bool of shape (n_beats,)
        The beats of the class.
    rr : ndarray of shape (n_beats,)
        The interval before each beat; NaN ends a sequence.

    Returns
    -------
    first, stop : ndarray of int of shape (n_rows,)
        The position of the first beat of each sequence, and of the one after its last.
    """
    if not len(is_class):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    follows = np.r_[False, is_class[:-1]] & ~np.isnan(rr)
    leads_on = np.r_[follows[1:] & is_class[1:], False]
    first = np.flatnonzero(is_class & ~follows)
    stop = np.flatnonzero(is_class & ~leads_on) + 1
    return first, stop


def _every(
    period: int,
    letters: npt.NDArray[Any],
    rr: npt.NDArray[np.float64],
    times: npt.NDArray[np.float64],
) -> pd.DataFrame:
    """Return the episodes in which every second or third beat is V."""
    is_between = np.isin(letters, ["N", "S"])
    known = ~np.isnan(rr)
    ventricular = np.flatnonzero(letters == "V")
    linked = np.zeros(len(ventricular), dtype=bool)
    for i in range(1, len(ventricular)):
        a, b = ventricular[i - 1], ventricular[i]
        linked[i] = (
            b - a == period
            and is_between[a + 1 : b].all()
            and known[a + 1 : b + 1].all()
        )
    if not len(ventricular):
        first = stop = np.empty(0, dtype=np.int64)
    else:
        first = np.flatnonzero(~linked)
        stop = np.r_[first[1:], len(ventricular)]
    kept = stop - first >= _FEWEST_CYCLES
    return pd.DataFrame(
        {
            "onset": times[ventricular[first[kept]]],
            "end": times[ventricular[stop[kept] - 1]],
            "n_ventricular": (stop - first)[kept],
        }
    )


def _by_hour(
    letters: npt.NDArray[Any],
    times: npt.NDArray[np.float64],
    rr: npt.NDArray[np.float64],
    seconds: npt.NDArray[np.float64],
    is_bad: Flags,
    duration: float,
) -> pd.DataFrame:
    n_hours = max(1, int(np.ceil(duration / 3600)))
    hour = np.minimum((times // 3600).astype(np.int64), n_hours - 1)
    hour_of_second = np.minimum(np.arange(len(seconds)) // 3600, n_hours - 1)
    bad = np.where(is_bad, seconds, 0.0)
    has_rr = ~np.isnan(rr)
    sums = np.bincount(hour[has_rr], rr[has_rr], minlength=n_hours)
    numbers = np.bincount(hour[has_rr], minlength=n_hours)
    return pd.DataFrame(
        {
            "beats": np.bincount(hour, minlength=n_hours),
            "V": np.bincount(hour[letters == "V"], minlength=n_hours),
            "S": np.bincount(hour[letters == "S"], minlength=n_hours),
            "rate": 60 * numbers / np.where(numbers, sums, np.nan),
            "unreadable_minutes": np.bincount(hour_of_second, bad, minlength=n_hours)
            / 60,
        },
        index=pd.RangeIndex(n_hours, name="hour"),
    )


def _mean_rate(rr: npt.NDArray[np.float64]) -> float:
    known = rr[~np.isnan(rr)]
    return float(60 / known.mean()) if len(known) else np.nan


def _number(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.1f}"


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(float(seconds))))
