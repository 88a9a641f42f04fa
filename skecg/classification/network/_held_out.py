"""Held-out rows that choose the best epoch: passed by the user, or drawn from X."""

from __future__ import annotations

import warnings
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import column_or_1d, validate_data

from skecg._validation import refuse_missing_labels

__all__ = ["checked_validation", "hold_out"]

_MIN_HELD_OUT = 5
"""Distinct held-out rows that each class needs for a meaningful score."""


def checked_validation(
    estimator: Any,
    X_val: ArrayLike | None,
    y_val: ArrayLike | None,
    classes: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the user's held-out rows and their labels, checked against the classes."""
    if X_val is None or y_val is None:
        given, missing = ("X_val", "y_val") if y_val is None else ("y_val", "X_val")
        raise ValueError(f"{given} was given without {missing}; pass both or none.")
    beats = validate_data(estimator, X_val, dtype=np.float32, order="C", reset=False)
    refuse_missing_labels(y_val, "y_val")
    labels = column_or_1d(y_val)
    if len(beats) != len(labels):
        raise ValueError(
            f"X_val has {len(beats)} rows but y_val {len(labels)}; pass one class for "
            "each row."
        )
    unknown = np.setdiff1d(labels, classes)
    if len(unknown):
        raise ValueError(
            f"y_val contains {unknown.tolist()}, which y does not; a network cannot "
            "predict a class that is not in its training set: leave these beats out."
        )
    return beats, labels


def hold_out(
    X: np.ndarray, codes: np.ndarray, fraction: float | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Split row numbers into training rows and held-out rows.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
        The rows, C-contiguous.
    codes : ndarray of shape (n_rows,)
        Class codes from 0 to ``n_classes - 1``.
    fraction : float or None
        Share of each class's distinct rows to hold out.
    seed : int
        Draws the rows.

    Returns
    -------
    train, held_out : ndarray of int
        Row numbers, in ascending order.

    Warns
    -----
    UserWarning
        If a class has too few distinct rows to hold any out.
    """
    if not fraction:
        return np.arange(len(X)), np.arange(0)
    train, held_out, smallest = _held_out_rows(
        X, codes, fraction, np.random.RandomState(seed)
    )
    if not len(held_out):
        warnings.warn(
            "Nothing is held out and the last epoch is kept: validation_fraction="
            f"{fraction} gives a class only {max(smallest, 0)} distinct held-out rows, "
            f"and {_MIN_HELD_OUT} are needed. Pass X_val and y_val, or set "
            "validation_fraction=None.",
            UserWarning,
            stacklevel=5,
        )
    return train, held_out


def _held_out_rows(
    X: np.ndarray,
    y: np.ndarray,
    fraction: float,
    random_state: np.random.RandomState,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Split rows so that all copies of a row are on one side.

    The split is drawn over distinct rows, stratified by class. The held-out
    side counts each distinct row (and label) once; the training side keeps all
    of its copies.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
        The rows, C-contiguous.
    y : ndarray of shape (n_rows,)
        Class codes from 0 to ``n_classes - 1``.
    fraction : float
        Share of each class's distinct rows to hold out.
    random_state : RandomState instance
        Draws the rows.

    Returns
    -------
    train : ndarray of int
        Row numbers of the training side, in ascending order.
    held_out : ndarray of int
        Row numbers of the held-out side, in ascending order; empty if a class would
        have fewer than five.
    smallest : int
        The number of held-out rows of the smallest class.

    Examples
    --------
    >>> import numpy as np
    >>> from skecg.classification.network._held_out import _held_out_rows
    >>> X = np.repeat(np.arange(100.0), 3).reshape(-1, 1)
    >>> y = np.repeat([0, 1], 150)
    >>> rng = np.random.RandomState(0)
    >>> train, held_out, smallest = _held_out_rows(X, y, 0.1, rng)
    >>> len(train), len(held_out), smallest
    (270, 10, 5)
    >>> np.intersect1d(X[train], X[held_out]).size
    0
    """
    # Compare digests of rows, because sorting the rows would copy X twice.
    digests = b"".join(blake2b(row, digest_size=16).digest() for row in X)
    keys = np.frombuffer(digests, dtype="V16")
    _, first, row_of = np.unique(keys, return_index=True, return_inverse=True)
    label_of = y[first]
    chosen = np.zeros(len(first), dtype=bool)
    sizes = []
    for label in range(y.max() + 1):
        members = np.flatnonzero(label_of == label)
        # Keep at least one row in the training set, even for large fractions.
        sizes.append(min(round(fraction * len(members)), len(members) - 1))
        chosen[random_state.permutation(members)[: sizes[-1]]] = True
    everything = np.arange(len(y))
    if min(sizes) < _MIN_HELD_OUT:
        return everything, everything[:0], min(sizes)
    held_out = everything[chosen[row_of]]
    # Count each distinct (row, label) once.
    key = row_of[held_out] * (y.max() + 1) + y[held_out]
    _, once = np.unique(key, return_index=True)
    return everything[~chosen[row_of]], np.sort(held_out[once]), min(sizes)
