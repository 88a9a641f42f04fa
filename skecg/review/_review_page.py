"""The HTML page on which a person answers the questions of a review."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.annotation import AnnotatedRecording
from skecg.pages._encoding import encode_integers, lead_steps
from skecg.pages._page import build_page
from skecg.pages._strip import strip_data
from skecg.review._beat_shapes import (
    OFFSETS,
    aligned_windows,
    log_interval_ratios,
)
from skecg.review._group_tree import GroupTree
from skecg.review._review_session import ReviewSession

__all__ = ["review_page"]

_STRIP = 6.0
"""The seconds of signal around the beat that a question shows."""
_MARGIN = 0.5
"""Further seconds on either side, because the strip is moved at the ends."""
_AROUND = 15  # beats on either side whose median interval is the usual interval
_SCRIPTS = (
    "questions.js",
    "kept.js",
    "guess.js",
    "shapes.js",
    "answers.js",
    "review.js",
)

Floats = npt.NDArray[np.float64]


def review_page(
    session: ReviewSession,
    *,
    name: str,
    made_from: Mapping[str, Any],
    command: str,
) -> str:
    """Return the page with the questions of a review.

    Parameters
    ----------
    session : ReviewSession
        The session. Its answers are not on the page.
    name : str
        The name of the recording, for the title and the name of the answer file.
    made_from : mapping
        The inputs of the annotations, which are copied to the answer file.
    command : str
        The command that applies the answers, to show on the page.

    Returns
    -------
    str
        The page, in HTML.
    """
    annotated, tree = session.annotated, session._tree
    recording, table = annotated.recording, annotated.table
    samples = np.array([node.sample for node in tree.nodes], dtype=np.int64)
    reach = round((_STRIP / 2 + _MARGIN) * recording.fs)
    data = {
        "session": session.tree(),
        "name": name,
        "made_from": dict(made_from),
        "command": command,
        "about": _about(annotated),
        "strip": strip_data(
            recording,
            annotated.leads,
            (table["sample"].to_numpy(), table["class"].tolist()),
            spans=np.stack([samples - reach, samples + reach + 1], axis=1),
        ),
        "shapes": _shapes(annotated, tree),
        "intervals": _intervals(table["time"].to_numpy(np.float64), tree),
        **_probabilities(annotated, tree),
    }
    return build_page(
        f"Review {name}",
        body=_asset("review.html").replace("{name}", escape(name)),
        data=data,
        styles=[_asset("review.css")],
        scripts=[_asset(script) for script in _SCRIPTS],
    )


def _asset(name: str) -> str:
    return (files("skecg.review") / "assets" / name).read_text(encoding="utf-8")


def _about(annotated: AnnotatedRecording) -> str:
    """Return a description of the recording."""
    seconds = round(annotated.recording.duration)
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    duration = f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
    if seconds < 60:
        duration = f"{seconds} s"
    return (
        f"{duration} of {' and '.join(annotated.leads)}, {len(annotated.table):,} beats"
    )


def _shapes(annotated: AnnotatedRecording, tree: GroupTree) -> dict[str, Any]:
    """Return the mean, spread and timing of the beats of each leaf and class."""
    table, recording = annotated.table, annotated.recording
    columns = [recording.leads.index(name) for name in annotated.leads]
    rows = np.flatnonzero(tree.leaves >= 0)
    classes = table["class"].to_numpy(str)[rows]
    letters = sorted(set(classes.tolist()))
    keys = tree.leaves[rows] * len(letters) + np.searchsorted(letters, classes)
    entries, entry_of, counts = np.unique(keys, return_inverse=True, return_counts=True)
    order = np.argsort(entry_of, kind="stable")
    ratios = log_interval_ratios(table["time"].to_numpy(np.float64))[rows, 0]
    timing = np.bincount(entry_of, weights=ratios, minlength=len(entries)) / counts
    starts = np.cumsum(counts) - counts
    moments = np.zeros((len(entries), len(columns), 2, len(OFFSETS)))
    if len(rows):
        samples = table["sample"].to_numpy(np.int64)[rows]
        windows = aligned_windows(recording, columns, samples)
        for lead in range(len(columns)):
            values = windows[order, lead].astype(np.float64)
            mean = np.add.reduceat(values, starts) / counts[:, None]
            values -= np.repeat(mean, counts, axis=0)
            variance = np.add.reduceat(values**2, starts) / counts[:, None]
            moments[:, lead] = np.stack([mean, np.sqrt(variance)], axis=1)
    steps = lead_steps(np.abs(moments).max(axis=(0, 2, 3), initial=0.0))
    scaled = np.rint(moments * (1000 / np.array(steps))[:, None, None])
    return {
        "times": np.round(OFFSETS, 3),
        "leads": annotated.leads,
        "steps": steps,
        # The leaf, the model's class, the number of beats, and the mean log ratio of
        # the interval before them to the usual interval.
        "entries": [
            [int(key) // len(letters), letters[key % len(letters)], int(n), round(x, 3)]
            for key, n, x in zip(entries, counts, timing.tolist(), strict=True)
        ],
        # For each entry and lead, the mean and then the standard deviation.
        "values": encode_integers(scaled, "int16"),
    }


def _intervals(times: Floats, tree: GroupTree) -> list[list[float | None]]:
    """Return the intervals before and after each medoid, and the local median."""
    rr = np.diff(times)
    found: list[list[float | None]] = []
    for node in tree.nodes:
        row = node.medoid
        near = rr[max(0, row - _AROUND) : row + _AROUND]
        found.append(
            [
                round(float(rr[row - 1]), 3) if row > 0 else None,
                round(float(rr[row]), 3) if row < len(rr) else None,
                round(float(np.median(near)), 3) if len(near) else None,
            ]
        )
    return found


def _probabilities(annotated: AnnotatedRecording, tree: GroupTree) -> dict[str, Any]:
    """Return the model's probabilities of each medoid, and their mean in each group."""
    table = annotated.table
    columns = [name for name in table.columns if name.startswith("probability_")]
    values = table[columns].to_numpy(np.float64)
    sums = np.zeros((len(tree.nodes), len(columns)))
    is_grouped = tree.leaves >= 0
    np.add.at(sums, tree.leaves[is_grouped], values[is_grouped])
    # Reversed, because children come after their parents.
    for node in reversed(tree.nodes):
        if node.parent is not None:
            sums[node.parent] += sums[node.id]
    sizes = np.array([node.n_beats for node in tree.nodes])
    medoids = [node.medoid for node in tree.nodes]
    return {
        "classes": [name.removeprefix("probability_") for name in columns],
        "mean_probabilities": np.round(sums / np.maximum(sizes, 1)[:, None], 3),
        "medoid_probabilities": np.round(values[medoids], 3),
    }
