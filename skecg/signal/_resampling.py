"""Signals and sample numbers at another sampling rate."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

__all__ = ["MAX_FS", "resample", "rescale", "sampling_ratio"]

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]

# No ECG is sampled faster; a filter for far more would fill the memory.
MAX_FS = 100_000


def resample(leads: Floats, fs: float, target: int) -> Floats:
    """Return leads at another rate.

    Parameters
    ----------
    leads : ndarray of shape (n_samples, n_leads)
        The leads.
    fs, target : float and int
        Their sampling rate and the one wanted, in hertz.

    Returns
    -------
    ndarray of shape (n_resampled, n_leads)
        The leads.
    """
    ratio = sampling_ratio(fs, target)
    resampled = []
    for samples in leads.T:
        lead = samples.astype(np.float64)
        if fs != target:
            # A trend line keeps the ends of a signal with an offset from ringing.
            lead = resample_poly(
                lead, ratio.numerator, ratio.denominator, padtype="line"
            )
        resampled.append(lead)
    return np.stack(resampled, axis=1)


def rescale(samples: Samples, fs: float, target: int) -> Samples:
    """Return sample numbers at another rate, rounded to the nearest.

    Parameters
    ----------
    samples : ndarray of int
        Sample numbers at `fs`.
    fs, target : float and int
        The sampling rates, in hertz.

    Returns
    -------
    ndarray of int
        Sample numbers at `target`.
    """
    return np.round(samples * float(sampling_ratio(fs, target))).astype(np.int64)


@lru_cache(maxsize=64)
def sampling_ratio(fs: float, target: int) -> Fraction:
    """Return the samples at the target's rate for each at fs, as a ratio.

    Sampling rates in use, such as 257 or 128.5 Hz, are ratios of small numbers. Other
    rates are approximated by such a ratio, within 0.001 % from 100 Hz on, because the
    length of the filter grows with the numbers.
    """
    denominator = max(1, min(1000, int(MAX_FS / fs)))
    return Fraction(target) / Fraction(fs).limit_denominator(denominator)
