"""Filling of missing samples before detection."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["fill_missing"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Seconds. A shorter gap cannot contain a QRS complex, as the narrowest take 60 ms. In
# a longer gap, the lead is unreadable.
_SHORT = 0.05


def fill_missing(lead: Floats, fs: float) -> Flags | None:
    """Interpolate the missing samples of a lead linearly, in place.

    Interpolation avoids steps, which resemble QRS complexes, and NaN, which recursive
    filters spread over the lead.

    Parameters
    ----------
    lead : ndarray of shape (n_samples,)
        The lead; missing samples are NaN. If all are missing, the lead becomes 0.
    fs : float
        The sampling rate, in hertz.

    Returns
    -------
    ndarray of shape (n_samples,), bool, or None
        True in gaps that are too long to be filled reliably; None if no sample is
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
