"""A session in which a person reviews an annotated recording."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skecg._files import write_text
from skecg.annotation import AnnotatedRecording, BeatAnnotator
from skecg.annotation._beat_table import _intervals
from skecg.review._decisions import decide
from skecg.review._digests import digests_of
from skecg.review._group_settings import GroupSettings
from skecg.review._grow_tree import grow_tree
from skecg.review._procedure import LABELS, SPLIT, Standing, standing
from skecg.review._question import ReviewQuestion, question_about
from skecg.review._refit import refitted
from skecg.review._session_file import (
    FORMAT,
    answers_of,
    read_session,
    session_json,
)

__all__ = ["ReviewSession"]

_DECIDED_BY = "decided_by"


class ReviewSession:
    """Review an annotated recording with questions about groups of beats.

    The beats of the recording are grouped by shape, timing and the model's
    probabilities. Each question shows the representative beat of a group, and a person
    answers with its class. The answer changes the class of similar beats.

    Parameters
    ----------
    annotated : AnnotatedRecording
        The annotated recording.
    n_questions : int, default=12
        The number of questions; 12 are suitable for a recording of half an hour.

    Attributes
    ----------
    annotated : AnnotatedRecording
        The annotated recording.
    n_questions : int
        The number of questions.

    Raises
    ------
    ValueError
        If `annotated` is not an AnnotatedRecording or was reviewed before, or
        `n_questions` is not a whole number of at least 0.

    See Also
    --------
    simulate_review : Answer the questions from reference annotations.

    Notes
    -----
    The order of the questions follows a rule that depends only on :meth:`tree` and the
    answers. It uses whole numbers only, so that other programs can reproduce it:

    1. Groups form a tree of nodes. The root, node 0, contains all beats. Each node has
       two children or none. The medoid of a node is the beat that is shown; its first
       child has the same medoid.
    2. Walk the tree from the root, starting with no answer in force (``"model"``) and
       the medoid not seen. At a node with an answer N, S, V, F, Q or X, this answer is
       in force and the medoid is seen. With ``"?"`` (cannot tell), no answer is in
       force and the medoid is seen. With ``"split"``, the answer in force stays and the
       medoid is not seen.
    3. A node without an answer whose medoid is not seen is a candidate, and the walk
       does not continue to its children.
    4. Otherwise the walk continues to both children with the answer in force. In the
       first child, the medoid is seen if it is seen in the node; in the second, it is
       not seen.
    5. The next question is about the candidate with the largest
       ``priorities[answer in force]``, or, of equal ones, the smallest id.
    6. The questions end after `n_questions` answers, not counting ``"split"``, or if
       there is no candidate.

    **The tree.** The features of a beat are the principal components of its windows in
    all leads, aligned with the usual beat; the logarithms of the ratios of the
    intervals beside it; and the logarithms of the model's probabilities. At most 3,000
    beats are clustered with Ward's method [1]_; each other beat joins the nearest one.

    **Priorities.** An answer increases the log odds of its label for each beat. The
    increase is larger for beats that are nearer to the beat that was shown. A priority
    is a thousand times the expected number of beats whose class this corrects (the
    expected value of information [2]_), rounded. After an answer that differs from the
    model's class, parts of the group with a high probability of the model's class have
    large priorities, so that the next questions divide the group there.

    **The result.** The class of a beat is the label with the highest probability after
    the answer in force. Beats that differ much from the beat that was shown, or whose
    class has a high probability in the model, therefore keep the model's class.

    References
    ----------
    .. [1] J. H. Ward, "Hierarchical grouping to optimize an objective function",
       Journal of the American Statistical Association 58, 1963.
    .. [2] R. A. Howard, "Information value theory", IEEE Transactions on Systems
       Science and Cybernetics 2, 1966.

    Examples
    --------
    >>> import numpy as np
    >>> import skecg
    >>> from skecg.review import ReviewSession
    >>> seconds = np.arange(60 * 250) / 250
    >>> lead = np.exp(-((seconds % 0.8 - 0.4) ** 2) / (2 * 0.01**2))
    >>> lead += np.random.default_rng(0).normal(0, 0.01, len(lead))
    >>> peaks = np.arange(100, 15000, 200)
    >>> annotated = skecg.annotate(skecg.Recording(lead, 250), r_peaks=peaks)
    >>> session = ReviewSession(annotated, n_questions=2)
    >>> session.question.n_beats, session.question.counts
    (75, {'N': 75})
    >>> while session.question is not None:
    ...     session = session.answer(session.question.node, "N")
    >>> session.result().table["decided_by"].value_counts().to_dict()
    {'both': 75}
    """

    def __init__(self, annotated: AnnotatedRecording, n_questions: int = 12) -> None:
        if not isinstance(annotated, AnnotatedRecording):
            raise ValueError(
                "annotated must be an AnnotatedRecording, got "
                f"{type(annotated).__name__}; pass the result of skecg.annotate."
            )
        if _DECIDED_BY in annotated.table:
            raise ValueError(
                "annotated must be the model's annotations, but these were reviewed "
                "before; resume their session, or pass the annotations before the "
                "review."
            )
        self.annotated = annotated
        self.n_questions = _checked_number(n_questions)
        self._tree = grow_tree(annotated, GroupSettings())
        self._answers: dict[int, str] = {}

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], annotated: AnnotatedRecording
    ) -> ReviewSession:
        """Resume a session from a file.

        Parameters
        ----------
        path : str or path
            The file, written by :meth:`save` or by the page of ``skecg review``.
        annotated : AnnotatedRecording
            The annotations that were reviewed.

        Returns
        -------
        ReviewSession
            The session with its answers.

        Raises
        ------
        FileNotFoundError
            If the file does not exist.
        ValueError
            If it is not a session, or belongs to another recording or model.
        """
        stored = read_session(path)
        return cls(annotated, stored.get("n_questions", 12)).apply(stored)

    @property
    def answers(self) -> tuple[tuple[int, str], ...]:
        """The answers so far, as pairs of node and label in the order of answering."""
        return tuple(self._answers.items())

    @property
    def next_node(self) -> int | None:
        """The node of the next question; None after the last one."""
        n_answered = sum(label != SPLIT for label in self._answers.values())
        if n_answered >= self.n_questions:
            return None
        return next(iter(self._standing.candidates), None)

    @property
    def question(self) -> ReviewQuestion | None:
        """The next question; None after the last one."""
        node = self.next_node
        return None if node is None else self.question_about(node)

    def question_about(self, node: int) -> ReviewQuestion:
        """Return the question about a node.

        Parameters
        ----------
        node : int
            A node of the tree.

        Returns
        -------
        ReviewQuestion
            The question.

        Raises
        ------
        ValueError
            If there is no such node.
        """
        return question_about(self.annotated, self._tree, self._checked_node(node))

    def beat_of(self, node: int) -> int:
        """Return the representative beat of a node.

        Parameters
        ----------
        node : int
            A node of the tree.

        Returns
        -------
        int
            A row of the table.

        Raises
        ------
        ValueError
            If there is no such node.
        """
        return self._tree.nodes[self._checked_node(node)].medoid

    def answer(self, node: int, label: str) -> ReviewSession:
        """Answer the question about a node, or replace its answer.

        Parameters
        ----------
        node : int
            The node, usually that of :attr:`question`.
        label : {"N", "S", "V", "F", "Q", "X", "?", "split"}
            The class of the beat that is shown. ``"X"`` means no beat, ``"?"`` means
            "cannot tell", and ``"split"`` replaces the question by questions about the
            two parts of the group.

        Returns
        -------
        ReviewSession
            The session itself.

        Raises
        ------
        ValueError
            If there is no such node or label, or the group to split has no parts.
        """
        node = self._checked_node(node)
        if label not in LABELS:
            raise ValueError(f"label must be one of {list(LABELS)}, got {label!r}.")
        if label == SPLIT and not self._tree.nodes[node].children:
            raise ValueError(
                f"node {node} cannot be split, because it has no parts; answer it."
            )
        # Remove it first, so that a replaced answer becomes the latest.
        self._answers.pop(node, None)
        self._answers[node] = str(label)
        return self

    def apply(
        self, answers: Mapping[str, Any] | Iterable[tuple[int, str]]
    ) -> ReviewSession:
        """Give several answers.

        Parameters
        ----------
        answers : mapping or iterable of (int, str)
            A session as JSON values (see :meth:`to_json`), or pairs of node and label.

        Returns
        -------
        ReviewSession
            The session itself.

        Raises
        ------
        ValueError
            If they belong to another recording or model, or one of them is refused. The
            session then keeps its previous answers.
        """
        pairs = (
            answers_of(answers, self._digests, self._tree)
            if isinstance(answers, Mapping)
            else answers
        )
        before = dict(self._answers)
        try:
            for node, label in _checked_pairs(pairs):
                self.answer(node, label)
        except BaseException:
            self._answers = before
            raise
        return self

    def undo(self) -> ReviewSession:
        """Remove the last answer.

        Returns
        -------
        ReviewSession
            The session itself.

        Raises
        ------
        ValueError
            If there is none.
        """
        if not self._answers:
            raise ValueError("There is no answer to undo; answer a question first.")
        self._answers.popitem()
        return self

    def tree(self) -> dict[str, Any]:
        """Return the tree of groups, which with the answers determines the questions.

        Returns
        -------
        dict
            JSON values: ``"format"``, ``"recording"`` and ``"model"`` (digests),
            ``"n_questions"``, ``"labels"``, and ``"nodes"``, a list of mappings with
            ``"id"``, ``"parent"`` (None for the root), ``"children"``, ``"n_beats"``,
            ``"medoid"`` (a row of the table), ``"sample"`` (its R peak), ``"guess"``
            (the model's class of most beats), ``"counts"`` (of the model's classes) and
            ``"priorities"``.
        """
        return {
            "format": FORMAT,
            **self._digests,
            "n_questions": self.n_questions,
            "labels": list(LABELS),
            "nodes": [node.to_json() for node in self._tree.nodes],
        }

    def to_json(self) -> dict[str, Any]:
        """Return the session as JSON values.

        Returns
        -------
        dict
            ``"format"``, ``"recording"`` and ``"model"`` (digests), ``"n_questions"``,
            and ``"answers"``, a list of mappings in the order of answering, with
            ``"node"``, ``"label"``, and ``"sample"`` and ``"n_beats"`` of the node.
        """
        return session_json(self._digests, self.n_questions, self._tree, self._answers)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the session as JSON.

        Parameters
        ----------
        path : str or path
            The file. An existing file is replaced in one atomic step.

        Returns
        -------
        Path
            The file.
        """
        return write_text(path, json.dumps(self.to_json(), indent=1) + "\n")

    def to_html(self, path: str | os.PathLike[str]) -> Path:
        """Write a page on which a person answers the questions in a browser.

        The page needs no network. It saves the answers to a file, which :meth:`load`
        reads. It does not contain the answers so far.

        Parameters
        ----------
        path : str or path
            The file. An existing file is replaced in one atomic step.

        Returns
        -------
        Path
            The file.
        """
        from skecg.review._review_page import review_page

        name = self.annotated.recording.name or "recording"
        command = f"ReviewSession.load({f'{name}.answers.json'!r}, annotated)"
        text = review_page(self, name=name, made_from={}, command=command)
        return write_text(path, text)

    def result(self) -> AnnotatedRecording:
        """Return the annotations after applying the answers.

        Returns
        -------
        AnnotatedRecording
            A copy. Its table has an additional column ``decided_by``: ``"answer"`` if
            an answer changed the model's class, ``"both"`` if it agrees with it, and
            otherwise ``"model"``. Peaks that an answer classifies as no beat are left
            out, and counted in `n_dropped`.
        """
        classes, decided_by = decide(
            self.annotated.table["class"].to_numpy(object),
            self._tree,
            self._standing,
            GroupSettings(),
        )
        table = self.annotated.table.assign(
            **{"class": classes, _DECIDED_BY: decided_by}
        )
        is_beat = classes != "X"
        if not is_beat.all():
            table = table[is_beat].reset_index(drop=True)
            times = table["time"].to_numpy(np.float64)
            table["rr"] = _intervals(times, self.annotated.unreadable)
        n_dropped = self.annotated.n_dropped + int((~is_beat).sum())
        return replace(self.annotated, table=table, n_dropped=n_dropped)

    def refit(self, annotator: BeatAnnotator) -> BeatAnnotator:
        """Return an annotator for the next recording of this patient.

        Parameters
        ----------
        annotator : BeatAnnotator
            The annotator that made the annotations.

        Returns
        -------
        BeatAnnotator
            A copy, whose classifiers are corrected with the beats of :meth:`result`.

        Raises
        ------
        NotFittedError
            If the annotator is not fitted.
        ValueError
            If it is no annotator, or another one made the annotations.

        Notes
        -----
        The network is not trained again, because its training data are not stored with
        it. Beats that are near to beats of the reviewed recording get the classes of
        these; the original annotator classifies all others. Use the annotator only for
        this patient and with similar electrode positions. Its card has no scores,
        because those of the original do not apply to it.
        """
        if not isinstance(annotator, BeatAnnotator):
            raise ValueError(
                f"annotator must be a fitted BeatAnnotator, got {annotator!r:.80}; "
                "pass the model that the recording was annotated with."
            )
        check_is_fitted(annotator, "models_")
        if replace(annotator.card_, scores={}) != replace(
            self.annotated.card, scores={}
        ):
            raise ValueError(
                "annotator must be the one that made the annotations, but its card "
                "differs; pass the model that the recording was annotated with."
            )
        return refitted(annotator, self.result(), len(self._answers))

    def __repr__(self) -> str:
        return (
            f"ReviewSession({len(self._answers)} answers to {self.n_questions} "
            f"questions about {self.annotated!r})"
        )

    @cached_property
    def _digests(self) -> dict[str, str]:
        return digests_of(self.annotated)

    @property
    def _standing(self) -> Standing:
        return standing(self._tree.nodes, self._answers)

    def _checked_node(self, node: Any) -> int:
        n_nodes = len(self._tree.nodes)
        is_number = isinstance(node, Integral) and not isinstance(node, bool)
        if not is_number or not 0 <= node < n_nodes:
            raise ValueError(
                f"node must be one of the {n_nodes} nodes of the tree, got {node!r}; "
                "pass the node of a question."
            )
        return int(node)


def _checked_pairs(answers: Any) -> list[tuple[Any, Any]]:
    try:
        return [(node, label) for node, label in answers]
    except (TypeError, ValueError) as error:
        raise ValueError(
            "answers must be a session as values of JSON, or pairs of node and label, "
            f"got {answers!r:.80}; pass such as [(0, 'N')]."
        ) from error


def _checked_number(n_questions: Any) -> int:
    is_number = isinstance(n_questions, Integral) and not isinstance(n_questions, bool)
    if not is_number or n_questions < 0:
        raise ValueError(
            f"n_questions must be a whole number of at least 0, got {n_questions!r}."
        )
    return int(n_questions)
