"""What a new fit starts from: the last fit, another network, or chance."""

from collections.abc import Mapping
from typing import Any

from sklearn.frozen import FrozenEstimator

from skecg.classification._network_inside import network_inside
from skecg.modules._head import head_of, output_layer

__all__ = ["set_start"]


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
        _load_previous(module, previous)
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


def _load_previous(module: Any, weights: Mapping[str, Any]) -> None:
    """Give a network the weights that a warm start goes on with."""
    try:
        module.load_state_dict(dict(weights))
    except RuntimeError as error:
        raise ValueError(
            "warm_start goes on with the weights of the last fit, but the network's "
            "parameters were changed since; set them back or warm_start=False."
        ) from error


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
