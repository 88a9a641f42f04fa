"""Detection of scalers that were fitted on all rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from skecg._validation import Rows

__all__ = ["scaled_columns"]

# Far above rounding errors, and far below the change of a mean if a fifth of 100,000
# rows are left out.
_ROUNDING = 1e-5
_RANGES = ((0, 1), (-1, 1))
# If a fifth of the rows are taken away, about a third of the columns lose their lowest
# or highest value.
_SHORT_SHARE = 0.1

Columns = npt.NDArray[np.bool_]


def scaled_columns(X: npt.NDArray[Any], train: Rows, test: Rows) -> tuple[int, str]:
    """Count the columns that look as if a scaler was fitted on all rows.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
        The rows.
    train, test : ndarray of int
        The rows of each set.

    Returns
    -------
    n_columns : int
        The number of columns with a mean of 0 and a standard deviation of 1 over all
        rows or both sets, but not over the training set. If there are none, the number
        of columns with the range 0 to 1 or -1 to 1, if all columns have this range.
    how : str
        The property of these columns, in words.
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
            # Scaling of single rows also gives columns this range, but does not leak.
            by_row = _spans(whole, low, high, axis=1).mean() > 0.5
            if enough and not by_row and _spans(whole, low, high, axis=0)[varies].all():
                return int(short.sum()), f"the range {low} to {high}"
    return 0, ""


def _standardised(rows: npt.NDArray[Any]) -> Columns:
    mean = rows.mean(axis=0, dtype=np.float64)
    spread = rows.std(axis=0, dtype=np.float64)
    # scikit-learn divides by n, pandas by n - 1.
    bessel = np.sqrt(len(rows) / max(len(rows) - 1, 1))
    is_one = [np.abs(factor * spread - 1) < _ROUNDING for factor in (1, bessel)]
    return (np.abs(mean) < _ROUNDING) & (is_one[0] | is_one[1])


def _spans(rows: npt.NDArray[Any], low: int, high: int, axis: int) -> Columns:
    reaches_low = np.abs(rows.min(axis=axis) - low) < _ROUNDING
    return reaches_low & (np.abs(rows.max(axis=axis) - high) < _ROUNDING)
