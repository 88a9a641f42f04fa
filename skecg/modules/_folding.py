"""Folding of batch normalisation into convolutions, for prediction."""

from copy import deepcopy

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from skecg.modules._cnn1d import BatchNorm

__all__ = ["fold_batch_norm"]


def fold_batch_norm(module: nn.Module) -> nn.Module:
    """Return a copy in which batch normalisation is folded into convolutions.

    In evaluation mode, batch normalisation is a multiplication and addition of
    constants, which can be included in the weights of the preceding convolution. This
    is done for each convolution that directly precedes a batch normalisation in a
    ``torch.nn.Sequential``. The rest of the module is copied unchanged.

    Parameters
    ----------
    module : torch.nn.Module
        A network in evaluation mode.

    Returns
    -------
    torch.nn.Module
        The copy; its outputs differ only by rounding errors.

    References
    ----------
    Jacob B et al. Quantization and training of neural networks for efficient
    integer-arithmetic-only inference, section 3.2. CVPR 2018. arXiv:1712.05877

    Examples
    --------
    >>> import torch
    >>> from skecg.modules import CNN1D
    >>> from skecg.modules._folding import fold_batch_norm
    >>> network = CNN1D().eval()
    >>> folded = fold_batch_norm(network)
    >>> beats = torch.rand(3, 1, 187)
    >>> torch.allclose(network(beats), folded(beats), atol=1e-6)
    True
    """
    folded = deepcopy(module)
    for part in folded.modules():
        # A subclass with its own forward may compute something else.
        if getattr(type(part), "forward", None) is not nn.Sequential.forward:
            continue
        assert isinstance(part, nn.Sequential)
        for k in range(len(part) - 1):
            conv, norm = part[k], part[k + 1]
            if _can_fold(conv, norm):
                part[k] = fuse_conv_bn_eval(conv, norm)
                part[k + 1] = nn.Identity()
    return folded


def _can_fold(conv: nn.Module, norm: nn.Module) -> bool:
    """Return whether a batch normalisation can be folded into a convolution.

    It cannot be folded for other classes, for computed weights, or if the statistics of
    the batch are used, because the result may differ.
    """
    return (
        type(conv) in (nn.Conv1d, nn.Conv2d)
        and type(norm) in (nn.BatchNorm1d, nn.BatchNorm2d, BatchNorm)
        and norm.running_mean is not None
        and isinstance(conv._parameters.get("weight"), nn.Parameter)
        and not (conv._forward_pre_hooks or conv._forward_hooks)
        and not (norm._forward_pre_hooks or norm._forward_hooks)
    )
