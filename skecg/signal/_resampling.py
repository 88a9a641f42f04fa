"""Conversion of signals and sample numbers to another sampling rate."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

__all__ = ["MAX_FS", "resample", "rescale", "sampling_ratio"]

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]

# Above all rates of ECGs; the filter for much higher rates would fill the memory.
MAX_FS = 100_000


def resample(leads: Floats, fs: float, target: int) -> Floats:
    """Resample leads to another rate.

    Parameters
    ----------
    leads : ndarray of shape (n_samples, n_leads)
        The leads.
    fs, target : float and int
        The present and the target sampling rate, in hertz.

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
            # Padding with a line avoids ringing at the ends of a signal with an offset.
            lead = resample_poly(
                lead, ratio.numerator, ratio.denominator, padtype="line"
            )
        resampled.append(lead)
    return np.stack(resampled, axis=1)


def rescale(samples: Samples, fs: float, target: int) -> Samples:
    """Convert sample numbers to another rate, rounded to the nearest integer.

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
    """Return the ratio of the target rate to `fs` as a fraction.

    Usual sampling rates, such as 257 or 128.5 Hz, are fractions of small integers. From
    100 Hz on, other rates are approximated by such a fraction within 0.001 %, because
    the length of the filter grows with the integers.
    """
    denominator = max(1, min(1000, int(MAX_FS / fs)))
    return Fraction(target) / Fraction(fs).limit_denominator(denominator)
