"""The rows that choose the best epoch: a user's own, or some that are held out."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import column_or_1d, validate_data

from skecg.training._heldout import MIN_HELD_OUT, held_out_rows

__all__ = ["checked_validation", "hold_out"]


def checked_validation(
    estimator: Any,
    X_val: ArrayLike | None,
    y_val: ArrayLike | None,
    classes: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the beats that a user holds out, if they fit those trained on."""
    if X_val is None or y_val is None:
        given, missing = ("X_val", "y_val") if y_val is None else ("y_val", "X_val")
        raise ValueError(f"{given} was given without {missing}; pass both or none.")
    beats = validate_data(estimator, X_val, dtype=np.float32, order="C", reset=False)
    labels = column_or_1d(y_val)
    if len(beats) != len(labels):
        raise ValueError(
            f"X_val has {len(beats)} rows but y_val {len(labels)}; pass one class for "
            "each row."
        )
    unknown = np.setdiff1d(labels, classes)
    if len(unknown):
        raise ValueError(
            f"y_val holds {unknown.tolist()}, which y does not; a network cannot "
            "answer with a class that it never saw: leave these beats out."
        )
    return beats, labels


def hold_out(
    X: np.ndarray, codes: np.ndarray, fraction: float | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to train on and those to choose the epoch with."""
    if not fraction:
        return np.arange(len(X)), np.arange(0)
    train, held_out, smallest = held_out_rows(
        X, codes, fraction, np.random.RandomState(seed)
    )
    if not len(held_out):
        warnings.warn(
            "Nothing is held out and the last epoch is kept: validation_fraction="
            f"{fraction} leaves a class with {max(smallest, 0)} distinct rows to score "
            f"on, and {MIN_HELD_OUT} are needed. Pass X_val and y_val, or set "
            "validation_fraction=None.",
            UserWarning,
            stacklevel=4,
        )
    return train, held_out
