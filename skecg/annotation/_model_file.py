"""Loading of a fitted annotator from an object, a name or a file."""

from __future__ import annotations

import os
import stat
from typing import Any

import joblib
from sklearn.utils.validation import check_is_fitted

from skecg._files import expanded_path
from skecg.annotation._beat_annotator import BeatAnnotator
from skecg.annotation._onnx_annotator import load_onnx
from skecg.annotation._pretrained import PRETRAINED, load_pretrained
from skecg.annotation._stored_annotator import read_annotator
from skecg.persistence import load_model
from skecg.persistence._container import MAGIC

__all__ = ["fitted_annotator"]


def fitted_annotator(model: Any) -> BeatAnnotator:
    """Return a fitted annotator from an object, a name or a file.

    Parameters
    ----------
    model : BeatAnnotator, str or path, or None
        The annotator, the name of a pretrained one, or the path of its file. None loads
        the pretrained ``"new_patients"``. Loading a file may run any code, except from
        ``.skops``, ``.npz`` and ``.onnx``.

    Returns
    -------
    BeatAnnotator
        The annotator.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If the file cannot be loaded, or is not an annotator.
    NotFittedError
        If it is not fitted.
    """
    if model is None or (isinstance(model, str) and model in PRETRAINED):
        return load_pretrained(*([model] if model else []))
    if isinstance(model, (str, os.PathLike)):
        model = _loaded(str(expanded_path("model", model)))
    if not isinstance(model, BeatAnnotator):
        raise ValueError(
            "model must be a fitted BeatAnnotator, the path of its file, or one of "
            f"{', '.join(PRETRAINED)}, got {type(model).__name__}; make one with "
            "'skecg train'."
        )
    check_is_fitted(model, "models_")
    return model


def _loaded(path: str) -> Any:
    try:
        is_file = stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"model must be the file of a BeatAnnotator, but {path} does not exist; "
            "make one with 'skecg train'."
        ) from error
    if not is_file:
        # Opening a pipe would block.
        raise ValueError(
            f"model must be the file of a BeatAnnotator, but {path} is not a regular "
            "file; make one with 'skecg train'."
        )
    if path.endswith(".npz"):
        return read_annotator(path)
    if path.endswith(".onnx"):
        return load_onnx(path)
    # Never load a pickle that is named .skops.
    if path.endswith(".skops") or _starts_as_model_file(path):
        return load_model(path)
    try:
        return joblib.load(path)
    # A file that is not a pickle, or is damaged, may raise any exception.
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(
            f"model must be the file of a BeatAnnotator, but {path!r} cannot be loaded "
            f"({type(error).__name__}: {reason}); make one with 'skecg train'."
        ) from error


def _starts_as_model_file(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False  # joblib raises the error
