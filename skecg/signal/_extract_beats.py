"""From a recording and its R peaks to rows that a classifier reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.signal import resample_poly

from skecg._sklearn import Interval, StrOptions, validate_params
from skecg.signal._centered_layout import (
    AFTER,
    BEFORE,
    CENTERED_FS,
    RR_NAMES,
    centered_rows,
    rr_features,
)
from skecg.signal._feature_layout import FEATURES_FS, feature_rows, names_of_features
from skecg.signal._study_layout import N_SAMPLES, STUDY_FS, study_rows

__all__ = ["ExtractedBeats", "extract_beats"]

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]

# No ECG is sampled faster; a filter for far more would fill the memory.
_MAX_FS = 100_000


@dataclass(frozen=True)
class ExtractedBeats:
    """Beats cut from a recording.

    Parameters
    ----------
    data : ndarray of shape (n_beats, n_channels * n_samples + n_aux_features)
        The beats, float32: leads one after another, auxiliary features last.
    indices : ndarray of shape (n_beats,), int64
        Which of the given R peaks each row belongs to.
    feature_names : list of str
        The names of the columns.
    n_channels, n_aux_features : int
        What a classifier must be told to read them.
    """

    data: npt.NDArray[np.float32]
    indices: Samples
    feature_names: list[str]
    n_channels: int
    n_aux_features: int


@validate_params(
    {
        "signal": ["array-like"],
        "fs": [Interval(Real, 1, None, closed="left")],
        "r_peaks": ["array-like"],
        "layout": [StrOptions({"study", "centered", "features", "causal_features"})],
        "leads": ["array-like", None],
        "marks": ["array-like"],
        "rr": [StrOptions({"full", "causal"}), None],
    },
    prefer_skip_nested_validation=True,
)
def extract_beats(
    signal: npt.ArrayLike | pd.DataFrame,
    fs: float,
    r_peaks: npt.ArrayLike,
    *,
    layout: str = "study",
    leads: Sequence[str | int] | None = None,
    marks: npt.ArrayLike = (),
    rr: str | None = "full",
) -> ExtractedBeats:
    """Cut a recording into beats, one a row.

    Parameters
    ----------
    signal : array-like of shape (n_samples,) or (n_samples, n_leads), or DataFrame
        The recording, unfiltered. A DataFrame's columns name its leads.
    fs : float
        Its sampling rate, in hertz, from 1 to 100,000. Another rate than the
        layout's is resampled with :func:`scipy.signal.resample_poly`.
    r_peaks : array-like of int of shape (n_peaks,)
        The samples of the R peaks, in order. Floats will do if all are whole.
    layout : {"study", "centered", "features", "causal_features"}, default="study"
        - ``"study"``: 187 samples at 120 Hz of one lead, as in the public
          heartbeat set: from the R peak to a fifth of an interval past the next
          bound, every third sample at 360 Hz, scaled to 0..1 over that segment,
          padded with zeros or cut. A bound is an R peak, one of `marks` or the
          signal's end, and a beat needs two after it, so that the last is lost.
        - ``"centered"``: of each lead, 96 samples at 120 Hz of which 36 lie
          before the R peak, less their median, in the unit of the signal; then
          RR features. The study's layout starts at the R peak, so that it holds
          neither the beat's own P wave nor the interval before it; this one does.
        - ``"features"``: numbers instead of samples, those that
          :func:`names_of_features` lists. They compare the beat's rhythm, shape and
          P wave with what is usual in its own recording, all of which they need.
        - ``"causal_features"``: the same columns, which compare the beat with those
          before it alone, and are computed from a signal filtered forward alone. A
          row is final at the next R peak or 0.75 s after its own, whichever is
          later, at rates from 120 Hz on; until then the interval before the beat
          stands for the one after it. So it is for streams.
    leads : sequence of str or int, or None, default=None
        The leads to read, by the DataFrame's names or by column. None reads the
        first one in the study's layout and all in the others.
    marks : array-like of int of shape (n_marks,), default=()
        Samples of annotations that mark no beat, such as changes of rhythm, which
        bound beats in the study's layout all the same.
    rr : {"full", "causal"} or None, default="full"
        RR features of the centred layout, its last columns.

        - ``"full"``: ``pre_rr`` and ``post_rr``, the intervals before and after
          the beat in seconds, and their ratios to the median of the ten intervals
          around it (``_to_local``) and of the recording (``_to_median``). They
          need the whole recording.
        - ``"causal"``: ``pre_rr`` and its ratios to the median of up to ten
          intervals before it and of all so far, as a stream can have them.

    Returns
    -------
    ExtractedBeats
        The rows, and what they are.

    Raises
    ------
    ValueError
        If the signal is not finite or has less than two samples, a lead is not
        there or is named twice, `fs` is out of range, or the R peaks or marks
        are not whole numbers within the signal, the R peaks in order.

    References
    ----------
    Kachuee M, Fazeli S, Sarrafzadeh M. ECG heartbeat classification: a deep
    transferable representation. ICHI 2018, arXiv:1805.00794. Its rules were never
    published; those of the study's layout give all 109,446 rows of its files.

    Examples
    --------
    >>> import numpy as np
    >>> from skecg.signal import extract_beats
    >>> lead = np.sin(np.arange(1200) / 40) ** 8
    >>> beats = extract_beats(lead, fs=360, r_peaks=[63, 188, 314, 440])
    >>> beats.data.shape, beats.indices
    ((3, 187), array([0, 1, 2]))
    >>> beats = extract_beats(lead, 250, [63, 188, 314, 440], layout="centered")
    >>> beats.data.shape, beats.n_channels, beats.n_aux_features
    ((4, 102), 1, 6)
    """
    fs = float(fs)
    if fs > _MAX_FS:
        raise ValueError(
            f"fs must be a sampling rate in hertz of at most {_MAX_FS:,}, got {fs}; "
            "pass samples a second, such as 360."
        )
    names, columns = _chosen_leads(signal, leads, only_first=layout == "study")
    peaks = _checked_samples("r_peaks", r_peaks, len(columns))
    if (np.diff(peaks) <= 0).any():
        raise ValueError(
            "r_peaks must ascend, and these do not; sort them by time and give each "
            "beat once."
        )
    if layout == "study":
        if len(names) != 1:
            raise ValueError(
                f"leads must name one lead in the study's layout, got {len(names)}; "
                "choose layout='centered' for more."
            )
        bounds = _checked_samples("marks", marks, len(columns))
        lead = _resampled(columns, fs, STUDY_FS)[:, 0]
        rows, kept = study_rows(
            lead, _rescaled(peaks, fs, STUDY_FS), _rescaled(bounds, fs, STUDY_FS)
        )
        return ExtractedBeats(rows, kept, sample_names(N_SAMPLES), 1, 0)
    if layout in ("features", "causal_features"):
        is_causal = layout == "causal_features"
        rows = feature_rows(
            _resampled(columns, fs, FEATURES_FS, is_causal=is_causal),
            _rescaled(peaks, fs, FEATURES_FS),
            peaks / fs,
            is_causal=is_causal,
        )
        feature_names = names_of_features(names)
        return ExtractedBeats(
            rows, np.arange(len(peaks)), feature_names, 0, len(feature_names)
        )
    rows = centered_rows(
        _resampled(columns, fs, CENTERED_FS), _rescaled(peaks, fs, CENTERED_FS)
    )
    aux_names: Sequence[str] = RR_NAMES[rr] if rr else ()
    if rr:
        rows = np.hstack([rows, rr_features(peaks / fs, rr)])
    feature_names = [*sample_names(BEFORE + AFTER, names), *aux_names]
    return ExtractedBeats(
        rows, np.arange(len(peaks)), feature_names, len(names), len(aux_names)
    )


def sample_names(n_samples: int, leads: Sequence[str] = ()) -> list[str]:
    """Return the names of the samples' columns, under their lead's where given."""
    if not leads:
        return [f"sample_{i}" for i in range(n_samples)]
    return [f"{lead}_sample_{i}" for lead in leads for i in range(n_samples)]


def _chosen_leads(
    signal: Any, leads: Sequence[str | int] | None, only_first: bool
) -> tuple[list[str], Floats]:
    """Return the names of the leads to read, and their samples as columns."""
    if not isinstance(signal, pd.DataFrame):
        array = _array("signal", signal)
        if array.ndim not in (1, 2):
            raise ValueError(
                "signal must have the shape (n_samples,) or (n_samples, n_leads), got "
                f"{array.shape}; put time along the first axis."
            )
        array = array[:, np.newaxis] if array.ndim == 1 else array
        signal = pd.DataFrame(array, columns=range(array.shape[1]), copy=False)
    if len(signal) < 2:
        raise ValueError(
            f"signal must have two samples or more, got {len(signal)}; put time along "
            "the first axis."
        )
    there = list(signal.columns)
    if len(set(there)) < len(there):
        raise ValueError(
            f"signal must name each lead once, got {there}; rename its columns."
        )
    wanted = list(leads) if leads is not None else there[:1] if only_first else there
    missing = [lead for lead in wanted if lead not in there]
    if missing or not wanted:
        raise ValueError(
            f"leads must be some of {there}, got {list(wanted)}; name those that the "
            "recording has."
        )
    if len(set(wanted)) < len(wanted):
        raise ValueError(
            f"leads must name each lead once, got {list(wanted)}; name none twice."
        )
    try:
        columns = signal[wanted].to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"signal must be numbers, and not all of it is ({error}); convert it."
        ) from error
    if not np.isfinite(columns).all():
        raise ValueError(
            "signal must be finite, and it holds missing or infinite samples; fill or "
            "cut them."
        )
    return [x if isinstance(x, str) else f"lead_{x}" for x in wanted], columns


def _array(name: str, values: npt.ArrayLike) -> npt.NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError as error:  # NumPy's own speaks of elements and sequences.
        raise ValueError(
            f"{name} must be an array, got parts of different lengths; make them even."
        ) from error


def _checked_samples(name: str, samples: npt.ArrayLike, n_samples: int) -> Samples:
    where = _array(name, samples)
    if not where.size:
        return np.empty(0, dtype=np.int64)
    if where.ndim != 1 or where.dtype.kind not in "iuf":
        raise ValueError(
            f"{name} must be a list of whole numbers, got {where.dtype} of shape "
            f"{where.shape}; pass sample numbers, not seconds."
        )
    odd = where[where != np.round(where)]
    if odd.size:
        raise ValueError(
            f"{name} must be whole numbers, got {odd[0].item()}; pass sample numbers, "
            "not seconds."
        )
    if where.min() < 0 or where.max() >= n_samples:
        raise ValueError(
            f"{name} must lie within the signal's {n_samples} samples, got "
            f"{where.min()} to {where.max()}; a row of the signal is a sample and a "
            "column a lead."
        )
    return where.astype(np.int64)


def _resampled(
    columns: Floats, fs: float, target: int, *, is_causal: bool = False
) -> Floats:
    if is_causal:
        # An offset is not to ring, and what the signal ends at is not known yet.
        columns = columns - columns[0]
    if fs == target:
        return columns
    ratio = _ratio(fs, target)
    # A trend line keeps the ends of a signal with an offset from ringing.
    padding = "constant" if is_causal else "line"
    return resample_poly(
        columns, ratio.numerator, ratio.denominator, axis=0, padtype=padding
    )


def _rescaled(samples: Samples, fs: float, target: int) -> Samples:
    return np.round(samples * float(_ratio(fs, target))).astype(np.int64)


def _ratio(fs: float, target: int) -> Fraction:
    """Return the samples at the target's rate for each at fs, as a ratio.

    Rates in wild use, such as 257 or 128.5, are ratios of small numbers. An odder one
    is taken for such a ratio, which lies within 0.001 % of it from 100 Hz on, since the
    filter is as long as the numbers are large.
    """
    denominator = max(1, min(1000, int(_MAX_FS / fs)))
    return Fraction(target) / Fraction(fs).limit_denominator(denominator)
