"""A fitted annotator, or the file of one."""

from __future__ import annotations

import os
import stat
from typing import Any

import joblib
from sklearn.utils.validation import check_is_fitted

from skecg.annotation._beat_annotator import BeatAnnotator

__all__ = ["fitted_annotator"]


def fitted_annotator(model: Any) -> BeatAnnotator:
    """Return a fitted annotator.

    Parameters
    ----------
    model : BeatAnnotator, str or path
        The annotator, or its file. Loading a file may run any code.

    Returns
    -------
    BeatAnnotator
        The annotator.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If there is no model, or it is no annotator.
    NotFittedError
        If it is not fitted.
    """
    if model is None:
        raise ValueError(
            "model must be a fitted BeatAnnotator or its file, got None; make one with "
            "'skecg train', which takes a few minutes, or with BeatAnnotator().fit."
        )
    if isinstance(model, (str, os.PathLike)):
        model = _loaded(os.fspath(model))
    if not isinstance(model, BeatAnnotator):
        raise ValueError(
            "model must be a fitted BeatAnnotator or its file, got "
            f"{type(model).__name__}; make one with 'skecg train'."
        )
    check_is_fitted(model, "models_")
    return model


def _loaded(path: str) -> Any:
    try:
        is_file = stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"model must be the file of a BeatAnnotator, and {path} does not exist; "
            "make one with 'skecg train'."
        ) from error
    if not is_file:
        # Opening a pipe would wait.
        raise ValueError(
            f"model must be the file of a BeatAnnotator, and {path} is no regular "
            "file; make one with 'skecg train'."
        )
    try:
        return joblib.load(path)
    # A file that is no pickle, or is damaged, may raise anything.
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(
            f"model must be the file of a BeatAnnotator, and {path!r} cannot be loaded "
            f"({type(error).__name__}: {reason}); make one with 'skecg train'."
        ) from error
