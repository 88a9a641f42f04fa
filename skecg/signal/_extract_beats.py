"""Cut a recording and its R peaks into rows for a classifier."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg._sklearn import Interval, feature_names, validate_params
from skecg._validation import whole_numbers
from skecg.signal._layout import Layout
from skecg.signal._layouts import get_layout
from skecg.signal._resampling import MAX_FS

__all__ = ["ExtractedBeats", "extract_beats"]

# Names of columns that count samples or hold times.
_TIME = re.compile(
    r"(time|t|timestamp|elapsed|seconds?|secs?|ms|samples?|index|'?elapsed time'?)"
    r"(?![a-z0-9])",
    re.IGNORECASE,
)

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ExtractedBeats:
    """Beats cut from a recording.

    Parameters
    ----------
    data : ndarray of shape (n_beats, n_channels * n_samples + n_aux_features)
        The beats, float32: leads one after another, auxiliary features last.
    indices : ndarray of shape (n_beats,), int64
        The position in the given R peaks of each row's beat.
    feature_names : list of str
        The names of the columns.
    layout : Layout
        The layout of the rows. Pass it to a classifier.
    n_channels, n_aux_features : int
        The leads and the auxiliary columns of a row, which follow from the layout.
    """

    data: npt.NDArray[np.float32]
    indices: Samples
    feature_names: list[str]
    layout: Layout
    n_channels: int
    n_aux_features: int


@validate_params(
    {
        "signal": ["array-like"],
        "fs": [Interval(Real, 1, None, closed="left")],
        "r_peaks": ["array-like"],
        "layout": [str, Layout],
        "leads": ["array-like", None],
        "marks": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def extract_beats(
    signal: npt.ArrayLike | pd.DataFrame,
    fs: float,
    r_peaks: npt.ArrayLike,
    *,
    layout: str | Layout = "study",
    leads: Sequence[str | int] | None = None,
    marks: npt.ArrayLike | None = None,
) -> ExtractedBeats:
    """Cut a recording into beats, one a row.

    Parameters
    ----------
    signal : array-like of shape (n_samples,) or (n_samples, n_leads), or DataFrame
        The recording, unfiltered. The columns of a DataFrame of pandas or polars, or of
        a pyarrow Table, name its leads.
    fs : float
        Its sampling rate, in hertz, from 1 to 100,000. Another rate than the
        layout's is resampled with :func:`scipy.signal.resample_poly`.
    r_peaks : array-like of int of shape (n_peaks,)
        The samples of the R peaks, in order. Floats are accepted if all are whole.
    layout : str or Layout, default="study"
        What a row holds: a layout, or the name of one; see :func:`get_layout`.
    leads : sequence of str or int, or None, default=None
        The leads to read, by the DataFrame's names or by column. None reads as many
        as the layout fixes, in the order of the signal, or all leads if it fixes no
        number. The study's layout reads one lead.
    marks : array-like of int of shape (n_marks,) or None, default=None
        Samples of annotations that are not beats, such as changes of rhythm. In the
        study's layout they bound beats; other layouts refuse them.

    Returns
    -------
    ExtractedBeats
        The rows and their layout.

    Raises
    ------
    ValueError
        If the signal is not finite (a masked sample is missing) or has less than two
        samples, a lead does not exist, is there twice or holds times, `fs` is out of
        range, the R peaks or marks are not whole numbers within the signal or the R
        peaks are not in order, there is no such layout, or it does not take `marks`
        or so many leads.

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
    if fs > MAX_FS:
        raise ValueError(
            f"fs must be a sampling rate in hertz of at most {MAX_FS:,}, got {fs}; "
            "pass samples a second, such as 360."
        )
    layout = get_layout(layout)
    names, columns = _chosen_leads(signal, leads, layout)
    peaks = _checked_samples("r_peaks", r_peaks, len(columns))
    if (np.diff(peaks) <= 0).any():
        raise ValueError(
            "r_peaks must ascend, and these do not; sort them by time and give each "
            "beat once."
        )
    if marks is not None and not layout.takes_marks:
        raise ValueError(
            f"marks must be None in {layout!r}, whose rows they do not change; leave "
            "them out."
        )
    bounds = _checked_samples("marks", () if marks is None else marks, len(columns))
    rows, kept = layout.cut(columns, fs, peaks, bounds)
    n_channels, n_aux_features = layout.count_columns(rows.shape[1])
    return ExtractedBeats(
        rows, kept, layout.feature_names(names), layout, n_channels, n_aux_features
    )


def _chosen_leads(
    signal: Any, leads: Sequence[str | int] | None, layout: Layout
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
        names = feature_names(signal)
        columns = range(array.shape[1]) if names is None else names
        signal = pd.DataFrame(array, columns=columns, copy=False)
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
    # None takes all of them where the layout fixes no number.
    wanted = there[: layout.n_leads] if leads is None else list(leads)
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
    if layout.n_leads not in (None, len(wanted)):
        raise ValueError(
            f"leads must be {layout.n_leads} in {layout!r}, got {len(wanted)}: "
            f"{wanted}; name as many, or choose a layout that takes any number, such "
            "as layout='centered'."
        )
    try:
        # A long recording in single precision is not copied as a whole.
        is_single = (signal[wanted].dtypes == np.float32).all()
        dtype = np.float32 if is_single else np.float64
        columns = signal[wanted].to_numpy(dtype=dtype, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"signal must be numbers, and not all of it is ({error}); convert it."
        ) from error
    if not np.isfinite(columns).all():
        raise ValueError(
            "signal must be finite, and it holds missing or infinite samples; fill or "
            "cut them."
        )
    _check_are_leads(wanted, columns)
    return [x if isinstance(x, str) else f"lead_{x}" for x in wanted], columns


def _check_are_leads(names: Sequence[str | int], columns: Floats) -> None:
    """Refuse a column of times, and one lead under two names."""
    for number, name in enumerate(names):
        lead = columns[:, number]
        if isinstance(name, str) and _TIME.match(name) and (np.diff(lead) > 0).all():
            raise ValueError(
                f"signal has {name!r} among its leads, which ascends as times do; name "
                "the leads to read with leads, or leave this column out."
            )
        for other in range(number):
            if np.ptp(lead) and np.array_equal(lead, columns[:, other]):
                raise ValueError(
                    f"signal must hold each lead once, and {names[other]!r} and "
                    f"{name!r} are the same samples; leave one of them out."
                )


def _array(name: str, values: npt.ArrayLike) -> npt.NDArray[Any]:
    if np.ma.isMaskedArray(values):
        # A masked sample is missing, whatever value it holds.
        samples: Any = np.ma.asarray(values).astype(np.float64)
        return np.asarray(samples.filled(np.nan))
    try:
        return np.asarray(values)
    except ValueError as error:  # NumPy's message does not name the argument.
        raise ValueError(
            f"{name} must be an array, got parts of different lengths; make them even."
        ) from error


def _checked_samples(name: str, samples: npt.ArrayLike, n_samples: int) -> Samples:
    where = whole_numbers(name, samples, "pass sample numbers, not seconds")
    if where.size and (where.min() < 0 or where.max() >= n_samples):
        raise ValueError(
            f"{name} must lie within the signal's {n_samples} samples, got "
            f"{where.min()} to {where.max()}; a row of the signal is a sample and a "
            "column a lead."
        )
    return where
