"""Beats cut from annotated WFDB records, in any layout."""

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
    """Cut the beats of the public set, which contains the first signal only."""
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
    """Cut all annotated beats of the chosen leads of MIT-BIH, in millivolts.

    Also returns the names of the columns.
    """
    parts = []
    for record in records:
        recording = read_signals(folder / record)
        beats, part, _ = _cut_recording(
            folder / record, recording, leads, layout, "study", columns=False
        )
        # The public files lack beats without two bounds after them: an annotation,
        # and another annotation or the end of the record.
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
    """Cut all annotated beats of records in a folder, in millivolts.

    Parameters
    ----------
    folder : Path
        The folder of the records.
    records : sequence of str
        The names of the records.
    leads : sequence of str, int or tuples of these, or None
        The leads, by name or by column. None reads those of :func:`default_leads`,
        which must then be the same in all records.
    layout : Layout
        The layout of the rows.
    mapping : {"study", "ec57"}
        The map from symbols to classes.
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
                    "leads must be given if the records have different leads, got None "
                    f"with {_listed(chosen)} in record {records[0]} and "
                    f"{_listed(default)} in record {record}; name the leads, with "
                    "alternatives in tuples, or pass columns such as [0]."
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
    """Concatenate records and sort the beats by class; the sort is stable."""
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
    """Cut the chosen leads of a record; also count the beats that lack samples."""
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
    """Cut one record; also count the beats that lack samples."""
    try:
        # Annotated beats were readable for experts, so quality is not checked.
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
