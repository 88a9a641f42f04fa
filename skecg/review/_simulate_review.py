"""Simulate the review of recordings, with answers from reference annotations."""

from __future__ import annotations

import numpy as np

from skecg import aami
from skecg.annotation._reference import Reference
from skecg.metrics._matching import SURPLUS, UNCERTAIN
from skecg.review._procedure import CANNOT_TELL
from skecg.review._review_session import ReviewSession

__all__ = ["simulate_review"]


def simulate_review(annotated, annotations, n_questions=12):
    """Draft: answer all questions from the reference; return the session."""
    recording = annotated.recording
    reference = Reference(
        annotations, recording.fs, recording.n_samples, mapping="study"
    )
    codes = reference.codes_of(annotated.table["sample"].to_numpy(np.int64))
    session = ReviewSession(annotated, n_questions)
    while (question := session.question) is not None:
        code = codes[question.beat]
        label = {SURPLUS: "X", UNCERTAIN: CANNOT_TELL}.get(int(code))
        session.answer(question.node, label or aami.CLASSES[code])
    return session
