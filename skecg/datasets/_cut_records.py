"""Beats cut from annotated records of WFDB, in any layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg import aami, mitdb
from skecg.datasets._annotated_beats import AnnotatedBeats, read_beats
from skecg.datasets._kaggle_split import in_test_file
from skecg.datasets._leads import Leads, default_leads, lead_names, read_leads
from skecg.datasets._wfdb import Signals, read_signal, read_signals
from skecg.signal import Layout, extract_beats, get_layout

__all__ = [
    "MAPPINGS",
    "Columns",
    "cut_folder",
    "cut_leads",
    "cut_study",
    "in_class_order",
]

Columns = dict[str, npt.NDArray[Any]]

MAPPINGS = MappingProxyType({"study": aami.STUDY_MAPPING, "ec57": aami.EC57_MAPPING})
"""The values of `mapping`, and the class code of each symbol."""

_IN_NO_FILE = -1


def cut_study(folder: Path, records: Sequence[str]) -> Columns:
    """Cut the first signal of each record; the public set reads no other."""
    parts = []
    for record in records:
        signal = read_signal(folder / record, 0)
        beats = read_beats(folder / record, mitdb.FS, len(signal))
        part, _ = _cut(record, signal, mitdb.FS, beats, get_layout("study"), "study")
        parts.append({**part, "is_test": in_test_file(record)})
    return in_class_order(parts)


def cut_leads(
    folder: Path, records: Sequence[str], leads: Leads, layout: Layout
) -> tuple[Columns, list[str]]:
    """Cut all annotated beats of chosen leads of MIT-BIH, in millivolts.

    Also returned are the names of the columns, which all records share.
    """
    parts = []
    for record in records:
        recording = read_signals(folder / record)
        beats, part, _ = _cut_recording(
            folder / record, recording, leads, layout, "study", columns=False
        )
        # The public files lack the last beats of a record, which had no two bounds
        # after them.
        bounds = np.sort(np.concatenate([beats.r_peaks, beats.marks]))
        is_test = np.full(len(beats.r_peaks), _IN_NO_FILE)
        in_file = np.searchsorted(bounds, beats.r_peaks) + 2 <= len(bounds)
        is_test[in_file] = in_test_file(record)
        kept = np.searchsorted(beats.r_peaks, part["r_peaks"])
        parts.append({**part, "is_test": is_test[kept]})
    return in_class_order(parts), layout.feature_names(lead_names(leads))


def cut_folder(
    folder: Path,
    records: Sequence[str],
    *,
    leads: Leads | None,
    layout: Layout,
    mapping: str,
    extension: str,
) -> tuple[Columns, list[str], dict[str, int]]:
    """Cut all annotated beats of any records, in millivolts.

    Parameters
    ----------
    folder : Path
        The folder of the records.
    records : sequence of str
        The names of the records.
    leads : sequence of str, int or tuples of these, or None
        The leads, by name or by column; None stands for those of
        :func:`default_leads`, which must then be the same in all records.
    layout : Layout
        The layout of the rows.
    mapping : {"study", "ec57"}
        How symbols become classes.
    extension : str
        The suffix of the annotation files.

    Returns
    -------
    columns : dict of ndarray
        The beats, in class order.
    feature_names : list of str
        The names of the columns, which all records share.
    n_dropped : dict of str to int
        The number of annotated beats that were left out, by reason.
    """
    parts = []
    n_dropped: Counter[str] = Counter()
    chosen: Leads = () if leads is None else leads
    for record in records:
        recording = read_signals(folder / record)
        if leads is None:
            default = default_leads(record, recording, layout)
            if chosen and chosen != default:
                raise ValueError(
                    f"leads must be given here, as record {records[0]} has "
                    f"{_listed(chosen)} and record {record} {_listed(default)}; name "
                    "the leads, with alternatives in tuples, or pass columns such as "
                    "[0]."
                )
            chosen = default
        beats, part, n_missing = _cut_recording(
            folder / record, recording, chosen, layout, mapping, extension, columns=True
        )
        parts.append(part)
        n_dropped.update({**beats.n_dropped, "missing_samples": n_missing})
    feature_names = layout.feature_names(lead_names(chosen))
    return in_class_order(parts), feature_names, dict(n_dropped)


def in_class_order(parts: Sequence[Mapping[str, npt.NDArray[Any]]]) -> Columns:
    """Put records together, by class and within a class in their own order."""
    target = np.concatenate([part["target"] for part in parts])
    order = np.argsort(target, kind="stable")
    return {
        name: np.concatenate([part[name] for part in parts])[order] for name in parts[0]
    }


def _cut_recording(
    path: Path,
    recording: Signals,
    leads: Leads,
    layout: Layout,
    mapping: str,
    extension: str = "atr",
    *,
    columns: bool,
) -> tuple[AnnotatedBeats, Columns, int]:
    """Cut the chosen leads of a record; the last value counts beats without samples."""
    millivolts = read_leads(path.name, recording, leads, columns=columns)
    signal = pd.DataFrame(millivolts, columns=lead_names(leads))
    beats = read_beats(path, recording.fs, len(signal), extension)
    return beats, *_cut(path.name, signal, recording.fs, beats, layout, mapping)


def _cut(
    record: str,
    signal: Any,
    fs: float,
    beats: AnnotatedBeats,
    layout: Layout,
    mapping: str,
) -> tuple[Columns, int]:
    """Cut one record; the second value counts the beats that lack samples."""
    try:
        # Experts read every annotated beat, so that none is left out as unreadable.
        cut = extract_beats(
            signal,
            fs,
            beats.r_peaks,
            layout=layout,
            marks=beats.marks if layout.takes_marks else None,
            check_quality=False,
        )
    except ValueError as error:
        raise ValueError(f"Record {record} cannot be cut: {error}") from error
    symbols = beats.symbols[cut.indices]
    codes = MAPPINGS[mapping]
    part = {
        "data": cut.data,
        "target": np.array([codes[s] for s in symbols], dtype=np.int64),
        "records": np.full(len(symbols), record),
        "r_peaks": beats.r_peaks[cut.indices],
        "symbols": symbols,
    }
    return part, len(cut.unreadable)


def _listed(leads: Leads) -> str:
    return " and ".join(lead_names(leads))
