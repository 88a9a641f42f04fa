"""Blocks of time in which long recordings are processed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

__all__ = ["TimeBlock", "time_blocks"]

_HOUR = 3600  # seconds
_MARGIN = 60  # seconds, because RR features read 30 beats to either side


@dataclass(frozen=True)
class TimeBlock:
    """A block of a recording, in samples.

    Parameters
    ----------
    start, stop : int
        The part that is read, with a margin to either side.
    first, last : int
        The part whose beats are kept; `last` is excluded.
    """

    start: int
    stop: int
    first: int
    last: int

    def reads(self, samples: npt.NDArray[np.int64]) -> slice:
        """Return the slice of ascending sample numbers that are read."""
        low, high = np.searchsorted(samples, [self.start, self.stop])
        return slice(int(low), int(high))

    def owns(self, samples: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Return whether sample numbers are in the part that is kept."""
        return np.asarray((samples >= self.first) & (samples < self.last))


def time_blocks(n_samples: int, fs: float) -> list[TimeBlock]:
    """Divide a recording into blocks of about an hour.

    Layouts compare a beat with the usual beat and rhythm of the recording. Both change
    over a day with posture and electrodes, and the models are trained on the half-hour
    recordings of MIT-BIH. Blocks also bound the memory.

    Parameters
    ----------
    n_samples : int
        The length of the recording in samples.
    fs : float
        Its sampling rate, in hertz.

    Returns
    -------
    list of TimeBlock
        The blocks, of equal length; a recording of less than 90 minutes is one block.
    """
    n_blocks = max(1, round(n_samples / (fs * _HOUR)))
    edges = [n_samples * block // n_blocks for block in range(n_blocks + 1)]
    margin = round(_MARGIN * fs)
    return [
        TimeBlock(max(0, first - margin), min(n_samples, last + margin), first, last)
        for first, last in pairwise(edges)
    ]
