"""Annotate a recording in one call."""

from __future__ import annotations

import os

import numpy.typing as npt

from skecg.annotation._annotated_recording import AnnotatedRecording
from skecg.annotation._beat_annotator import BeatAnnotator
from skecg.annotation._model_file import fitted_annotator
from skecg.recordings import Recording

__all__ = ["annotate"]


def annotate(
    recording: Recording | str | os.PathLike[str],
    model: BeatAnnotator | str | os.PathLike[str] | None = None,
    *,
    r_peaks: npt.ArrayLike | None = None,
) -> AnnotatedRecording:
    """Annotate a recording with a fitted annotator.

    Parameters
    ----------
    recording : Recording, str or path
        The recording, or its file; see :func:`skecg.recordings.read_recording`.
    model : BeatAnnotator, str or path
        A fitted annotator, or a file that ``joblib.dump`` or ``skecg train`` has
        written. Open files of people that you trust only: loading one may run any
        code.
    r_peaks : array-like of int of shape (n_peaks,) or None, default=None
        The samples of the R peaks. None detects them.

    Returns
    -------
    AnnotatedRecording
        The beats with their classes, and what was read.

    Raises
    ------
    FileNotFoundError
        If a file does not exist.
    ValueError
        If there is no model, the file is none, or the recording does not fit it.

    See Also
    --------
    BeatAnnotator : Fit an annotator.

    Examples
    --------
    >>> import skecg
    >>> recording = skecg.Recording([0.0, 0.1, 0.0] * 500, 250)
    >>> skecg.annotate(recording)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: model must be a fitted BeatAnnotator or its file, got None; ...
    """
    return fitted_annotator(model).annotate(recording, r_peaks)
