"""Identification of leads and times among the columns of a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg._leads import chosen_columns, is_time, made_up_names
from skecg.recordings._times import counts_samples, fs_and_start, parsed_times
from skecg.recordings._units import factor_of, in_millivolts, is_unit, known_unit

__all__ = ["Roles", "Table", "column_roles", "numbers_of", "split_frame"]

# "II [uV]" and "II (uV)".
_NAME_AND_UNIT = re.compile(r"(.*?)\s*[\[(]([^\[\]()]*)[\])]")


@dataclass(frozen=True)
class Roles:
    """Roles of the columns of a table.

    Parameters
    ----------
    times : int or None
        The column of times.
    leads : list of int
        The columns of the leads.
    names : list of str
        The names of the leads, without units.
    factors : list of float or None
        The factor from the unit of each lead to millivolts; None without unit.
    """

    times: int | None
    leads: list[int]
    names: list[str]
    factors: list[float | None]

    @property
    def known_names(self) -> list[str] | None:
        """The names of the leads; None if they are generated."""
        made_up = tuple(self.names) == made_up_names(len(self.names))
        return None if made_up else self.names

    def units(self, units: str | None) -> str | None:
        """Return the unit of the signal after the factors have been applied.

        Parameters
        ----------
        units : str or None
            The argument `units`, for leads without a stated unit.

        Returns
        -------
        str or None
            ``"mV"``, or None if the unit of a lead is unknown.
        """
        known = units is not None or None not in self.factors
        return "mV" if known else None

    def filled_factors(self, units: str | None) -> list[float]:
        """Return the factor of each lead.

        Parameters
        ----------
        units : str or None
            The argument `units`, for leads without a stated unit.

        Returns
        -------
        list of float
            The factors; 1 for leads of unknown unit.
        """
        given = 1.0 if units is None else factor_of(units)
        return [given if factor is None else factor for factor in self.factors]


@dataclass(frozen=True)
class Table:
    """The arguments of a recording, read from a table of samples."""

    signal: npt.NDArray[np.float32]
    fs: float | None
    names: list[str] | None
    units: str | None
    start: datetime | None


def column_roles(
    names: Sequence[Any],
    column: Callable[[int], npt.NDArray[Any]],
    leads: Sequence[str | int] | None = None,
    units: Sequence[str | None] | None = None,
) -> Roles:
    """Identify the leads and the times of a table.

    Parameters
    ----------
    names : sequence of str
        The names of the columns.
    column : callable
        A function that returns the values of a column, given its number.
    leads : sequence of str or int, or None, default=None
        The leads to select, by name or by number among the leads. None selects all
        columns except times and columns in other units than voltages.
    units : sequence of str or None, or None, default=None
        The units of the columns. None reads them from names such as ``"II [uV]"``.

    Returns
    -------
    Roles
        The roles of the columns.

    Raises
    ------
    ValueError
        If no column is a lead, or a chosen lead does not exist or is not a voltage.
    """
    times = [i for i, name in enumerate(names) if is_time(name, column(i))]
    # A separator at the end of each line gives a column without name and values.
    others = [
        i
        for i, name in enumerate(names)
        if i not in times and (name != "" or not pd.isna(column(i)).all())
    ]
    plain: list[str] = []
    stated: list[str | None] = []
    for i in others:
        match = _NAME_AND_UNIT.fullmatch(str(names[i]).strip("' "))
        is_split = match is not None and is_unit(match[2])
        name, unit = match.groups() if match and is_split else (names[i], None)
        text = name.strip("' ") if isinstance(name, str) else ""
        plain.append(text or f"lead_{len(plain)}")
        stated.append(known_unit(unit if units is None else units[i]))
    factors = [None if unit is None else in_millivolts(unit) for unit in stated]
    if leads is None:
        kept = [
            j for j in range(len(others)) if stated[j] is None or factors[j] is not None
        ]
    else:
        kept = chosen_columns(plain, leads)
    wrong = [j for j in kept if stated[j] is not None and factors[j] is None]
    if wrong:
        raise ValueError(
            f"leads must be voltages, but {plain[wrong[0]]!r} has the unit "
            f"{stated[wrong[0]]!r}; choose others of {plain}."
        )
    if not kept:
        raise ValueError(
            f"signal must have at least one lead as a column, got {list(names)}, which "
            "are times or have units other than voltage; add a lead."
        )
    best = min(times, key=lambda i: (counts_samples(names[i]), i), default=None)
    return Roles(
        best,
        [others[j] for j in kept],
        [plain[j] for j in kept],
        [factors[j] for j in kept],
    )


def numbers_of(name: Any, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Convert a column of a table to numbers; missing values are NaN.

    Parameters
    ----------
    name : str
        The name of the column, for the message.
    values : ndarray of shape (n_samples,)
        The values of the column.

    Returns
    -------
    ndarray of shape (n_samples,), float64
        The numbers.

    Raises
    ------
    ValueError
        If some values are neither numbers nor missing.
    """
    if values.dtype.kind in "iuf":
        return values.astype(np.float64)
    try:
        if values.dtype.kind in "bcMm":
            raise ValueError(f"its type is {values.dtype}")
        filled = np.where(pd.isna(values), np.nan, values)
        return filled.astype(np.float64)
    except (TypeError, ValueError) as error:
        reason = str(error).splitlines()[0][:100]
        raise ValueError(
            f"signal must contain only numbers, but the column {name!r} does not "
            f"({reason}); correct it, or choose other columns with leads."
        ) from error


