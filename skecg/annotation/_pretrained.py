"""The fitted annotators that come with the package."""

from __future__ import annotations

from importlib.resources import as_file, files

from skecg.annotation._beat_annotator import BeatAnnotator
from skecg.annotation._stored_annotator import read_annotator

__all__ = ["PRETRAINED", "load_pretrained"]

PRETRAINED = ("new_patients", "new_patients_causal")
"""The names of the fitted annotators."""


def load_pretrained(name: str = "new_patients") -> BeatAnnotator:
    """Return a fitted annotator that comes with the package.

    Parameters
    ----------
    name : {"new_patients", "new_patients_causal"}, default="new_patients"
        The annotator. Both are networks for unseen patients. They read the shape of a
        beat and the beats around it, in one or two leads.

        - ``"new_patients"`` reads whole recordings, in the layout ``"context"``.
        - ``"new_patients_causal"`` compares a beat only with earlier beats, in the
          layout ``"causal_context"``, for :class:`StreamingAnnotator`.

    Returns
    -------
    BeatAnnotator
        The annotator. Its ``card_`` contains the training data, their licence and the
        scores.

    Raises
    ------
    ValueError
        If there is no such annotator.

    Notes
    -----
    The weights are derived from the MIT-BIH Arrhythmia Database (the records of DS1)
    and the MIT-BIH Supraventricular Arrhythmia Database (the records with even
    numbers) of PhysioNet, both under the Open Data Commons Attribution License 1.0.
    The `command` of the card reproduces the fit.

    Examples
    --------
    >>> from skecg import load_pretrained
    >>> annotator = load_pretrained("new_patients")
    >>> annotator.class_names_
    ['N', 'S', 'V', 'F']
    """
    if name not in PRETRAINED:
        raise ValueError(f"name must be one of {list(PRETRAINED)}, got {name!r}.")
    with as_file(files(__package__) / "models" / f"{name}.npz") as path:
        return read_annotator(path)
