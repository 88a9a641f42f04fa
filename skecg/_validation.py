"""Checks of arguments that several modules share.

Each function returns a checked array, or raises a ValueError that states the argument,
what was passed and what to pass instead.
"""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg import aami

__all__ = [
    "Codes",
    "Rows",
    "aami_codes",
    "beat_values",
    "in_class_order",
    "label_codes",
    "label_values",
    "listed",
    "missing_values",
    "refuse_missing_labels",
    "row_numbers",
    "whole_numbers",
]

Codes = npt.NDArray[np.intp]
Rows = npt.NDArray[np.intp]

_LETTERS = ", ".join(aami.CLASSES)
_WANTED = f"the codes 0 to 4 or the letters {_LETTERS}, not a mix of both"


def aami_codes(
    y_true: Any, y_pred: Any, *, pred_name: str = "y_pred"
) -> tuple[Codes, Codes]:
    """Return the AAMI class codes of annotated and predicted labels.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_beats,)
        Codes 0 to 4 or letters of :data:`skecg.aami.CLASSES`, both of one kind.
    pred_name : str, default="y_pred"
        The name of the predicted labels, for messages.

    Returns
    -------
    true, pred : ndarray of shape (n_beats,), int
        The codes.

    Raises
    ------
    ValueError
        If the labels are neither codes nor letters, are a mix of both, or the lengths
        differ.
    """
    true = label_values("y_true", y_true)
    pred = label_values(pred_name, y_pred, n_beats=len(true))
    true_kind, pred_kind = _kind("y_true", true), _kind(pred_name, pred)
    if true_kind != pred_kind:
        raise ValueError(
            f"y_true and {pred_name} must both be {_WANTED}; got {true_kind} in y_true "
            f"and {pred_kind} in {pred_name}; convert one of them."
        )
    return _codes("y_true", true, true_kind), _codes(pred_name, pred, pred_kind)


def beat_values(name: str, values: Any, n_beats: int | None = None) -> npt.NDArray[Any]:
    """Return an argument with one value per beat as an array.

    Parameters
    ----------
    name : str
        The name of the argument, for the message.
    values : array-like of shape (n_beats,)
        The argument.
    n_beats : int or None, default=None
        The required length, that of `y_true`; None accepts any length but 0.

    Returns
    -------
    ndarray of shape (n_beats,)
        The values.

    Raises
    ------
    ValueError
        If the argument is empty, is not one-dimensional, has another length, or has
        masked values.
    """
    if np.ma.is_masked(values):
        raise ValueError(
            f"{name} must hold one value per beat, but some are masked; leave these "
            "beats out."
        )
    try:
        array = np.asarray(values)
    except ValueError as error:  # NumPy's message does not name the argument.
        raise ValueError(
            f"{name} must hold one value per beat, got parts of different lengths."
        ) from error
    if array.ndim != 1 or not len(array):
        raise ValueError(
            f"{name} must hold one value per beat, got shape {array.shape}; pass a "
            "sequence of at least one value."
        )
    if n_beats is not None and len(array) != n_beats:
        raise ValueError(
            f"{name} must hold one value for each of the {n_beats} beats of y_true, "
            f"got {len(array)}; pass arrays of equal length."
        )
    return array


def in_class_order(values: Any, classes: Any) -> Any:
    """Return one value per class in the order of the classes.

    Parameters
    ----------
    values : array-like of shape (n_classes,)
        The values. If they are a pandas Series with the classes as index, such as the
        result of ``value_counts``, they belong to the classes in the index.
    classes : sequence
        The classes.

    Returns
    -------
    array-like of shape (n_classes,)
        A Series in the order of `classes`; other values unchanged.
    """
    if isinstance(values, pd.Series) and set(values.index) == set(classes):
        return values.loc[list(classes)]
    return values


