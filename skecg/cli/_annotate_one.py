"""The annotation of one recording, in this process or in a worker."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from skecg.annotation import BeatAnnotator
from skecg.annotation._reference import Reference
from skecg.cli._annotation_files import read_annotation_file
from skecg.cli._option_names import with_option_names
from skecg.cli._recording_files import RecordingFile
from skecg.cli._result_files import ResultFiles
from skecg.recordings import Recording, read_recording

__all__ = ["READ_OPTIONS", "Outcome", "annotate_one"]

READ_OPTIONS = ("fs", "leads", "units")
"""The options of how recordings are read."""


@dataclass(frozen=True)
class Outcome:
    """The result of one recording.

    Parameters
    ----------
    recording : RecordingFile
        The recording.
    summary : dict or None, default=None
        Its summary, if it was annotated.
    error : str, default=""
        The reason if it was not.
    is_skipped : bool, default=False
        Whether an earlier run has annotated it.
    """

    recording: RecordingFile
    summary: dict[str, Any] | None = None
    error: str = ""
    is_skipped: bool = False


def annotate_one(
    annotator: BeatAnnotator,
    recording: RecordingFile,
    out: Path,
    made_from: dict[str, Any],
    *,
    with_html: bool = False,
) -> Outcome:
    """Annotate a recording and write its results.

    Parameters
    ----------
    annotator : BeatAnnotator
        The fitted model.
    recording : RecordingFile
        The recording.
    out : Path
        The folder of all results.
    made_from : dict
        What the result is made from, for its summary: `r_peaks` is the suffix of the
        annotation file with the R peaks, or None, and `fs`, `leads` and `units` are
        those of :func:`skecg.recordings.read_recording`.
    with_html : bool, default=False
        Whether to write the report too.

    Returns
    -------
    Outcome
        The summary or the reason of the failure: no error is raised, so that one bad
        file does not end the run.
    """
    try:
        options = {name: made_from[name] for name in READ_OPTIONS}
        signal = read_recording(recording.path, **options)
        extension = made_from["r_peaks"]
        r_peaks = None if extension is None else _peaks(recording, signal, extension)
        annotated = annotator.annotate(signal, r_peaks)
        summary = _summary(recording, annotated, made_from)
        ResultFiles(out, recording.name, with_html).write(annotated, summary)
    # Readers of damaged files, and libraries behind them, may raise anything.
    except Exception as error:
        text = " ".join(str(error).split())
        is_ours = isinstance(error, (ValueError, OSError, ImportError)) and text
        text = text if is_ours else f"{type(error).__name__}: {text}"
        return Outcome(recording, error=with_option_names(text, READ_OPTIONS))
    return Outcome(recording, summary)


def _peaks(
    recording: RecordingFile, signal: Recording, extension: str
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Read the beats of an annotation file beside the recording, at its rate."""
    annotations = read_annotation_file(recording.beside(extension))
    peaks, _ = Reference(annotations, signal.fs, signal.n_samples, "ec57").beats
    return peaks


def _summary(
    recording: RecordingFile, annotated: Any, made_from: dict[str, Any]
) -> dict[str, Any]:
    found = annotated.summary()
    rhythm = {
        field.name: getattr(found, field.name) for field in dataclasses.fields(found)
    }
    rhythm["burden"] = found.burden.to_dict("index")
    return {
        "recording": recording.name,
        "source": str(recording.path),
        "n_beats": found.n_beats,
        "fs": annotated.recording.fs,
        "leads": annotated.leads,
        "lead_reason": annotated.lead_reason,
        "peaks": annotated.peaks,
        **rhythm,
        "made_from": made_from,
    }
