"""The network's classifier in what was built around it."""

from typing import Any

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skecg.classification._prior_adjusted import PriorAdjustedClassifier

__all__ = ["network_inside"]


def network_inside(
    estimator: Any, *, argument: str = "estimator"
) -> tuple[list[Any], Any]:
    """Find the network's classifier in what was built around it.

    Parameters
    ----------
    estimator : estimator
        A fitted classifier of this package, or one in any of a pipeline, a
        PriorAdjustedClassifier, a search and a FrozenEstimator.
    argument : str, default="estimator"
        What the error calls it.

    Returns
    -------
    transformers : list of estimator
        What transforms X on its way to the network.
    clf : BaseBeatClassifier
        The network's classifier.

    Raises
    ------
    TypeError
        If there is none.
    sklearn.exceptions.NotFittedError
        If it is not fitted.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skecg import CNN1DClassifier
    >>> from skecg.classification._network_inside import network_inside
    >>> clf = CNN1DClassifier(n_filters=(4,), max_epochs=1, validation_fraction=None)
    >>> X, y = np.zeros((4, 9)), [0, 0, 1, 1]
    >>> network_inside(make_pipeline(StandardScaler(), clf).fit(X, y))[0]
    [StandardScaler()]
    """
    transformers: list[Any] = []
    inside = estimator
    # The classifiers import this module, and so are known by what their class has; a
    # FrozenEstimator passes on what its estimator has.
    while not hasattr(type(inside), "_module_class"):
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