def label_values(
    name: str, values: Any, n_beats: int | None = None
) -> npt.NDArray[Any]:
    """Return class labels as an array of bools, numbers or strings.

    Labels of object dtype, such as integers in a column of a table, become an array of
    their own type.

    Parameters
    ----------
    name : str
        The name of the argument, for the message.
    values : array-like of shape (n_beats,)
        The labels.
    n_beats : int or None, default=None
        The required length, that of `y_true`; None accepts any length but 0.

    Returns
    -------
    ndarray of shape (n_beats,)
        The labels. Those that are neither bools, numbers nor strings, or a mix of
        these, keep their dtype.

    Raises
    ------
    ValueError
        If the argument does not hold one value per beat; see :func:`beat_values`.
    """
    labels = beat_values(name, values, n_beats)
    if labels.dtype.kind not in "OT":
        return labels
    items = labels.tolist()
    are_bools = [isinstance(label, (bool, np.bool_)) for label in items]
    if all(are_bools):
        return labels.astype(np.bool_)
    if all(isinstance(label, str) for label in items):
        return np.array(items, dtype=np.str_)
    # bool is a subclass of int, but True is not a code.
    if not any(are_bools) and all(isinstance(label, Real) for label in items):
        return np.asarray(items)
    return labels


def missing_values(values: Any) -> Any:
    """Return a mask of missing values: None, NaN, pandas.NA or masked.

    Parameters
    ----------
    values : array-like
        The values.

    Returns
    -------
    ndarray of bool
        A mask of the shape of `values`.
    """
    # Arrays of another dtype turn NaN among strings into "nan".
    missing = pd.isna(np.asarray(values, dtype=object))
    if np.ma.isMaskedArray(values):
        missing |= np.ma.getmaskarray(values)
    return missing


def refuse_missing_labels(y: Any, name: str = "y") -> None:
    """Raise ValueError if a label is missing.

    Parameters
    ----------
    y : array-like of shape (n_rows,)
        The labels.
    name : str, default="y"
        The name of the argument, for the message.
    """
    if y is None:  # scikit-learn's check has a message for this.
        return
    missing = missing_values(y)
    if missing.any():
        raise ValueError(
            f"{name} contains None or NaN in {missing.sum()} rows, the first is row "
            f"{np.flatnonzero(missing)[0]} (masked values count as NaN); leave these "
            "rows out."
        )


def label_codes(y: Any, n_rows: int, *used: Rows) -> tuple[npt.NDArray[Any], Codes]:
    """Return the sorted classes, and the class of each row as a position in them.

    Parameters
    ----------
    y : array-like of shape (n_rows,)
        The labels, of any kind that can be sorted.
    n_rows : int
        The required length.
    *used : ndarray of int
        The rows that need a class.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        The classes of the used rows, sorted.
    codes : ndarray of shape (n_rows,), int
        The position of each used row's class in `classes`; -1 for all other rows.

    Raises
    ------
    ValueError
        If there is not one class for each row, a used row has no class, or the
        classes cannot be sorted.
    """
    try:
        labels = np.asarray(y)
    except ValueError as error:
        raise ValueError(
            f"y must hold one class for each of the {n_rows} rows, but some have "
            "several; pass the classes of all beats."
        ) from error
    if labels.shape != (n_rows,):
        raise ValueError(
            f"y must hold one class for each of the {n_rows} rows, got shape "
            f"{labels.shape}; pass the classes of all beats."
        )
    in_use = np.zeros(n_rows, dtype=bool)
    in_use[np.concatenate(used)] = True
    missing = missing_values(y) & in_use
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
            f"y must hold classes of one type, got several ({error}); convert them."
        ) from error
    return classes, codes


