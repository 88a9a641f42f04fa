"""Causal filling of missing samples in a lead of a stream."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

__all__ = ["ContinuedLead"]

Floats = npt.NDArray[np.float64]


class ContinuedLead:
    """Causal filling of a lead: a gap repeats the last value.

    The signal after a gap is shifted to the value before it, so that the gap adds no
    step. The first sample becomes 0, so that the offset of the lead adds no step.
    """

    def __init__(self) -> None:
        self._value, self._offset, self._is_in_gap = 0.0, 0.0, True

    def push(self, block: npt.ArrayLike) -> Floats:
        """Fill the gaps in the next samples.

        Parameters
        ----------
        block : array-like of shape (n_samples,)
            The samples; missing ones are NaN.

        Returns
        -------
        ndarray of shape (n_samples,)
            The shifted samples. They do not depend on the block size.
        """
        samples = np.asarray(block, dtype=np.float64)
        is_missing = np.isnan(samples)
        result = np.empty(len(samples))
        edges = [0, *(np.flatnonzero(np.diff(is_missing)) + 1).tolist(), len(samples)]
        for start, stop in pairwise(edges):
            if start == stop:
                continue
            if is_missing[start]:
                result[start:stop] = self._value
                self._is_in_gap = True
                continue
            if self._is_in_gap:
                self._offset = self._value - float(samples[start])
                self._is_in_gap = False
            result[start:stop] = samples[start:stop] + self._offset
            self._value = float(result[stop - 1])
        return result
