"""Write a model file."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from skecg._files import expanded_path, whole_file
from skecg.persistence._archive import from_archive, to_entries
from skecg.persistence._card import card_of
from skecg.persistence._container import pack
from skecg.persistence._load_model import _checked_names
from skecg.persistence._same import first_difference

__all__ = ["save_model"]


def save_model(
    model: Any,
    path: str | os.PathLike[str],
    *,
    card: Mapping[str, Any] | None = None,
    training_data: Any = None,
    trusted: Sequence[str] | None = None,
) -> None:
    """Write a model to a file that is safe to load.

    The file contains the weights as arrays, the parameters as plain values and a card,
    but no code. It is read back and compared with the model before it replaces an
    existing file, in one atomic step.

    Parameters
    ----------
    model : estimator
        The model, fitted or not: a classifier or sampler of this package, a
        ``BeatAnnotator``, an estimator of scikit-learn, or pipelines, searches and
        other combinations of these.
    path : str or path
        The file to create or to replace. The usual suffix is ``.skops``.
    card : mapping of str to object, or None, default=None
        Entries to add to the card, such as the protocol and the scores of a test:
        text, numbers, and lists and dicts of these.
    training_data : Bunch, tuple (X, y) or None, default=None
        The training set of the model. Its size, classes and SHA-256 are added to the
        card, and the description of a Bunch with its licence. The rows are not stored.
    trusted : sequence of str or None, default=None
        The full names of further classes and functions in the model, such as those of
        your own network. :func:`load_model` needs the same names.

    Raises
    ------
    ValueError
        If the model is not an estimator, contains parts that cannot be stored without
        loss, or needs names that are not in `trusted`.

    See Also
    --------
    load_model : Load a model file.

    Notes
    -----
    The file starts with one line of text, which contains a format number, a size and a
    SHA-256. A zip archive in the format of skops follows: ``schema.json``, the arrays
    in NumPy's format and ``card.json``. The SHA-256 of the training data covers the
    type, shape and little-endian bytes of X, then those of y.

    References
    ----------
    skops, secure persistence of scikit-learn models:
    https://skops.readthedocs.io/en/stable/persistence.html

    Examples
    --------
    >>> import os, tempfile
    >>> from skecg import CNN1DClassifier, load_model, save_model
    >>> from skecg.datasets import make_beats
    >>> beats = make_beats(200, random_state=0)
    >>> clf = CNN1DClassifier(max_epochs=1, validation_fraction=None)
    >>> clf = clf.fit(beats.data, beats.target)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "model.skops")
    ...     save_model(clf, path, training_data=beats, card={"protocol": "none"})
    ...     again = load_model(path)
    >>> bool((again.predict_proba(beats.data) == clf.predict_proba(beats.data)).all())
    True
    """
    if isinstance(model, type) or not hasattr(model, "get_params"):
        raise ValueError(
            f"model must be an estimator, got {model!r:.200}; pass a classifier, a "
            "pipeline or an annotator."
        )
    names = _checked_names(trusted)
    text = json.dumps(card_of(model, card, training_data), indent=1)
    try:
        schema, entries = to_entries(model)
        entries = {
            "card.json": text.encode(),
            "schema.json": json.dumps(schema, separators=(",", ":")).encode(),
            **entries,
        }
        line, archive = pack(entries)
        with warnings.catch_warnings():
            # Ignore the warning about a device that this machine does not have.
            warnings.simplefilter("ignore", UserWarning)
            again = from_archive(archive, entries, names)
        difference = first_difference(model, again)
        if difference is not None:
            raise ValueError(f"{difference} would change when it is read back")
    except (ValueError, RecursionError) as error:
        reason = str(error).rstrip(".") or "it contains itself"
        if "; " not in reason:
            reason += (
                "; replace it by plain values, lists, dicts with text keys, or NumPy "
                "arrays"
            )
        raise ValueError(
            "model must contain only parts that a model file can store, but this "
            f"{type(model).__name__} is refused: {reason}."
        ) from error
    with whole_file(expanded_path("path", path)) as file:
        file.write(line)
        file.write(archive)
