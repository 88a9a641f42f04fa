"""Beats cut from MIT-BIH's records, in any layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg import aami, mitdb
from skecg.datasets._kaggle_split import in_test_file
from skecg.datasets._wfdb import (
    read_annotations,
    read_header,
    read_millivolts,
    read_signal,
)
from skecg.signal import Layout, extract_beats

__all__ = ["Columns", "Leads", "cut_leads", "cut_study", "in_class_order"]

Columns = dict[str, npt.NDArray[Any]]
Leads = Sequence[str | Sequence[str]]

_IN_NO_FILE = -1


def cut_study(folder: Path, records: Sequence[str]) -> Columns:
    """Cut the first signal of each record; the public set reads no other."""
    parts = []
    for record in records:
        peaks, symbols, marks = _annotated_beats(folder / record)
        signal = read_signal(folder / record, 0)
        # Experts read every annotated beat, so that none is left out.
        beats = extract_beats(
            signal,
            mitdb.FS,
            peaks,
            layout="study",
            marks=marks,
            check_quality=False,
        )
        known = _known(record, peaks[beats.indices], symbols[beats.indices])
        parts.append({"data": beats.data, **known, "is_test": in_test_file(record)})
    return in_class_order(parts)


def cut_leads(
    folder: Path, records: Sequence[str], leads: Leads, layout: Layout
) -> tuple[Columns, list[str]]:
    """Cut all annotated beats of chosen leads, in millivolts.

    Also returned are the names of the columns, which all records share.
    """
    parts = []
    for record in records:
        path = folder / record
        peaks, symbols, marks = _annotated_beats(path)
        channels = _channels(record, read_header(path).sig_name, leads)
        signal = pd.DataFrame(read_millivolts(path, channels), columns=_names(leads))
        beats = extract_beats(
            signal, mitdb.FS, peaks, layout=layout, check_quality=False
        )
        # The public files lack the last beats of a record, which had no two bounds
        # after them.
        bounds = np.sort(np.concatenate([peaks, marks]))
        is_test = np.full(len(peaks), _IN_NO_FILE)
        in_file = np.searchsorted(bounds, peaks) + 2 <= len(bounds)
        is_test[in_file] = in_test_file(record)
        kept = beats.indices
        known = _known(record, peaks[kept], symbols[kept])
        parts.append({"data": beats.data, **known, "is_test": is_test[kept]})
    return in_class_order(parts), layout.feature_names(_names(leads))


def in_class_order(parts: Sequence[Mapping[str, npt.NDArray[Any]]]) -> Columns:
    """Put records together, by class and within a class in their own order."""
    target = np.concatenate([part["target"] for part in parts])
    order = np.argsort(target, kind="stable")
    return {
        name: np.concatenate([part[name] for part in parts])[order] for name in parts[0]
    }


def _annotated_beats(path: Path) -> tuple[npt.NDArray[np.int64], Any, Any]:
    """Return the samples and symbols of the beats, and the samples of other marks."""
    samples, symbols = read_annotations(path)
    is_beat = np.isin(symbols, list(mitdb.BEAT_SYMBOLS))
    return samples[is_beat], np.array(symbols)[is_beat], samples[~is_beat]


def _known(
    record: str, peaks: npt.NDArray[np.int64], symbols: npt.NDArray[Any]
) -> Columns:
    return {
        "target": np.array([aami.STUDY_MAPPING[s] for s in symbols], dtype=np.int64),
        "records": np.full(len(symbols), record),
        "r_peaks": peaks,
        "symbols": symbols,
    }


def _channels(record: str, there: Sequence[str], leads: Leads) -> list[int]:
    """Return where a record has each lead, or the first of its alternatives."""
    channels: list[int] = []
    for lead in leads:
        wanted = _alternatives(lead)
        found = [there.index(name) for name in wanted if name in there]
        if not found:
            raise ValueError(
                f"leads asks for {' or '.join(wanted)}, which record {record} lacks: "
                f"it has {' and '.join(there)}; name an alternative in a tuple, or "
                "exclude the record."
            )
        if found[0] in channels:
            raise ValueError(
                f"leads must be signals of their own, and two of {list(leads)} are "
                f"{there[found[0]]} in record {record}; give other alternatives, or "
                "exclude the record."
            )
        channels.append(found[0])
    if not channels:
        raise ValueError("leads must name one lead at least, got none.")
    return channels


def _alternatives(lead: str | Sequence[str]) -> list[str]:
    names = [lead] if isinstance(lead, str) else lead
    try:
        if len(names) and all(isinstance(name, str) for name in names):
            return list(names)
    except TypeError:  # It has no length, so that it is no tuple.
        pass
    raise ValueError(
        "leads must hold names such as 'MLII', and tuples of names for alternatives, "
        f"got {lead!r}."
    )


def _names(leads: Leads) -> list[str]:
    return [lead if isinstance(lead, str) else "/".join(lead) for lead in leads]
