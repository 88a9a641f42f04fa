"""The envelope of a recording: the minimum and maximum of each lead in bins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from skecg.recordings import Recording
from skecg.recordings._limits import BLOCK

__all__ = ["envelope"]


def envelope(
    recording: Recording, columns: Sequence[int], samples_per_bin: int
) -> npt.NDArray[np.float32]:
    """Return the minimum and maximum of each lead in each bin.

    The time is linear in the length of the recording. The memory, besides the result,
    is that of one block of samples.

    Parameters
    ----------
    recording : Recording
        The recording.
    columns : sequence of int
        The leads.
    samples_per_bin : int
        The width of a bin. The last one may be narrower.

    Returns
    -------
    ndarray of shape (n_bins, 2, n_leads), float32
        Minimum and maximum in millivolts; NaN if all samples of a bin are missing.

    Examples
    --------
    >>> from skecg.pages._envelope import envelope
    >>> from skecg.recordings import Recording
    >>> envelope(Recording([0.25, 0.5, 0.75], 250), [0], 2)[..., 0].tolist()
    [[0.25, 0.5], [0.75, 0.75]]
    """
    chosen = list(columns)
    n_bins = -(-recording.n_samples // samples_per_bin)
    found = np.empty((n_bins, 2, len(chosen)), dtype=np.float32)
    per_block = max(1, BLOCK // samples_per_bin)
    for first in range(0, n_bins, per_block):
        start = first * samples_per_bin
        part = recording.signal[start : start + per_block * samples_per_bin, chosen]
        bins = np.arange(0, len(part), samples_per_bin)
        stop = first + len(bins)
        # fmin and fmax ignore NaN.
        found[first:stop, 0] = np.fmin.reduceat(part, bins, axis=0)
        found[first:stop, 1] = np.fmax.reduceat(part, bins, axis=0)
    return found
