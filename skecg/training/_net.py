"""skorch's net, fed with rows of X and silent unless asked."""

from collections.abc import Callable
from typing import Any

from skorch import NeuralNetClassifier
from torch import Tensor


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
    **kwargs
        Passed to :class:`skorch.NeuralNetClassifier`.
    """

    def __init__(
        self,
        *args: Any,
        n_channels: int = 1,
        n_aux_features: int = 0,
        augment: Callable[[Tensor], Tensor] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.n_channels = n_channels
        self.n_aux_features = n_aux_features
        self.augment = augment

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
        x = x.to(self.device)
        n_values = x.shape[1] - self.n_aux_features
        beats = x[:, :n_values].unflatten(1, (self.n_channels, -1))
        if self.augment is not None and self.module_.training:
            beats = self.augment(beats)
        if self.n_aux_features:
            return self.module_(beats, x[:, n_values:], **fit_params)
        return self.module_(beats, **fit_params)
