"""The shape and timing of beats, for grouping."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from skecg.recordings import Recording

__all__ = ["OFFSETS", "aligned_windows", "beat_windows", "log_interval_ratios"]

OFFSETS = np.arange(-0.25, 0.40, 0.01)
"""The times of a window's values relative to the R peak, in seconds."""

_SHIFTS = np.arange(-4, 5)  # in values of a window, 10 ms each
_CHUNK = 8192
_AROUND = 15  # beats on either side whose median interval is the local interval

Floats = npt.NDArray[np.float64]


def beat_windows(
    recording: Recording,
    columns: Sequence[int],
    samples: npt.NDArray[np.int64],
    margin: int = 0,
) -> npt.NDArray[np.float32]:
    """Extract windows around R peaks at 100 Hz, and subtract their median.

    Parameters
    ----------
    recording : Recording
        The recording.
    columns : sequence of int
        The leads to read.
    samples : ndarray of int of shape (n_beats,)
        The R peaks.
    margin : int, default=0
        The number of further values at either end.

    Returns
    -------
    ndarray of shape (n_beats, n_leads, n_values), float32
        The windows. Past the ends of the recording, the first or last value is
        repeated. Missing samples are 0.
    """
    n_values = len(OFFSETS) + 2 * margin
    first = round(OFFSETS[0] * 100) - margin
    # Average all samples within 10 ms, so that none is skipped.
    width = max(1, round(recording.fs / 100))
    centres = np.rint((first + np.arange(n_values)) * recording.fs / 100).astype(int)
    windows = np.zeros((len(samples), len(columns), n_values), dtype=np.float32)
    for start in range(0, len(samples), _CHUNK):
        part = slice(start, start + _CHUNK)
        for position, column in enumerate(columns):
            lead = recording.signal[:, column]
            total = np.zeros((len(samples[part]), n_values), dtype=np.float32)
            for k in range(width):
                where = samples[part, None] + centres + (k - width // 2)
                total += lead[np.clip(where, 0, len(lead) - 1)]
            windows[part, position] = total / width
    with np.errstate(invalid="ignore"):
        is_known = np.isfinite(windows)
        windows[~is_known] = 0
        windows -= np.median(windows, axis=2, keepdims=True)
    windows[~is_known] = 0
    return windows


def aligned_windows(
    recording: Recording, columns: Sequence[int], samples: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """Extract windows, each shifted by up to 40 ms to the best fit to the usual beat.

    Parameters
    ----------
    recording, columns, samples
        As in :func:`beat_windows`.

    Returns
    -------
    ndarray of shape (n_beats, n_leads, n_values), float32
        The windows.
    """
    margin = int(_SHIFTS[-1])
    wide = beat_windows(recording, columns, samples, margin)
    n_values = len(OFFSETS)
    if not len(wide):
        return wide[:, :, margin:-margin]
    usual = np.median(wide[:, :, margin:-margin], axis=0)
    usual = usual - usual.mean(axis=1, keepdims=True)
    fits = np.stack(
        [
            np.einsum(
                "blt,lt->b", wide[:, :, margin + s : margin + s + n_values], usual
            )
            for s in _SHIFTS
        ]
    )
    best = margin + _SHIFTS[fits.argmax(axis=0)]
    where = best[:, None, None] + np.arange(n_values)
    return np.take_along_axis(
        wide, np.broadcast_to(where, (*wide.shape[:2], n_values)), 2
    )


def log_interval_ratios(times: Floats) -> Floats:
    """Return log ratios of the intervals beside each beat.

    Parameters
    ----------
    times : ndarray of shape (n_beats,)
        The times of the R peaks, in seconds.

    Returns
    -------
    ndarray of shape (n_beats, 3)
        The log ratios of the interval before and of the interval after to the median of
        about thirty intervals around the beat, and of the interval before to the
        preceding interval; 0 past the ends.
    """
    if len(times) < 3:
        return np.zeros((len(times), 3))
    rr = np.diff(times)
    padded = np.pad(
        rr, (_AROUND, _AROUND), mode="reflect" if len(rr) > _AROUND else "edge"
    )
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * _AROUND + 1)
    local = np.median(windows, axis=1)
    before, after = np.zeros(len(times)), np.zeros(len(times))
    previous = np.zeros(len(times))
    before[1:] = np.log(rr / local)
    after[:-1] = np.log(rr / local)
    previous[2:] = np.log(rr[1:] / rr[:-1])
    return np.clip(np.stack([before, after, previous], axis=1), -1.5, 1.5)
