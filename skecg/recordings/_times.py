"""The sampling rate and the start that a column of times states."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg.recordings._limits import MAX_FS, MIN_FS

__all__ = ["rate_and_start", "seconds_of"]

_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
# A unit in brackets, or as the name itself.
_UNIT = re.compile(r"[\[(]\s*(s|ms|us|µs|ns)(ec)?(onds?)?\s*[\])]", re.IGNORECASE)
_COUNTS = re.compile(r"'?(samples?|index|unnamed: 0)(?![a-z0-9])", re.IGNORECASE)

Times = npt.NDArray[np.float64]


def seconds_of(
    name: Any, values: npt.NDArray[Any]
) -> tuple[Times, bool, datetime | None]:
    """Return the numbers of a column of times.

    Parameters
    ----------
    name : str
        The name of the column.
    values : ndarray of shape (n_samples,)
        Its values: numbers, dates, differences of dates, or text of such.

    Returns
    -------
    times : ndarray of shape (n_samples,), float64
        The times, relative to `start` if they are dates.
    are_seconds : bool
        True if they are in seconds, False if the column does not state its unit.
    start : datetime or None
        The first date.

    Raises
    ------
    ValueError
        If a time is missing or cannot be read.
    """
    try:
        if values.dtype.kind in "iuf":
            times = values.astype(np.float64)
            unit = _unit(str(name))
            if np.isfinite(times).all():
                return times * (unit or 1.0), unit is not None, None
            raise ValueError("a time is missing")
        if values.dtype.kind == "m":
            return _checked(pd.Series(pd.TimedeltaIndex(values))), True, None
        series = pd.Series(values)
        if values.dtype.kind != "M" and series.astype(str).str.match(r"^\W*\d+:").all():
            return _clock_times(series), True, None
        dates = pd.to_datetime(series)
    except (TypeError, ValueError, OverflowError) as error:
        reason = str(error).splitlines()[0][:100]
        raise ValueError(
            f"signal must have a time for each sample in its column {name!r}, and "
            f"some cannot be read ({reason}); correct them, or remove the column and "
            "pass fs."
        ) from error
    if dates.isna().any():
        raise ValueError(
            f"signal must have a time for each sample in its column {name!r}, and "
            f"{dates.isna().sum()} are missing; fill them, or remove the column and "
            "pass fs."
        )
    return _checked(dates - dates.iloc[0]), True, dates.iloc[0].to_pydatetime()


def rate_and_start(name: Any, times: Times, in_seconds: bool, fs: Any) -> float:
    """Return the sampling rate that evenly spaced times state.

    Parameters
    ----------
    name : str
        The name of their column.
    times : ndarray of shape (n_samples,), float64
        The times.
    in_seconds : bool
        Whether they are known to be in seconds.
    fs : float or None
        The rate that was given, which must agree.

    Returns
    -------
    float
        The rate, in hertz: `fs` if it is given, otherwise a whole number where the
        times are as close to one as their decimals allow.

    Raises
    ------
    ValueError
        If the times are not evenly spaced, contradict `fs` or have no unit.
    """
    n_steps = len(times) - 1
    if n_steps < 1:
        raise ValueError(
            f"signal must have two samples or more, got {len(times)}; read a longer "
            "part."
        )
    step = (times[-1] - times[0]) / n_steps
    if step <= 0:
        raise ValueError(
            f"signal must have ascending times in its column {name!r}, and they are "
            "not; sort its rows, or remove the column and pass fs."
        )
    decimals = min(_resolution(times), 2 * step)
    steps = np.diff(times)
    largest = int(steps.argmax())
    if steps.min() < 0 or steps[largest] > 1.5 * step + decimals:
        where = largest if steps.min() >= 0 else int(steps.argmin())
        raise ValueError(
            f"signal must be sampled evenly, and its column {name!r} goes from "
            f"{times[where]:.10g} to {times[where + 1]:.10g} in row {where + 1}, where "
            f"a step is {step:.6g}; cut the recording there, or fill the gap with NaN."
        )
    rate = 1 / step
    tolerance = max(decimals / (times[-1] - times[0]), 1e-6)
    whole = round(rate)
    if whole and abs(rate / whole - 1) <= tolerance:
        rate = float(whole)
    if fs is not None:
        _check_agrees(name, step, in_seconds, float(fs), max(tolerance, 1e-3))
        return float(fs)
    if _COUNTS.match(str(name)):
        raise ValueError(
            "fs must be given, because the table does not state its sampling rate; its "
            f"column {name!r} counts samples: pass samples a second, such as fs=250."
        )
    if not in_seconds and not MIN_FS <= rate <= MAX_FS:
        raise ValueError(
            f"fs must be given, because the column {name!r} ascends by {step:.6g} a "
            "sample and does not state its unit; pass samples a second, such as "
            "fs=250, or name the column such as 'time [ms]'."
        )
    return rate


def _unit(name: str) -> float | None:
    bracket = _UNIT.search(name)
    if bracket:
        return _SECONDS[bracket[1].lower()]
    plain = name.strip("' ").lower()
    if plain.startswith(("sec", "second")):
        return 1.0
    return _SECONDS["ms"] if plain == "ms" else None


def _check_agrees(
    name: Any, step: float, in_seconds: bool, fs: float, tolerance: float
) -> None:
    """Refuse a given rate that is not that of the times, in any unit they may have."""
    units = [1.0] if in_seconds else [1.0, 1e-3, 1e-6, 1e-9, 1 / fs]
    if not any(abs(step * unit * fs - 1) <= tolerance for unit in units):
        raise ValueError(
            f"fs must be the rate of the column {name!r}, which ascends by {step:.6g} "
            f"a sample, got {fs:g}; leave fs out, or remove the column."
        )


def _resolution(times: Times) -> float:
    """Return the last decimal to which times are rounded."""
    some = times[:1000] - times[0]
    for decimals in range(9):
        if np.allclose(np.round(some, decimals), some, rtol=0, atol=1e-9):
            return 10.0**-decimals
    return 0.0


def _checked(differences: Any) -> Times:
    seconds = differences.dt.total_seconds().to_numpy(dtype=np.float64)
    if np.isnan(seconds).any():
        raise ValueError("a time is missing")
    return seconds


def _clock_times(texts: Any) -> Times:
    """Return times such as ``0:01.500`` and ``12:00:01.5`` as seconds."""
    parts = texts.astype(str).str.strip("'\"[] ").str.split(":", expand=True)
    seconds = np.zeros(len(parts))
    lengths = parts.notna().sum(axis=1)
    if lengths.nunique() > 1 or len(parts.columns) > 3:
        raise ValueError("times have different numbers of colons")
    for column in parts:
        seconds = seconds * 60 + parts[column].to_numpy(dtype=np.float64)
    return seconds
