"""Sampling rate and start of a recording, computed from a column of times."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime, tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg.recordings._limits import BLOCK, MAX_FS, MIN_FS

__all__ = ["counts_samples", "fs_and_start", "parsed_times"]

_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
# A unit in brackets, or as the name itself.
_UNIT = re.compile(r"[\[(]\s*(s|ms|us|µs|ns)(ec)?(onds?)?\s*[\])]", re.IGNORECASE)
# Names of sample numbers, and of the index that pandas writes.
_COUNTS = re.compile(r"'?(samples?|index|unnamed: 0)(?![a-z0-9])|$", re.IGNORECASE)

# Maximum distance, in steps, between a time and an evenly spaced one.
_MOST_DRIFT = 10

Times = npt.NDArray[np.float64]


def fs_and_start(
    name: Any, times: npt.NDArray[Any], zone: tzinfo | None, fs: Any
) -> tuple[float, datetime | None]:
    """Return the sampling rate and the start, computed from a column of times.

    Parameters
    ----------
    name : str
        The name of the column.
    times : ndarray of shape (n_samples,)
        The times, from :func:`parsed_times`.
    zone : tzinfo or None
        The time zone of dates, if known.
    fs : float or None
        The argument `fs`, which must agree.

    Returns
    -------
    fs : float
        The rate, in hertz.
    start : datetime or None
        The first date.

    Raises
    ------
    ValueError
        If the times are not evenly spaced, contradict `fs` or have no unit.
    """
    seconds, in_seconds, start = _seconds(name, times)
    rate = _rate(name, seconds, in_seconds, fs)
    return rate, start and start.replace(tzinfo=zone)


def counts_samples(name: Any) -> bool:
    """Return whether the name of a column indicates sample numbers.

    Parameters
    ----------
    name : str
        The name.

    Returns
    -------
    bool
        True for names such as ``"sample #"``, and for an empty name.
    """
    return isinstance(name, str) and _COUNTS.match(name) is not None


def parsed_times(
    name: Any, values: npt.NDArray[Any]
) -> tuple[npt.NDArray[Any], tzinfo | None]:
    """Convert a column of times to an array of numbers, dates or time differences.

    Parameters
    ----------
    name : str
        The name of the column.
    values : ndarray of shape (n_samples,)
        The values: numbers, dates or time differences, also as text.

    Returns
    -------
    times : ndarray of shape (n_samples,)
        The times: float64 in the unit of the column, datetime64 or timedelta64.
    zone : tzinfo or None
        UTC if the dates have a time zone.

    Raises
    ------
    ValueError
        If a time is missing or cannot be read.
    """
    zone = None
    try:
        if values.dtype.kind in "iuf":
            times = values.astype(np.float64, copy=False)
        elif values.dtype.kind in "Mm":
            times = values
        elif pd.isna(values).any():
            raise ValueError("some are missing")
        else:
            texts = pd.Series(values).astype(str)
            if texts.str.match(r"^\W*\d+:").all():
                times = _clock_times(texts)
            else:
                dates = _dates(texts.str.strip("'\"[] "))
                if dates.dt.tz is not None:
                    dates, zone = dates.dt.tz_convert("UTC").dt.tz_localize(None), UTC
                times = dates.to_numpy()
        if pd.isna(times).any() or np.isinf(times.astype(np.float64, copy=False)).any():
            raise ValueError("some are missing or infinite")
    except (TypeError, ValueError, OverflowError) as error:
        reason = " ".join(str(error).split())[:100]
        raise ValueError(
            f"signal must have a time for each sample in its column {name!r}, but some "
            f"cannot be read ({reason}); correct them, or remove the column and pass "
            "fs."
        ) from error
    return times, zone


def _seconds(name: Any, times: npt.NDArray[Any]) -> tuple[Times, bool, datetime | None]:
    """Return times in seconds, whether their unit is known, and the first date."""
    if times.dtype.kind == "f":
        unit = _unit(str(name))
        # Times in seconds are not copied, because a day of times needs much memory.
        seconds = times if unit in (None, 1.0) else times * unit
        return seconds, unit is not None, None
    if times.dtype.kind == "m":
        return times / np.timedelta64(1, "s"), True, None
    start = None
    if len(times):
        try:
            start = pd.Timestamp(times[0]).to_pydatetime(warn=False)
        except (ValueError, OverflowError) as error:
            raise ValueError(
                "signal must have dates of the years 1 to 9999 in its column "
                f"{name!r}, got {times[0]} as the first; correct them, or remove the "
                "column and pass fs."
            ) from error
    return (times - times[:1]) / np.timedelta64(1, "s"), True, start


def _rate(name: Any, times: Times, in_seconds: bool, fs: Any) -> float:
    """Return the sampling rate of evenly spaced times, or `fs` if it agrees.

    The rate is rounded to a whole number if the times agree with one within their
    decimals.
    """
    n_steps = len(times) - 1
    if n_steps < 1:
        raise ValueError(
            f"signal must have at least two samples, got {len(times)}; read a longer "
            "part."
        )
    step = (times[-1] - times[0]) / n_steps
    if step <= 0:
        raise ValueError(
            f"signal must have ascending times in its column {name!r}, got a last time "
            "that is not after the first; sort its rows, or remove the column and pass "
            "fs."
        )
    decimals = min(_resolution(times), 2 * step)
    for first in range(0, n_steps, BLOCK):
        part = times[first : first + BLOCK + 1]
        steps = np.diff(part)
        even = times[0] + step * np.arange(first, first + len(steps))
        wrong = np.flatnonzero(
            (steps < 0)
            | (steps > 1.5 * step + decimals)
            | (np.abs(part[:-1] - even) > _MOST_DRIFT * step + decimals)
        )
        if wrong.size:
            row = first + int(wrong[0])
            raise ValueError(
                f"signal must be sampled evenly, but its column {name!r} goes from "
                f"{times[row]:.10g} to {times[row + 1]:.10g} in row {row + 1}, and the "
                f"mean step is {step:.6g}; cut the recording there, or fill the gap "
                "with NaN."
            )
    rate = 1 / step
    tolerance = max(decimals / (times[-1] - times[0]), 1e-6)
    whole = round(rate)
    if whole and abs(rate / whole - 1) <= tolerance:
        rate = float(whole)
    if fs is not None:
        _check_agrees(name, step, in_seconds, float(fs), max(tolerance, 1e-3))
        return float(fs)
    if counts_samples(name):
        raise ValueError(
            "fs must be given, because the table does not state its sampling rate and "
            f"its column {name!r} contains sample numbers; pass the rate in hertz, "
            "such as fs=250."
        )
    if not in_seconds and not MIN_FS <= rate <= MAX_FS:
        raise ValueError(
            f"fs must be given, because the column {name!r} ascends by {step:.6g} per "
            "sample and does not state its unit; pass the sampling rate in hertz, such "
            "as fs=250, or state the unit in the name, such as 'time [ms]'."
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
    """Raise ValueError if `fs` contradicts the times in all units they may have."""
    units = [1.0] if in_seconds else [1.0, 1e-3, 1e-6, 1e-9, 1 / fs]
    if not any(abs(step * unit * fs - 1) <= tolerance for unit in units):
        raise ValueError(
            f"fs must be the rate of the column {name!r}, which ascends by {step:.6g} "
            f"per sample, got {fs:g}; leave fs out, or remove the column."
        )


def _resolution(times: Times) -> float:
    """Return the decimal to which times are rounded, 0 if none is found."""
    some = times[:1000] - times[0]
    for decimals in range(9):
        if np.allclose(np.round(some, decimals), some, rtol=0, atol=1e-9):
            return 10.0**-decimals
    return 0.0


def _dates(texts: Any) -> Any:
    """Parse text as dates, in ISO 8601 or one other format."""
    try:
        return pd.to_datetime(texts, format="ISO8601")
    except ValueError:
        with warnings.catch_warnings():
            # pandas warns about mixed formats, which may exchange days and months.
            warnings.simplefilter("error", UserWarning)
            try:
                return pd.to_datetime(texts)
            except UserWarning as error:
                raise ValueError("they have different formats") from error


def _clock_times(texts: Any) -> npt.NDArray[Any]:
    """Parse times such as ``0:01.500`` and ``12:00:01.5``."""
    parts = texts.str.strip("'\"[] ").str.split(":", expand=True)
    seconds = np.zeros(len(parts))
    lengths = parts.notna().sum(axis=1)
    if lengths.nunique() > 1 or len(parts.columns) > 3:
        raise ValueError("times have different numbers of colons")
    for column in parts:
        seconds = seconds * 60 + parts[column].to_numpy(dtype=np.float64)
    return np.rint(seconds * 1e9).astype("m8[ns]")
