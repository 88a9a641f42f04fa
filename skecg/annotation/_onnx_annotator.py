"""Annotators in ONNX files, which can be loaded without torch."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.annotation._beat_annotator import _LEARNED, BeatAnnotator
from skecg.annotation._beat_rows import read_rows
from skecg.annotation._lead_rule import ChosenLeads
from skecg.annotation._model_card import ModelCard
from skecg.annotation._row_reader import RowReader
from skecg.annotation._time_blocks import time_blocks
from skecg.classification._onnx_beat_classifier import classifiers_of
from skecg.classification._onnx_file import read_content
from skecg.recordings import Recording, read_recording

__all__ = ["annotator_facts", "load_onnx", "rows_of_recordings"]

Models = dict[str, Any]


def load_onnx(path: str | os.PathLike[str]) -> BeatAnnotator:
    """Load an annotator from an ONNX file.

    It predicts with the package onnxruntime, and needs neither torch nor skorch.

    Parameters
    ----------
    path : str or path
        A file that :func:`skecg.export.export_onnx` has written for an annotator.
        Reading it runs no code from it, and opens no other file.

    Returns
    -------
    BeatAnnotator
        The fitted annotator.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ImportError
        If ONNX Runtime is not installed.
    ValueError
        If the file is damaged, does not contain an annotator, or was changed since its
        export.

    See Also
    --------
    skecg.export.export_onnx : Write such a file.
    skecg.OnnxBeatClassifier : Read the file of a classifier.

    Examples
    --------
    >>> from skecg.annotation import load_onnx
    >>> load_onnx("no-such-file.onnx")
    Traceback (most recent call last):
        ...
    FileNotFoundError: path must be a file that skecg.export_onnx has written, but \
'no-such-file.onnx' does not exist.
    """
    file, classifiers = classifiers_of(read_content(path), path)
    facts = file.annotator
    if facts is None or file.layout is None:
        raise ValueError(
            f"path must be the ONNX file of an annotator, but {os.fspath(path)!r} "
            "contains a classifier of rows; read it with OnnxBeatClassifier, or export "
            "a fitted BeatAnnotator."
        )
    try:
        models, surplus_models = (
            {int(n): classifiers[output] for n, output in facts[name].items()}
            for name in ("models", "surplus_models")
        )
        annotator = BeatAnnotator(
            layout=file.layout, **{name: facts[name] for name in _SETTINGS}
        )
        leads = facts["leads"]
        reader = RowReader(
            file.layout,
            tuple(models),
            leads if leads is None else tuple(leads),
            facts["detector"],
        )
        card = {**file.card, "recordings": tuple(file.card["recordings"])}
        learned = {
            "_reader": reader,
            "card_": ModelCard(**card),
            "class_names_": list(facts["class_names"]),
            "layout_": file.layout,
            "lead_counts_": reader.counts,
            "models_": models,
            "surplus_models_": surplus_models,
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"path must be the ONNX file of an annotator, but {os.fspath(path)!r} "
            f"contains damaged metadata ({error})."
        ) from error
    assert learned.keys() == _LEARNED
    for name, value in learned.items():
        setattr(annotator, name, value)
    return annotator


_SETTINGS = ("detector", "drop_surplus", "leads", "mapping")
"""The parameters that a file contains."""


def annotator_facts(
    annotator: BeatAnnotator,
) -> tuple[dict[str, Any], dict[str, Any], Models]:
    """Return the parts of an annotator to store in a file.

    Parameters
    ----------
    annotator : BeatAnnotator
        The fitted annotator.

    Returns
    -------
    card : dict
        Its card.
    facts : dict
        Its settings besides the classifiers.
    models : dict of str to classifier
        The classifiers, by the name of their output.

    Raises
    ------
    ValueError
        If its detector has no name.
    """
    if not isinstance(annotator.detector, str):
        raise ValueError(
            "model must have a detector with a name to be exported, got "
            f"{annotator.detector!r}; fit an annotator with a named detector, such as "
            "'sleepecg'."
        )
    beats, surplus = annotator.models_, annotator.surplus_models_
    is_one = len({id(model) for model in beats.values()}) == 1 and not surplus
    outputs = {n: "probabilities" if is_one else f"probabilities_{n}" for n in beats}
    surplus_outputs = {n: f"surplus_{n}" for n in surplus}
    leads = annotator.leads
    facts = {
        **{name: getattr(annotator, name) for name in _SETTINGS},
        "leads": leads if leads is None else list(leads),
        "class_names": annotator.class_names_,
        "models": outputs,
        "surplus_models": surplus_outputs,
    }
    models = {outputs[n]: model for n, model in beats.items()}
    models |= {surplus_outputs[n]: model for n, model in surplus.items()}
    return asdict(annotator.card_), facts, models


def rows_of_recordings(
    annotator: BeatAnnotator, recordings: Any
) -> dict[str, npt.NDArray[np.float32]]:
    """Return beat rows for each classifier of an annotator.

    Parameters
    ----------
    annotator : BeatAnnotator
        The fitted annotator.
    recordings : Recording, str, path or iterable of these
        The recordings, or their files.

    Returns
    -------
    dict of str to ndarray of shape (n_beats, n_features)
        The rows for each classifier, by the name of its output. A classifier gets rows
        with its number of leads.

    Raises
    ------
    ValueError
        If the recordings contain no readable beat for one of the classifiers.
    """
    is_one = isinstance(recordings, (Recording, str, os.PathLike))
    given: Iterable[Any] = [recordings] if is_one else recordings
    rows: dict[int, list[npt.NDArray[np.float32]]] = {
        n_leads: [] for n_leads in annotator.models_
    }
    for one in given:
        recording = one if isinstance(one, Recording) else read_recording(one)
        for n_leads, parts in rows.items():
            parts += _rows_of(annotator._reader, recording, n_leads)
    missing = [n_leads for n_leads, parts in rows.items() if not parts]
    if missing:
        raise ValueError(
            f"X must be recordings with beats in {missing[0]} readable leads, to check "
            "the exported annotator, got recordings without such beats; pass others."
        )
    _, facts, _ = annotator_facts(annotator)
    return {
        output: np.concatenate(rows[n_leads])
        for name in ("models", "surplus_models")
        for n_leads, output in facts[name].items()
    }


def _rows_of(
    reader: RowReader, recording: Recording, n_leads: int
) -> list[npt.NDArray[np.float32]]:
    """Return the rows of a recording with this number of leads."""
    chosen, _ = reader.choose(recording)
    if n_leads > len(chosen.columns):
        return []
    peaks = reader.detect(recording, chosen)
    leads = ChosenLeads(chosen.columns[:n_leads], chosen.names[:n_leads], "")
    parts = []
    for block in time_blocks(recording.n_samples, recording.fs):
        found = read_rows(
            recording.signal[block.start : block.stop],
            recording.fs,
            peaks[block.reads(peaks)] - block.start,
            leads,
            reader.layout,
            (n_leads,),
        )
        parts += [part.data for part in found.parts]
    return parts
