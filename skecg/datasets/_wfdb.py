"""Read WFDB records; wfdb is imported on first use, without its warnings."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "Signals",
    "known_symbols",
    "read_annotations",
    "read_header",
    "read_signal",
    "read_signals",
]


@dataclass(frozen=True)
class Signals:
    """The signals of a record.

    Parameters
    ----------
    signals : ndarray of shape (n_samples, n_signals), or None
        The samples in physical units, NaN for missing ones; None if the record
        has no signals.
    names : sequence of str or None
        The name of each signal, None if the header has none.
    units : sequence of str
        The unit of each signal.
    fs : float
        The sampling rate in hertz.
    """

    signals: npt.NDArray[np.float64] | None
    names: Sequence[str | None]
    units: Sequence[str]
    fs: float


@contextmanager
def _wfdb() -> Iterator[Any]:
    # wfdb loads matplotlib, which takes time that cached beats do not need.
    with warnings.catch_warnings():
        # wfdb 4.3 calls functions that pandas 3.1 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        import wfdb

        yield wfdb


def read_header(path: str | os.PathLike[str]) -> Any:
    """Return a record's header as a wfdb object."""
    with _wfdb() as wfdb:
        return wfdb.rdheader(os.fspath(path))


def read_signal(path: str | os.PathLike[str], channel: int) -> npt.NDArray[np.int16]:
    """Return one signal of a record in units of the analogue-to-digital converter."""
    with _wfdb() as wfdb:
        record = wfdb.rdrecord(
            os.fspath(path), channels=[channel], physical=False, return_res=16
        )
    return record.d_signal[:, 0]


def read_signals(path: str | os.PathLike[str]) -> Signals:
    """Return all signals of a record in the units of its header."""
    with _wfdb() as wfdb:
        record = wfdb.rdrecord(os.fspath(path))
    return Signals(record.p_signal, record.sig_name, record.units, float(record.fs))


def read_annotations(
    path: str | os.PathLike[str], extension: str = "atr"
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.str_], float | None]:
    """Return the samples, symbols and sampling rate of a record's annotations.

    The rate is read from the annotation file or, if it states none, from the header.
    """
    with _wfdb() as wfdb:
        marks = wfdb.rdann(os.fspath(path), extension)
    symbols = np.array(marks.symbol, dtype=np.str_)
    return marks.sample.astype(np.int64), symbols, marks.fs


def known_symbols() -> frozenset[str]:
    """Return all annotation symbols that PhysioNet defines."""
    with _wfdb() as wfdb:
        return frozenset(label.symbol for label in wfdb.io.annotation.ann_labels)
