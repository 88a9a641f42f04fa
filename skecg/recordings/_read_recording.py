"""Read a recording from a file of any of the known formats."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from skecg.recordings._edf import read_edf
from skecg.recordings._npy import read_npy
from skecg.recordings._recording import Recording, checked_fs
from skecg.recordings._sources import size_of
from skecg.recordings._table import read_csv, read_parquet
from skecg.recordings._units import factor_of
from skecg.recordings._wfdb import read_wfdb

__all__ = ["read_recording"]

_SUFFIXES = {
    ".csv": "csv",
    ".dat": "wfdb",
    ".edf": "edf",
    ".hea": "wfdb",
    ".mat": "wfdb",
    ".npy": "npy",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".tsv": "csv",
    ".txt": "csv",
}
# First bytes of files, for those with another suffix or none.
_MAGIC = {b"\x93NUMPY": "npy", b"PAR1": "parquet", b"0       ": "edf"}


def read_recording(
    path: str | os.PathLike[str],
    *,
    fs: float | None = None,
    leads: Any = None,
    units: str | None = None,
) -> Recording:
    r"""Read a recording from a file.

    The format follows from the suffix, or from the first bytes if the suffix is
    another one:

    ==================  ===========================================================
    format              what is read
    ==================  ===========================================================
    WFDB                a record, given as its name without suffix, or as its
                        ``.hea``, ``.dat`` or ``.mat`` file, in all formats that wfdb
                        reads; segments that are missing are NaN
    EDF, EDF+           with edfio (``pip install 'skecg[edf]'``); EDF+D with gaps is
                        refused
    CSV                 columns separated by commas, semicolons, tabs or blanks,
                        with or without names and units (``"II [uV]"``, or a second
                        line)
    Parquet             with pyarrow (``pip install 'skecg[parquet]'``)
    NumPy (``.npy``)    an array of shape (n_samples,) or (n_samples, n_leads);
                        float32 in millivolts is memory-mapped
    ==================  ===========================================================

    Parameters
    ----------
    path : str or path-like
        The file. A record of WFDB may be given without suffix.
    fs : float or None, default=None
        The sampling rate, in hertz, for files that do not state it: ``.npy``, and
        tables without a column of times. It must agree with that of other files.
    leads : sequence of str or int, or None, default=None
        The leads to read, by name or number, in this order. None reads all leads: in
        WFDB and EDF, those that are named ECG (``"ECG II"`` becomes ``"II"``), or
        else all signals in units of voltage that are not named as respiration,
        pressure, EEG and the like; in tables, all columns that hold neither times nor
        other units.
    units : str or None, default=None
        The unit of leads whose unit the file does not state: ``"uV"``, ``"mV"`` or
        ``"V"``. None is millivolts, and refuses amplitudes that are impossible then.

    Returns
    -------
    Recording
        The recording, whose signal is float32 in millivolts. It is read in blocks, and
        needs little more memory than the signal.

    Raises
    ------
    FileNotFoundError
        If the file, or a file that a header names, does not exist.
    ValueError
        If the file is damaged, truncated, no regular file or of no known format; if it
        has no lead, more than 24, or leads of different rates; if a rate or a unit is
        missing or contradicts the file; or if :class:`Recording` refuses the signal.
    ImportError
        If the format needs a library that is not installed.

    See Also
    --------
    Recording : A recording from an array or a table in memory.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skecg.recordings import read_recording
    >>> text = "time [ms],II [uV]" + "".join(f"\n{4 * i},{i % 9}" for i in range(250))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "mine.csv"
    ...     _ = path.write_text(text)
    ...     read_recording(path)
    Recording('mine': II; 250 samples at 250 Hz, 1 s)
    """
    if not isinstance(path, (str, os.PathLike)) or not os.fspath(path):
        raise ValueError(
            f"path must be the path of a file, got {path!r}; pass a string or a Path."
        )
    fs = None if fs is None else checked_fs(fs)
    if units is not None:
        factor_of(units)
    file = Path(os.fsdecode(path))
    kind = _kind(file)
    # Values beyond float32 become infinite, which Recording refuses.
    with np.errstate(over="ignore", invalid="ignore"):
        recording = _read(kind, file, fs, leads, units)
    if fs is not None and abs(recording.fs / fs - 1) > 1e-3:
        raise ValueError(
            f"fs must be the rate of the file, and {file.name} states "
            f"{recording.fs:g} Hz, got {fs:g}; leave fs out."
        )
    return recording


def _read(
    kind: str, file: Path, fs: float | None, leads: Any, units: str | None
) -> Recording:
    if kind == "csv":
        return read_csv(file, fs, leads, units)
    if kind == "parquet":
        return read_parquet(file, fs, leads, units)
    if kind == "npy":
        return read_npy(file, fs, leads, units)
    if kind == "edf":
        return read_edf(file, leads, units)
    is_file_of_record = file.suffix.lower() in _SUFFIXES
    return read_wfdb(file.with_suffix("") if is_file_of_record else file, leads, units)


def _kind(file: Path) -> str:
    """Return the format of a file."""
    kind = _SUFFIXES.get(file.suffix.lower())
    if kind is not None:
        return kind
    if os.path.exists(f"{file}.hea"):  # False for names that are too long.
        return "wfdb"
    size_of(file)
    with file.open("rb") as stream:
        first = stream.read(8)
    for magic, kind in _MAGIC.items():
        if first.startswith(magic):
            return kind
    raise ValueError(
        f"path must be a recording in WFDB, EDF, CSV, Parquet or .npy, and {file.name} "
        "has the suffix and the first bytes of none; convert it, or read it yourself "
        "and pass the array to skecg.Recording."
    )
