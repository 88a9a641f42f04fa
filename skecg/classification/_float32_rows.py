"""Conversion of numeric rows to float32, the input type of networks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["NUMBERS", "as_float32"]

NUMBERS = [np.float32, *(np.dtype(code) for code in "de?bBhHiIlLqQ")]
"""Data types of rows that are converted to float32 in batches."""


def as_float32(rows: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
    """Return a copy of rows as float32.

    Parameters
    ----------
    rows : ndarray of shape (n_beats, n_features)
        Rows of any type in `NUMBERS`.

    Returns
    -------
    ndarray of shape (n_beats, n_features), float32
        The copy, because a user's network may change its input in place.

    Raises
    ------
    ValueError
        If a value is too large for float32.
    """
    try:
        with np.errstate(over="raise"):
            return np.array(rows, dtype=np.float32, order="C")
    except FloatingPointError as error:
        raise ValueError(
            f"X contains a value too large for float32, {np.abs(rows).max():.3g}; "
            "scale the beats in the same way as the training set."
        ) from error
