"""Dropout with fast random numbers on a CPU."""

import torch
from torch import Tensor, nn

_LEVELS = 2**16


class Dropout(nn.Dropout):
    """Dropout that uses sixteen random bits per value on a CPU.

    On a CPU, torch draws the random numbers of its dropout in one thread, which took a
    sixth of a training step on two cores. Here, one random number of 64 bits decides
    on four values. The probability `p` is rounded to a multiple of 2**-16, and the kept
    values are scaled with the rounded probability. On other devices, this is torch's
    own dropout.

    Parameters
    ----------
    p : float, default=0.5
        Probability that a value is dropped in training.
    inplace : bool, default=False
        Whether torch's own dropout overwrites its input; no effect on a CPU.

    References
    ----------
    Srivastava N, Hinton G, Krizhevsky A, Sutskever I, Salakhutdinov R. Dropout: a
    simple way to prevent neural networks from overfitting. JMLR 15, 2014.

    Examples
    --------
    >>> import torch
    >>> from skecg.modules import Dropout
    >>> _ = torch.manual_seed(0)
    >>> dropped = Dropout(0.25)(torch.ones(1000))
    >>> sorted({round(value, 4) for value in dropped.tolist()})
    [0.0, 1.3333]
    >>> 0.2 < (dropped == 0).float().mean().item() < 0.3
    True
    """

    def forward(self, x: Tensor) -> Tensor:
        """Drop values at random and scale the others, in training only.

        Parameters
        ----------
        x : Tensor
            The values.

        Returns
        -------
        Tensor
            The values, of the same shape.
        """
        n_dropped = round(self.p * _LEVELS)
        if not self.training or n_dropped in (0, _LEVELS) or x.device.type != "cpu":
            return super().forward(x)
        # The random numbers get the memory layout of the values.
        x = x if _is_dense(x) else x.contiguous()
        draws = torch.empty(-(-x.numel() // 4), dtype=torch.int64)
        draws = draws.random_(-(2**63), None).view(torch.int16)
        kept = draws.as_strided(x.shape, x.stride()) >= n_dropped - _LEVELS // 2
        return x * (kept * (_LEVELS / (_LEVELS - n_dropped))).to(x.dtype)


def _is_dense(x: Tensor) -> bool:
    """Return whether the values are contiguous in memory, in a known order."""
    return x.is_contiguous() or (
        x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last)
    )
