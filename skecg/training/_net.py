"""skorch's net, fed with rows of X and silent unless asked."""

from collections.abc import Callable
from typing import Any

import torch
from skorch import NeuralNetClassifier
from torch import Tensor

from skecg.modules._head import head_of

__all__ = ["BeatNet"]


class BeatNet(NeuralNetClassifier):
    """A skorch classifier whose module reads beats as (batch, channels, samples).

    Parameters
    ----------
    *args
        Passed to :class:`skorch.NeuralNetClassifier`.
    n_channels : int, default=1
        Leads of a beat.
    n_aux_features : int, default=0
        Columns at the end of a row that are no samples.
    augment : callable or None, default=None
        Takes the training beats of a batch, returns their stand-ins.
    autocast : torch.dtype or None, default=None
        The format that training lowers convolutions and products to.
    frozen : bool, default=False
        Whether all but the module's head runs in training as in prediction, so
        that batch normalisation keeps its statistics and nothing drops out.
    **kwargs
        Passed to :class:`skorch.NeuralNetClassifier`.
    """

    def __init__(
        self,
        *args: Any,
        n_channels: int = 1,
        n_aux_features: int = 0,
        augment: Callable[[Tensor], Tensor] | None = None,
        autocast: torch.dtype | None = None,
        frozen: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.n_channels = n_channels
        self.n_aux_features = n_aux_features
        self.augment = augment
        self.autocast = autocast
        self.frozen = frozen

    @property
    def _default_callbacks(self) -> list[Any]:
        # Scores, timing and printing are ours; nobody pays for them twice.
        return []

    def infer(self, x: Tensor, **fit_params: Any) -> Tensor:
        """Return the module's logits for rows of X.

        Parameters
        ----------
        x : Tensor of shape (n_beats, n_channels * n_samples + n_aux_features)
            Rows of X.
        **fit_params
            Passed to the module.

        Returns
        -------
        Tensor of shape (n_beats, n_classes)
            The logits.
        """
        beats, *aux = self.module_inputs(x.to(self.device))
        if self.module_.training:
            if self.frozen:
                self._settle_body()
            if self.augment is not None:
                beats = _stand_ins(self.augment(beats), beats)
        with torch.autocast(
            beats.device.type, dtype=self.autocast, enabled=self.autocast is not None
        ):
            logits = self.module_(beats, *aux, **fit_params)
        if self.classes is not None and logits.shape[1:] != (len(self.classes),):
            raise ValueError(
                f"module must return a logit for each of {len(self.classes)} classes, "
                f"got shape {tuple(logits.shape)} for {len(beats)} beats; end it with "
                "a layer of n_classes outputs."
            )
        return logits.float()

    def _settle_body(self) -> None:
        self.module_.eval()
        head_of(self.module_).train()
        # The whole is in training still: who asks for an answer must end it first.
        self.module_.training = True

    def module_inputs(self, x: Tensor) -> tuple[Tensor, ...]:
        """Return what the module reads of rows of X.

        Parameters
        ----------
        x : Tensor of shape (n_beats, n_channels * n_samples + n_aux_features)
            Rows of X.

        Returns
        -------
        beats : Tensor of shape (n_beats, n_channels, n_samples)
            The beats.
        aux : Tensor of shape (n_beats, n_aux_features)
            What stands behind them, if anything does.
        """
        n_values = x.shape[1] - self.n_aux_features
        beats = x[:, :n_values].unflatten(1, (self.n_channels, -1))
        return (beats, x[:, n_values:]) if self.n_aux_features else (beats,)


def _stand_ins(others: Any, beats: Tensor) -> Tensor:
    """Return what a user's augmentation made of beats, if it can stand for them."""
    if isinstance(others, Tensor) and others.shape == beats.shape:
        return others
    came = tuple(others.shape) if isinstance(others, Tensor) else type(others).__name__
    raise ValueError(
        f"augment must return a tensor of shape {tuple(beats.shape)}, as it is given, "
        f"got {came}; return as many beats as came, of the same length."
    )
