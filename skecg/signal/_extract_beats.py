"""Cut a recording and its R peaks into rows for a classifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg._leads import TIME_NAME
from skecg._sklearn import Interval, validate_params
from skecg._validation import whole_numbers
from skecg.recordings import Recording
from skecg.signal._layout import Layout
from skecg.signal._layouts import get_layout
from skecg.signal._resampling import MAX_FS
from skecg.signal._samples import as_table_with_rate, bridge_gaps, read_samples
from skecg.signal._window_quality import REASONS, find_bad, find_missing

__all__ = ["ExtractedBeats", "extract_beats"]

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ExtractedBeats:
    """Beats cut from a recording.

    Parameters
    ----------
    data : ndarray of shape (n_beats, n_channels * n_samples + n_aux_features)
        The beats, float32: leads one after another, then auxiliary features.
    indices : ndarray of shape (n_beats,), int64
        The position of the beat of each row in the given R peaks.
    feature_names : list of str
        The names of the columns.
    layout : Layout
        The layout of the rows, which a classifier takes as its `layout`.
    n_channels, n_aux_features : int
        The numbers of leads and of auxiliary columns of a row.
    unreadable : DataFrame
        The beats that are left out because a lead is unreadable. The index is their
        position in the given R peaks. The columns are `r_peak` (the sample), `lead`
        (its name) and `reason`: ``"missing"``, ``"saturated"``, ``"flat"`` or
        ``"noise"``, as in :func:`signal_quality`. If several leads are unreadable, the
        table contains the first reason in this order, and the first lead with it.
    """

    data: npt.NDArray[np.float32]
    indices: Samples
    feature_names: list[str]
    layout: Layout
    n_channels: int
    n_aux_features: int
    unreadable: pd.DataFrame


@validate_params(
    {
        "signal": ["array-like", Recording],
        "fs": [Interval(Real, 1, None, closed="left"), None],
        "r_peaks": ["array-like"],
        "layout": [str, Layout],
        "leads": ["array-like", None],
        "marks": ["array-like", None],
        "check_quality": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def extract_beats(
    signal: npt.ArrayLike | pd.DataFrame | Recording,
    fs: float | None = None,
    r_peaks: npt.ArrayLike | None = None,
    *,
    layout: str | Layout = "study",
    leads: Sequence[str | int] | None = None,
    marks: npt.ArrayLike | None = None,
    check_quality: bool = True,
) -> ExtractedBeats:
    """Cut a recording into beats, one per row.

    Parameters
    ----------
    signal : Recording, array-like of shape (n_samples,) or (n_samples, n_leads), or \
