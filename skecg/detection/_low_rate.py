"""Leads at a lower rate, at which beats are found in less time.

The rate is enough for QRS complexes and lower than those of most recordings.
Peaks are placed at the recording's own rate afterwards.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["decimation", "mean_of_runs"]

Floats = npt.NDArray[np.float64]

# Hz. The low rate is at least this, and less than twice this where it is lower than the
# recording's. QRS complexes hold little power above 40 Hz.
_LEAST_RATE = 80.0


def decimation(fs: float) -> int:
    """Return the number of samples that are averaged to one at the low rate.

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
    """Return the mean of each run of samples.

    Parameters
    ----------
    lead : ndarray of shape (n_samples,)
        The lead.
    step : int
        The number of samples of a run.

    Returns
    -------
    ndarray of shape (n_samples // step,)
        The means. A rest that is shorter than a run is left out.
    """
    stop = len(lead) // step * step
    # Whole arrays at once: numpy's mean over a short axis is several times slower.
    total = lead[:stop:step].copy()
    for k in range(1, step):
        total += lead[k:stop:step]
    total /= step
    return total
