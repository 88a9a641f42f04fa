"""Missing samples of a lead, filled before a detector reads it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["fill_missing"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Seconds. A straight line over a shorter gap hides no QRS complex: the narrowest last
# 60 ms. A lead abstains during a longer gap.
_SHORT = 0.05


def fill_missing(lead: Floats, fs: float) -> Flags | None:
    """Fill the missing samples of a lead in place, by straight lines.

    A step would look like a QRS complex, and one NaN makes a recursive filter return
    NaN only.

    Parameters
    ----------
    lead : ndarray of shape (n_samples,)
        The lead; NaN where a sample is missing. A lead without a sample becomes 0.
    fs : float
        Its sampling rate, in hertz.

    Returns
    -------
    ndarray of shape (n_samples,), bool, or None
        True in gaps that are too long to read the lead there; None if no sample is
        missing.
    """
    is_missing = np.isnan(lead)
    if not is_missing.any():
        return None
    if is_missing.all():
        lead[:] = 0.0
        return is_missing
    there = np.flatnonzero(~is_missing)
    gaps = np.flatnonzero(is_missing)
    lead[gaps] = np.interp(gaps, there, lead[there])
    edges = np.flatnonzero(np.diff(is_missing, prepend=False, append=False))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        is_missing[start:stop] = stop - start > _SHORT * fs
    return is_missing
