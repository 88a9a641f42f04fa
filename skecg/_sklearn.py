"""Private names of scikit-learn that skecg uses.

They are imported only in this file, because a new version of scikit-learn may move or
rename them.
"""

import copy
import inspect
from typing import Any

from sklearn.base import _fit_context as fit_context
from sklearn.metrics._scorer import _BaseScorer
from sklearn.utils import _safe_indexing as safe_indexing
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    StrOptions,
    validate_params,
)
from sklearn.utils.metadata_routing import _raise_for_params as raise_for_params
from sklearn.utils.metadata_routing import _routing_enabled as routing_enabled
from sklearn.utils.metaestimators import _BaseComposition as BaseComposition
from sklearn.utils.validation import _check_method_params as check_method_params
from sklearn.utils.validation import _check_sample_weight as check_sample_weight
from sklearn.utils.validation import _get_feature_names as feature_names
from sklearn.utils.validation import _num_samples as num_samples

__all__ = [
    "BaseComposition",
    "HasMethods",
    "Interval",
    "StrOptions",
    "boosted_trees",
    "check_method_params",
    "check_sample_weight",
    "feature_names",
    "fit_context",
    "is_named_scorer",
    "num_samples",
    "passed_columns",
    "raise_for_params",
    "routing_enabled",
    "safe_indexing",
    "validate_params",
    "with_labels",
]


def is_named_scorer(scorer: Any) -> bool:
    """Return whether a scorer is from scikit-learn or `make_scorer`."""
    return isinstance(scorer, _BaseScorer)


def with_labels(scorer: Any, labels: Any) -> Any:
    """Return a scorer of probabilities with the given labels as columns.

    Parameters
    ----------
    scorer : callable
        The scorer. It is returned unchanged if it scores predicted labels, has no
        argument `labels`, has labels already, or is not one of scikit-learn's.
    labels : ndarray of shape (n_classes,)
        The labels.

    Returns
    -------
    callable
        The scorer.
    """
    if (
        not isinstance(scorer, _BaseScorer)
        or scorer._response_method == "predict"
        or "labels" in scorer._kwargs
        or "labels" not in inspect.signature(scorer._score_func).parameters
    ):
        return scorer
    changed = copy.copy(scorer)
    changed._kwargs = {**scorer._kwargs, "labels": labels}
    return changed


def boosted_trees(clf: Any) -> tuple[list[list[Any]], Any]:
    """Return the trees of a fitted HistGradientBoostingClassifier.

    Parameters
    ----------
    clf : HistGradientBoostingClassifier
        The classifier.

    Returns
    -------
    trees : list of list of ndarray
        For each column of the scores, the nodes of its trees: structured arrays with
        the fields of scikit-learn's TreePredictor.
    baseline : ndarray of shape (n_columns,)
        What is added to the sum of the trees.
    """
    columns = zip(*clf._predictors, strict=True)
    trees = [[predictor.nodes for predictor in column] for column in columns]
    return trees, clf._baseline_prediction.ravel()


def passed_columns(transformer: Any) -> list[int] | None:
    """Return the columns that a fitted ColumnTransformer passes on unchanged.

    Parameters
    ----------
    transformer : ColumnTransformer
        The transformer.

    Returns
    -------
    list of int or None
        The numbers of the columns, in the order of its output; None if it changes some.
    """
    columns: list[int] = []
    for name, part, _ in transformer.transformers_:
        if isinstance(part, str) and part == "drop":
            continue
        is_passed = isinstance(part, str) and part == "passthrough"
        if not is_passed and getattr(part, "func", part) is not None:
            return None
        columns += list(transformer._transformer_to_input_indices[name])
    return columns
