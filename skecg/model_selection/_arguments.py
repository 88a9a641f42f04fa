"""The arguments that splitters and audit share: rows, and whose they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = [
    "Names",
    "Rows",
    "class_codes",
    "listed",
    "row_names",
    "row_numbers",
]

Names = npt.NDArray[np.str_]
Rows = npt.NDArray[np.intp]


def row_names(name: str, values: Any, n_rows: int | None, pass_what: str) -> Names:
    """Return the group, subject or record of each row as a string.

    Parameters
    ----------
    name : str
        The argument's name, for messages.
    values : array-like of shape (n_rows,) or None
        What the user passed.
    n_rows : int or None
        How many there must be; None where any number will do.
    pass_what : str
        What to pass instead of nothing, for the message.

    Returns
    -------
    ndarray of shape (n_rows,), str
        The names.

    Raises
    ------
    ValueError
        If there is no name, or not one for each row.
    """
    if values is None:
        raise ValueError(
            f"{name} must not be None here; pass {pass_what}. The beats of "
            "load_kaggle_beats have them if match=True."
        )
    # As objects, a missing value stays what it is instead of becoming "nan".
    names = np.asarray(values, dtype=object)
    if names.ndim != 1 or (n_rows is not None and len(names) != n_rows):
        wanted = "" if n_rows is None else f" for each of the {n_rows} rows"
        raise ValueError(
            f"{name} must be one name{wanted}, got shape {names.shape}; pass "
            f"{pass_what}."
        )
    missing = pd.isna(names) | (names == "")
    if missing.any():
        raise ValueError(
            f"{name} holds no name for {missing.sum()} rows, the first of them row "
            f"{missing.argmax()}; name them or leave these rows out."
        )
    try:
        return names.astype(np.str_)
    except ValueError as error:
        raise ValueError(
            f"{name} must be one name a row, and some are several; pass {pass_what}."
        ) from error


def class_codes(y: Any, n_rows: int, *used: Rows) -> tuple[npt.NDArray[Any], Rows]:
    """Return the classes in order, and which of them each row has.

    Parameters
    ----------
    y : array-like of shape (n_rows,)
        What the user passed.
    n_rows : int
        How many there must be.
    *used : ndarray of int
        The rows that need a class.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        The classes.
    codes : ndarray of shape (n_rows,), int
        Each used row's class, as a position in `classes`; that of others is -1.

    Raises
    ------
    ValueError
        If there is not one class for each row, or they cannot be sorted.
    """
    try:
        labels = np.asarray(y)
    except ValueError as error:
        raise ValueError(
            f"y must hold one class for each of the {n_rows} rows, and some hold "
            "several; pass the classes of all beats."
        ) from error
    if labels.shape != (n_rows,):
        raise ValueError(
            f"y must hold one class for each of the {n_rows} rows, got shape "
            f"{labels.shape}; pass the classes of all beats."
        )
    in_use = np.zeros(n_rows, dtype=bool)
    in_use[np.concatenate(used)] = True
    missing = pd.isna(labels) & in_use
    if missing.any():
        raise ValueError(
            f"y holds no class for {missing.sum()} rows, the first of them row "
            f"{missing.argmax()}; leave these rows out."
        )
    codes = np.full(n_rows, -1)
    try:
        classes, codes[in_use] = np.unique(labels[in_use], return_inverse=True)
    except TypeError as error:
        raise ValueError(
            f"y must hold classes of one kind, and they are of several ({error}); "
            "convert them."
        ) from error
    return classes, codes


def row_numbers(name: str, rows: Any, n_rows: int) -> Rows:
    """Return a part of the data as row numbers.

    Parameters
    ----------
    name : str
        The argument's name, for messages.
    rows : array-like
        Row numbers, or a mask with one bool a row.
    n_rows : int
        The number of rows in the data.

    Returns
    -------
    ndarray of int
        The row numbers, in the order in which they came.

    Raises
    ------
    ValueError
        If they are neither, lie outside the data or are none.
    """
    try:
        part = np.asarray(rows)
    except ValueError:  # Its parts differ in length.
        part = np.asarray(rows, dtype=object)
    is_mask = part.dtype == np.bool_
    if part.ndim == 1 and is_mask and len(part) == n_rows:
        part = np.flatnonzero(part)
    elif part.ndim != 1 or is_mask or (part.size and part.dtype.kind not in "iu"):
        raise ValueError(
            f"{name} must be row numbers or a mask of {n_rows} bools, got "
            f"{part.dtype} of shape {part.shape}; pass what a splitter yields."
        )
    if not len(part):
        raise ValueError(f"{name} holds no row; pass what a splitter yields.")
    if part.min() < 0 or part.max() >= n_rows:
        raise ValueError(
            f"{name} must lie in 0..{n_rows - 1}, the rows of the data, got "
            f"{part.min()} to {part.max()}; pass row numbers of the same data."
        )
    return part.astype(np.intp)


def listed(names: list[str]) -> str:
    """Return the first five names and how many more there are.

    Parameters
    ----------
    names : list of str
        The names.

    Returns
    -------
    str
        Such as ``"100, 101, 102, 103, 104 and 42 more"``.
    """
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
