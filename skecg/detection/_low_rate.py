"""Leads at a lower rate, which reduces the computing time of the detection.

The rate is enough for QRS complexes and lower than that of most recordings. Peaks are
located at the rate of the recording afterwards.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["decimation", "mean_of_runs"]

Floats = npt.NDArray[np.float64]

# Hz. The low rate is at least this and, if samples are averaged, less than twice this.
# QRS complexes have little power above 40 Hz.
_LEAST_RATE = 80.0


def decimation(fs: float) -> int:
    """Return the number of samples that are averaged to one sample at the low rate.

    Parameters
    ----------
    fs : float
        The sampling rate of the recording, in hertz.

    Returns
    -------
    int
        The number of samples.
    """
    return max(1, int(fs // _LEAST_RATE))


def mean_of_runs(lead: Floats, step: int) -> Floats:
    """Average consecutive samples of a lead.

    Parameters
    ----------
    lead : ndarray of shape (n_samples,)
        The lead.
    step : int
        The number of samples of a mean.

    Returns
    -------
    ndarray of shape (n_samples // step,)
        The means. Fewer than `step` samples at the end are left out.
    """
    stop = len(lead) // step * step
    # Sum strided views, because numpy's mean over a short axis is several times slower.
    total = lead[:stop:step].copy()
    for k in range(1, step):
        total += lead[k:stop:step]
    total /= step
    return total
