"""Conversion of sessions to and from JSON values."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from skecg._files import expanded_path
from skecg.review._group_tree import GroupTree

__all__ = ["FORMAT", "answers_of", "parsed_session", "read_session", "session_json"]

FORMAT = 1

_ADVICE = {
    "recording": "annotate the recording that was reviewed, with the same R peaks",
    "model": "annotate with the model of the review",
}


def session_json(
    digests: Mapping[str, str],
    n_questions: int,
    tree: GroupTree,
    answers: Mapping[int, str],
) -> dict[str, Any]:
    """Return a session as JSON values."""
    return {
        "format": FORMAT,
        **digests,
        "n_questions": n_questions,
        "answers": [
            {
                "node": node,
                "label": label,
                "sample": tree.nodes[node].sample,
                "n_beats": tree.nodes[node].n_beats,
            }
            for node, label in answers.items()
        ],
    }


def read_session(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read the file of a session.

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    dict
        Its content.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If it is not a session.
    """
    file = expanded_path("path", path)
    if not file.is_file():
        kind = ValueError if file.exists() else FileNotFoundError
        raise kind(
            f"path must be the file of a session, and {os.fspath(path)!r} is no file; "
            "check its name and folder."
        )
    try:
        stored = parsed_session(file.read_bytes())
    except ValueError as error:
        raise ValueError(
            f"path must be the file of a session, but {os.fspath(path)!r} is not valid "
            f"JSON ({' '.join(str(error).split())}); save one with ReviewSession.save."
        ) from error
    if not isinstance(stored, dict):
        raise ValueError(
            f"path must be the file of a session, but {os.fspath(path)!r} contains a "
            f"{type(stored).__name__}; save one with ReviewSession.save."
        )
    return stored


def parsed_session(content: bytes) -> Any:
    """Parse the content of the file of a session.

    Parameters
    ----------
    content : bytes
        The content. UTF-8, UTF-16 and UTF-32, as editors write them, are recognised.

    Returns
    -------
    object
        The value of the JSON text.

    Raises
    ------
    ValueError
        If it is no JSON.
    """
    try:
        return json.loads(content)
    except RecursionError as error:
        raise ValueError("its lists are too deep") from error


def answers_of(
    stored: Mapping[str, Any], digests: Mapping[str, str], tree: GroupTree
) -> list[tuple[int, str]]:
    """Return the answers of a stored session after checking its recording and model.

    Parameters
    ----------
    stored : mapping
        The session.
    digests : mapping of str to str
        The digests of the annotated recording.
    tree : GroupTree
        Its groups.

    Returns
    -------
    list of (int, str)
        Nodes and labels.

    Raises
    ------
    ValueError
        If it has another format, or belongs to another recording, model or groups.
    """
    if stored.get("format") != FORMAT:
        raise ValueError(
            f"answers must be of format {FORMAT}, got {stored.get('format')!r}; pass a "
            "session of this version of skecg."
        )
    for kind, advice in _ADVICE.items():
        if stored.get(kind) != digests[kind]:
            raise ValueError(
                f"answers must be of this {kind}, but belong to another; {advice}."
            )
    pairs = []
    entries: Any = stored.get("answers")
    for entry in entries if isinstance(entries, list) else [entries]:
        try:
            number, label = entry["node"], entry["label"]
            given = entry["sample"], entry["n_beats"]
            # A dict, because a negative index would find a node from the end.
            node = dict(enumerate(tree.nodes)).get(number)
        except (TypeError, KeyError) as error:
            raise ValueError(
                "answers must each contain a node, label, sample and n_beats, got "
                f"{entry!r:.200}; save the session again."
            ) from error
        if node is None or given != (node.sample, node.n_beats):
            raise ValueError(
                f"answers must be of these groups, but node {number!r:.40} is another "
                "group here; annotate with the versions of skecg and numpy of the "
                "review."
            )
        pairs.append((node.id, label))
    return pairs
