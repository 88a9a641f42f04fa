"""Write a fitted model as an ONNX file, after comparing predictions."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.metadata import version
from typing import Any

import numpy as np
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from skecg._files import expanded_path, whole_file
from skecg.annotation import BeatAnnotator
from skecg.annotation._onnx_annotator import annotator_facts, rows_of_recordings
from skecg.classification._onnx_beat_classifier import (
    OnnxBeatClassifier,
    classifiers_of,
)
from skecg.classification._onnx_file import (
    CHECKSUM,
    FACTS,
    FORMAT,
    NO_CHECKSUM,
    checksum_of,
)
from skecg.signal import Layout, get_layout

__all__ = ["export_onnx"]

_TOLERANCE = 1e-5
"""The largest allowed difference between probabilities of model and ONNX Runtime."""

_PACKAGES = ("numpy", "onnx", "onnxruntime", "scikit-learn", "skecg")


@dataclass(frozen=True)
class _Part:
    """A classifier to export, with rows to compare its predictions."""

    model: Any
    output: str
    rows: Any


def export_onnx(
    model: Any,
    path: str | os.PathLike[str],
    X: Any,
    *,
    description: str = "",
) -> None:
    """Write a fitted classifier or annotator as an ONNX file.

    :class:`skecg.OnnxBeatClassifier` reads the file of a classifier. The file of a
    :class:`skecg.annotation.BeatAnnotator` is a model for
    :func:`skecg.annotation.annotate`, :func:`skecg.annotation.load_onnx` and ``skecg
    annotate --model``. Reading needs
    the package onnxruntime, but neither torch nor skorch.

    Parameters
    ----------
    model : classifier or BeatAnnotator
        The fitted model: a network classifier, a HistGradientBoostingClassifier, a
        :class:`~skecg.CascadeClassifier` or :class:`~skecg.PriorAdjustedClassifier` of
        these, a pipeline of samplers, a selection of columns and one of these, or an
        annotator with such classifiers.
    path : str or path
        The file to write.
    X : array-like of shape (n_beats, n_features), or recordings
        Real rows. The predictions of the model and of ONNX Runtime for them are
        compared before the file is written. For an annotator, pass recordings or their
        paths; their beats are detected and extracted as rows.
    description : str, default=""
        A description of the model, for the card of a classifier. An annotator already
        has a card.

    Raises
    ------
    ImportError
        If the packages of the extra ``skecg[onnx]`` are not installed.
    NotFittedError
        If the model is not fitted.
    ValueError
        If the model cannot be exported, or if ONNX Runtime predicts another class for a
        row of `X`, or a probability that differs by more than 1e-5.

    See Also
    --------
    skecg.OnnxBeatClassifier : Read the file of a classifier.
    skecg.annotation.load_onnx : Read the file of an annotator.

    Notes
    -----
    The graph reads rows of ``X`` as float32, or as float64 if it contains trees. The
    thresholds of trees are float64, so that each row takes the same path as in
    scikit-learn. The metadata contain, as JSON under the key ``skecg``, the classes,
    the layout of the rows with the column names and the sampling rate, the card and the
    format number. Under ``skecg_sha256``, they contain the SHA-256 of the file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.ensemble import HistGradientBoostingClassifier
    >>> from skecg import OnnxBeatClassifier, export_onnx
    >>> from skecg.datasets import make_beats
    >>> X, y = make_beats(300, random_state=0, return_X_y=True)
    >>> model = HistGradientBoostingClassifier(max_iter=5).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export_onnx(model, Path(folder) / "model.onnx", X)
    ...     OnnxBeatClassifier(Path(folder) / "model.onnx").classes_
    array([0, 1, 2, 3, 4])
    """
    target = expanded_path("path", path)
    annotator: Mapping[str, Any] | None = None
    if isinstance(model, BeatAnnotator):
        check_is_fitted(model, "models_")
        card, annotator, models = annotator_facts(model)
        rows = rows_of_recordings(model, X)
        parts = [_Part(models[name], name, rows[name]) for name in models]
        layout = model.layout_
    else:
        _refuse_other_models(model)
        parts = [_Part(model, "probabilities", X)]
        layout, card = _layout_of(model), _card(description)
    content = _content(parts, layout, card, annotator)
    _, classifiers = classifiers_of(content, target)
    for part in parts:
        _compare(part, classifiers[part.output])
    with whole_file(target) as file:
        file.write(content)


def _refuse_other_models(model: Any) -> None:
    if not hasattr(model, "predict_proba"):
        raise ValueError(
            "model must be a fitted classifier with predict_proba, or a fitted "
            f"BeatAnnotator, got {type(model).__name__}."
        )
    check_is_fitted(model)


def _content(
    parts: list[_Part],
    layout: Layout | None,
    card: Mapping[str, Any],
    annotator: Mapping[str, Any] | None,
) -> bytes:
    """Return the content of the file."""
    try:
        import onnx

        from skecg.export._convert import add_classifier, reads_float64
        from skecg.export._graph import GraphBuilder
    except ImportError as error:
        raise ImportError(
            "export_onnx needs the package onnx; install it with "
            "pip install 'skecg[onnx]'."
        ) from error
    is_double = any(reads_float64(part.model) for part in parts)
    builder = GraphBuilder(np.float64 if is_double else np.float32)
    outputs = []
    for part in parts:
        # ONNX Runtime runs all classifiers of a graph, so each needs an input.
        n_features = int(part.model.n_features_in_)
        is_alone = len(parts) == 1
        name = "rows" if is_alone else f"rows_of_{part.output}"
        rows = builder.add_input(name, n_features, is_optional=not is_alone)
        found = add_classifier(builder, part.model, rows)
        classes = np.asarray(part.model.classes_)
        builder.add_output(found, part.output, len(classes))
        names = getattr(part.model, "feature_names_in_", None)
        outputs.append(
            {
                "input": name,
                "output": part.output,
                "classes": classes.tolist(),
                "dtype": classes.dtype.str,
                "n_features": n_features,
                "feature_names": None if names is None else names.tolist(),
                "columns": _column_names(layout, n_features),
                "allow_nan": bool(get_tags(part.model).input_tags.allow_nan),
            }
        )
    facts = {
        "format": FORMAT,
        "outputs": outputs,
        "layout": _layout_facts(layout),
        "card": card,
        "annotator": annotator,
    }
    model = builder.model({FACTS: _json(facts), CHECKSUM: NO_CHECKSUM})
    onnx.checker.check_model(model, full_check=True)
    blank: bytes = model.SerializeToString(deterministic=True)
    checksum = checksum_of(blank, NO_CHECKSUM)
    return blank.replace(NO_CHECKSUM.encode(), checksum.encode())


def _compare(part: _Part, clf: OnnxBeatClassifier) -> None:
    """Raise ValueError if the predictions of a file differ from the model's."""
    expected = np.asarray(part.model.predict_proba(part.rows))
    found = clf.predict_proba(part.rows)
    differences = np.abs(found - expected).max(axis=1)
    # Negated, so that NaN counts as a large difference.
    is_far = ~(differences <= _TOLERANCE)
    if is_far.any():
        row = int(is_far.argmax())
        raise ValueError(
            f"model cannot be exported: of {len(is_far)} rows of X, {is_far.sum()} get "
            f"a probability in ONNX Runtime that differs by more than {_TOLERANCE:g}, "
            f"first in row {row}, by {differences[row]:.2g}."
        )
    is_other = clf.predict(part.rows) != part.model.predict(part.rows)
    if is_other.any():
        raise ValueError(
            f"model cannot be exported: of {len(is_other)} rows of X, {is_other.sum()} "
            "get another class in ONNX Runtime, first in row "
            f"{int(is_other.argmax())}."
        )


