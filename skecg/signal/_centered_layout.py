"""Beats as windows around their R peaks."""

import numpy as np
import numpy.typing as npt

__all__ = ["centered_beats"]


def centered_beats(
    signal: npt.ArrayLike,
    positions: npt.ArrayLike,
    *,
    before: int,
    after: int,
    step: int = 1,
) -> npt.NDArray[np.float32]:
    """Cut windows of all leads around given positions.

    The study's layout starts at the R peak, and so holds neither the beat's own
    P wave nor the interval before it; this one does. From each lead of a window
    its median is taken away, which removes the baseline there and keeps the
    unit. Where a window reaches past the signal, the first or last sample
    stands in.

    Parameters
    ----------
    signal : array-like of shape (n_samples, n_leads)
        The leads.
    positions : array-like of int of shape (n_beats,)
        The samples of the R peaks.
    before, after : int
        Samples of the signal before a position, and from it on.
    step : int, default=1
        Every how manieth sample is taken.

    Returns
    -------
    ndarray of shape (n_beats, n_leads * n_kept), float32
        The windows, lead after lead, in the unit of the signal.

    Raises
    ------
    ValueError
        If the signal is not two-dimensional or a position lies outside it.

    Examples
    --------
    >>> import numpy as np
    >>> from skecg.signal import centered_beats
    >>> leads = np.arange(20.0).reshape(10, 2)
    >>> centered_beats(leads, [4, 9], before=2, after=3)
    array([[-4., -2.,  0.,  2.,  4., -4., -2.,  0.,  2.,  4.],
           [-4., -2.,  0.,  0.,  0., -4., -2.,  0.,  0.,  0.]], dtype=float32)
    """
    leads = np.asarray(signal, dtype=np.float64)
    where = np.asarray(positions, dtype=np.int64)
    if leads.ndim != 2:
        raise ValueError(
            f"signal must have the shape (n_samples, n_leads), got {leads.shape}; "
            "pass a single lead as one column."
        )
    if len(where) and (where.min() < 0 or where.max() >= len(leads)):
        raise ValueError(
            f"positions must lie within the signal's {len(leads)} samples, got "
            f"{where.min()} to {where.max()}."
        )
    offsets = np.arange(-before, after, step)
    rows = np.clip(where[:, None] + offsets, 0, len(leads) - 1)
    windows = leads[rows].transpose(0, 2, 1)
    windows -= np.median(windows, axis=2, keepdims=True)
    return windows.reshape(len(where), -1).astype(np.float32)
