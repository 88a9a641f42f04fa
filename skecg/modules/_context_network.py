"""Network for unseen patients that reads a beat and the beats around it."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from skecg.modules._dropout import Dropout

__all__ = ["ContextNetwork"]

# Data augmentation in training.
_SHIFT = 1  # maximum shift of the window, in samples
_COLUMN_NOISE = 0.08  # standard deviation of the noise in the columns of the context
_NOISE = 0.05  # maximum standard deviation in the window, in peaks of the usual QRS
_GAIN, _OWN_GAIN = 0.1, 0.05  # log-normal gains of the lead, and of the beat alone
_LEAD_LOSS = 0.2  # fraction of beats that lose one lead

_DILATIONS = (1, 2, 4)  # with kernel size 3, these cover fifteen beats
_WINDOW_FILTERS = (16, 24, 32)


class ContextNetwork(nn.Module):
    """Ensemble of networks for rows of the layout ``"context"``.

    Each member reads the windows of a beat and the features of the beats around it. An
    encoder of three convolutions reads the window of each lead and its difference from
    the usual beat. The mean and maximum over the leads follow, so that the number and
    order of leads have no effect; a lead of zeros is ignored. Residual convolutions of
    increasing dilation read the sequence of beats. Two dense layers combine both parts.
    The probabilities of the members are averaged.

    In training, each beat is given to one member, and its input is augmented: the
    window is shifted, scaled, inverted at random and made noisy, one of the leads may
    be dropped, and noise is added to the columns of the context. In evaluation, leads
    are inverted if necessary, so that the peak of the usual beat is positive.

    Each member has its own output layer. Classifiers use that of the last member:
    `transform` returns its hidden units, and `freeze` trains only its head.
    `pretrained` requires a network with the same classes.

    Parameters
    ----------
    n_channels : int, default=2
        Number of leads in a row.
    n_samples : int, default=63
        Number of samples of each lead.
    n_classes : int, default=5
        Number of outputs.
    n_aux_features : int, default=411
        Number of auxiliary columns: those of the context, by beat, and the differences
        of each lead.
    n_context : int, default=15
        Number of beats of the context.
    n_members : int, default=3
        Number of members.
    n_filters : int, default=64
        Number of filters of the convolutions over the beats.
    n_embedding : int, default=32
        Size of the embedding of a lead's window.
    n_hidden : int, default=64
        Number of units of the hidden layer in the head.
    dropout : float, default=0.2
        Dropout probability before both layers of the head.

    Raises
    ------
    ValueError
        If the auxiliary columns do not divide into beats and leads, or `n_context` is
        not 15, the number of beats that the convolutions read.

    References
    ----------
    Bai S, Kolter J Z, Koltun V. An empirical evaluation of generic convolutional and
    recurrent networks for sequence modeling. arXiv:1803.01271, 2018: dilated residual
    convolutions over a sequence. Lakshminarayanan B, Pritzel A, Blundell C. Simple and
    scalable predictive uncertainty estimation using deep ensembles. NeurIPS 2017,
    arXiv:1612.01474: averaged networks.

    Examples
    --------
    >>> import torch
    >>> from skecg.modules import ContextNetwork
    >>> network = ContextNetwork().eval()
    >>> network(torch.ones(4, 2, 63), torch.zeros(4, 411)).shape
    torch.Size([4, 5])
    """

    def __init__(
        self,
        n_channels: int = 2,
        n_samples: int = 63,
        n_classes: int = 5,
        n_aux_features: int = 411,
        n_context: int = 15,
        n_members: int = 3,
        n_filters: int = 64,
        n_embedding: int = 32,
        n_hidden: int = 64,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        n_columns, rest = divmod(n_aux_features - n_channels * n_samples, n_context)
        if n_columns < 1 or rest:
            raise ValueError(
                f"n_aux_features must be {n_channels} x {n_samples} plus a multiple of "
                f"{n_context}, got {n_aux_features}; pass rows of the layout 'context'."
            )
        if n_context != 1 + 2 * sum(_DILATIONS):
            raise ValueError(
                f"n_context must be {1 + 2 * sum(_DILATIONS)}, the number of beats "
                f"that the convolutions read, got {n_context}."
            )
        self.n_context, self.n_columns = n_context, n_columns
        self.members = nn.ModuleList(
            _Member(
                n_columns,
                n_samples,
                n_classes,
                n_filters,
                n_embedding,
                n_hidden,
                dropout,
            )
            for _ in range(n_members)
        )

    def forward(self, beats: Tensor, aux: Tensor) -> Tensor:
        """Return the logits of a batch of beats.

        Parameters
        ----------
        beats : Tensor of shape (n_beats, n_channels, n_samples)
            The windows.
        aux : Tensor of shape (n_beats, n_aux_features)
            The columns of the context and the differences.

        Returns
        -------
        Tensor of shape (n_beats, n_classes)
            The logits. In evaluation, they are the logarithms of the mean
            probabilities of the members.
        """
        n_values = self.n_context * self.n_columns
        context = aux[:, :n_values].unflatten(1, (self.n_context, -1)).transpose(1, 2)
        difference = aux[:, n_values:].unflatten(1, (beats.shape[1], -1))
        is_there = (beats != 0).any(dim=2)
        if not self.training:
            windows = _upright_windows(beats, difference)
            found = [member(context, windows, is_there) for member in self.members]
            # logsumexp, because separate exponentials could underflow to zero.
            logs = torch.stack(found).log_softmax(dim=-1)
            return logs.logsumexp(dim=0) - math.log(len(found))
        context, windows = _varied_context(context), _varied_windows(beats, difference)
        is_there = _without_a_lead(is_there)
        n_members = len(self.members)
        shares = zip(
            self.members,
            *(x.chunk(n_members) for x in (context, windows, is_there)),
            # A small batch has fewer chunks than members.
            strict=False,
        )
        return torch.cat([member(*inputs) for member, *inputs in shares])


class _Member(nn.Module):
    """One network of the ensemble."""

    def __init__(
        self,
        n_columns: int,
        n_samples: int,
        n_classes: int,
        n_filters: int,
        n_embedding: int,
        n_hidden: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.encoder = _WindowEncoder(n_samples, n_embedding)
        self.columns = nn.Conv1d(n_columns, n_filters, 1)
        self.blocks = nn.ModuleList(_BeatBlock(n_filters, d) for d in _DILATIONS)
        self.head = nn.Sequential(
            Dropout(dropout),
            nn.Linear(n_filters + 2 * n_embedding, n_hidden),
            nn.ReLU(),
            Dropout(dropout),
            nn.Linear(n_hidden, n_classes),
        )

    def forward(self, context: Tensor, windows: Tensor, is_there: Tensor) -> Tensor:
        x = self.columns(context)
        for block in self.blocks:
            x = block(x)
        embedding = self.encoder(windows.flatten(0, 1)).unflatten(0, is_there.shape)
        mask = is_there.unsqueeze(2)
        count = mask.sum(dim=1).clamp(min=1)
        mean = (embedding * mask).sum(dim=1) / count
        # After ReLU, embeddings are at least 0, so masked leads do not change the max.
        highest = (embedding * mask).amax(dim=1)
        return self.head(torch.cat([F.relu(x.squeeze(2)), mean, highest], dim=1))


class _WindowEncoder(nn.Sequential):
    """Encoder of a lead's window and its difference from the usual beat."""

    def __init__(self, n_samples: int, n_embedding: int) -> None:
        layers: list[nn.Module] = []
        n_in, length = 2, n_samples
        for n_out, kernel_size in zip(_WINDOW_FILTERS, (7, 5, 5), strict=True):
            padding = kernel_size // 2
            layers += [
                nn.Conv1d(n_in, n_out, kernel_size, stride=2, padding=padding),
                nn.BatchNorm1d(n_out),
                nn.ReLU(),
            ]
            n_in, length = n_out, (length + 1) // 2
        layers += [nn.Flatten(), nn.Linear(n_in * length, n_embedding), nn.ReLU()]
        super().__init__(*layers)


