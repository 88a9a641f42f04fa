"""What a new fit starts from: the last fit, another network, or chance."""

from collections.abc import Mapping
from typing import Any

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skecg.classification._checks import load_previous
from skecg.classification._prior_adjusted import PriorAdjustedClassifier
from skecg.modules import head_of, output_layer

__all__ = ["network_inside", "set_start"]


def set_start(clf: Any, module: Any, previous: Mapping[str, Any] | None) -> None:
    """Give a new network the weights that its training starts from.

    Parameters
    ----------
    clf : BaseBeatClassifier
        The classifier, which knows its classes.
    module : torch.nn.Module
        Its new network.
    previous : dict of str to Tensor, or None
        The weights of its last fit, if it goes on from there.

    Raises
    ------
    TypeError
        If ``pretrained`` is no classifier of this package, frozen.
    ValueError
        If the weights do not fit the network, or there are none to freeze.
    """
    if previous is not None:
        load_previous(module, dict(previous))
    elif clf.pretrained is not None:
        _copy_weights(_checked_source(clf.pretrained), module, clf.classes_)
    elif clf.freeze:
        raise ValueError(
            "freeze=True keeps the layers in front of the head as they are, and a new "
            "network's hold nothing yet; pass pretrained, or set freeze=False."
        )
    if clf.freeze:
        module.requires_grad_(False)
        head_of(module).requires_grad_()


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
    >>> from skecg.classification import network_inside
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


def _checked_source(pretrained: Any) -> Any:
    if not isinstance(pretrained, FrozenEstimator):
        raise TypeError(
            "pretrained must be a fitted classifier in sklearn.frozen.FrozenEstimator, "
            "since clone, and so a search, strips any other of its fit; got "
            f"{type(pretrained).__name__}."
        )
    transformers, source = network_inside(pretrained, argument="pretrained")
    if transformers:
        names = [type(step).__name__ for step in transformers]
        raise ValueError(
            f"pretrained learned from what {names} made of X, which this fit would not "
            "apply; put them in front of this classifier, and pass the last step of "
            "the pipeline in a FrozenEstimator."
        )
    return source


def _copy_weights(source: Any, module: Any, classes: Any) -> None:
    """Copy all weights, but for an output layer that answers with other classes."""
    ours, theirs = module.state_dict(), source.net_.module_.state_dict()
    if source.classes_.tolist() != classes.tolist():
        name, layer = output_layer(module)
        for key, value in layer.state_dict(prefix=f"{name}." if name else "").items():
            theirs[key] = value
    for name in {**ours, **theirs}:
        here, there = (
            tuple(state[name].shape) if name in state else "missing"
            for state in (ours, theirs)
        )
        if here != there:
            raise ValueError(
                f"pretrained holds a network of another architecture: {name} is "
                f"{there} there and {here} here. Set the network's parameters, and the "
                "columns of X, to those that it was fitted with."
            )
    module.load_state_dict(theirs)
