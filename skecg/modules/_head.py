"""The head of a network, and the layer that gives its logits."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["head_of", "output_layer"]


def output_layer(module: nn.Module, inputs: Sequence[Tensor]) -> tuple[str, nn.Linear]:
    """Return the layer that turns the last representation into logits.

    That is the last ``torch.nn.Linear`` that a forward pass calls, in whatever order
    the layers were defined.

    Parameters
    ----------
    module : torch.nn.Module
        The network, which runs once in evaluation mode.
    inputs : sequence of Tensor
        What it reads: beats, and auxiliary features if there are any.

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
            f"module {type(module).__name__} has no torch.nn.Linear that gives its "
            "logits, so where its representation ends is not known; end it with one."
        )
    layer = module.get_submodule(called[-1])
    assert isinstance(layer, nn.Linear)
    return called[-1], layer


def head_of(module: nn.Module, inputs: Sequence[Tensor]) -> tuple[str, nn.Module]:
    """Return the part of a network that a new task trains anew.

    Parameters
    ----------
    module : torch.nn.Module
        The network.
    inputs : sequence of Tensor
        What it reads, as in :func:`output_layer`.

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
