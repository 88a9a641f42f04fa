"""R peaks of a recording, by a library's detector and what all leads say."""

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

# Windows of noise in a block, and on either side of it: 30 minutes, and 1 minute, which
# fills the running medians.
_BLOCK, _MARGIN = 180, 6
# Values of the envelopes that a filter needs: less than half a second.
_LEAST = 16


def detect_r_peaks(
    signal: npt.ArrayLike | Recording,
    fs: float | None = None,
    *,
    method: str | Detector = "sleepecg",
    leads: Sequence[str | int] | None = None,
) -> Samples:
    """Detect the R peaks of a recording in all leads together.

    A detector finds peaks in each lead. Their support, the strength of all leads at
    each candidate and the rhythm then decide together which candidates are beats, so
    that T waves, doubled peaks and noise in one lead are dropped and faint beats in
    gaps are found.

    Parameters
    ----------
    signal : Recording, or array-like of shape (n_samples,) or (n_samples, n_leads)
        The recording, unfiltered, of any unit and polarity. NaN or a mask marks missing
        samples.
    fs : float or None, default=None
        Its sampling rate, in hertz, from 100 to 2,000. None takes that of a Recording.
    method : {"sleepecg", "neurokit2", "xqrs", "pan_tompkins"} or callable, default=\
"sleepecg"
        The detector that reads each lead. ``"sleepecg"`` needs the extra
        ``skecg[detect]`` and ``"neurokit2"`` the package of that name; ``"xqrs"`` is
        wfdb's. ``"pan_tompkins"`` is :class:`StreamingRPeakDetector` run over each
        lead. A callable takes a lead without missing samples, a float64 array, and its
        sampling rate, and returns the samples of the peaks. It is called for each
        10 minutes of each lead, with 20 s before and 5 s after them.
    leads : sequence of str or int, or None, default=None
        The leads to read, by name or column. None reads all.

    Returns
    -------
    ndarray of shape (n_peaks,), int64
        The samples of the R peaks, ascending. They lie on the largest deflection of the
        QRS complex, in the first lead that is readable there. There is none where no
        lead can be read.

    Raises
    ------
    ValueError
        If the signal is not a matrix of real numbers or holds infinite samples, `fs` is
        missing or out of range, a lead does not exist, or `method` is unknown or
        returns anything but samples of the lead.
    ImportError
        If the library of `method` is not installed.

    See Also
    --------
    StreamingRPeakDetector : Detect R peaks while the signal comes in.

    Notes
    -----
    Recordings are read in blocks of 30 minutes with a minute before and after them, so
    that memory does not grow with the signal. The choice of beats runs over the whole
    recording. Peaks do not depend on the borders of blocks.

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
                f"fs must be None with a Recording, which states its own, got {fs!r}."
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
    """Return the number of samples of a block: whole windows of the envelopes."""
    step = envelope_step(fs)
    return _BLOCK * window_size(fs / step) * step


def _read_block(
    array: npt.NDArray[Any],
    columns: Sequence[int],
    start: int,
    fs: float,
    detected: Sequence[Samples],
) -> tuple[Floats, Floats, Floats, Samples]:
    """Return times, strength, support and R waves of the candidates of a block."""
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
    """Return a signal as columns of real numbers."""
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
            f"signal must be real numbers, got {columns.dtype}; convert it."
        )
    return columns
