"""The quality of a recording's leads, computed on demand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from skecg.recordings import Recording
from skecg.signal import signal_quality

__all__ = ["LeadQuality"]

Codes = npt.NDArray[np.int8]


class LeadQuality:
    """The quality of a recording's leads in each second.

    Parameters
    ----------
    recording : Recording
        The recording.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._codes: dict[int, Codes] = {}

    def unreadable_share(self, column: int) -> float:
        """Return the share of the seconds in which a lead is unreadable."""
        return float((self._of(column) != 0).mean())

    def codes(self, columns: Sequence[int]) -> Codes:
        """Return the code of each second, which is not 0 if no lead is readable.

        Parameters
        ----------
        columns : sequence of int
            The leads.

        Returns
        -------
        ndarray of shape (n_seconds,), int8
            0 if one of the leads is readable; otherwise the code of the first lead's
            reason in :class:`skecg.signal.SignalQuality`.
        """
        codes = np.array([self._of(column) for column in columns])
        return np.where((codes == 0).any(axis=0), np.int8(0), codes[0])

    def _of(self, column: int) -> Codes:
        if column not in self._codes:
            signal = self._recording.signal[:, column]
            quality = signal_quality(signal, self._recording.fs)
            self._codes[column] = quality.codes[:, 0]
        return self._codes[column]
