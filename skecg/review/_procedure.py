"""The rule that chooses the next question from the tree and previous answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skecg.review._group_tree import Node

__all__ = [
    "CANNOT_TELL",
    "CLASS_ANSWERS",
    "LABELS",
    "MODEL",
    "SPLIT",
    "Standing",
    "standing",
]

MODEL = "model"
"""The label while no answer is in force: the model's classes apply."""

CLASS_ANSWERS = ("N", "S", "V", "F", "Q", "X")
"""The answers that set the class of beats; X means no beat."""
CANNOT_TELL = "?"
SPLIT = "split"
LABELS = (*CLASS_ANSWERS, CANNOT_TELL, SPLIT)
"""All labels of a group."""


@dataclass(frozen=True)
class Standing:
    """The answers in force and the possible next questions.

    Parameters
    ----------
    in_force : dict of int to str
        The answer in force in each group of the front, or ``"model"`` if there is none.
        The groups of the front together contain each beat once.
    candidates : tuple of int
        The groups of the front without an answer about their medoid, in descending
        order of priority.
    """

    in_force: dict[int, str]
    candidates: tuple[int, ...]


def standing(nodes: Sequence[Node], answers: Mapping[int, str]) -> Standing:
    """Apply steps 2 to 5 of the rule that :class:`ReviewSession` documents.

    Parameters
    ----------
    nodes : sequence of Node
        The nodes of the tree.
    answers : mapping of int to str
        The answers so far.

    Returns
    -------
    Standing
        The answers in force and the candidates.
    """
    in_force: dict[int, str] = {}
    open_groups: list[tuple[int, int]] = []
    stack = [(0, MODEL, False)] if nodes else []
    while stack:
        number, label, is_known = stack.pop()
        node = nodes[number]
        answer = answers.get(number)
        if answer is None and not is_known:
            open_groups.append((-node.priorities[label], number))
        elif answer == SPLIT:
            is_known = False
        elif answer is not None:
            label, is_known = (MODEL if answer == CANNOT_TELL else answer), True
        is_front = (answer is None and not is_known) or not node.children
        if is_front:
            in_force[number] = label
        else:
            first, second = node.children
            stack.append((second, label, False))
            stack.append((first, label, is_known))
    return Standing(in_force, tuple(number for _, number in sorted(open_groups)))
