"""Causal filling of missing samples in a lead of a stream."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

__all__ = ["ContinuedLead"]

Floats = npt.NDArray[np.float64]


class ContinuedLead:
    """A lead that stays as it is where samples are missing, and continues after them.

    The signal after a gap is shifted to the value before it, so that a gap adds no
    step. The first sample becomes 0, so that the offset of a lead is no step either.
    """

    def __init__(self) -> None:
        self._value, self._offset, self._is_in_gap = 0.0, 0.0, True

    def push(self, block: npt.ArrayLike) -> Floats:
        """Return the next samples without gaps.

        Parameters
        ----------
        block : array-like of shape (n_samples,)
            The samples; NaN where one is missing.

        Returns
        -------
        ndarray of shape (n_samples,)
            The samples, shifted. They do not depend on the sizes of the blocks.
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
