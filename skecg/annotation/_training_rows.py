"""The training rows of an annotator."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.annotation._beat_rows import read_rows
from skecg.annotation._lead_rule import ChosenLeads
from skecg.annotation._reference import Reference
from skecg.annotation._row_reader import RowReader
from skecg.annotation._time_blocks import time_blocks
from skecg.metrics._matching import SURPLUS, UNCERTAIN
from skecg.recordings import Recording

__all__ = ["TrainingRows", "training_rows"]


@dataclass(frozen=True)
class TrainingRows:
    """Training rows of annotated beats and of detected peaks.

    Parameters
    ----------
    beats : dict of int to list of (data, codes)
        For each number of leads, rows of the annotated beats with their class codes.
    peaks : dict of int to list of (data, codes)
        For each number of leads, rows of detected peaks with the class codes of their
        beats, or ``SURPLUS`` for those that are not beats.
    codes : ndarray of int of shape (n_beats,)
        The class codes of the annotated beats.
    n_surplus : int
        The number of detected peaks that are not beats.
    """

    beats: dict[int, list[tuple[Any, Any]]]
    peaks: dict[int, list[tuple[Any, Any]]]
    codes: npt.NDArray[np.int64]
    n_surplus: int

    @classmethod
    def joined(cls, parts: Sequence[TrainingRows]) -> TrainingRows:
        """Join the rows of several recordings."""
        counts = sorted({count for part in parts for count in part.beats})
        return cls(
            {n: [x for part in parts for x in part.beats.get(n, [])] for n in counts},
            {n: [x for part in parts for x in part.peaks.get(n, [])] for n in counts},
            np.concatenate([part.codes for part in parts]),
            sum(part.n_surplus for part in parts),
        )

    def sha256(self) -> str:
        """Return a hash of all rows and codes, in order, in hexadecimal."""
        digest = hashlib.sha256()
        for found in (self.beats, self.peaks):
            for n_leads, pairs in found.items():
                for data, codes in pairs:
                    digest.update(f"{n_leads} {data.dtype} {data.shape}\n".encode())
                    digest.update(np.ascontiguousarray(data).tobytes())
                    digest.update(np.asarray(codes, dtype=np.int64).tobytes())
        return digest.hexdigest()


def training_rows(
    reader: RowReader,
    recording: Recording,
    reference: Reference,
    *,
    with_detected: bool,
) -> TrainingRows:
    """Return the training rows of one recording.

    Parameters
    ----------
    reader : RowReader
        Converts the recording to rows.
    recording : Recording
        The recording.
    reference : Reference
        Its annotations.
    with_detected : bool
        Whether to add rows of detected peaks, some of which are not beats.

    Returns
    -------
    TrainingRows
        The rows of all chosen leads and, if rows may have one lead, of each single
        lead. If one classifier reads both, each beat has a row of only one single lead.
    """
    chosen, _ = reader.choose(recording)
    samples, codes = reference.beats
    beats: dict[int, list[tuple[Any, Any]]] = {}
    peaks: dict[int, list[tuple[Any, Any]]] = {}
    n_surplus = 0
    for part in _combinations(chosen, reader):
        _add(beats, reader, recording, samples, codes, part)
    if reader.layout.takes_fewer_leads:
        # Features of rhythm and shape depend on the number of leads, so add each beat
        # in a single lead too, with alternating leads.
        singles = _singles(chosen)
        for lead, part in enumerate(singles):
            is_turn = np.arange(len(samples)) % len(singles) == lead
            _add(beats, reader, recording, samples, codes, part, is_turn)
    if with_detected:
        detected = reader.detect(recording, chosen)
        found = reference.codes_of(detected)
        is_known = found != UNCERTAIN
        n_surplus = int((found == SURPLUS).sum())
        for part in _combinations(chosen, reader):
            _add(peaks, reader, recording, detected, found, part, is_known)
    return TrainingRows(beats, peaks, codes, n_surplus)


def _combinations(chosen: ChosenLeads, reader: RowReader) -> list[ChosenLeads]:
    """Return all leads together and, if rows may have one lead, each lead alone."""
    found = [chosen] if len(chosen.columns) in reader.counts else []
    if reader.layout.takes_fewer_leads:
        return found
    return found + (_singles(chosen) if 1 in reader.counts else [])


def _singles(chosen: ChosenLeads) -> list[ChosenLeads]:
    """Return each lead alone, or nothing if there is only one."""
    if len(chosen.columns) == 1:
        return []
    return [
        ChosenLeads((column,), (name,), chosen.reason)
        for column, name in zip(chosen.columns, chosen.names, strict=True)
    ]


def _add(
    rows: dict[int, list[tuple[Any, Any]]],
    reader: RowReader,
    recording: Recording,
    samples: npt.NDArray[np.int64],
    targets: npt.NDArray[Any],
    leads: ChosenLeads,
    is_used: npt.NDArray[np.bool_] | None = None,
) -> None:
    """Add the rows of the given leads with their targets."""
    n_leads = len(leads.columns)
    # Keep beats of poor quality, because the annotators could read them.
    for block in time_blocks(recording.n_samples, recording.fs):
        read = block.reads(samples)
        cut = read_rows(
            recording.signal[block.start : block.stop],
            recording.fs,
            samples[read] - block.start,
            leads,
            reader.layout,
            (n_leads,),
            check_quality=False,
        )
        kept = block.owns(samples[read])
        if is_used is not None:
            kept &= is_used[read]
        for part in cut.parts:
            mine = kept[part.indices]
            pair = part.data[mine], targets[read][part.indices][mine]
            rows.setdefault(n_leads, []).append(pair)
