"""The study's network: four convolutional blocks and two skip connections."""

from collections.abc import Sequence
from itertools import pairwise
from numbers import Integral

import torch
from torch import Tensor, nn

from skecg.modules._dropout import Dropout

_SKIP_KERNEL_SIZE = 3
_N_SKIPS = 2


class BatchNorm(nn.BatchNorm2d):
    """Batch normalisation that accepts a single value per channel in training.

    A single value (one beat of one sample) has no variance, so the running statistics
    normalise it. torch's own layer raises an error.
    """

    def forward(self, x: Tensor) -> Tensor:
        if self.training and x.numel() == x.shape[1]:
            return nn.functional.batch_norm(
                x,
                self.running_mean,
                self.running_var,
                self.weight,
                self.bias,
                eps=self.eps,
            )
        return super().forward(x)


class _Block(nn.Sequential):
    """Convolution, batch normalisation, optional max pooling, ReLU and dropout.

    Pooling before ReLU gives the same result with half the work.
    """

    def __init__(
        self, n_in: int, n_out: int, kernel_size: int, halve: bool, dropout: float
    ) -> None:
        layers = [
            nn.Conv2d(n_in, n_out, (1, kernel_size), padding=(0, kernel_size // 2)),
            BatchNorm(n_out),
        ]
        if halve:
            layers.append(nn.MaxPool2d((1, 2)))
        layers += [nn.ReLU(inplace=True), Dropout(dropout)]
        super().__init__(*layers)


class CNN1D(nn.Module):
    """One-dimensional CNN with two skip connections, as in the study.

    Each block consists of a convolution, batch normalisation, ReLU, max pooling
    of size 2 and dropout. The first skip connection adds the input to the output
    of the second block. The second one adds the output of the first block to that
    of the third. Each skip connection is a convolution of kernel size 3, and its
    stride matches the pooling of the skipped blocks. The head has two dense layers
    and returns logits.

    The convolutions are two-dimensional with a height of 1 (channels last), because
    CPUs compute these faster than one-dimensional ones. A block does not pool if a
    single sample is left, so that beats of any length can be classified.

    Parameters
    ----------
    n_channels : int, default=1
        Number of leads of a beat.
    n_samples : int, default=187
        Number of samples of a beat in each lead.
    n_classes : int, default=5
        Number of outputs.
    n_aux_features : int, default=0
        Number of auxiliary features, such as RR intervals. They are concatenated
        with the flattened convolutional features before the head.
    n_filters : sequence of int, default=(32, 64, 128, 256)
        Number of filters of each block, one entry per block. With fewer than three
        blocks, the network has fewer skip connections.
    kernel_size : int, default=5
        Kernel size of the blocks; odd, to keep the length.
    dropout : float, default=0.2
        Dropout probability at the end of each block.
    n_hidden : int, default=128
        Number of units of the hidden layer in the head.
    head_dropout : float, default=0.3
        Dropout probability of the hidden units.

    Raises
    ------
    ValueError
        If ``kernel_size`` is even, or ``n_filters`` is empty or contains other
        values than whole numbers.

    References
    ----------
    The defaults are those of the study. They give 590,533 parameters, which
    match its file of 2.38 MB. Batch normalisation: Ioffe and Szegedy 2015,
    arXiv:1502.03167. Skip connections: He et al. 2015, arXiv:1512.03385.

    Examples
    --------
    >>> import torch
    >>> from skecg.modules import CNN1D
    >>> network = CNN1D()
    >>> sum(weight.numel() for weight in network.parameters())
    590533
    >>> network(torch.zeros(2, 1, 187)).shape
    torch.Size([2, 5])
    """

    def __init__(
        self,
        n_channels: int = 1,
        n_samples: int = 187,
        n_classes: int = 5,
        n_aux_features: int = 0,
        n_filters: Sequence[int] = (32, 64, 128, 256),
        kernel_size: int = 5,
        dropout: float = 0.2,
        n_hidden: int = 128,
        head_dropout: float = 0.3,
    ) -> None:
        super().__init__()
        if kernel_size % 2 == 0:
            raise ValueError(
                f"kernel_size must be odd, to keep the length, got {kernel_size}; "
                "choose an odd number such as 5."
            )
        if not n_filters or not all(
            isinstance(n, Integral) and n >= 1 for n in n_filters
        ):
            raise ValueError(
                "n_filters must contain a whole number of at least 1 for each block, "
                f"and at least one block, got {n_filters!r}."
            )
        self.n_channels = n_channels
        self.n_samples = n_samples
        self.n_classes = n_classes
        self.n_aux_features = n_aux_features
        self.n_filters = tuple(n_filters)
        self.kernel_size = kernel_size
        self.n_hidden = n_hidden

        widths = [n_channels, *self.n_filters]
        length, strides = n_samples, []
        self.blocks = nn.ModuleList()
        for n_in, n_out in pairwise(widths):
            halve = length > 1
            self.blocks.append(_Block(n_in, n_out, kernel_size, halve, dropout))
            strides.append(2 if halve else 1)
            length = length // strides[-1]
        self.skips = nn.ModuleList(
            nn.Conv2d(
                widths[start],
                widths[start + 2],
                (1, _SKIP_KERNEL_SIZE),
                stride=(1, strides[start] * strides[start + 1]),
                padding=(0, _SKIP_KERNEL_SIZE // 2),
            )
            for start in range(min(_N_SKIPS, len(self.n_filters) - 1))
        )
        self.head = nn.Sequential(
            nn.Linear(widths[-1] * length + n_aux_features, n_hidden),
            nn.ReLU(),
            Dropout(head_dropout),
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
        # outputs[k] is the input of block k, and of a skip connection.
        outputs = [beats.unsqueeze(2)]
        for index, block in enumerate(self.blocks):
            x = block(outputs[-1])
            start = index - 1
            if 0 <= start < len(self.skips):
                skipped = self.skips[start](outputs[start])
                x = x + skipped[..., : x.shape[-1]]
            outputs.append(x)
        features = outputs[-1].flatten(1)
        if aux is not None:
            features = torch.cat([features, aux], dim=1)
        return self.head(features)
