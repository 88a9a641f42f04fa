"""The file of the model that the verbs share."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import Any

__all__ = ["add_model_option", "default_model", "load_model", "sha256_of"]

_NAME = "annotator.joblib"


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
        help="file that 'skecg train' has written (default: the one that it writes "
        "without --out). Loading a model file can run any code: use files from people "
        "that you trust only.",
    )


def default_model() -> Path:
    """Return the file of the model without ``--model`` and ``--out``.

    Returns
    -------
    Path
        The file, in the data home.
    """
    from skecg.datasets import get_data_home

    return get_data_home() / _NAME


def load_model(given: str | None) -> tuple[Path, Any]:
    """Load a model.

    Parameters
    ----------
    given : str or None
        Its file; None is the default.

    Returns
    -------
    path : Path
        The file.
    annotator : BeatAnnotator
        The model.

    Raises
    ------
    FileNotFoundError, ValueError
        If the file does not exist or is no fitted annotator.
    """
    from skecg._files import expanded_path
    from skecg.annotation._model_file import fitted_annotator

    path = default_model() if given is None else expanded_path("model", given)
    return path, fitted_annotator(path)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        The digest in hexadecimal.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
