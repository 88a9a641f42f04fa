"""Annotation of one recording, in this process or in a worker."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skecg.annotation import BeatAnnotator
from skecg.cli._answers_file import Answers
from skecg.cli._option_names import with_option_names
from skecg.cli._reading import READ_OPTIONS, annotated_by
from skecg.cli._recording_files import RecordingFile
from skecg.cli._result_files import ResultFiles

__all__ = ["Outcome", "annotate_one"]


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
        The reason of the failure, if it was not annotated.
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
    answers: Answers | None = None,
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
        The inputs of the result, for its summary.
    answers : Answers or None, default=None
        The answers of a review, which are applied to the annotations.
    with_html : bool, default=False
        Whether to write the HTML report too.

    Returns
    -------
    Outcome
        The summary or the reason of the failure. No error is raised, so that one bad
        file does not end the run.
    """
    try:
        annotated = annotated_by(annotator, recording, made_from)
        n_found = len(annotated.table)
        if answers is not None:
            annotated = answers.applied_to(annotated)
        summary = _summary(recording, annotated, made_from)
        if answers is not None:
            n_by = annotated.table["decided_by"].value_counts()
            summary["answers"] = {
                "changed": int(n_by.get("answer", 0)),
                "confirmed": int(n_by.get("both", 0)),
                "removed": n_found - len(annotated.table),
            }
        ResultFiles(out, recording.name, with_html).write(annotated, summary)
    # Libraries that read a damaged file may raise any exception.
    except Exception as error:
        text = " ".join(str(error).split())
        is_ours = isinstance(error, (ValueError, OSError, ImportError)) and text
        text = text if is_ours else f"{type(error).__name__}: {text}"
        return Outcome(
            recording, error=with_option_names(text, [*READ_OPTIONS, "answers"])
        )
    return Outcome(recording, summary)


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
