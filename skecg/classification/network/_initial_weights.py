"""Initial weights of a training, from the previous fit or a pretrained network."""

from collections.abc import Mapping
from typing import Any

from sklearn.frozen import FrozenEstimator

from skecg.classification.network._beat_net import BeatNet
from skecg.classification.network._find_network import find_network
from skecg.classification.network._settings import Architecture, TrainingSettings
from skecg.modules._head import head_of, output_layer

__all__ = ["set_initial_weights"]


def set_initial_weights(
    net: BeatNet, architecture: Architecture, settings: TrainingSettings
) -> None:
    """Set the initial weights of a training, and freeze layers if requested.

    Parameters
    ----------
    net : BeatNet
        The new net, initialized with random weights.
    architecture : Architecture
        The description of its network.
    settings : TrainingSettings
        The weights of the previous fit or the pretrained network, if any, and whether
        to freeze layers.

    Raises
    ------
    TypeError
        If ``pretrained`` is not a frozen network classifier.
    ValueError
        If the weights do not fit the network, or there are none to freeze.
    """
    module, inputs = net.module_, architecture.example_inputs(settings.device)
    if settings.previous_weights is not None:
        _load_previous(module, settings.previous_weights)
    elif settings.pretrained is not None:
        source = _checked_source(settings.pretrained)
        skipped = []
        if source.classes_.tolist() != settings.classes.tolist():
            name, layer = output_layer(module, inputs)
            skipped = list(layer.state_dict(prefix=f"{name}." if name else ""))
        _copy_weights(source, module, skipped)
    elif settings.freeze:
        raise ValueError(
            "freeze=True keeps the weights of the layers before the head, but those of "
            "a new network are random; pass pretrained, or set freeze=False."
        )
    if settings.freeze:
        module.requires_grad_(False)
        net.head_name, head = head_of(module, inputs)
        head.requires_grad_()


def _load_previous(module: Any, weights: Mapping[str, Any]) -> None:
    """Load the weights that a warm start continues from."""
    try:
        module.load_state_dict(dict(weights))
    except RuntimeError as error:
        raise ValueError(
            "warm_start continues from the weights of the previous fit, but the "
            "network's parameters were changed since; restore them, or set "
            "warm_start=False."
        ) from error


def _checked_source(pretrained: Any) -> Any:
    if not isinstance(pretrained, FrozenEstimator):
        raise TypeError(
            "pretrained must be a fitted classifier in sklearn.frozen.FrozenEstimator, "
            "because clone resets other estimators, also in a search; got "
            f"{type(pretrained).__name__}."
        )
    transformers, source = find_network(pretrained, argument="pretrained")
    if transformers:
        names = [type(step).__name__ for step in transformers]
        raise ValueError(
            f"pretrained was trained on X transformed by {names}, which this fit would "
            "not apply; put them before this classifier in a pipeline, and pass only "
            "the last step of the pretrained pipeline, in a FrozenEstimator."
        )
    return source


def _copy_weights(source: Any, module: Any, skipped: list[str]) -> None:
    """Copy the weights of a fitted classifier, except for those that are skipped."""
    ours, theirs = module.state_dict(), source.net_.module_.state_dict()
    for name in skipped:
        theirs[name] = ours[name]
    for name in {**ours, **theirs}:
        here, there = (
            tuple(state[name].shape) if name in state else "missing"
            for state in (ours, theirs)
        )
        if here != there:
            raise ValueError(
                f"pretrained contains a network of another architecture: {name} is "
                f"{there} there and {here} here. Use the network parameters and the "
                "columns of X that it was fitted with."
            )
    module.load_state_dict(theirs)
