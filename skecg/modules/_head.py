"""The head of a network and its output layer."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["head_of", "output_layer"]


def output_layer(module: nn.Module, inputs: Sequence[Tensor]) -> tuple[str, nn.Linear]:
    """Return the layer that computes the logits.

    It is the last ``torch.nn.Linear`` that a forward pass calls; the order in which the
    layers are defined has no effect.

    Parameters
    ----------
    module : torch.nn.Module
        The network, which is run once in evaluation mode.
    inputs : sequence of Tensor
        The inputs of the network: beats, and auxiliary features if it has any.

    Returns
    -------
    name : str
        The name of the layer in the network.
    layer : torch.nn.Linear
        The layer.

    Raises
    ------
    ValueError
        If the network calls no such layer.

    Examples
    --------
    >>> import torch
    >>> from skecg.modules import CNN1D
    >>> from skecg.modules._head import output_layer
    >>> output_layer(CNN1D(), [torch.zeros(2, 1, 187)])
    ('head.3', Linear(in_features=128, out_features=5, bias=True))
    """
    called: list[str] = []

    def note(name: str, *_: Any) -> None:
        called.append(name)

    hooks = [
        layer.register_forward_hook(partial(note, name))
        for name, layer in module.named_modules()
        if isinstance(layer, nn.Linear)
    ]
    was_training = module.training
    try:
        module.eval()
        with torch.no_grad():
            module(*inputs)
    finally:
        module.train(was_training)
        for hook in hooks:
            hook.remove()
    if not called:
        raise ValueError(
            f"module {type(module).__name__} must end with a torch.nn.Linear that "
            "computes its logits, but its forward pass calls none; add one."
        )
    layer = module.get_submodule(called[-1])
    assert isinstance(layer, nn.Linear)
    return called[-1], layer


def head_of(module: nn.Module, inputs: Sequence[Tensor]) -> tuple[str, nn.Module]:
    """Return the part of a network that is trained again for a new task.

    Parameters
    ----------
    module : torch.nn.Module
        The network.
    inputs : sequence of Tensor
        The inputs of the network, as in :func:`output_layer`.

    Returns
    -------
    name : str
        The name of the part in the network.
    head : torch.nn.Module
        The attribute ``head`` of the network or, without one, its output layer.

    Raises
    ------
    ValueError
        If the network has neither.

    Examples
    --------
    >>> import torch
    >>> from skecg.modules import CNN1D
    >>> from skecg.modules._head import head_of
    >>> head_of(CNN1D(), [torch.zeros(2, 1, 187)])[0]
    'head'
    """
    head = getattr(module, "head", None)
    if isinstance(head, nn.Module):
        return "head", head
    return output_layer(module, inputs)
