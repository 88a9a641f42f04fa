"""Callbacks of a training: learning rate, progress, early stopping."""

import sys
from copy import copy
from typing import Any

from skorch.callbacks import Callback, EarlyStopping, LRScheduler
from torch.optim import lr_scheduler
from tqdm.auto import tqdm

from skecg.classification.network._settings import TrainingSettings

__all__ = ["Progress", "build_callbacks", "stopped_early"]

_STEP_SIZE, _STEP_FACTOR = 10_000, 0.75  # Kachuee et al. 2018, arXiv:1805.00794


def build_callbacks(
    settings: TrainingSettings, best: Callback, n_batches: int, *, has_held_out: bool
) -> list[Any]:
    """Return the callbacks of a training.

    Parameters
    ----------
    settings : TrainingSettings
        The settings of the training.
    best : Callback
        Records and keeps the best epoch; it runs first.
    n_batches : int
        Number of training batches of the whole fit.
    has_held_out : bool
        Whether there are held-out rows; early stopping needs their score.

    Returns
    -------
    list
        The callbacks, with or without names.
    """
    callbacks: list[Any] = [("best_epoch", best)]
    if settings.lr_schedule is not None:
        schedule = _schedule(settings.lr_schedule, settings.lr, n_batches)
        callbacks.append(("lr_schedule", schedule))
    if settings.verbose:
        callbacks.append(("progress", Progress(n_batches)))
    callbacks += [_copied(callback) for callback in settings.callbacks]
    if settings.patience is not None and has_held_out:
        stop = EarlyStopping(
            monitor="valid_score",
            lower_is_better=False,
            patience=settings.patience,
            threshold=0,
            threshold_mode="abs",
            sink=lambda message: None,
        )
        callbacks.append(("patience", stop))
    return callbacks


def _copied(callback: Any) -> Any:
    """Copy a callback, with or without a name, because a fit changes it.

    The copy shares the objects passed to the callback, such as a file or a list.
    """
    if isinstance(callback, tuple | list):
        name, callback = callback
        return name, copy(callback)
    return copy(callback)


def stopped_early(net: Any) -> bool:
    """Return whether skorch's early stopping, not Ctrl-C, raised KeyboardInterrupt."""
    return any(
        isinstance(callback, EarlyStopping)
        and getattr(callback, "misses_", 0) >= callback.patience
        for _, callback in net.callbacks_
    )


def _schedule(name: str, lr: float, n_batches: int) -> LRScheduler:
    """Return the schedule "one_cycle" or "step" for a fit of `n_batches`."""
    if name == "step":
        policy: Any = lr_scheduler.StepLR
        settings = {"step_size": _STEP_SIZE, "gamma": _STEP_FACTOR}
    else:
        policy = lr_scheduler.OneCycleLR
        # skorch calls the scheduler once more than there are batches.
        settings = {"max_lr": lr, "total_steps": n_batches + 1}
    return LRScheduler(policy=policy, step_every="batch", **settings)


class Progress(Callback):
    """Show epoch, loss, held-out score and the time left.

    A terminal or a notebook shows a bar. Other outputs, such as a log file, get one
    line per epoch.

    Parameters
    ----------
    n_batches : int
        Number of training batches of the whole fit.
    """

    def __init__(self, n_batches: int) -> None:
        self.n_batches = n_batches

    def on_train_begin(self, net: Any, **kwargs: Any) -> None:
        """Open the bar."""
        is_notebook = any(base.__module__ == "tqdm.notebook" for base in tqdm.__mro__)
        self.shows_bar_ = is_notebook or sys.stderr.isatty()
        self.bar_ = tqdm(
            total=self.n_batches,
            desc="fit",
            unit="batch",
            mininterval=0.5,
            disable=not self.shows_bar_,
        )

    def on_epoch_begin(self, net: Any, **kwargs: Any) -> None:
        """Advance to the batches in the history, also after a continued training."""
        n_done = sum(row["train_batch_count"] for row in net.history[:-1])
        self.bar_.update(n_done - self.bar_.n)

    def on_batch_end(self, net: Any, training: bool = False, **kwargs: Any) -> None:
        """Advance by one training batch."""
        if training:
            self.bar_.update()

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
        """Show the epoch's figures."""
        row = net.history[-1]
        figures = {"loss": f"{row['train_loss']:.4f}"}
        if "valid_score" in row:
            figures["score"] = f"{row['valid_score']:.4f}"
        if self.shows_bar_:
            self.bar_.set_description(f"epoch {row['epoch']}")
            self.bar_.set_postfix(figures)
            return
        shown = ", ".join(f"{name} {figure}" for name, figure in figures.items())
        tqdm.write(f"epoch {row['epoch']}: {shown}", file=sys.stderr)

    def on_train_end(self, net: Any, **kwargs: Any) -> None:
        """Close the bar."""
        self.bar_.close()
