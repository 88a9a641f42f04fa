"""The session in which a person reviews an annotated recording."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from skecg._files import write_text
from skecg.annotation import AnnotatedRecording
from skecg.annotation._beat_table import _intervals
from skecg.review._decisions import decide
from skecg.review._digests import digests_of
from skecg.review._group_settings import GroupSettings
from skecg.review._grow_tree import grow_tree
from skecg.review._procedure import LABELS, SPLIT, Standing, standing
from skecg.review._question import ReviewQuestion, question_about

__all__ = ["ReviewSession"]

_FORMAT = 1


class ReviewSession:
    """Questions to a person about groups of beats, and what the answers amount to.

    It groups the beats of an annotated recording by shape, timing and the model's
    probabilities, and asks for the class of one beat of a group. The answer counts for
    the beats like it.

    Parameters
    ----------
    annotated : AnnotatedRecording
        The annotated recording.
    n_questions : int, default=12
        The number of questions.

    Attributes
    ----------
    annotated : AnnotatedRecording
        The annotated recording.
    n_questions : int
        The number of questions.

    See Also
    --------
    simulate_review : Answer the questions from reference annotations.

    Notes
    -----
    The order of the questions follows a rule that reads :meth:`tree` and the answers
    alone, in whole numbers, so that other programs can repeat it:

    1. Groups form a tree of nodes. The root, node 0, has all beats. Each node has two
       children or none, and the first child contains the node's medoid, the beat that
       is shown. The medoid of the first child is that of the node.
    2. Walk the tree from the root, with no answer in force (``"model"``) and the medoid
       not seen. At a node with an answer N, S, V, F, Q or X, this answer is in force
       and the medoid seen; with ``"?"`` (cannot tell), no answer is in force and the
       medoid seen; with ``"split"``, the answer of the parent stays in force and the
       medoid is not seen.
    3. A node without an answer whose medoid is not seen is a candidate, and the walk
       goes no deeper there.
    4. Otherwise the walk goes on to both children with the answer in force. In the
       first, the medoid is seen if it is in the node; in the second, it is not seen.
    5. The next question is about the candidate with the largest
       ``priorities[answer in force]``; of equal ones, that with the smallest id.
    6. The questions end after `n_questions` answers, in which ``"split"`` does not
       count, or without candidates.
    """

    def __init__(
        self,
        annotated: AnnotatedRecording,
        n_questions: int = 12,
        *,
        _settings: GroupSettings | None = None,
    ) -> None:
        self.annotated = annotated
        self.n_questions = n_questions
        self._settings = _settings or GroupSettings()
        self._tree = grow_tree(annotated, self._settings)
        self._answers: dict[int, str] = {}

    @cached_property
    def _digests(self) -> dict[str, str]:
        return digests_of(self.annotated)

    @property
    def answers(self) -> tuple[tuple[int, str], ...]:
        """The answers so far: pairs of node and label, the latest last."""
        return tuple(self._answers.items())

    @property
    def question(self) -> ReviewQuestion | None:
        """The next question; None after the last one."""
        node = self.next_node
        return None if node is None else self.question_about(node)

    @property
    def next_node(self) -> int | None:
        """The node of the next question; None after the last one."""
        n_answered = sum(label != SPLIT for label in self._answers.values())
        if n_answered >= self.n_questions:
            return None
        return next(iter(self._standing.candidates), None)

    def beat_of(self, node: int) -> int:
        """Return the beat that stands for a node: a row of the table."""
        return self._tree.nodes[self._checked_node(node)].medoid

    def question_about(self, node: int) -> ReviewQuestion:
        """Return the question about any node of the tree."""
        return question_about(self.annotated, self._tree, self._checked_node(node))

    def answer(self, node: int, label: str) -> ReviewSession:
        """Answer the question about a node, or replace its answer.

        Parameters
        ----------
        node : int
            The node; that of a question.
        label : {"N", "S", "V", "F", "Q", "X", "?", "split"}
            The class of the beat that stands for the group; ``"X"`` for no beat,
            ``"?"`` for "cannot tell", and ``"split"`` to be asked about the two parts
            of the group instead.

        Returns
        -------
        ReviewSession
            The session itself.
        """
        node = self._checked_node(node)
        if label not in LABELS:
            raise ValueError(f"label must be one of {list(LABELS)}, got {label!r}.")
        if label == SPLIT and not self._tree.nodes[node].children:
            raise ValueError(
                f"node {node} cannot be split, because it has no parts; answer it."
            )
        self._answers.pop(node, None)
        self._answers[node] = str(label)
        return self

    def apply(self, answers: Any) -> ReviewSession:
        """Give several answers: those of a stored session, or pairs of node and label.

        Parameters
        ----------
        answers : mapping or iterable of (int, str)
            The content of a file that :meth:`save` or the page of ``skecg review``
            wrote, or pairs.

        Returns
        -------
        ReviewSession
            The session itself; unchanged if an answer is refused.
        """
        pairs = self._pairs_of(answers) if isinstance(answers, Mapping) else answers
        before = dict(self._answers)
        try:
            for node, label in pairs:
                self.answer(node, label)
        except BaseException:
            self._answers = before
            raise
        return self

    def undo(self) -> ReviewSession:
        """Take back the last answer."""
        if not self._answers:
            raise ValueError("There is no answer to take back.")
        self._answers.popitem()
        return self

    def tree(self) -> dict[str, Any]:
        """Return the tree, and all else that the order of questions depends on.

        Returns
        -------
        dict
            Values of JSON: ``"format"``, ``"recording"`` and ``"model"`` (digests),
            ``"n_questions"``, ``"labels"`` and ``"nodes"``: a list of mappings, each
            with ``"id"``, ``"parent"`` (None for the root), ``"children"``,
            ``"n_beats"``, ``"medoid"`` (a row of the table), ``"sample"`` (its R peak),
            ``"guess"``, ``"counts"`` and ``"priorities"``.
        """
        return {
            "format": _FORMAT,
            **self._digests,
            "n_questions": self.n_questions,
            "labels": list(LABELS),
            "nodes": [node.to_json() for node in self._tree.nodes],
        }

    def to_json(self) -> dict[str, Any]:
        """Return the session as values of JSON, as :meth:`save` writes them.

        Returns
        -------
        dict
            ``"format"``, ``"recording"`` and ``"model"`` (digests), ``"n_questions"``
            and ``"answers"``: a list of mappings in the order given, each with
            ``"node"``, ``"label"``, and ``"sample"`` and ``"n_beats"`` of the node.
        """
        nodes = self._tree.nodes
        return {
            "format": _FORMAT,
            **self._digests,
            "n_questions": self.n_questions,
            "answers": [
                {
                    "node": node,
                    "label": label,
                    "sample": nodes[node].sample,
                    "n_beats": nodes[node].n_beats,
                }
                for node, label in self._answers.items()
            ],
        }

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the session as JSON, whole or not at all."""
        write_text(path, json.dumps(self.to_json(), indent=1) + "\n")
        return Path(path)

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], annotated: AnnotatedRecording
    ) -> ReviewSession:
        """Resume a session that :meth:`save` or the page wrote."""
        try:
            stored = json.loads(Path(path).read_text("utf-8"))
            n_questions = stored["n_questions"]
        except (UnicodeDecodeError, ValueError, KeyError, TypeError) as error:
            raise ValueError(
                f"path must be a session that was saved, and {os.fspath(path)!r} is "
                f"none ({type(error).__name__}); save one with ReviewSession.save."
            ) from error
        return cls(annotated, n_questions).apply(stored)

    def result(self) -> AnnotatedRecording:
        """Return the annotations with the answers.

        Returns
        -------
        AnnotatedRecording
            A copy, whose table has the further column ``decided_by``: ``"model"``,
            ``"answer"``, or ``"both"`` if they agree. Beats answered X are left out,
            and counted in `n_dropped`.
        """
        classes, decided_by = decide(
            self.annotated.table["class"].to_numpy(object),
            self._tree,
            self._standing,
            self._settings,
        )
        table = self.annotated.table.copy()
        table["class"] = classes
        table["decided_by"] = decided_by
        is_beat = classes != "X"
        if not is_beat.all():
            table = table[is_beat].reset_index(drop=True)
            times = table["time"].to_numpy(np.float64)
            table["rr"] = _intervals(times, self.annotated.unreadable)
        n_dropped = self.annotated.n_dropped + int((~is_beat).sum())
        return replace(self.annotated, table=table, n_dropped=n_dropped)

    @property
    def _standing(self) -> Standing:
        return standing(self._tree.nodes, self._answers)

    def _checked_node(self, node: Any) -> int:
        n_nodes = len(self._tree.nodes)
        if (
            isinstance(node, bool)
            or not isinstance(node, (int, np.integer))
            or not (0 <= node < n_nodes)
        ):
            raise ValueError(
                f"node must be one of the {n_nodes} of the tree, got {node!r}; pass "
                "that of a question."
            )
        return int(node)

    def _pairs_of(self, stored: Mapping[str, Any]) -> Iterable[tuple[int, str]]:
        """Return the answers of a stored session, which must be of this recording."""
        if stored.get("format") != _FORMAT:
            raise ValueError(
                f"answers must be of format {_FORMAT}, got {stored.get('format')!r}; "
                "review the recording again, or use the skecg that wrote them."
            )
        for kind, advice in (
            ("recording", "annotate the recording that was reviewed, with its R peaks"),
            ("model", "annotate with the model that the review was made with"),
        ):
            if stored.get(kind) != self._digests[kind]:
                raise ValueError(
                    f"answers must be of this {kind}, and are of another; {advice}."
                )
        pairs = []
        for entry in stored["answers"]:
            node = self._tree.nodes[self._checked_node(entry["node"])]
            if (entry["sample"], entry["n_beats"]) != (node.sample, node.n_beats):
                raise ValueError(
                    f"answers must be of these groups, and node {node.id} is another "
                    "group here; annotate with the versions of skecg and numpy of the "
                    "review."
                )
            pairs.append((node.id, entry["label"]))
        return pairs
