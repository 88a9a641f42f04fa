"""Buffer for the values of the last beats."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Tail"]


class Tail:
    """Buffer for the values of the last beats of a stream.

    Parameters
    ----------
    n_kept : int
        The number of values to keep.
    axis : int, default=-1
        The axis of the beats.
    """

    def __init__(self, n_kept: int, axis: int = -1) -> None:
        self._n_kept, self._axis = n_kept, axis
        self._kept: npt.NDArray[Any] | None = None

    def join(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Append values to the kept ones, return all and keep the last ones.

        Parameters
        ----------
        values : ndarray
            The values of the next beats.

        Returns
        -------
        ndarray
            The kept values, followed by `values`.
        """
        joined = (
            values
            if self._kept is None
            else np.concatenate([self._kept, values], axis=self._axis)
        )
        n_beats = joined.shape[self._axis]
        last = np.arange(max(n_beats - self._n_kept, 0), n_beats)
        self._kept = np.take(joined, last, axis=self._axis)
        return joined
