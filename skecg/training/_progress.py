"""A progress bar over the batches of a fit."""

from typing import Any

from skorch.callbacks import Callback
from tqdm.auto import tqdm

__all__ = ["Progress"]


class Progress(Callback):
    """Show epoch, loss, held-out score and the time left.

    Parameters
    ----------
    n_batches : int
        Training batches of the whole fit.
    """

    def __init__(self, n_batches: int) -> None:
        self.n_batches = n_batches

    def on_train_begin(self, net: Any, **kwargs: Any) -> None:
        """Open the bar."""
        self.bar_ = tqdm(
            total=self.n_batches, desc="fit", unit="batch", mininterval=0.5
        )

    def on_batch_end(self, net: Any, training: bool = False, **kwargs: Any) -> None:
        """Move on by a training batch."""
        if training:
            self.bar_.update()

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
        """Show the epoch's figures."""
        row = net.history[-1]
        figures = {"loss": f"{row['train_loss']:.4f}"}
        if "valid_score" in row:
            figures["score"] = f"{row['valid_score']:.4f}"
        self.bar_.set_description(f"epoch {row['epoch']}")
        self.bar_.set_postfix(figures)

    def on_train_end(self, net: Any, **kwargs: Any) -> None:
        """Close the bar."""
        self.bar_.close()
