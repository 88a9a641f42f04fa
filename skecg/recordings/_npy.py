"""Reader of NumPy files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from skecg._leads import chosen_columns, made_up_names
from skecg.recordings._recording import Recording
from skecg.recordings._sources import damaged, parsing, size_of

__all__ = ["read_npy"]


def read_npy(path: Path, fs: float | None, leads: Any, units: str | None) -> Recording:
    """Read a NumPy file, which is memory-mapped if it is float32 in millivolts.

    Parameters
    ----------
    path : Path
        The file.
    fs : float or None
        The sampling rate, which the file cannot state.
    leads : sequence of int or None
        The columns to read.
    units : str or None
        The unit of the signal.

    Returns
    -------
    Recording
        The recording.

    Raises
    ------
    ValueError
        If the file is damaged, or its array is not a signal.
    """
    size_of(path)
    with parsing(path):
        signal = np.load(path, mmap_mode="r", allow_pickle=False)
    if signal.ndim not in (1, 2):
        raise damaged(path, f"its array has the shape {signal.shape}")
    names = None
    if leads is not None:
        columns = signal[:, np.newaxis] if signal.ndim == 1 else signal
        there = made_up_names(columns.shape[1]) if columns.shape[1] <= 1000 else ()
        chosen = chosen_columns(there, leads)
        signal = columns[:, chosen]
        names = [there[column] for column in chosen]
    return Recording(signal, fs, leads=names, units=units, name=path.stem)
