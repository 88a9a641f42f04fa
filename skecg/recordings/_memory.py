"""Allocation of memory for a signal, with a check of the available memory."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt

__all__ = ["empty_signal"]


def empty_signal(
    n_samples: int, n_leads: int, path: Path | None = None
) -> npt.NDArray[np.float32]:
    """Return an uninitialised array for a signal.

    Parameters
    ----------
    n_samples, n_leads : int
        The shape.
    path : Path or None, default=None
        The file that states the shape, for the message.

    Returns
    -------
    ndarray of shape (n_samples, n_leads), float32
        The uninitialised array.

    Raises
    ------
    ValueError
        If the array exceeds the memory of the machine.
    """
    n_bytes = 4 * n_samples * n_leads
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Not available on Windows.
        memory = n_bytes
    try:
        if n_bytes > memory:
            raise MemoryError
        return np.empty((n_samples, n_leads), dtype=np.float32)
    except (MemoryError, ValueError) as error:
        head = "signal must fit into memory, but it has"
        if path is not None:
            head = (
                f"path must be a recording that fits into memory, but {path.name} has"
            )
        raise ValueError(
            f"{head} {n_samples:,} samples of {n_leads} leads, {n_bytes / 1e9:,.1f} "
            "GB; choose fewer leads or a shorter part, or correct the size."
        ) from error
