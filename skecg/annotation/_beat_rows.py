"""Rows of a recording's beats, from all leads or from one readable lead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.annotation._lead_rule import ChosenLeads
from skecg.signal import Layout, extract_beats

__all__ = ["BeatRows", "RowPart", "read_rows"]

Samples = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RowPart:
    """Rows with the same leads.

    Parameters
    ----------
    leads : tuple of str
        The leads that the rows contain.
    indices : ndarray of int of shape (n_rows,)
        The positions of their beats among the R peaks.
    data : ndarray of shape (n_rows, n_features)
        The rows.
    """

    leads: tuple[str, ...]
    indices: Samples
    data: npt.NDArray[np.float32]


@dataclass(frozen=True)
class BeatRows:
    """The rows of a recording's beats.

    Parameters
    ----------
    parts : list of RowPart
        The rows: of all leads, and of one lead for beats that are readable only there.
    reasons : ndarray of str of shape (n_beats,), object
        The unreadable leads of each beat and the reason, such as ``"V1 noise"``; empty
        if all are readable.
    has_row : ndarray of bool of shape (n_beats,)
        Whether a beat has a row.
    """

    parts: list[RowPart]
    reasons: npt.NDArray[Any]
    has_row: npt.NDArray[np.bool_]


def read_rows(
    signal: npt.NDArray[np.float32],
    fs: float,
    r_peaks: Samples,
    chosen: ChosenLeads,
    layout: Layout,
    counts: Collection[int],
    *,
    check_quality: bool = True,
) -> BeatRows:
    """Extract the rows of a recording's beats.

    Parameters
    ----------
    signal : ndarray of shape (n_samples, n_leads)
        The signal.
    fs : float
        Its sampling rate, in hertz.
    r_peaks : ndarray of int of shape (n_beats,)
        The R peaks.
    chosen : ChosenLeads
        The leads.
    layout : Layout
        The layout of the rows.
    counts : collection of int
        The numbers of leads that rows may have. If it contains 1, beats that are
        unreadable in one of several leads are extracted from their first readable
        lead.
    check_quality : bool, default=True
        Whether to leave out beats that are unreadable for reasons other than missing
        samples.

    Returns
    -------
    BeatRows
        The rows.
    """
    reasons = np.full(len(r_peaks), "", dtype=object)
    has_row = np.zeros(len(r_peaks), dtype=bool)
    parts: list[RowPart] = []

    def add(columns: tuple[int, ...], names: tuple[str, ...]) -> None:
        cut = extract_beats(
            signal,
            fs,
            r_peaks,
            layout=layout,
            leads=columns,
            check_quality=check_quality,
        )
        is_new = ~has_row[cut.indices]
        if is_new.any():
            data = cut.data if is_new.all() else cut.data[is_new]
            parts.append(RowPart(names, cut.indices[is_new], data))
            has_row[cut.indices] = True
        if len(columns) == 1:
            for beat, reason in cut.unreadable["reason"].items():
                found = f"{names[0]} {reason}"
                reasons[beat] += f", {found}" if reasons[beat] else found

    if len(chosen.columns) in counts:
        add(chosen.columns, chosen.names)
    if not has_row.all() and 1 in counts and len(chosen.columns) > 1:
        for column, name in zip(chosen.columns, chosen.names, strict=True):
            add((column,), (name,))
    reasons[~has_row & (reasons == "")] = "no row in this layout"
    return BeatRows(parts, reasons, has_row)
