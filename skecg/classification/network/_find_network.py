"""Find the network classifier inside pipelines and other meta-estimators."""

from typing import Any

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skecg.classification._prior_adjusted import PriorAdjustedClassifier

__all__ = ["find_network"]


def find_network(
    estimator: Any, *, argument: str = "estimator"
) -> tuple[list[Any], Any]:
    """Find the network classifier inside pipelines and other meta-estimators.

    Parameters
    ----------
    estimator : estimator
        A fitted network classifier, or one inside a pipeline, a
        PriorAdjustedClassifier, a search or a FrozenEstimator.
    argument : str, default="estimator"
        The name of the argument, for the error message.

    Returns
    -------
    transformers : list of estimator
        The steps that transform X before the network reads it.
    clf : NetworkClassifier
        The network classifier.

    Raises
    ------
    TypeError
        If there is no network classifier.
    sklearn.exceptions.NotFittedError
        If it is not fitted.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skecg import CNN1DClassifier
    >>> from skecg.classification.network._find_network import find_network
    >>> clf = CNN1DClassifier(n_filters=(4,), max_epochs=1, validation_fraction=None)
    >>> X, y = np.zeros((4, 9)), [0, 0, 1, 1]
    >>> find_network(make_pipeline(StandardScaler(), clf).fit(X, y))[0]
    [StandardScaler()]
    """
    transformers: list[Any] = []
    inside = estimator
    # Not isinstance, because the classifiers import this module; and an attribute of
    # the class, because FrozenEstimator forwards the attributes of its estimator.
    while not hasattr(type(inside), "_module_arguments"):
        if isinstance(inside, FrozenEstimator):
            inside = inside.estimator
        elif isinstance(inside, PriorAdjustedClassifier):
            check_is_fitted(inside)
            inside = inside.estimator_
        elif isinstance(inside, Pipeline):
            steps = [step for _, step in inside.steps]
            transformers += [step for step in steps[:-1] if hasattr(step, "transform")]
            inside = steps[-1]
        elif hasattr(inside, "best_estimator_"):
            inside = inside.best_estimator_
        else:
            raise TypeError(
                f"{argument} must be a skecg network classifier, or a fitted pipeline, "
                "PriorAdjustedClassifier or search around one; got "
                f"{type(inside).__name__}."
            )
    check_is_fitted(inside)
    return transformers, inside
