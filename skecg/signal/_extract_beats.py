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
        The beats, float32: leads one after another, auxiliary features last.
    indices : ndarray of shape (n_beats,), int64
        The position in the given R peaks of each row's beat.
    feature_names : list of str
        The names of the columns.
    layout : Layout
        The layout of the rows. Pass it to a classifier.
    n_channels, n_aux_features : int
        The leads and the auxiliary columns of a row, which follow from the layout.
    unreadable : DataFrame
        The beats that are left out because a lead cannot be read there. The index is
        their position in the given R peaks; the columns are `r_peak`, the sample,
        `lead`, its name, and `reason`: ``"missing"``, ``"saturated"``, ``"flat"`` or
        ``"noise"``, as in :func:`signal_quality`. A beat that is unreadable in several
        leads is listed with the first reason in this order, and its first lead.
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
    """Cut a recording into beats, one a row.

    Parameters
    ----------
    signal : Recording, array-like of shape (n_samples,) or (n_samples, n_leads), or \
DataFrame
        The recording, unfiltered. The columns of a DataFrame of pandas or polars, or of
        a pyarrow Table, name its leads. Samples that are NaN, null, masked or the
        least number of a signed integer type are missing: lines bridge the gaps or, in
        a causal layout of features, the lead stays as it is and continues from there.
        Beats whose rows read missing samples are left out.
    fs : float or None, default=None
        Its sampling rate, in hertz, from 1 to 100,000. None takes that of a Recording.
        Another rate than the layout's is resampled with
        :func:`scipy.signal.resample_poly`.
    r_peaks : array-like of int of shape (n_peaks,)
        The samples of the R peaks, in order, which must be given. Floats are accepted
        if all are whole.
    layout : str or Layout, default="study"
        What a row holds: a layout, or the name of one; see :func:`get_layout`.
    leads : sequence of str or int, or None, default=None
        The leads to read, by the names of a Recording or DataFrame, or by column of an
        array. None reads as many as the layout fixes, in the order of the signal, or
        all leads if it fixes no number. The study's layout reads one lead. In the
        layouts ``"context"`` and ``"causal_context"``, the columns of a lead that is
        not there are zeros, and its name is such as ``"absent_1"``.
    marks : array-like of int of shape (n_marks,) or None, default=None
        Samples of annotations that are not beats, such as changes of rhythm. In the
        study's layout they bound beats; other layouts refuse them.
    check_quality : bool, default=True
        Whether beats are left out where a lead is saturated, flat or noise, as
        :func:`signal_quality` describes it. False keeps them, for beats that experts
        annotated, or signals that are not an ECG. Each beat is judged in the part of
        the signal that its row reads, so that rows of a causal layout do not depend
        on what follows.

    Returns
    -------
    ExtractedBeats
        The rows and their layout. `indices` maps the rows to the R peaks, and
        `unreadable` lists the beats that have no row because they cannot be read.

    Raises
    ------
    ValueError
        If the signal is infinite or has less than two samples, a lead does not exist,
        is there twice or holds times, `fs` is missing, out of range or given with a
        Recording, the R peaks or marks are not whole numbers within the signal or the
        R peaks are not in order, there is no such layout, or it does not take `marks`
        or so many leads.

    See Also
    --------
    signal_quality : Find the seconds of each lead that cannot be read.

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

    Samples are missing, and so is the beat that holds them:

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
            f"fs must be a sampling rate in hertz of at most {MAX_FS:,}, got {fs}; "
            "pass samples a second, such as 360."
        )
    layout = get_layout(layout)
    names, columns = _chosen_leads(table, leads, layout)
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
    """Return the table of the beats with a reason, given by lead and beat."""
    beats = np.flatnonzero(codes.any(axis=0))
    # The lowest code is the first reason.
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
    """Return the names of the leads to read, and their samples, NaN if missing."""
    there = list(table.columns)
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
    n_leads = len(wanted)
    is_fewer = layout.takes_fewer_leads and n_leads < (layout.n_leads or n_leads)
    if not is_fewer and layout.n_leads not in (None, n_leads):
        raise ValueError(
            f"leads must be {layout.n_leads} in {layout!r}, got {n_leads}: "
            f"{wanted}; name as many, or choose a layout that takes any number, such "
            "as layout='centered'."
        )
    return wanted, read_samples(table[wanted])


def _check_are_leads(names: Sequence[str | int], columns: Floats) -> None:
    """Refuse a column of times, and one lead under two names."""
    for number, name in enumerate(names):
        lead = columns[:, number]
        if (
            isinstance(name, str)
            and TIME_NAME.match(name)
            and (np.diff(lead) > 0).all()
        ):
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


def _checked_samples(name: str, samples: Any, n_samples: int) -> Samples:
    where = whole_numbers(name, samples, "pass sample numbers, not seconds")
    if where.size and (where.min() < 0 or where.max() >= n_samples):
        raise ValueError(
            f"{name} must lie within the signal's {n_samples} samples, got "
            f"{where.min()} to {where.max()}; a row of the signal is a sample and a "
            "column a lead."
        )
    return where
