"""Simulate the review of recordings with answers from reference annotations."""

from __future__ import annotations

import os
from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_random_state

from skecg import aami
from skecg.annotation import AnnotatedRecording, BeatAnnotator, annotate
from skecg.annotation._reference import MAPPINGS, Reference
from skecg.metrics._matching import SURPLUS, UNCERTAIN
from skecg.review._procedure import CANNOT_TELL
from skecg.review._review_session import ReviewSession

__all__ = ["answer_all", "reference_labels", "simulate_review"]

_WRONG = ("N", "S", "V")
"""The classes of wrong answers."""


def simulate_review(
    recordings: Iterable[Any],
    annotations: Iterable[Any],
    n_questions: int = 12,
    *,
    model: BeatAnnotator | str | os.PathLike[str] | None = None,
    mapping: str = "study",
    error_rate: float = 0.0,
    random_state: int | np.random.RandomState | None = None,
) -> list[ReviewSession]:
    """Review recordings with answers from their reference annotations.

    Each answer is the reference class of the beat that is shown. Other beats of the
    group may have another class; these are errors of the review.

    Parameters
    ----------
    recordings : iterable of AnnotatedRecording, Recording, str or path
        The recordings. Those without annotations are annotated with `model`.
    annotations : iterable of wfdb.Annotation or tuple
        The reference annotations of each recording; see
        :func:`skecg.metrics.compare_annotations`.
    n_questions : int, default=12
        The number of questions for each recording.
    model : BeatAnnotator, str or path, or None, default=None
        The annotator; see :func:`skecg.annotation.annotate`.
    mapping : {"study", "ec57"}, default="study"
        The mapping from symbols to classes; see
        :class:`skecg.annotation.BeatAnnotator`.
    error_rate : float, default=0.0
        The probability that an answer is wrong, that is, another class of N, S and V,
        drawn at random.
    random_state : int, RandomState instance or None, default=None
        The seed for drawing wrong answers.

    Returns
    -------
    list of ReviewSession
        The session of each recording, in which all questions are answered.

    Raises
    ------
    ValueError
        If the numbers of recordings and annotations differ, or an argument is invalid.

    Notes
    -----
    R peaks match the beats of the reference within 150 ms, as in ANSI/AAMI EC57. The
    answer is ``"X"`` for a peak that matches no beat, and ``"?"`` for a peak in a part
    of the recording that the reference does not annotate.

    Examples
    --------
    >>> import numpy as np
    >>> import skecg
    >>> from skecg.review import simulate_review
    >>> seconds = np.arange(60 * 250) / 250
    >>> lead = np.exp(-((seconds % 0.8 - 0.4) ** 2) / (2 * 0.01**2))
    >>> lead += np.random.default_rng(0).normal(0, 0.01, len(lead))
    >>> peaks = np.arange(100, 15000, 200)
    >>> annotated = skecg.annotate(skecg.Recording(lead, 250), r_peaks=peaks)
    >>> (session,) = simulate_review([annotated], [(peaks, ["N"] * 75)], n_questions=2)
    >>> [label for _, label in session.answers]
    ['N', 'N']
    """
    if mapping not in MAPPINGS:
        raise ValueError(f"mapping must be one of {list(MAPPINGS)}, got {mapping!r}.")
    if not isinstance(error_rate, Real) or not 0 <= float(error_rate) <= 1:
        raise ValueError(
            f"error_rate must be a probability from 0 to 1, got {error_rate!r}."
        )
    random = check_random_state(random_state)
    recordings, annotations = list(recordings), list(annotations)
    if len(recordings) != len(annotations):
        raise ValueError(
            f"annotations must be one for each of the {len(recordings)} recordings, "
            f"got {len(annotations)}; pass the annotations of each recording."
        )
    sessions = []
    for recording, marks in zip(recordings, annotations, strict=True):
        annotated = (
            recording
            if isinstance(recording, AnnotatedRecording)
            else annotate(recording, model)
        )
        labels = reference_labels(annotated, marks, mapping)
        session = ReviewSession(annotated, n_questions)
        sessions.append(answer_all(session, labels, error_rate, random))
    return sessions


def answer_all(
    session: ReviewSession,
    labels: npt.NDArray[Any],
    error_rate: float = 0.0,
    random: np.random.RandomState | None = None,
) -> ReviewSession:
    """Answer the remaining questions of a session.

    Parameters
    ----------
    session : ReviewSession
        The session.
    labels : ndarray of str of shape (n_beats,)
        The answer for each beat of its table.
    error_rate : float, default=0.0
        The probability of a wrong answer.
    random : RandomState or None, default=None
        Draws wrong answers; not needed if `error_rate` is 0.

    Returns
    -------
    ReviewSession
        The session itself.
    """
    while (node := session.next_node) is not None:
        label = labels[session.beat_of(node)]
        if random is not None and random.random_sample() < error_rate:
            label = random.choice([name for name in _WRONG if name != label])
        session.answer(node, str(label))
    return session


def reference_labels(
    annotated: AnnotatedRecording, annotations: Any, mapping: str
) -> npt.NDArray[Any]:
    """Return the answer for each beat of a table according to the reference."""
    recording = annotated.recording
    reference = Reference(annotations, recording.fs, recording.n_samples, mapping)
    codes = reference.codes_of(annotated.table["sample"].to_numpy(np.int64))
    answers = {**dict(enumerate(aami.CLASSES)), SURPLUS: "X", UNCERTAIN: CANNOT_TELL}
    return np.array([answers[code] for code in codes.tolist()], dtype=object)
