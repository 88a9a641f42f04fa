"""Train a network from settings and rows, and return its best epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from sklearn.utils import check_array
from skorch.helper import predefined_split

from skecg.classification.network._beat_net import BeatDataset, BeatNet, as_tensor
from skecg.classification.network._best_epoch import (
    BestEpoch,
    KeptEpoch,
    tidy_history,
)
from skecg.classification.network._callbacks import build_callbacks, stopped_early
from skecg.classification.network._checkpoint import FitCheckpoint
from skecg.classification.network._initial_weights import set_initial_weights
from skecg.classification.network._prediction import probabilities
from skecg.classification.network._settings import Architecture, TrainingSettings
from skecg.classification.network._training_state import StoreState

__all__ = ["TrainedNetwork", "train"]

_VALID_BATCH_SIZE = 256


@dataclass(frozen=True)
class TrainedNetwork:
    """The best epoch of a training.

    Attributes
    ----------
    weights : mapping of str to Tensor
        The state dict of the network.
    best_epoch : int
        The number of the epoch, from 1.
    history : DataFrame
        One row per epoch.
    """

    weights: Mapping[str, torch.Tensor]
    best_epoch: int
    history: pd.DataFrame


def train(
    architecture: Architecture,
    settings: TrainingSettings,
    X: np.ndarray,
    codes: np.ndarray,
    rows: np.ndarray,
    validation: tuple[np.ndarray, np.ndarray],
    checkpoint: FitCheckpoint | None = None,
) -> tuple[TrainedNetwork | None, KeyboardInterrupt | None]:
    """Train a network and return its best epoch.

    Parameters
    ----------
    architecture : Architecture
        The description of the network.
    settings : TrainingSettings
        The settings of the training.
    X : ndarray of shape (n_rows, n_features), float32
        The beats.
    codes : ndarray of shape (n_rows,)
        Their classes, as positions in ``settings.classes``.
    rows : ndarray of int
        The rows of `X` to train on.
    validation : tuple of two ndarrays
        The held-out rows that choose the epoch, and their labels; may be empty.
    checkpoint : FitCheckpoint or None, default=None
        The checkpoint that the training continues from and updates after each epoch.

    Returns
    -------
    trained : TrainedNetwork or None
        The best epoch; None if no epoch was complete.
    interrupt : KeyboardInterrupt or None
        The interrupt that ended the training early, for the caller to raise again.

    Raises
    ------
    ValueError
        If the training diverged: the weights of the best epoch are not finite.
    """
    X_val, y_val = validation
    best = BestEpoch(X_val, y_val, settings.classes, settings.scorer, _predict_others)
    n_batches = settings.max_epochs * -(-len(rows) // settings.batch_size)
    has_held_out = len(X_val) > 0
    callbacks = build_callbacks(settings, best, n_batches, has_held_out=has_held_out)
    store = None
    if checkpoint is not None:
        functions = {"augment": settings.augment, "validation_scoring": settings.scorer}
        store = StoreState(checkpoint, functions)
        callbacks.append(store)
    net = _training_net(architecture, settings, callbacks, len(rows))
    if has_held_out:
        val_codes = np.searchsorted(settings.classes, y_val)
        net.set_params(train_split=predefined_split(BeatDataset(X_val, val_codes)))
    net.initialize()
    set_initial_weights(net, architecture, settings)
    dataset = BeatDataset(X, codes, rows)
    interrupt = None
    try:
        net.notify("on_train_begin", X=dataset, y=None)
        n_done = 0 if store is None else store.resume(net)
        net.fit_loop(dataset, epochs=settings.max_epochs - n_done)
    except KeyboardInterrupt as stop:
        if not stopped_early(net):
            interrupt = stop
    finally:
        net.notify("on_train_end", X=dataset, y=None)
    kept = best.kept_
    if kept is None:
        return None, interrupt
    try:
        _check_finite(kept, settings.lr)
    except ValueError:
        if checkpoint is not None:
            # A continued fit would diverge too.
            checkpoint.remove()
        raise
    history = tidy_history(net.history, kept.flags)
    return TrainedNetwork(kept.weights, kept.epoch, history), interrupt


def _training_net(
    architecture: Architecture,
    settings: TrainingSettings,
    callbacks: list[object],
    n_rows: int,
) -> BeatNet:
    """Return the net of a training, not yet initialized."""
    return BeatNet(
        architecture.build(),
        n_channels=architecture.n_channels,
        n_aux_features=architecture.n_aux_features,
        criterion=torch.nn.CrossEntropyLoss(
            weight=as_tensor(settings.class_weights).float(),
            label_smoothing=settings.label_smoothing,
        ),
        optimizer=settings.optimizer,
        lr=settings.lr,
        max_epochs=settings.max_epochs,
        # batch_size may exceed the int64 that torch accepts.
        batch_size=min(settings.batch_size, n_rows),
        iterator_train__shuffle=True,
        iterator_valid__batch_size=_VALID_BATCH_SIZE,
        train_split=None,
        callbacks=callbacks,
        classes=np.arange(architecture.n_classes),
        device=settings.device,
        augment=settings.augment,
        frozen=settings.freeze,
        autocast=settings.autocast,
    )


def _check_finite(kept: KeptEpoch, lr: float) -> None:
    """Refuse the weights of a training that diverged."""
    wrong = [name for name, x in kept.weights.items() if not x.isfinite().all()]
    if wrong:
        raise ValueError(
            f"The training diverged: the weights of epoch {kept.epoch}, the best "
            f"one, are not finite ({wrong[0]} is the first). Lower lr, now {lr:g}, and "
            "scale X if it contains huge values; precision='float32' has the widest "
            "range."
        )


def _predict_others(net: BeatNet, X: np.ndarray) -> np.ndarray:
    """Predict rows other than the held-out ones, for a scorer."""
    return probabilities(net, check_array(X, dtype=[np.float32, np.float64]))
