"""Options for reading recordings, shared by ``annotate`` and ``review``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from skecg.cli._model import identity_of

if TYPE_CHECKING:
    from skecg.annotation import AnnotatedRecording, BeatAnnotator
    from skecg.cli._recording_files import RecordingFile

__all__ = ["READ_OPTIONS", "add_read_options", "annotated_by", "made_from_of"]

READ_OPTIONS = ("fs", "leads", "units")
"""The options with the same names as arguments of ``read_recording``."""


def add_read_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for facts that a recording's file does not state.

    Parameters
    ----------
    parser : ArgumentParser
        The parser of a verb.
    """
    parser.add_argument(
        "--r-peaks",
        metavar="EXT",
        help="suffix of the annotation files beside the recordings, such as atr, from "
        "which to take the R peaks (default: detect the R peaks)",
    )
    parser.add_argument(
        "--fs",
        type=float,
        metavar="HZ",
        help="sampling rate of files that do not state it, such as CSV without times",
    )
    parser.add_argument(
        "--units",
        metavar="U",
        help="unit of the leads, if the file does not state it: uV, mV or V (default: "
        "mV, if that gives a possible amplitude)",
    )
    parser.add_argument(
        "--leads",
        metavar="L,L,...",
        help="the leads to choose from, by name or by number from 0 (default: all)",
    )


def made_from_of(
    arguments: argparse.Namespace, model: str, annotator: BeatAnnotator
) -> dict[str, Any]:
    """Return the inputs that a result is made from.

    Parameters
    ----------
    arguments : Namespace
        The arguments with the options of :func:`add_read_options`.
    model : str
        The name of the model.
    annotator : BeatAnnotator
        The model.

    Returns
    -------
    dict
        The inputs as JSON values. `r_peaks` is the suffix of the annotation file with
        the R peaks, or None. `fs`, `leads` and `units` are the arguments of
        :func:`skecg.recordings.read_recording`.
    """
    return {
        "model": identity_of(model),
        "r_peaks": arguments.r_peaks,
        "fs": arguments.fs,
        "units": arguments.units,
        "leads": _listed(arguments.leads),
        "versions": dict(annotator.card_.versions),
        "training_data": annotator.card_.description,
    }


def annotated_by(
    annotator: BeatAnnotator, recording: RecordingFile, made_from: dict[str, Any]
) -> AnnotatedRecording:
    """Read and annotate a recording.

    Parameters
    ----------
    annotator : BeatAnnotator
        The fitted model.
    recording : RecordingFile
        The recording.
    made_from : dict
        The result of :func:`made_from_of`.

    Returns
    -------
    AnnotatedRecording
        The annotated recording.

    Raises
    ------
    ValueError, OSError, ImportError
        If the recording, or the file with its R peaks, cannot be read.
    """
    from skecg.annotation._reference import Reference
    from skecg.cli._annotation_files import read_annotation_file
    from skecg.recordings import read_recording

    options = {name: made_from[name] for name in READ_OPTIONS}
    signal = read_recording(recording.path, **options)
    extension = made_from["r_peaks"]
    if extension is None:
        return annotator.annotate(signal)
    annotations = read_annotation_file(recording.beside(extension))
    peaks, _ = Reference(annotations, signal.fs, signal.n_samples, "ec57").beats
    return annotator.annotate(signal, peaks)


def _listed(leads: str | None) -> list[str | int] | None:
    """Return the names and column numbers in --leads."""
    if leads is None:
        return None
    return [int(name) if name.isdecimal() else name for name in leads.split(",")]
