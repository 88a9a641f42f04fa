"""Write the report of an annotated recording."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg._files import write_text
from skecg.annotation.report._body import report_body
from skecg.annotation.report._class_shapes import class_shapes
from skecg.annotation.report._events import find_events, listed_events
from skecg.annotation.report._full_spans import choose_spans
from skecg.annotation.report._quality_bins import quality_bins
from skecg.pages._page import asset, build_page
from skecg.pages._strip import strip_data

__all__ = ["write_report"]

_SCRIPTS = (
    "svg.js",
    "tachogram.js",
    "hour-chart.js",
    "shapes.js",
    "quality-bar.js",
    "event-table.js",
    "report.js",
)


def write_report(annotated: Any, path: str | os.PathLike[str]) -> Path:
    """Write the report of an annotated recording.

    Parameters
    ----------
    annotated : AnnotatedRecording
        The recording and its beats.
    path : str or path
        The file. An existing file is replaced in one atomic step.

    Returns
    -------
    Path
        The file.
    """
    table, recording = annotated.table, annotated.recording
    summary = annotated.summary()
    events = find_events(table, summary)
    listed = listed_events(events, recording.duration)
    spans, n_hours = choose_spans(annotated, listed)
    is_full = _are_inside(listed, spans, recording.fs)
    classes = table["class"].tolist()
    data = {
        "strip": strip_data(
            recording, annotated.leads, (table["sample"], classes), spans=spans
        ),
        "events": [
            {
                "kind": row["kind"],
                "letter": row["class"],
                "onset": round(row["onset"], 3),
                "start": round(row["start"], 3),
                "stop": round(row["stop"], 3),
                "detail": row["detail"],
                "full": bool(full),
            }
            for row, full in zip(listed.to_dict("records"), is_full, strict=True)
        ],
        # For all other beats, the interval is the time since the previous beat.
        "unknown_rr": np.flatnonzero(table["rr"].isna()),
        "hours": {name: summary.hours[name].tolist() for name in ("V", "S")}
        | {"first": _first_hour(annotated)},
        "shapes": {**class_shapes(annotated), "leads": annotated.leads},
        "quality": quality_bins(annotated),
    }
    name = recording.name or "A recording"
    body = report_body(
        annotated,
        summary,
        title=f"ECG report: {name}",
        listed=_listed_text(events, listed, is_full, n_hours),
        version=version("skecg"),
    )
    page = build_page(
        f"{name} - ECG report",
        body=body,
        data=data,
        styles=[asset("report.css")],
        scripts=[asset(script) for script in _SCRIPTS],
    )
    return write_text(path, page)


def _first_hour(annotated: Any) -> int | None:
    """Return the hour of day at which the recording starts, if it is known."""
    return None if annotated.start is None else annotated.start.hour


def _are_inside(
    listed: pd.DataFrame, spans: npt.NDArray[np.int64], fs: float
) -> npt.NDArray[np.bool_]:
    """Return which strips lie entirely within one span."""
    if not len(spans):
        return np.zeros(len(listed), dtype=bool)
    first = np.floor(listed["start"].to_numpy() * fs)
    stop = np.floor(listed["stop"].to_numpy() * fs)
    span = np.maximum(0, np.searchsorted(spans[:, 0], first, side="right") - 1)
    inside = (spans[span, 0] <= first) & (stop <= spans[span, 1])
    return np.asarray(inside, dtype=bool)


def _listed_text(
    events: pd.DataFrame,
    listed: pd.DataFrame,
    is_full: npt.NDArray[np.bool_],
    n_hours: int,
) -> str:
    """Return text on how many events are listed and how many have all samples."""
    if not len(events):
        text = "There are no runs and no pauses, and all beats are N."
    elif len(listed) == len(events):
        text = f"All {len(events):,} events are listed."
    else:
        text = (
            f"{len(listed):,} of {len(events):,} events are listed: the longest runs, "
            "pauses and episodes, and a sample of the couplets and single beats that "
            "is evenly spread over the recording."
        )
    if not n_hours:
        return f"{text} The page contains the whole signal in full resolution."
    return (
        f"{text} The page contains the signal in full resolution for "
        f"{int(is_full.sum()):,} of them and for one strip in each of {n_hours} hours; "
        "elsewhere it contains only the minimum and maximum."
    )