class _BeatBlock(nn.Module):
    """Residual convolution over beats, without padding."""

    def __init__(self, n_filters: int, dilation: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(n_filters)
        self.convolution = nn.Conv1d(n_filters, n_filters, 3, dilation=dilation)
        self.dilation = dilation

    def forward(self, x: Tensor) -> Tensor:
        rest = x[:, :, self.dilation : -self.dilation]
        return rest + self.convolution(F.relu(self.norm(x)))


def _varied_context(context: Tensor) -> Tensor:
    """Add noise to the columns of existing beats, except to the flag ``is_beat``."""
    is_beat = context[:, :1]
    noise = _COLUMN_NOISE * torch.randn_like(context) * is_beat
    noise[:, 0] = 0
    return context + noise


def _upright_windows(beats: Tensor, difference: Tensor) -> Tensor:
    """Invert leads in which the peak of the usual beat is negative.

    This makes predictions independent of the polarity of a lead.
    """
    usual = beats - difference
    peak = usual.gather(2, usual.abs().argmax(dim=2, keepdim=True))
    sign = torch.where(peak < 0, -1, 1)
    return torch.stack([beats * sign, difference * sign], dim=2)


def _varied_windows(beats: Tensor, difference: Tensor) -> Tensor:
    """Return augmented windows and differences: shifted, scaled, inverted, noisy."""
    usual = beats - difference
    n_beats, n_leads, n_samples = beats.shape
    each_lead = (n_beats, n_leads, 1)
    new = {"device": beats.device, "dtype": beats.dtype}
    shifts = torch.randint(-_SHIFT, _SHIFT + 1, (n_beats, 1, 1), device=beats.device)
    samples = torch.arange(n_samples, device=beats.device) + shifts
    windows = beats.gather(2, samples.clamp(0, n_samples - 1).expand_as(beats))
    gain = torch.exp(_GAIN * torch.randn(each_lead, **new))
    sign = torch.randint(0, 2, each_lead, device=beats.device) * 2 - 1
    windows = windows * torch.exp(_OWN_GAIN * torch.randn(each_lead, **new))
    windows, usual = windows * gain * sign, usual * gain * sign
    level = _NOISE * torch.rand(each_lead, **new)
    windows = windows + level * torch.randn_like(windows)
    return torch.stack([windows, windows - usual], dim=2)


def _without_a_lead(is_there: Tensor) -> Tensor:
    """Drop one lead of some beats at random, but never the only one."""
    n_beats, n_leads = is_there.shape
    is_lost = torch.rand(n_beats, device=is_there.device) < _LEAD_LOSS
    which = torch.randint(0, n_leads, (n_beats,), device=is_there.device)
    kept = is_there & ~(F.one_hot(which, n_leads).bool() & is_lost[:, None])
    return torch.where(kept.any(dim=1, keepdim=True), kept, is_there)
