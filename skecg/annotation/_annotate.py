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
        The recording, or the path of its file; see
        :func:`skecg.recordings.read_recording`.
    model : BeatAnnotator, str or path, or None, default=None
        A fitted annotator, the name of a pretrained one (see :func:`load_pretrained`),
        or a file written by :func:`skecg.persistence.save_model`, ``skecg train``,
        :func:`skecg.export.export_onnx` or ``joblib.dump``. None loads the pretrained
        ``"new_patients"``. Loading a file that ends in ``.skops``, ``.npz`` or
        ``.onnx`` runs no code from it. Other files may run any code when they are
        loaded: load them only from sources that you trust.
    r_peaks : array-like of int of shape (n_peaks,) or None, default=None
        The sample numbers of the R peaks. None detects them.

    Returns
    -------
    AnnotatedRecording
        The beats with their classes, and the recording.

    Raises
    ------
    FileNotFoundError
        If a file does not exist.
    ValueError
        If the file does not contain an annotator, or the recording does not fit it.

    See Also
    --------
    load_pretrained : Load an annotator that comes with the package.
    BeatAnnotator : Fit an annotator.

    Examples
    --------
    >>> import numpy as np
    >>> import skecg
    >>> seconds = np.arange(60 * 250) / 250
    >>> lead = np.exp(-((seconds % 0.8 - 0.4) ** 2) / (2 * 0.01**2))
    >>> lead += np.random.default_rng(0).normal(0, 0.01, len(lead))
    >>> skecg.annotate(skecg.Recording(lead, 250), r_peaks=np.arange(100, 15000, 200))
    AnnotatedRecording(75 beats (75 N) in lead_0, all leads)
    """
    return fitted_annotator(model).annotate(recording, r_peaks)
