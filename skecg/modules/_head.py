"""Where a network ends: its head, and the layer that gives the logits."""

from torch import nn

__all__ = ["head_of", "output_layer"]


def output_layer(module: nn.Module) -> tuple[str, nn.Linear]:
    """Return the layer that turns the last representation into logits.

    That is the last ``torch.nn.Linear`` in the order in which the network's
    layers were set.

    Parameters
    ----------
    module : torch.nn.Module
        The network.

    Returns
    -------
    name : str
        Where it stands in the network.
    layer : torch.nn.Linear
        The layer.

    Raises
    ------
    ValueError
        If the network has no such layer.

    Examples
    --------
    >>> from skecg.modules import CNN1D
    >>> from skecg.modules._head import output_layer
    >>> output_layer(CNN1D())
    ('head.3', Linear(in_features=128, out_features=5, bias=True))
    """
    layers = [x for x in module.named_modules() if isinstance(x[1], nn.Linear)]
    if not layers:
        raise ValueError(
            f"module {type(module).__name__} has no torch.nn.Linear that gives its "
            "logits, so where its representation ends is not known; end it with one."
        )
    return layers[-1]


def head_of(module: nn.Module) -> nn.Module:
    """Return the part of a network that a new task trains anew.

    Parameters
    ----------
    module : torch.nn.Module
        The network.

    Returns
    -------
    torch.nn.Module
        What the network calls its ``head``, or else its output layer.

    Raises
    ------
    ValueError
        If the network has neither.

    Examples
    --------
    >>> from skecg.modules import CNN1D
    >>> from skecg.modules._head import head_of
    >>> len(head_of(CNN1D()))
    4
    """
    head = getattr(module, "head", None)
    return head if isinstance(head, nn.Module) else output_layer(module)[1]
