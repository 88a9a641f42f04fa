"""R peaks of a recording, from a detector of a library and all leads together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg._leads import as_array, chosen_columns, made_up_names
from skecg.detection._candidates import (
    Envelopes,
    envelope_step,
    find_candidates,
    window_size,
)
from skecg.detection._choose_beats import choose_beats
from skecg.detection._detectors import Detector, find_detector, run_detector
from skecg.detection._missing_samples import fill_missing
from skecg.detection._place_peaks import place_peaks
from skecg.recordings import Recording
from skecg.recordings._recording import checked_fs

__all__ = ["detect_r_peaks"]

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]

# Noise windows in a block (30 minutes), and in the margins on either side (1 minute),
# which the running medians need.
_BLOCK, _MARGIN = 180, 6
# Minimum number of envelope values for the filter, less than half a second.
_LEAST = 16


def detect_r_peaks(
    signal: npt.ArrayLike | Recording,
    fs: float | None = None,
    *,
    method: str | Detector = "sleepecg",
    leads: Sequence[str | int] | None = None,
) -> Samples:
    """Detect the R peaks of a recording from all leads together.

    First, a detector finds peaks in each lead. Then the beats are chosen among
    candidates, based on these peaks, the signal strength in all leads and the rhythm.
    This removes T waves, doubled peaks and noise in one lead, and adds faint beats in
    gaps.

    Parameters
    ----------
    signal : Recording, or array-like of shape (n_samples,) or (n_samples, n_leads)
        The unfiltered recording, in any unit and polarity. NaN or a mask marks missing
        samples.
    fs : float or None, default=None
        The sampling rate, in hertz, from 100 to 2,000. None uses that of a Recording.
    method : {"sleepecg", "neurokit2", "xqrs", "pan_tompkins"} or callable, default=\
"sleepecg"
        The detector for each lead. ``"sleepecg"`` requires the extra
        ``skecg[detect]``, and ``"neurokit2"`` the package of that name. ``"xqrs"`` is
        from wfdb. ``"pan_tompkins"`` runs :class:`StreamingRPeakDetector` on each lead.
        A callable takes a lead without missing samples (a float64 array) and its
        sampling rate, and returns the samples of the peaks. It is called for pieces of
        10 minutes of each lead, with 20 s before and 5 s after.
    leads : sequence of str or int, or None, default=None
        The leads to read, by name or column. None reads all.

    Returns
    -------
    ndarray of shape (n_peaks,), int64
        The samples of the R peaks, in ascending order. An R peak is the largest
        deflection of the QRS complex in the first readable lead. Where no lead is
        readable, no R peak is found.

    Raises
    ------
    ValueError
        If the signal is not a matrix of real numbers or contains infinite samples, `fs`
        is missing or out of range, a lead does not exist, or `method` is unknown or
        returns values that are not samples of the lead.
    ImportError
        If the library of `method` is not installed.

    See Also
    --------
    StreamingRPeakDetector : Detect R peaks in a stream.

    Notes
    -----
    Recordings are read in blocks of 30 minutes, with one minute before and after, so
    that the memory does not grow with the signal. Beats are chosen over the whole
    recording. Peaks do not depend on the block borders.

    Examples
    --------
    >>> import numpy as np
    >>> from skecg.detection import detect_r_peaks
    >>> seconds = np.arange(10 * 250) / 250
    >>> lead = np.exp(-((seconds % 1 - 0.5) ** 2) / (2 * 0.01**2))
    >>> detect_r_peaks(lead, fs=250, method="pan_tompkins")
    array([ 125,  375,  625,  875, 1125, 1375, 1625, 1875, 2125, 2375])
    """
    detector = find_detector(method)
    if isinstance(signal, Recording):
        if fs is not None:
            raise ValueError(
                f"fs must be None with a Recording, which has its own, got {fs!r}."
            )
        names: Sequence[str] = signal.leads
        array, rate = signal.signal, signal.fs
    else:
        array, rate = _checked_signal(signal), checked_fs(fs)
        names = made_up_names(array.shape[1])
    columns = range(len(names)) if leads is None else chosen_columns(names, leads)
    detected = [run_detector(detector, array, column, rate) for column in columns]
    parts = [
        _read_block(array, columns, start, rate, detected)
        for start in range(0, len(array), _block_size(rate))
    ]
    if not parts:
        return np.empty(0, dtype=np.int64)
    times, strength, support, samples = (
        np.concatenate(values) for values in zip(*parts, strict=True)
    )
    beats = choose_beats(times, strength, support)
    return np.unique(samples[beats])


def _block_size(fs: float) -> int:
    """Return the number of samples of a block, a multiple of the noise windows."""
    step = envelope_step(fs)
    return _BLOCK * window_size(fs / step) * step


def _read_block(
    array: npt.NDArray[Any],
    columns: Sequence[int],
    start: int,
    fs: float,
    detected: Sequence[Samples],
) -> tuple[Floats, Floats, Floats, Samples]:
    """Return times, strength, support and R peaks of the candidates in a block."""
    size = _block_size(fs)
    margin = size // _BLOCK * _MARGIN
    first, stop = max(0, start - margin), min(len(array), start + size + margin)
    if (stop - first) // envelope_step(fs) < _LEAST:
        return np.empty(0), np.empty(0), np.empty(0), np.empty(0, dtype=np.int64)
    read, unreadable = [], []
    for column in columns:
        lead = np.array(array[first:stop, column], dtype=np.float64)
        unreadable.append(fill_missing(lead, fs))
        read.append(lead)
    envelopes = Envelopes(read, unreadable, fs)
    found = find_candidates(
        envelopes, [(peaks - first) / envelopes.step for peaks in detected]
    )
    at = first + found.indices * envelopes.step
    mine = (at >= start) & (at < start + size)
    samples = first + place_peaks(found, envelopes, read)
    return at[mine] / fs, found.strength[mine], found.support[mine], samples[mine]


def _checked_signal(signal: Any) -> npt.NDArray[Any]:
    """Check a signal and return it as an array with leads as columns."""
    array = as_array("signal", signal)
    if array.ndim not in (1, 2):
        raise ValueError(
            "signal must have the shape (n_samples,) or (n_samples, n_leads), got "
            f"{array.shape}; put time along the first axis."
        )
    columns = array[:, np.newaxis] if array.ndim == 1 else array
    if not columns.shape[1]:
        raise ValueError("signal must have at least one lead, got none.")
    if columns.dtype.kind not in "iuf":
        raise ValueError(
            f"signal must contain real numbers, got {columns.dtype}; convert it."
        )
    return columns
