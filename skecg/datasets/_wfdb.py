"""wfdb, which parses the records, without its warnings and its loading time."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["read_annotations", "read_header", "read_millivolts", "read_signal"]


@contextmanager
def _wfdb() -> Iterator[Any]:
    # It loads matplotlib, which who has the beats already need not wait for.
    with warnings.catch_warnings():
        # wfdb 4.3 calls what pandas 3.1 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        import wfdb

        yield wfdb


def read_header(path: str | os.PathLike[str]) -> Any:
    """Return a record's header, as wfdb has it."""
    with _wfdb() as wfdb:
        return wfdb.rdheader(os.fspath(path))


def read_signal(path: str | os.PathLike[str], channel: int) -> npt.NDArray[np.int16]:
    """Return one signal of a record in the converter's own units."""
    with _wfdb() as wfdb:
        record = wfdb.rdrecord(
            os.fspath(path), channels=[channel], physical=False, return_res=16
        )
    return record.d_signal[:, 0]


def read_millivolts(
    path: str | os.PathLike[str], channels: Sequence[int]
) -> npt.NDArray[np.float64]:
    """Return signals of a record in millivolts, one a column."""
    with _wfdb() as wfdb:
        record = wfdb.rdrecord(os.fspath(path))
    return record.p_signal[:, list(channels)]


def read_annotations(
    path: str | os.PathLike[str],
) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return the samples and symbols of a record's reference annotations."""
    with _wfdb() as wfdb:
        marks = wfdb.rdann(os.fspath(path), "atr")
    return marks.sample.astype(np.int64), marks.symbol
