"""The labels of beats, as codes or letters, and whose beats they are."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg import aami

__all__ = ["class_codes", "column", "group_names"]

Codes = npt.NDArray[np.intp]

_LETTERS = ", ".join(aami.CLASSES)
_WANTED = f"the codes 0 to 4 or the letters {_LETTERS}, never a mix"


def class_codes(y_true: Any, y_pred: Any) -> tuple[Codes, Codes]:
    """Return the class codes of annotated and predicted labels.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_beats,)
        Codes 0 to 4 or letters of :data:`skecg.aami.CLASSES`, both of one kind.

    Returns
    -------
    true, pred : ndarray of shape (n_beats,), int
        The codes.

    Raises
    ------
    ValueError
        If they are something else, a mix, or not one for each beat.
    """
    true = column("y_true", y_true)
    pred = column("y_pred", y_pred, n_rows=len(true))
    true_kind, pred_kind = _kind("y_true", true), _kind("y_pred", pred)
    if true_kind != pred_kind:
        raise ValueError(
            f"y_true and y_pred must both be {_WANTED}; got {true_kind} in y_true and "
            f"{pred_kind} in y_pred; convert one of them."
        )
    return _codes("y_true", true, true_kind), _codes("y_pred", pred, pred_kind)


def column(name: str, values: Any, n_rows: int | None = None) -> npt.NDArray[Any]:
    """Return an argument as an array with one value a beat, or say what is wrong.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    values : array-like of shape (n_rows,)
        What the user passed.
    n_rows : int or None, default=None
        How many there must be; None where any number but zero will do.

    Returns
    -------
    ndarray of shape (n_rows,)
        The values.

    Raises
    ------
    ValueError
        If there is none, or not one for each beat.
    """
    try:
        array = np.asarray(values)
    except ValueError as error:  # NumPy's own speaks of elements and sequences.
        raise ValueError(
            f"{name} must hold one value a beat, got parts of different lengths."
        ) from error
    if array.ndim != 1 or not len(array):
        raise ValueError(
            f"{name} must hold one value a beat, got shape {array.shape}; pass a "
            "sequence of at least one."
        )
    if n_rows is not None and len(array) != n_rows:
        raise ValueError(
            f"{name} must hold one value for each of the {n_rows} beats of y_true, got "
            f"{len(array)}; pass arrays of one length."
        )
    return array


def group_names(name: str, values: Any, n_rows: int) -> tuple[npt.NDArray[Any], Codes]:
    """Return the distinct groups, in order, and which of them each beat belongs to.

    Parameters
    ----------
    name : str
        The argument's name, for the message.
    values : array-like of shape (n_rows,)
        The group of each beat: its subject or its record.
    n_rows : int
        The number of beats.

    Returns
    -------
    names : ndarray of shape (n_groups,)
        The groups, as they came.
    which : ndarray of shape (n_rows,), int
        Each beat's group, as a position in `names`.

    Raises
    ------
    ValueError
        If a beat has no group.
    """
    groups = column(name, values, n_rows)
    missing = pd.isna(groups)
    if missing.any():
        raise ValueError(
            f"{name} must name the group of every beat, got none for {missing.sum()} "
            f"of them, the first at row {missing.argmax()}; name them or leave these "
            "beats out."
        )
    # Names of several types cannot be sorted.
    groups = groups.astype(np.str_) if groups.dtype == object else groups
    names, which = np.unique(groups, return_inverse=True)
    return names, which


def _kind(name: str, labels: npt.NDArray[Any]) -> str:
    """Tell codes from letters by type alone."""
    what = labels.dtype.kind
    if what == "O":
        # Python counts a bool as a number, but True is no class.
        are_numbers = [isinstance(x, Real) and not isinstance(x, bool) for x in labels]
        if all(are_numbers):
            return "codes"
        if all(isinstance(label, str) for label in labels):
            return "letters"
    elif what in "iufU":
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
