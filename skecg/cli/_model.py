"""Loading and saving of models, and the option ``--model`` of several verbs."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import Any

__all__ = [
    "add_model_option",
    "added_to_card",
    "identity_of",
    "load_model",
    "save_model",
]


def add_model_option(parser: argparse.ArgumentParser) -> None:
    """Add the option ``--model``.

    Parameters
    ----------
    parser : ArgumentParser
        The parser of a verb.
    """
    parser.add_argument(
        "--model",
        metavar="M",
        help="new_patients (the default) or new_patients_causal, which come with the "
        "package, or a file that 'skecg train' or skecg.export_onnx has written. "
        "Loading a .skops, .npz or .onnx file runs no code from it. Other files can "
        "run any code: load them only from sources that you trust",
    )


def load_model(given: str | None) -> tuple[str, Any]:
    """Load a model.

    Parameters
    ----------
    given : str or None
        Its name or the path of its file; None loads the default.

    Returns
    -------
    name : str
        The name, or the path of the file.
    annotator : BeatAnnotator
        The model.

    Raises
    ------
    FileNotFoundError, ValueError
        If the file does not exist or does not contain a fitted annotator.
    """
    from skecg._files import expanded_path
    from skecg.annotation._model_file import fitted_annotator
    from skecg.annotation._pretrained import PRETRAINED

    given = given or PRETRAINED[0]
    name = given if given in PRETRAINED else str(expanded_path("model", given))
    return name, fitted_annotator(name)


def added_to_card(annotator: Any, path: Path) -> dict[str, Any] | None:
    """Return the entries that a user added to the card of a safe model file.

    Parameters
    ----------
    annotator : BeatAnnotator
        The model, as it was loaded.
    path : Path
        Its file.

    Returns
    -------
    dict or None
        The entries to write again; None for files of other formats.
    """
    from skecg.persistence import read_card
    from skecg.persistence._card import card_of
    from skecg.persistence._container import MAGIC

    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            return None
    own = card_of(annotator, None, None)
    return {
        name: value
        for name, value in read_card(path).items()
        if name not in _REPLACED and own.get(name) != value
    }


_REPLACED = {"saved", "scores", "versions"}
"""Entries of a card that each new file states again."""


def save_model(annotator: Any, path: Path, added: dict[str, Any] | None = None) -> None:
    """Write a model in the format of the file's suffix.

    ``.skops`` is a safe model file, as is a file that replaces one. ``.npz`` contains
    the arrays of the network for new patients in half precision. Other suffixes give a
    joblib pickle.

    Parameters
    ----------
    annotator : BeatAnnotator
        The model.
    path : Path
        Its file.
    added : dict or None, default=None
        Entries of the card of a safe model file; None if there was no such file.
    """
    from skecg._files import write_model
    from skecg.annotation._stored_annotator import write_annotator
    from skecg.persistence import save_model as write_safe_model

    if path.suffix == ".skops" or added is not None:
        write_safe_model(annotator, path, card=added)
    elif path.suffix == ".npz":
        write_annotator(annotator, path)
    else:
        write_model(path, annotator)


def identity_of(name: str) -> str:
    """Return a text that identifies a model.

    Parameters
    ----------
    name : str
        The name from :func:`load_model`.

    Returns
    -------
    str
        The SHA-256 of a file in hexadecimal, or the name of a pretrained model and the
        version of skecg.
    """
    from importlib.metadata import version

    from skecg.annotation._pretrained import PRETRAINED

    if name in PRETRAINED:
        return f"{name}, skecg {version('skecg')}"
    with Path(name).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
