"""Signs that a scaler was fitted on all rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from skecg._validation import Rows

__all__ = ["scaled_columns"]

# Far above what rounding leaves and far below what a fifth of 100,000 rows, left
# out, moves a mean by.
_ROUNDING = 1e-5
_RANGES = ((0, 1), (-1, 1))
# A part that one fifth of the rows were taken from lacks the lowest or the highest
# value of about a third of the columns.
_SHORT_SHARE = 0.1

Columns = npt.NDArray[np.bool_]


def scaled_columns(X: npt.NDArray[Any], train: Rows, test: Rows) -> tuple[int, str]:
    """Count the columns that look as if a scaler had seen all rows.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
        The rows.
    train, test : ndarray of int
        The rows of each part.

    Returns
    -------
    n_columns : int
        Columns with a mean of 0 and a standard deviation of 1, or all columns with
        one range, over all rows or over both parts, but not over the training part.
    how : str
        Which of the two, in words.
    """
    used = np.union1d(train, test)
    trained = X[train]
    for whole in [X] if len(used) == len(X) else [X, X[used]]:
        varies = np.ptp(whole, axis=0) > 0
        standard = _standardised(whole) & ~_standardised(trained) & varies
        if standard.any():
            return int(standard.sum()), "a mean of 0 and a standard deviation of 1"
        for low, high in _RANGES:
            short = ~_spans(trained, low, high, axis=0) & varies
            enough = short.any() and short.sum() >= _SHORT_SHARE * varies.sum()
            # Rows that are scaled each by itself fill columns, too, and leak nothing.
            by_row = _spans(whole, low, high, axis=1).mean() > 0.5
            if enough and not by_row and _spans(whole, low, high, axis=0)[varies].all():
                return int(short.sum()), f"the range {low} to {high}"
    return 0, ""


def _standardised(rows: npt.NDArray[Any]) -> Columns:
    mean = rows.mean(axis=0, dtype=np.float64)
    spread = rows.std(axis=0, dtype=np.float64)
    # With n and with n - 1 in the denominator, as scikit-learn and pandas have it.
    bessel = np.sqrt(len(rows) / max(len(rows) - 1, 1))
    is_one = [np.abs(factor * spread - 1) < _ROUNDING for factor in (1, bessel)]
    return (np.abs(mean) < _ROUNDING) & (is_one[0] | is_one[1])


def _spans(rows: npt.NDArray[Any], low: int, high: int, axis: int) -> Columns:
    reaches_low = np.abs(rows.min(axis=axis) - low) < _ROUNDING
    return reaches_low & (np.abs(rows.max(axis=axis) - high) < _ROUNDING)
