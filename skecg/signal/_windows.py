"""Small sums over beats and their neighbours that several features share."""

import numpy as np
import numpy.typing as npt

__all__ = ["correlation", "later", "neighbours", "root_mean_square"]

Floats = npt.NDArray[np.float64]

_TINY = 1e-9


def neighbours(values: npt.ArrayLike, reach: int) -> Floats:
    """Return each value with those up to `reach` before and after it, one row each.

    Past the ends stands NaN, so that NumPy's nan functions take what is there.
    """
    padded = np.pad(np.asarray(values, dtype=np.float64), reach, constant_values=np.nan)
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)


def later(values: Floats, n_beats: int) -> Floats:
    """Return for each beat the value so many beats later; the ends repeat."""
    return values[np.clip(np.arange(len(values)) + n_beats, 0, len(values) - 1)]


def root_mean_square(windows: Floats) -> Floats:
    """Return the size of windows about their mean, along the last axis."""
    return np.asarray(windows.std(axis=-1))


def correlation(windows: Floats, template: Floats) -> Floats:
    """Return Pearson's correlation along the last axis; 0 where one side is flat."""
    a = windows - windows.mean(axis=-1, keepdims=True)
    b = template - template.mean(axis=-1, keepdims=True)
    sizes = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    return np.asarray((a * b).sum(axis=-1) / np.maximum(sizes, _TINY))
