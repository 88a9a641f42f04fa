"""The class prior that a fitted estimator was trained under."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from skecg._sklearn import check_sample_weight

__all__ = ["refuse_weights_behind_samplers", "shares", "trained_prior"]

_REMEDY = (
    "pass trained_prior, the weighted share of each class in the rows that the "
    "estimator was trained on."
)

# Parameters that weight, fix or resample classes, each with the value, besides None,
# that has no effect: scikit-learn's and imbalanced-learn's, then those of XGBoost,
# LightGBM and CatBoost.
_SHIFTS = {
    "class_weight": None,
    "priors": None,
    "class_prior": None,
    "fit_prior": True,
    "sampling_strategy": None,
    "scale_pos_weight": 1,
    "is_unbalance": False,
    "class_weights": None,
    "auto_class_weights": None,
}

# Parameters of skorch nets with the same effect.
_SHIFTS_OF_NETS = (
    "criterion__weight",
    "criterion__pos_weight",
    "iterator_train__sampler",
    "iterator_train__batch_sampler",
)

_EXACT_OVERSAMPLERS = (SMOTE, SMOTENC, SMOTEN)
"""Samplers that add exactly the rows of ``sampling_strategy_``; ADASYN adds fewer."""


def shares(
    y: npt.NDArray[Any],
    classes: npt.NDArray[Any],
    weights: npt.NDArray[np.float64] | None = None,
) -> npt.NDArray[np.float64]:
    """Return the share of each class in y, weighted if weights are given."""
    weights = np.ones(len(y)) if weights is None else weights
    sums = np.array([weights[y == label].sum() for label in classes])
    return sums / sums.sum()


def trained_prior(
    estimator: Any, y: npt.NDArray[Any], fit_params: Mapping[str, Any]
) -> npt.NDArray[np.float64]:
    """Find the class prior that a fitted estimator was trained under.

    Parameters
    ----------
    estimator : estimator
        The fitted classifier or pipeline.
    y : ndarray of shape (n_beats,)
        The classes that were passed to its ``fit``.
    fit_params : dict
        The other arguments of its ``fit``.

    Returns
    -------
    ndarray of shape (n_classes,)
        The shares, in the order of the estimator's ``classes_``.

    Raises
    ------
    ValueError
        If it cannot be determined.
    """
    is_frozen, samplers, last = False, [], estimator
    # Check for FrozenEstimator first, because it forwards the attributes of its
    # estimator, such as best_estimator_.
    while True:
        if isinstance(last, FrozenEstimator):
            last, is_frozen = last.estimator, True
        elif hasattr(last, "best_estimator_"):
            last = last.best_estimator_
        elif isinstance(last, Pipeline):
            steps = [step for _, step in last.steps]
            samplers += [step for step in steps[:-1] if hasattr(step, "fit_resample")]
            last = steps[-1]
        else:
            break
    if hasattr(last, "class_prior_"):
        return np.asarray(last.class_prior_, dtype=np.float64)
    if is_frozen:
        raise ValueError(
            "trained_prior='auto' cannot determine which classes the frozen "
            f"{type(last).__name__} was trained on; {_REMEDY}"
        )
    _refuse_hidden(last)
    weights = [value for name, value in fit_params.items() if _is_weight(name, value)]
    if len(weights) > 1:
        raise ValueError(
            "trained_prior='auto' cannot determine the prior if sample_weight is given "
            f"twice; {_REMEDY}"
        )
    for sampler in samplers:
        y = _resampled(sampler, y)
    if not weights:
        return shares(y, last.classes_)
    return shares(y, last.classes_, check_sample_weight(weights[0], y))


def refuse_weights_behind_samplers(
    estimator: Any, fit_params: Mapping[str, Any]
) -> None:
    """Raise ValueError if a sampler would change the rows that weights belong to.

    A pipeline passes weights on unchanged, but a sampler changes the rows.

    Parameters
    ----------
    estimator : estimator
        The classifier or pipeline, to be fitted.
    fit_params : dict
        The arguments of its ``fit``.
    """
    given = [name for name, value in fit_params.items() if _is_weight(name, value)]
    while given and not isinstance(estimator, Pipeline):
        inside = getattr(estimator, "estimator", None)
        if inside is None or isinstance(estimator, FrozenEstimator):
            return
        estimator = inside
    if given:
        for _, step in estimator.steps[:-1]:
            if hasattr(step, "fit_resample"):
                raise ValueError(
                    f"{given[0]} has a weight for each row before "
                    f"{type(step).__name__}, but the classifier reads the rows after "
                    "it; leave the weights out, or resample before this fit."
                )


def _is_weight(name: str, value: Any) -> bool:
    return value is not None and name.rpartition("__")[2] == "sample_weight"


def _refuse_hidden(estimator: Any) -> None:
    """Raise ValueError if a part of the estimator weights or resamples classes."""
    parts = {"": estimator, **estimator.get_params(deep=True)}
    for name, part in parts.items():
        parameter = name.rpartition("__")[2]
        if name.endswith(_SHIFTS_OF_NETS) and part is not None:
            raise ValueError(
                f"trained_prior='auto' does not support {name}={part!r}; {_REMEDY}"
            )
        if parameter == "criterion" and _has_weights(part):
            raise ValueError(
                f"trained_prior='auto' does not support the class weights of {name}="
                f"{part!r}; {_REMEDY}"
            )
        if parameter in _SHIFTS and not _is_neutral(part, _SHIFTS[parameter]):
            raise ValueError(
                f"trained_prior='auto' does not support {name}={part!r}; {_REMEDY}"
            )
        if hasattr(part, "fit_resample") or isinstance(part, FrozenEstimator):
            raise ValueError(
                f"trained_prior='auto' does not support {type(part).__name__} inside "
                f"{type(estimator).__name__}; {_REMEDY}"
            )


def _is_neutral(value: Any, neutral: Any) -> bool:
    return value is None or bool(np.isscalar(value) and value == neutral)


def _has_weights(criterion: Any) -> bool:
    """Return whether a torch loss, or a partial of one, has class weights."""
    set_by = getattr(criterion, "keywords", None) or {}
    return any(
        set_by.get(name, getattr(criterion, name, None)) is not None
        for name in ("weight", "pos_weight")
    )


def _resampled(sampler: Any, y: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the classes that a fitted sampler made of y."""
    if hasattr(sampler, "sample_indices_"):
        return y[sampler.sample_indices_]
    # Subclasses, such as BorderlineSMOTE, may leave out classes or rows.
    if type(sampler) in _EXACT_OVERSAMPLERS:
        made = sampler.sampling_strategy_
        return np.concatenate([y, *(np.repeat(label, n) for label, n in made.items())])
    raise ValueError(
        "trained_prior='auto' cannot determine which rows "
        f"{type(sampler).__name__} returned; {_REMEDY}"
    )
