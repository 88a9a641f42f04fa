"""R-peak detectors of other libraries, by name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg._validation import whole_numbers
from skecg.detection._low_rate import decimation, mean_of_runs
from skecg.detection._missing_samples import fill_missing
from skecg.detection._pan_tompkins import pan_tompkins

__all__ = ["DETECTORS", "Detector", "find_detector", "run_detector"]

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]
Detector = Callable[[Floats, float], Any]

# Detectors fail on signals of fewer than a few beats.
_MIN_SECONDS = 2.0
# Seconds of a piece that a detector reads, and of the margins before and after it. The
# thresholds adapt to about the last eight beats, at most 20 s.
_PIECE, _BEFORE, _AFTER = 600.0, 20.0, 5.0


def _sleepecg(lead: Floats, fs: float) -> Any:
    # The low rate is enough for its filter (5 to 30 Hz), and peaks are refined later.
    step = decimation(fs)
    low = mean_of_runs(lead, step)
    found = _library("sleepecg", "detect").detect_heartbeats(low, fs / step)
    return found * step + step // 2


def _neurokit(lead: Floats, fs: float) -> Any:
    neurokit = _library("neurokit2", None)
    # Rounding the rate is harmless: the default detector computes gradients in samples.
    cleaned = neurokit.ecg_clean(lead, sampling_rate=round(fs))
    return neurokit.ecg_findpeaks(cleaned, sampling_rate=round(fs))["ECG_R_Peaks"]


def _xqrs(lead: Floats, fs: float) -> Any:
    found = _library("wfdb.processing", None).XQRS(sig=lead, fs=fs)
    found.detect(verbose=False)
    return found.qrs_inds


DETECTORS: dict[str, Detector] = {
    "sleepecg": _sleepecg,
    "neurokit2": _neurokit,
    "xqrs": _xqrs,
    "pan_tompkins": pan_tompkins,
}


def _library(name: str, extra: str | None) -> Any:
    """Import a library, or raise an error with the command that installs it."""
    try:
        return import_module(name)
    except ImportError as error:
        package = f"'skecg[{extra}]'" if extra else name.partition(".")[0]
        raise ImportError(
            f"method needs {name}, which is not installed; pip install {package}, or "
            "pass method='pan_tompkins', which needs no library."
        ) from error


def find_detector(method: Any) -> Detector:
    """Return the detector of a name, or the given callable.

    Parameters
    ----------
    method : str or callable
        The argument `method` of :func:`skecg.detection.detect_r_peaks`.

    Returns
    -------
    callable
        A function that takes a lead and its sampling rate and returns samples.

    Raises
    ------
    ValueError
        If `method` is not the name of a detector.
    """
    if callable(method):
        return method
    if not isinstance(method, str) or method not in DETECTORS:
        raise ValueError(
            f"method must be one of {list(DETECTORS)} or a function that takes a lead "
            f"and its sampling rate, got {method!r}."
        )
    return DETECTORS[method]


def run_detector(
    detector: Detector, signal: npt.NDArray[Any], column: int, fs: float
) -> Samples:
    """Detect the peaks of a lead with a detector.

    The detector reads pieces of 10 minutes, with the 20 s before, in which it adapts,
    and the 5 s after. It starts again in each piece, so that it recovers if it has lost
    the rhythm.

    Parameters
    ----------
    detector : callable
        A function that takes a lead and its sampling rate.
    signal : ndarray of shape (n_samples, n_leads)
        The recording; missing samples are NaN.
    column : int
        The column of the lead.
    fs : float
        The sampling rate, in hertz.

    Returns
    -------
    ndarray of int64
        The samples of the peaks, in ascending order.

    Raises
    ------
    ValueError
        If the lead contains infinite samples, or the detector returns values that are
        not samples of the lead.
    """
    size, before, after = (round(x * fs) for x in (_PIECE, _BEFORE, _AFTER))
    found = [np.empty(0, dtype=np.int64)]
    for start in range(0, len(signal), size):
        first = max(0, start - before)
        part = np.array(signal[first : start + size + after, column], dtype=np.float64)
        if np.isinf(part).any():
            raise ValueError(
                "signal must be finite or NaN, got infinite samples; mark missing "
                "samples with NaN."
            )
        fill_missing(part, fs)
        peaks = first + _peaks_of_part(detector, part, fs)
        found.append(peaks[(peaks >= start) & (peaks < start + size)])
    return np.concatenate(found)


def _peaks_of_part(detector: Detector, lead: Floats, fs: float) -> Samples:
    """Return the peaks in a lead without missing samples.

    Flat and very short leads, for which the libraries raise errors, have no peaks.
    """
    if len(lead) < _MIN_SECONDS * fs or lead.min() == lead.max():
        return np.empty(0, dtype=np.int64)
    advice = "return the samples of the peaks"
    peaks = whole_numbers("what method returns", detector(lead, fs), advice)
    if peaks.size and (peaks.min() < 0 or peaks.max() >= len(lead)):
        raise ValueError(
            f"method must return samples of the lead, from 0 to {len(lead) - 1}, got "
            f"{peaks.min()} to {peaks.max()}."
        )
    return np.unique(peaks)
