"""Conversion of a fitted classifier to nodes of an ONNX graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skecg._sklearn import passed_columns
from skecg.classification import CascadeClassifier, PriorAdjustedClassifier
from skecg.export._graph import GraphBuilder
from skecg.export._trees import boosting

__all__ = ["add_classifier", "layouts_of", "reads_float64"]

_EXPORTED = (
    "network classifiers, HistGradientBoostingClassifier, CascadeClassifier and "
    "PriorAdjustedClassifier, in a Pipeline or FrozenEstimator"
)


def add_classifier(builder: GraphBuilder, model: Any, rows: str) -> str:
    """Add a fitted classifier to a graph.

    Parameters
    ----------
    builder : GraphBuilder
        The graph.
    model : classifier
        The classifier.
    rows : str
        The name of the tensor with its rows.

    Returns
    -------
    str
        The name of the tensor with the probabilities, in the order of ``classes_``.

    Raises
    ------
    ValueError
        If the classifier, or a part of it, cannot be exported.
    """
    if isinstance(model, FrozenEstimator):
        return add_classifier(builder, model.estimator, rows)
    if isinstance(model, Pipeline):
        for _, step in model.steps[:-1]:
            rows = _transformed(builder, step, rows)
        return add_classifier(builder, model.steps[-1][1], rows)
    check_is_fitted(model)
    if isinstance(model, PriorAdjustedClassifier):
        return _prior_adjusted(builder, model, rows)
    if isinstance(model, CascadeClassifier):
        return _cascade(builder, model, rows)
    if isinstance(model, HistGradientBoostingClassifier):
        return boosting(builder, model, rows)
    if _is_network(model):
        # Imported here, because boosters can be exported without torch.
        from skecg.export._network import network_model

        found = builder.include(network_model(model), builder.cast(rows, np.float32))
        return builder.cast(found, builder.dtype)
    raise ValueError(
        f"model must consist of {_EXPORTED} to be exported, but contains "
        f"{type(model).__name__}; replace it."
    )


def reads_float64(model: Any) -> bool:
    """Return whether a classifier contains trees, which compare float64 values.

    Parameters
    ----------
    model : classifier
        The classifier.

    Returns
    -------
    bool
        Whether the graph should compute in float64; networks read float32 in any case.
    """
    return any(
        isinstance(part, HistGradientBoostingClassifier) for part in _parts(model)
    )


def layouts_of(model: Any) -> list[Any]:
    """Return the layouts in the parameters of a fitted classifier and its parts.

    Parameters
    ----------
    model : classifier
        The classifier.

    Returns
    -------
    list of str or Layout
        The layouts, outermost first.
    """
    found = [getattr(part, "layout", None) for part in _parts(model)]
    return [layout for layout in found if layout is not None]


def _parts(model: Any) -> Iterator[Any]:
    """Yield a fitted classifier and all classifiers inside it."""
    yield model
    inside: list[Any] = []
    if isinstance(model, FrozenEstimator):
        inside = [model.estimator]
    elif isinstance(model, Pipeline):
        inside = [model.steps[-1][1]]
    elif isinstance(model, PriorAdjustedClassifier):
        inside = [model.estimator_]
    elif isinstance(model, CascadeClassifier):
        inside = model.estimators_
    for part in inside:
        yield from _parts(part)


def _is_network(model: Any) -> bool:
    # Check an attribute, because isinstance would import torch.
    return hasattr(type(model), "_module_arguments")


def _transformed(builder: GraphBuilder, step: Any, rows: str) -> str:
    """Add a pipeline step before the classifier; samplers do nothing in prediction."""
    if step is None or isinstance(step, str) or hasattr(step, "fit_resample"):
        return rows
    columns = passed_columns(step) if isinstance(step, ColumnTransformer) else None
    if columns is None:
        raise ValueError(
            "model must transform rows only by samplers and by a ColumnTransformer "
            "that selects columns, to be exported, but contains "
            f"{type(step).__name__}; transform the rows before the model."
        )
    return builder.add("Gather", rows, builder.constant(columns, np.int64), axis=1)


def _prior_adjusted(
    builder: GraphBuilder, model: PriorAdjustedClassifier, rows: str
) -> str:
    """Add a classifier and the adjustment of its prior."""
    given = add_classifier(builder, model.estimator_, rows)
    ratio = model._ratio(model.prior_) ** model.strength
    weighted = builder.add("Mul", given, builder.constant([ratio]))
    axes = builder.constant([1], np.int64)
    total = builder.add("ReduceSum", weighted, axes, keepdims=1)
    # Rows whose weighted sum is zero stay unchanged.
    is_known = builder.add("Greater", total, builder.constant(0.0))
    scaled = builder.add("Div", weighted, total)
    return builder.add("Where", is_known, scaled, given)


def _cascade(builder: GraphBuilder, model: CascadeClassifier, rows: str) -> str:
    """Add the stages of a cascade; see the notes of CascadeClassifier."""
    *labels, remainder = model.labels_
    first, second = (builder.constant([k], np.int64) for k in (1, 2))
    axes, one = builder.constant([1], np.int64), builder.constant([[1.0]])
    columns, left = {}, one
    for label, stage in zip(labels, model.estimators_, strict=True):
        both = add_classifier(builder, stage, rows)
        selected = builder.add("Slice", both, first, second, axes)
        columns[label] = builder.add("Mul", left, selected)
        left = builder.add("Mul", left, builder.add("Sub", one, selected))
    columns[remainder] = left
    ordered = [columns[label] for label in model.classes_.tolist()]
    return builder.add("Concat", *ordered, axis=1)
