"""Beats of a WFDB annotation file, and counts of those that are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from skecg import aami
from skecg.datasets._wfdb import known_symbols, read_annotations

__all__ = ["AnnotatedBeats", "read_beats"]


@dataclass(frozen=True)
class AnnotatedBeats:
    """The annotations of a record.

    Parameters
    ----------
    r_peaks : ndarray of shape (n_beats,), int64
        The samples of the beats within the record, in ascending order.
    symbols : ndarray of shape (n_beats,), str
        The symbols of the beats.
    marks : ndarray of shape (n_marks,), int64
        The samples of other annotations within the record, in ascending order.
    n_dropped : mapping of str to int
        The number of beats that were left out, by reason.
    """

    r_peaks: npt.NDArray[np.int64]
    symbols: npt.NDArray[np.str_]
    marks: npt.NDArray[np.int64]
    n_dropped: Mapping[str, int]


def read_beats(
    path: Path, fs: float, n_samples: int, extension: str = "atr"
) -> AnnotatedBeats:
    """Read the beats of a record.

    Parameters
    ----------
    path : Path
        The path of the record, without a suffix.
    fs : float
        The sampling rate of its signals, in hertz. Annotations at another rate are
        rescaled to the nearest sample.
    n_samples : int
        The length of its signals, in samples.
    extension : str, default="atr"
        The suffix of the annotation file.

    Returns
    -------
    AnnotatedBeats
        The beats within the signals. Of two beats at the same sample, the first in the
        file is kept.

    Raises
    ------
    ValueError
        If the file contains a symbol that PhysioNet does not define, which may mark a
        beat.
    """
    samples, symbols, rate = read_annotations(path, extension)
    unknown = sorted(set(symbols.tolist()) - known_symbols())
    if unknown:
        raise ValueError(
            f"{path.name}.{extension} must contain PhysioNet's annotation symbols, got "
            f"{unknown[0]!r}; rename the symbols that mark beats."
        )
    if rate is not None and rate != fs:
        samples = np.rint(samples * (fs / rate)).astype(np.int64)
    order = np.argsort(samples, kind="stable")
    samples, symbols = samples[order], symbols[order]
    is_beat = np.isin(symbols, list(aami.EC57_MAPPING))
    is_early, is_late = samples < 0, samples >= n_samples
    is_inside = ~is_early & ~is_late
    kept = np.flatnonzero(is_beat & is_inside)
    r_peaks, first = np.unique(samples[kept], return_index=True)
    return AnnotatedBeats(
        r_peaks,
        symbols[kept[first]],
        samples[~is_beat & is_inside],
        {
            "before_start": int(np.sum(is_beat & is_early)),
            "past_end": int(np.sum(is_beat & is_late)),
            "doubled": len(kept) - len(first),
        },
    )
