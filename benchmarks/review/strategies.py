"""The compared strategies to choose beats for questions."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from sklearn.cluster import MiniBatchKMeans

from skecg import aami
from skecg.annotation import AnnotatedRecording
from skecg.review import ReviewSession
from skecg.review._simulate_review import answer_all
from skecg.signal import extract_beats

__all__ = ["ERRORS", "N_DRAWS", "QUESTIONS", "REVIEW", "STRATEGIES", "reviewed"]

QUESTIONS = (0, 6, 12, 24, 48)
"""The numbers of answers about each recording."""

REVIEW = "ReviewSession"
ERRORS = "ReviewSession, 5 % wrong answers"
_ERROR_RATE, _ASKED = 0.05, 12
N_DRAWS = 5
"""The seeds of the wrong answers, over which counts are summed."""

Labels = npt.NDArray[np.object_]


def reviewed(
    annotated: AnnotatedRecording, labels: Labels
) -> Iterator[tuple[str, int, AnnotatedRecording]]:
    """Yield the strategy, the number of answers and the corrected annotations.

    Parameters
    ----------
    annotated : AnnotatedRecording
        The annotated recording.
    labels : ndarray of str of shape (n_beats,)
        The answer for each beat.
    """
    session = ReviewSession(annotated)
    for session.n_questions in QUESTIONS:
        answer_all(session, labels)
        yield REVIEW, session.n_questions, session.result()
    for draw in range(N_DRAWS):
        while session.answers:
            session.undo()
        session.n_questions = _ASKED
        answer_all(session, labels, _ERROR_RATE, np.random.RandomState(draw))
        yield ERRORS, _ASKED, session.result()
    for name, choose in STRATEGIES.items():
        for n_questions in QUESTIONS[1:]:
            classes = annotated.table["class"].to_numpy(object).copy()
            for beat, members in choose(annotated, n_questions):
                classes[members] = labels[beat]
            yield name, n_questions, _with_classes(annotated, classes)


def _with_classes(annotated: AnnotatedRecording, classes: Labels) -> AnnotatedRecording:
    """Return a copy of an annotated recording with other classes."""
    return replace(annotated, table=annotated.table.assign(**{"class": classes}))


Choice = Iterator[tuple[int, npt.NDArray[np.int64]]]


def _each(beats: npt.NDArray[np.int64]) -> Choice:
    """Yield beats whose answer applies to this beat only."""
    for beat in beats:
        yield int(beat), np.array([beat])


def _first(annotated: AnnotatedRecording, n_questions: int) -> Choice:
    return _each(np.arange(min(n_questions, len(annotated.table))))


def _random(annotated: AnnotatedRecording, n_questions: int) -> Choice:
    n_beats = len(annotated.table)
    chosen = np.random.default_rng(0).permutation(n_beats)[:n_questions]
    return _each(chosen)


def _least_certain(annotated: AnnotatedRecording, n_questions: int) -> Choice:
    sureness = np.nan_to_num(_probabilities(annotated).max(axis=1))
    return _each(np.argsort(sureness, kind="stable")[:n_questions])


def _by_k_means(annotated: AnnotatedRecording, n_questions: int) -> Choice:
    """Yield the beat nearest to each cluster's centre, and the beats of the cluster."""
    rows, points = _points(annotated)
    k_means = MiniBatchKMeans(min(n_questions, len(rows)), random_state=0, n_init=3)
    found = k_means.fit_predict(points)
    distances = k_means.transform(points)
    for cluster in np.unique(found):
        members = np.flatnonzero(found == cluster)
        nearest = members[distances[members, cluster].argmin()]
        yield int(rows[nearest]), rows[members]


def _points(
    annotated: AnnotatedRecording,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the table rows that have features, and the standardised features."""
    recording = annotated.recording
    cut = extract_beats(
        recording,
        r_peaks=annotated.table["sample"].to_numpy(),
        layout="features",
        leads=list(annotated.leads),
        check_quality=False,
    )
    probabilities = _probabilities(annotated)[cut.indices]
    is_known = np.isfinite(probabilities).all(axis=1)
    data = cut.data[is_known].astype(np.float64)
    deviations = (data - data.mean(axis=0)) / (data.std(axis=0) + 1e-9)
    # A weight of 3 gives the probabilities about the same range as the other columns.
    points = np.hstack([np.clip(deviations, -5, 5), 3 * probabilities[is_known]])
    return cut.indices[is_known], points


def _probabilities(annotated: AnnotatedRecording) -> npt.NDArray[np.float64]:
    names = [f"probability_{name}" for name in aami.CLASSES]
    present = [name for name in names if name in annotated.table]
    return annotated.table[present].to_numpy(np.float64)


STRATEGIES: dict[str, Callable[[AnnotatedRecording, int], Choice]] = {
    "the first beats": _first,
    "random beats": _random,
    "the least certain beats": _least_certain,
    "k-means": _by_k_means,
}
"""Mapping from the name in the tables to the function that chooses beats."""
