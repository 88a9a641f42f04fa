"""Dropout whose random numbers cost little."""

import torch
from torch import Tensor, nn

_LEVELS = 2**16


class Dropout(nn.Dropout):
    """Dropout that draws sixteen random bits a value, on a processor.

    torch draws each value's fate on a processor from a generator that runs in one
    thread, which took a sixth of a training step on two cores. Here one draw of 64
    bits decides on four values. The share that is dropped is rounded to a
    multiple of 2 to the power of -16, and what is left is scaled by exactly that
    share. Elsewhere than on a processor this is torch's own dropout.

    Parameters
    ----------
    p : float, default=0.5
        Share of values dropped in training.
    inplace : bool, default=False
        Where torch's own dropout is used: whether it writes over its input.

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
        """Return the values with some dropped and the others scaled, in training.

        Parameters
        ----------
        x : Tensor
            The values.

        Returns
        -------
        Tensor
            As many.
        """
        n_dropped = round(self.p * _LEVELS)
        if not self.training or n_dropped in (0, _LEVELS) or x.device.type != "cpu":
            return super().forward(x)
        # The draws lie in memory as the values do, whatever their order is.
        x = x if _is_dense(x) else x.contiguous()
        draws = torch.empty(-(-x.numel() // 4), dtype=torch.int64)
        draws = draws.random_(-(2**63), None).view(torch.int16)
        kept = draws.as_strided(x.shape, x.stride()) >= n_dropped - _LEVELS // 2
        return x * (kept * (_LEVELS / (_LEVELS - n_dropped))).to(x.dtype)


def _is_dense(x: Tensor) -> bool:
    """Return whether the values lie side by side in memory, in a known order."""
    return x.is_contiguous() or (
        x.dim() == 4 and x.is_contiguous(memory_format=torch.channels_last)
    )