def _layout_of(model: Any) -> Layout | None:
    from skecg.export._convert import layouts_of

    found = layouts_of(model)
    return get_layout(found[0]) if found else None


def _layout_facts(layout: Layout | None) -> dict[str, Any] | None:
    """Return the name and options of a layout, or None for a user-defined layout."""
    if layout is None:
        return None
    # Without is_causal, which is part of the name.
    names = [x.name for x in fields(layout) if x.name != "is_causal"]  # type: ignore[arg-type]
    options = {name: getattr(layout, name) for name in names}
    try:
        is_ours = get_layout(layout.name, **options) == layout
    except ValueError:
        is_ours = False
    if not is_ours:
        return None
    return {"name": layout.name, "options": options, "fs": layout.fs}


def _column_names(layout: Layout | None, n_features: int) -> list[str] | None:
    """Return the names of the columns, with placeholder names of leads."""
    if layout is None:
        return None
    n_leads = layout.count_leads(n_features)
    return layout.feature_names([f"lead_{lead}" for lead in range(n_leads)])


def _card(description: str) -> dict[str, Any]:
    versions = {package: version(package) for package in _PACKAGES}
    return {"description": description, "versions": versions}


def _json(facts: Any) -> str:
    try:
        return json.dumps(facts, indent=1, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "model must have labels and settings that JSON can store, to be exported "
            f"({error}); replace the others."
        ) from error