def split_frame(signal: Any, fs: Any, units: str | None) -> Table | None:
    """Return the leads, rate and start of a table; None for other objects.

    Parameters
    ----------
    signal : object
        A pandas or polars DataFrame, a pandas Series, a pyarrow Table, or another
        object.
    fs : float or None
        The argument `fs`.
    units : str or None
        The argument `units`, for leads without a stated unit.

    Returns
    -------
    Table or None
        The arguments of a recording.

    Raises
    ------
    ValueError
        If no column is a lead, the times are not evenly spaced, or contradict `fs`.
    """
    if isinstance(signal, pd.Series):
        signal = signal.to_frame(name="lead_0" if signal.name is None else signal.name)
    if not hasattr(signal, "columns"):
        return None
    names = list(getattr(signal, "column_names", signal.columns))
    if len(set(names)) < len(names):
        raise ValueError(
            f"signal must name each lead once, got {names}; rename its columns."
        )
    roles = column_roles(names, lambda i: _values(signal[names[i]]))
    factors = roles.filled_factors(units)
    values = np.empty((len(signal), len(roles.leads)), dtype=np.float32)
    for j, i in enumerate(roles.leads):
        values[:, j] = numbers_of(names[i], _values(signal[names[i]])) * factors[j]
    start = None
    times = _index_or_column(signal, names, roles.times)
    if times is not None:
        parsed, zone = parsed_times(*times)
        zone = zone or _zone(signal, names, roles.times)
        fs, start = fs_and_start(times[0], parsed, zone, fs)
    return Table(values, fs, roles.known_names, roles.units(units), start)


def _values(column: Any) -> npt.NDArray[Any]:
    if isinstance(getattr(column, "dtype", None), pd.DatetimeTZDtype):
        column = pd.Series(column).dt.tz_convert("UTC").dt.tz_localize(None)
    return np.asarray(column.to_numpy())


def _zone(frame: Any, names: list[Any], number: int | None) -> tzinfo | None:
    """Return UTC if the dates of a pandas table have a time zone."""
    dates = frame.index if number is None else frame[names[number]]
    has_zone = isinstance(getattr(dates, "dtype", None), pd.DatetimeTZDtype)
    return UTC if has_zone else None


def _index_or_column(
    frame: Any, names: list[Any], number: int | None
) -> tuple[Any, npt.NDArray[Any]] | None:
    """Return the name and values of the times, from a column or the index."""
    if number is not None:
        return names[number], _values(frame[names[number]])
    index = getattr(frame, "index", None)
    if isinstance(index, (pd.DatetimeIndex, pd.TimedeltaIndex)) or (
        isinstance(index, pd.Index) and is_time(index.name, np.asarray(index))
    ):
        return index.name or "time", _values(index)
    return None
