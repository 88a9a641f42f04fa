"""Read a recording from a file of any supported format."""

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
# First bytes of files, for files with other suffixes or none.
_MAGIC = {b"\x93NUMPY": "npy", b"PAR1": "parquet", b"0       ": "edf"}


def read_recording(
    path: str | os.PathLike[str],
    *,
    fs: float | None = None,
    leads: Any = None,
    units: str | None = None,
) -> Recording:
    r"""Read a recording from a file.

    The format is determined by the suffix or, for other suffixes, by the first bytes:

    ==================  ===========================================================
    format              details
    ==================  ===========================================================
    WFDB                a record in any format that wfdb reads, given as its name
                        without suffix, or as its ``.hea``, ``.dat`` or ``.mat`` file;
                        missing segments are NaN
    EDF, EDF+           read with edfio (``pip install 'skecg[edf]'``); EDF+D files with
                        gaps are not supported
    CSV                 columns separated by commas, semicolons, tabs or blanks,
                        with or without names and units (``"II [uV]"``, or in a second
                        line)
    Parquet             read with pyarrow (``pip install 'skecg[parquet]'``)
    NumPy (``.npy``)    an array of shape (n_samples,) or (n_samples, n_leads);
                        float32 in millivolts is memory-mapped
    ==================  ===========================================================

    Parameters
    ----------
    path : str or path-like
        The file. A WFDB record may be given without suffix.
    fs : float or None, default=None
        The sampling rate, in hertz, for files that do not state it: ``.npy`` files, and
        tables without a column of times. If a file states its rate, `fs` must agree.
    leads : sequence of str or int, or None, default=None
        The leads to read, by name or number, in this order. None reads all leads. In
        WFDB and EDF files, these are the signals named ECG (``"ECG II"`` becomes
        ``"II"``) or, if there are none, all voltages except those with names of other
        signals, such as respiration, pressure and EEG. In tables, these are all
        columns except times and columns in other units.
    units : str or None, default=None
        The unit of leads for which the file states no unit: ``"uV"``, ``"mV"`` or
        ``"V"``. None means millivolts; amplitudes that are impossible in millivolts
        then raise an error.

    Returns
    -------
    Recording
        The recording, with a float32 signal in millivolts. The file is read in blocks,
        so that little more memory is used than for the signal.

    Raises
    ------
    FileNotFoundError
        If the file, or a file that a header names, does not exist.
    ValueError
        If the file is damaged, truncated, not a regular file or of no supported format;
        if it has no lead, more than 24 leads, or leads of different rates; if a rate or
        a unit is missing or contradicts the file; or if the signal is not valid for
        :class:`Recording`.
    ImportError
        If the format requires a library that is not installed.

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
    # Values beyond float32 become infinite, for which Recording raises an error.
    with np.errstate(over="ignore", invalid="ignore"):
        recording = _read(kind, file, fs, leads, units)
    if fs is not None and abs(recording.fs / fs - 1) > 1e-3:
        raise ValueError(
            f"fs must be the rate of the file, {recording.fs:g} Hz in {file.name}, got "
            f"{fs:g}; leave fs out."
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
        f"path must be a recording in WFDB, EDF, CSV, Parquet or .npy, but {file.name} "
        "has neither the suffix nor the first bytes of these formats; convert it, or "
        "read it yourself and pass the array to skecg.Recording."
    )
