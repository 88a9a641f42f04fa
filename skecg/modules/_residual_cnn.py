"""The residual network of Kachuee et al., the reference model of the study."""

import torch
from torch import Tensor, nn

_KERNEL_SIZE = 5
_POOL_SIZE, _POOL_STRIDE = 5, 2


class _ResidualBlock(nn.Module):
    """Two convolutions with a residual connection, and max pooling."""

    def __init__(self, n_filters: int, pools: bool) -> None:
        super().__init__()
        self.first = _convolution(n_filters, n_filters)
        self.second = _convolution(n_filters, n_filters)
        self.pool = (
            nn.MaxPool2d((1, _POOL_SIZE), stride=(1, _POOL_STRIDE))
            if pools
            else nn.Identity()
        )

    def forward(self, x: Tensor) -> Tensor:
        residual = self.second(self.first(x).relu())
        return self.pool((x + residual).relu())


class ResidualCNN(nn.Module):
    """The residual network of Kachuee et al. (2018).

    The network consists of a convolution, five residual blocks and two dense layers of
    32 units. Each block has two convolutions, followed by max pooling of size 5 and
    stride 2. All convolutions have 32 filters of kernel size 5 and keep the length; the
    paper does not state the padding. A block does not pool if fewer than five samples
    are left, so that beats of any length can be classified.

    Parameters
    ----------
    n_channels : int, default=1
        Number of leads of a beat.
    n_samples : int, default=187
        Number of samples of a beat in each lead.
    n_classes : int, default=5
        Number of outputs.
    n_aux_features : int, default=0
        Number of auxiliary features, such as RR intervals. They are concatenated with
        the flattened convolutional features before the dense layers.
    n_blocks : int, default=5
        Number of residual blocks.
    n_filters : int, default=32
        Number of filters of each convolution.
    n_hidden : int, default=32
        Number of units of each dense layer.

    References
    ----------
    Kachuee M, Fazeli S, Sarrafzadeh M. ECG heartbeat classification: a deep
    transferable representation. ICHI 2018. arXiv:1805.00794

    Examples
    --------
    >>> import torch
    >>> from skecg.modules import ResidualCNN
    >>> network = ResidualCNN()
    >>> sum(weight.numel() for weight in network.parameters())
    55013
    >>> network(torch.zeros(2, 1, 187)).shape
    torch.Size([2, 5])
    """

    def __init__(
        self,
        n_channels: int = 1,
        n_samples: int = 187,
        n_classes: int = 5,
        n_aux_features: int = 0,
        n_blocks: int = 5,
        n_filters: int = 32,
        n_hidden: int = 32,
    ) -> None:
        super().__init__()
        self.stem = _convolution(n_channels, n_filters)
        length = n_samples
        self.blocks = nn.ModuleList()
        for _ in range(n_blocks):
            pools = length >= _POOL_SIZE
            self.blocks.append(_ResidualBlock(n_filters, pools))
            if pools:
                length = (length - _POOL_SIZE) // _POOL_STRIDE + 1
        self.head = nn.Sequential(
            nn.Linear(n_filters * length + n_aux_features, n_hidden),
            nn.ReLU(),
            nn.Linear(n_hidden, n_hidden),
            nn.ReLU(),
            nn.Linear(n_hidden, n_classes),
        )

    def forward(self, beats: Tensor, aux: Tensor | None = None) -> Tensor:
        """Return the logits of a batch of beats.

        Parameters
        ----------
        beats : Tensor of shape (n_beats, n_channels, n_samples)
            The beats.
        aux : Tensor of shape (n_beats, n_aux_features), optional
            The auxiliary features, if the network has any.

        Returns
        -------
        Tensor of shape (n_beats, n_classes)
            The logits.
        """
        x = self.stem(beats.unsqueeze(2))
        for block in self.blocks:
            x = block(x)
        features = x.flatten(1)
        if aux is not None:
            features = torch.cat([features, aux], dim=1)
        return self.head(features)


def _convolution(n_in: int, n_out: int) -> nn.Conv2d:
    """Return a two-dimensional convolution of height 1, which is faster on CPUs."""
    width = (1, _KERNEL_SIZE)
    return nn.Conv2d(n_in, n_out, width, padding=(0, _KERNEL_SIZE // 2))