def row_numbers(name: str, rows: Any, n_rows: int) -> Rows:
    """Return a training or test set as row numbers.

    Parameters
    ----------
    name : str
        The name of the argument, for messages.
    rows : array-like
        Row numbers, or a mask with one bool per row.
    n_rows : int
        The number of rows in the data.

    Returns
    -------
    ndarray of int
        The row numbers, in the order of the argument; for a mask, ascending.

    Raises
    ------
    ValueError
        If the argument is neither, is empty, or contains numbers outside the data.
    """
    try:
        part = np.asarray(rows)
    except ValueError:  # Parts of different lengths.
        part = np.asarray(rows, dtype=object)
    is_mask = part.dtype == np.bool_
    if part.ndim == 1 and is_mask and len(part) == n_rows:
        part = np.flatnonzero(part)
    elif part.ndim != 1 or is_mask or (part.size and part.dtype.kind not in "iu"):
        raise ValueError(
            f"{name} must be row numbers or a mask of {n_rows} bools, got "
            f"{part.dtype} of shape {part.shape}; pass rows that a splitter yields."
        )
    if not len(part):
        raise ValueError(f"{name} holds no row; pass rows that a splitter yields.")
    if part.min() < 0 or part.max() >= n_rows:
        raise ValueError(
            f"{name} must lie in 0..{n_rows - 1}, the rows of the data, got "
            f"{part.min()} to {part.max()}; pass row numbers of the same data."
        )
    return part.astype(np.intp)


def whole_numbers(name: str, values: Any, advice: str) -> npt.NDArray[np.int64]:
    """Return an argument of whole numbers as int64; accept floats without a fraction.

    Parameters
    ----------
    name : str
        The name of the argument, for messages.
    values : array-like of shape (n_values,)
        The argument, which may be empty.
    advice : str
        What to pass instead of a wrong argument, for messages.

    Returns
    -------
    ndarray of shape (n_values,), int64
        The numbers.

    Raises
    ------
    ValueError
        If the argument is not one-dimensional or contains other values.
    """
    if np.ma.is_masked(values):
        raise ValueError(
            f"{name} must be whole numbers, but some are masked; leave these out."
        )
    try:
        numbers = np.asarray(values)
    except ValueError as error:  # NumPy's message does not name the argument.
        raise ValueError(
            f"{name} must be a list of whole numbers, got parts of different lengths; "
            f"{advice}."
        ) from error
    is_list = numbers.ndim == 1
    if not is_list or (numbers.size and numbers.dtype.kind not in "iuf"):
        raise ValueError(
            f"{name} must be a list of whole numbers, got {numbers.dtype} of shape "
            f"{numbers.shape}; {advice}."
        )
    if numbers.dtype.kind == "f":
        odd = numbers[~(np.isfinite(numbers) & (numbers == np.rint(numbers)))]
        if odd.size:
            raise ValueError(
                f"{name} must be whole numbers, got {odd[0].item()}; {advice}."
            )
    if numbers.size:
        extreme = max(numbers.max().item(), -numbers.min().item())
        if extreme >= 2**63:
            raise ValueError(
                f"{name} must be whole numbers below 2**63, got {extreme:g}; {advice}."
            )
    return numbers.astype(np.int64)


def listed(names: list[str]) -> str:
    """Return the first five names and the number of the others, as text.

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


def _kind(name: str, labels: npt.NDArray[Any]) -> str:
    """Return "codes" or "letters", decided by type alone."""
    what = labels.dtype.kind
    if what in "iufU":
        return "letters" if what == "U" else "codes"
    raise ValueError(
        f"{name} must be {_WANTED}; got {labels.dtype} values such as {labels[0]!r}; "
        "convert them."
    )


def _codes(name: str, labels: npt.NDArray[Any], kind: str) -> Codes:
    distinct, which = np.unique(labels, return_inverse=True)
    known: tuple[Any, ...] = aami.CLASSES
    if kind == "codes":
        known = tuple(range(len(aami.CLASSES)))
    unknown = [label for label in distinct.tolist() if label not in known]
    if unknown:
        raise ValueError(
            f"{name} must be {_WANTED}; got {unknown[0]!r}; map other labels to these "
            "or leave their beats out."
        )
    codes = [known.index(label) for label in distinct.tolist()]
    return np.array(codes, dtype=np.intp)[which]
