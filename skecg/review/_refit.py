"""Adaptation of an annotator to a patient with a reviewed recording."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skecg import aami
from skecg.annotation import AnnotatedRecording, BeatAnnotator
from skecg.annotation._reference import Reference
from skecg.annotation._training_rows import training_rows
from skecg.review._patient_classifier import PatientClassifier

__all__ = ["refitted"]


def refitted(
    annotator: BeatAnnotator, reviewed: AnnotatedRecording, n_answers: int
) -> BeatAnnotator:
    """Return an annotator whose classifiers use the beats of a reviewed recording.

    Parameters
    ----------
    annotator : BeatAnnotator
        The fitted annotator, which is not changed.
    reviewed : AnnotatedRecording
        The reviewed recording.
    n_answers : int
        The number of answers, for the card.

    Returns
    -------
    BeatAnnotator
        The annotator.
    """
    check_is_fitted(annotator, "models_")
    recording = reviewed.recording
    samples, classes = reviewed.annotations
    marks = Reference(
        (samples, classes), recording.fs, recording.n_samples, annotator.mapping
    )
    rows = training_rows(annotator._reader, recording, marks, with_detected=False)
    models = dict(annotator.models_)
    for n_leads, pairs in rows.beats.items():
        data, codes = (np.concatenate(part) for part in zip(*pairs, strict=True))
        if n_leads in models and len(data):
            base = models[n_leads]
            models[n_leads] = PatientClassifier(base).fit(data, codes)
    adapted = copy.copy(annotator)
    adapted.models_ = models
    known = {c for model in models.values() for c in model.classes_.tolist()}
    known.discard(aami.NOT_A_BEAT)
    adapted.class_names_ = [aami.CLASSES[code] for code in sorted(known)]
    name = recording.name or "a recording"
    adapted.card_ = replace(
        annotator.card_,
        description=f"{annotator.card_.description}; adapted to the patient of {name} "
        f"with {n_answers} answers".removeprefix("; "),
        scores={},
    )
    return adapted
