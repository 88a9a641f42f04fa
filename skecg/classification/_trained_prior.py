"""Which prior a fitted estimator learned under, where that can be known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from imblearn.over_sampling.base import BaseOverSampler
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

__all__ = ["shares", "trained_prior"]

_ASK = (
    "pass trained_prior, the share of each class in what the estimator learned from, "
    "weights counted."
)

# Parameters by which scikit-learn's and imbalanced-learn's classifiers weigh, fix or
# resample classes.
_SHIFTS_UNLESS_NONE = {"class_weight", "priors", "class_prior", "sampling_strategy"}


def shares(y: npt.NDArray[Any], classes: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return the share of each class in y."""
    counts = np.array([np.count_nonzero(y == label) for label in classes])
    return counts / counts.sum()


def trained_prior(
    estimator: Any, y: npt.NDArray[Any], fit_params: Mapping[str, Any]
) -> npt.NDArray[np.float64]:
    """Find the prior that a fitted estimator learned under.

    Parameters
    ----------
    estimator : estimator
        The fitted classifier or pipeline.
    y : ndarray of shape (n_beats,)
        The classes that it was given.
    fit_params : dict
        What else its ``fit`` was given.

    Returns
    -------
    ndarray of shape (n_classes,)
        The shares, in the order of the estimator's ``classes_``.

    Raises
    ------
    ValueError
        If it cannot be known.
    """
    is_frozen = False
    # What fits others and keeps the one that it likes best is that one.
    while True:
        if hasattr(estimator, "best_estimator_"):
            estimator = estimator.best_estimator_
        elif isinstance(estimator, FrozenEstimator):
            estimator, is_frozen = estimator.estimator, True
        else:
            break
    last = estimator[-1] if isinstance(estimator, Pipeline) else estimator
    if hasattr(last, "class_prior_"):
        return np.asarray(last.class_prior_, dtype=np.float64)
    if is_frozen:
        raise ValueError(
            f"trained_prior='auto' cannot know what the frozen {type(last).__name__} "
            f"learned from; {_ASK}"
        )
    if any(name.endswith("sample_weight") for name in fit_params):
        raise ValueError(
            f"trained_prior='auto' cannot see through sample_weight; {_ASK}"
        )
    _refuse_hidden(last)
    steps = estimator.steps[:-1] if isinstance(estimator, Pipeline) else []
    for _, step in steps:
        if hasattr(step, "fit_resample"):
            y = _resampled(step, y)
    return shares(y, estimator.classes_)


def _refuse_hidden(estimator: Any) -> None:
    """Stop where something inside the estimator weighs or resamples classes."""
    parts = {"": estimator, **estimator.get_params(deep=True)}
    for name, part in parts.items():
        parameter = name.rpartition("__")[2]
        if (parameter in _SHIFTS_UNLESS_NONE and part is not None) or (
            parameter == "fit_prior" and not part
        ):
            raise ValueError(
                f"trained_prior='auto' cannot see through {name}={part!r}; {_ASK}"
            )
        if hasattr(part, "fit_resample"):
            raise ValueError(
                f"trained_prior='auto' cannot see through {type(part).__name__} inside "
                f"{type(estimator).__name__}; {_ASK}"
            )


def _resampled(sampler: Any, y: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the classes that a fitted sampler made of y."""
    if hasattr(sampler, "sample_indices_"):
        return y[sampler.sample_indices_]
    if isinstance(sampler, BaseOverSampler):
        made = sampler.sampling_strategy_
        return np.concatenate([y, *(np.repeat(label, n) for label, n in made.items())])
    raise ValueError(
        f"trained_prior='auto' cannot tell what {type(sampler).__name__} left; {_ASK}"
    )