DataFrame
        The unfiltered recording. The columns of a pandas or polars DataFrame, or of a
        pyarrow Table, name its leads. Samples are missing if they are NaN, null, masked
        or the lowest value of a signed integer type. Gaps are interpolated linearly; in
        a causal layout of features, they repeat the last value instead. Beats whose
        rows read missing samples are left out.
    fs : float or None, default=None
        The sampling rate, in hertz, from 1 to 100,000. None uses that of a Recording.
        Signals are resampled to the rate of the layout with
        :func:`scipy.signal.resample_poly`.
    r_peaks : array-like of int of shape (n_peaks,)
        The samples of the R peaks, in ascending order (required). Floats must be whole
        numbers.
    layout : str or Layout, default="study"
        The layout of the rows, or its name; see :func:`get_layout`.
    leads : sequence of str or int, or None, default=None
        The leads to read: by name in a Recording or DataFrame, by column in an array.
        None reads the first leads, as many as the layout fixes, or all leads if it
        fixes no number. The study's layout reads one lead. In the layouts ``"context"``
        and ``"causal_context"``, the columns of a missing lead are zeros, with a name
        such as ``"absent_1"``.
    marks : array-like of int of shape (n_marks,) or None, default=None
        Samples of annotations that are not beats, such as changes of rhythm. In the
        study's layout they bound beats; other layouts do not accept them.
    check_quality : bool, default=True
        Whether to leave out beats in which a lead is saturated, flat or noise, as
        defined by :func:`signal_quality`. Set it to False for beats that experts have
        annotated, or for signals other than ECG. Only the part of the signal that the
        row reads is checked, so that rows of a causal layout do not depend on later
        samples.

    Returns
    -------
    ExtractedBeats
        The rows and their layout. `indices` maps the rows to the R peaks, and
        `unreadable` lists the unreadable beats, which have no row.

    Raises
    ------
    ValueError
        If the signal contains infinite values or has fewer than two samples; if a lead
        does not exist, occurs twice or contains times; if `fs` is missing, out of range
        or given with a Recording; if R peaks or marks are not whole numbers within the
        signal, or the R peaks do not ascend; if the layout does not exist, or does not
        accept `marks` or the number of leads.

    See Also
    --------
    signal_quality : Find the unreadable seconds of each lead.

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

    A beat that contains missing samples is left out:

    >>> lead[320:340] = np.nan
    >>> beats = extract_beats(lead, 250, [63, 188, 314, 440], layout="centered")
    >>> beats.indices
    array([0, 1, 3])
    >>> beats.unreadable
       r_peak    lead   reason
    2     314  lead_0  missing
    """
    table, fs = as_table_with_rate(signal, fs)
    if fs > MAX_FS:
        raise ValueError(
            f"fs must be at most {MAX_FS:,} Hz, got {fs}; pass the sampling rate in "
            "hertz, such as 360."
        )
    layout = get_layout(layout)
    names, columns = _chosen_leads(table, leads, layout)
    peaks = _checked_samples("r_peaks", r_peaks, len(columns))
    if (np.diff(peaks) <= 0).any():
        raise ValueError(
            "r_peaks must ascend, got unsorted or repeated samples; sort them by time "
            "and pass each beat once."
        )
    if marks is not None and not layout.takes_marks:
        raise ValueError(
            f"marks must be None in {layout!r}, because they do not change its rows; "
            "leave them out."
        )
    bounds = _checked_samples("marks", () if marks is None else marks, len(columns))
    bridged = bridge_gaps(columns)
    _check_are_leads(names, bridged)
    rows, kept = layout.cut(
        columns if layout.reads_missing else bridged, fs, peaks, bounds
    )
    n_channels, n_aux_features = layout.count_columns(rows.shape[1])
    starts, stops = layout.read_spans(fs, peaks, bounds, len(columns))
    spans = starts[kept], stops[kept]
    is_missing = [find_missing(lead, *spans) for lead in columns.T]
    bad = [
        find_bad(lead, fs, *spans) if check_quality else np.zeros(len(kept), np.int8)
        for lead in bridged.T
    ]
    codes = np.where(is_missing, np.int8(REASONS.index("missing")), bad)
    labels = [x if isinstance(x, str) else f"lead_{x}" for x in names]
    is_readable = ~codes.any(axis=0)
    absent = [f"absent_{x}" for x in range(len(labels), layout.n_leads or 0)]
    return ExtractedBeats(
        rows if is_readable.all() else rows[is_readable],
        kept[is_readable],
        layout.feature_names([*labels, *absent]),
        layout,
        n_channels,
        n_aux_features,
        _unreadable(codes, labels, peaks[kept], kept),
    )


def _unreadable(
    codes: npt.NDArray[np.int8], leads: list[str], peaks: Samples, kept: Samples
) -> pd.DataFrame:
    """Return the table of unreadable beats from the codes by lead and beat."""
    beats = np.flatnonzero(codes.any(axis=0))
    # The table contains the lowest code.
    first = np.where(codes, codes, len(REASONS))[:, beats].argmin(axis=0)
    columns = {
        "r_peak": peaks[beats],
        "lead": [leads[lead] for lead in first],
        "reason": [REASONS[code] for code in codes[first, beats]],
    }
    table = pd.DataFrame(columns, index=kept[beats])
    return table.astype({"lead": object, "reason": object})


def _chosen_leads(
    table: pd.DataFrame, leads: Sequence[str | int] | None, layout: Layout
) -> tuple[list[str | int], Floats]:
    """Return the names and samples of the leads to read; missing samples are NaN."""
    there = list(table.columns)
    # If layout.n_leads is None, the slice contains all leads.
    wanted = there[: layout.n_leads] if leads is None else list(leads)
    missing = [lead for lead in wanted if lead not in there]
    if missing or not wanted:
        raise ValueError(
            f"leads must be some of {there}, got {list(wanted)}; name leads of the "
            "recording."
        )
    if len(set(wanted)) < len(wanted):
        raise ValueError(
            f"leads must name each lead once, got {list(wanted)}; remove duplicates."
        )
    n_leads = len(wanted)
    is_fewer = layout.takes_fewer_leads and n_leads < (layout.n_leads or n_leads)
    if not is_fewer and layout.n_leads not in (None, n_leads):
        raise ValueError(
            f"leads must have length {layout.n_leads} in {layout!r}, got {n_leads}: "
            f"{wanted}; name that many, or choose a layout for any number of leads, "
            "such as layout='centered'."
        )
    return wanted, read_samples(table[wanted])


def _check_are_leads(names: Sequence[str | int], columns: Floats) -> None:
    """Raise ValueError for a column of times, or two names of the same samples."""
    for number, name in enumerate(names):
        lead = columns[:, number]
        if (
            isinstance(name, str)
            and TIME_NAME.match(name)
            and (np.diff(lead) > 0).all()
        ):
            raise ValueError(
                f"signal must contain only leads, but {name!r} ascends as times do; "
                "name the leads to read with leads, or leave this column out."
            )
        for other in range(number):
            if np.ptp(lead) and np.array_equal(lead, columns[:, other]):
                raise ValueError(
                    f"signal must contain each lead once, but {names[other]!r} and "
                    f"{name!r} have the same samples; leave one of them out."
                )


def _checked_samples(name: str, samples: Any, n_samples: int) -> Samples:
    where = whole_numbers(name, samples, "pass sample numbers, not seconds")
    if where.size and (where.min() < 0 or where.max() >= n_samples):
        raise ValueError(
            f"{name} must lie within the signal's {n_samples} samples, got "
            f"{where.min()} to {where.max()}; pass a signal with samples as rows and "
            "leads as columns."
        )
    return where
