"""Names and choice of the leads of a signal, and detection of time columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["TIME_NAME", "as_array", "chosen_columns", "is_time", "made_up_names"]

TIME_NAME = re.compile(
    r"\W*(date|datetime|time|t|timestamp|time ?stamp|elapsed|elapsed[ _]time|seconds?|"
    r"secs?|ms|samples?|index|unnamed: 0)(?![a-z0-9])",
    re.IGNORECASE,
)
"""Names of columns with sample numbers or times, with or without a unit."""
_TIME_ALONE = re.compile(TIME_NAME.pattern + r"\W*([\[(].*)?", re.IGNORECASE)
_DATE_OR_CLOCK = re.compile(r"\W*(\d{4}-\d\d-\d\d|\d+:\d\d)")
# No lead has so many ascending samples in a row.
_MANY = 50


def is_time(name: Any, values: npt.NDArray[Any]) -> bool:
    """Return whether a column of a table contains times or sample numbers.

    Parameters
    ----------
    name : object
        The name of the column.
    values : ndarray of shape (n_samples,)
        Its values.

    Returns
    -------
    bool
        True for dates (also as text), for columns with a name such as ``"time"`` or
        ``"sample #"``, and for at least 50 numbers that all ascend.
    """
    if values.dtype.kind in "Mm":
        return True
    if isinstance(name, str) and _TIME_ALONE.fullmatch(name):
        return True
    if values.dtype.kind == "O":
        first = next((value for value in values if isinstance(value, str)), "")
        return _DATE_OR_CLOCK.match(first) is not None
    if values.dtype.kind not in "iuf" or len(values) < 2:
        return False
    with np.errstate(invalid="ignore"):  # The difference of two infinite samples.
        steps = np.diff(values.astype(np.float64))
    if isinstance(name, str) and TIME_NAME.match(name):
        # At a high sampling rate, times with few decimals repeat.
        return bool((steps >= 0).all() and steps.any())
    return bool(len(values) >= _MANY and (steps > 0).all())


def made_up_names(n_leads: int) -> tuple[str, ...]:
    """Return default names for leads without names.

    Parameters
    ----------
    n_leads : int
        The number of leads.

    Returns
    -------
    tuple of str
        ``"lead_0"``, ``"lead_1"`` and so on.
    """
    return tuple(f"lead_{number}" for number in range(n_leads))


def chosen_columns(names: Sequence[str], leads: Any) -> list[int]:
    """Return the columns of the leads that were chosen by name or number.

    Parameters
    ----------
    names : sequence of str
        The names of all leads.
    leads : sequence of str or int
        The argument `leads`.

    Returns
    -------
    list of int
        The columns, in the order of `leads`.

    Raises
    ------
    ValueError
        If a lead does not exist, has the name of another lead or is chosen twice, or if
        none is chosen.
    """
    if isinstance(leads, (str, int)) or not np.iterable(leads):
        raise ValueError(
            f"leads must be a list of names or numbers, got {leads!r}; pass "
            f"[{leads!r}]."
        )
    wanted = list(leads)
    columns = []
    for lead in wanted:
        is_number = isinstance(lead, (int, np.integer)) and not isinstance(lead, bool)
        there = [lead] if is_number else [i for i, x in enumerate(names) if x == lead]
        if len(there) > 1:
            raise ValueError(
                f"leads must name one lead each, but {len(there)} leads are named "
                f"{lead!r}; choose by number: {there}."
            )
        if not there or not 0 <= there[0] < len(names):
            raise ValueError(
                f"leads must be some of {list(names)}, got {lead!r}; pass these names "
                "or their numbers from 0."
            )
        columns.append(int(there[0]))
    if not columns or len(set(columns)) < len(columns):
        raise ValueError(
            f"leads must name each lead once and at least one, got {wanted}; the "
            f"recording has {list(names)}."
        )
    return columns


def as_array(name: str, values: Any) -> npt.NDArray[Any]:
    """Return an argument as an array in which masked samples are NaN.

    Parameters
    ----------
    name : str
        The name of the argument, for the message.
    values : array-like
        The argument. A memory-mapped array is returned unchanged.

    Returns
    -------
    ndarray
        The values.

    Raises
    ------
    ValueError
        If the parts of the argument have different lengths.
    """
    if np.ma.isMaskedArray(values):
        # Masked samples are missing, whatever their values.
        samples: Any = np.ma.asarray(values).astype(np.float64)
        return np.asarray(samples.filled(np.nan))
    try:
        return values if isinstance(values, np.memmap) else np.asarray(values)
    except ValueError as error:  # NumPy's message does not name the argument.
        raise ValueError(
            f"{name} must be an array, got parts of different lengths; pass parts of "
            "equal length."
        ) from error
