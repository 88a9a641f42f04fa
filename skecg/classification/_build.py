"""What a classifier's parameters ask for: the network, its net, its callbacks."""

import inspect
from collections.abc import Mapping
from copy import copy
from functools import partial
from typing import Any

import numpy as np
import torch
from skorch.callbacks import EarlyStopping

from skecg.training import BeatNet
from skecg.training._batches import BeatBatches, as_tensor
from skecg.training._best_epoch import BestEpoch
from skecg.training._precision import autocast_dtype
from skecg.training._progress import Progress
from skecg.training._schedule import schedule_callback
from skecg.training._seed import seeded

__all__ = ["OPTIMIZERS", "build_callbacks", "build_net", "rebuild_net"]

# Fused, a step over all weights is one call instead of several for each of them.
OPTIMIZERS = {
    "adam": partial(torch.optim.Adam, fused=True),
    "adamw": partial(torch.optim.AdamW, fused=True),
    "sgd": partial(torch.optim.SGD, fused=True),
}

_VALID_BATCH_SIZE = 256


def build_net(
    clf: Any,
    device: torch.device,
    weights: np.ndarray | None = None,
    callbacks: list[Any] | None = None,
) -> BeatNet:
    """Return the net, not yet initialized."""
    optimizer: Any = clf.optimizer
    if isinstance(optimizer, str):
        optimizer = OPTIMIZERS[optimizer]
    return BeatNet(
        _build_module(clf),
        n_channels=clf.n_channels,
        n_aux_features=clf.n_aux_features,
        criterion=torch.nn.CrossEntropyLoss(
            weight=None if weights is None else as_tensor(weights).float(),
            label_smoothing=clf.label_smoothing,
        ),
        optimizer=optimizer,
        lr=clf.lr,
        max_epochs=clf.max_epochs,
        batch_size=clf.batch_size,
        iterator_train=BeatBatches,
        iterator_train__shuffle=True,
        iterator_valid=BeatBatches,
        iterator_valid__batch_size=_VALID_BATCH_SIZE,
        train_split=None,
        callbacks=callbacks,
        classes=np.arange(len(clf.classes_)),
        device=device,
        augment=clf.augment,
        frozen=clf.freeze,
        autocast=autocast_dtype(clf.precision, device),
    )


def _build_module(clf: Any) -> torch.nn.Module:
    """Return the network; a user's own is given what its signature names."""
    module = getattr(clf, "module", None) or clf._module_class
    if isinstance(module, torch.nn.Module):
        name = type(module).__name__
        raise ValueError(
            f"module must be a class, or a function, that returns a network, got a "
            f"network {name}(...); pass {name} itself."
        )
    known = {
        "n_channels": clf.n_channels,
        "n_samples": (clf.n_features_in_ - clf.n_aux_features) // clf.n_channels,
        "n_classes": len(clf.classes_),
        "n_aux_features": clf.n_aux_features,
        **{name: getattr(clf, name) for name in clf._module_params},
    }
    taken = inspect.signature(module).parameters
    if not any(p.kind is p.VAR_KEYWORD for p in taken.values()):
        known = {name: value for name, value in known.items() if name in taken}
    # Convolutions over (1, n_samples) run faster with the channels last.
    return module(**known).to(memory_format=torch.channels_last)


def rebuild_net(
    clf: Any, state: Mapping[str, Any], device: torch.device | str
) -> BeatNet:
    """Return a net that is ready to predict and holds nothing of a training."""
    device = torch.device(device)
    if getattr(clf, "module", None) is None:
        # Without values nothing is drawn, so that a fit of another thread, which has
        # the generator meanwhile, is not waited for.
        with torch.device("meta"):
            net = build_net(clf, device)
        net.module.to_empty(device=device)
        net.initialize()
    else:
        # A user's own may hold what no weights fill, and must be built in earnest.
        with seeded(0, device):
            net = build_net(clf, device).initialize()
    net.module_.load_state_dict(dict(state))
    # Here, as threads that share a model would each find it half changed.
    net.module_.eval()
    return net


def build_callbacks(clf: Any, best: BestEpoch, n_batches: int) -> list[Any]:
    """Return what runs beside a training of so many batches."""
    callbacks: list[Any] = [("best_epoch", best)]
    if clf.lr_schedule is not None:
        schedule = schedule_callback(clf.lr_schedule, clf.lr, n_batches)
        callbacks.append(("lr_schedule", schedule))
    if clf.verbose:
        callbacks.append(("progress", Progress(n_batches)))
    callbacks += [_copied(callback) for callback in clf.callbacks or []]
    if clf.patience is not None and len(best.X_val):
        stop = EarlyStopping(
            monitor="valid_score",
            lower_is_better=False,
            patience=clf.patience,
            threshold=0,
            threshold_mode="abs",
            sink=lambda message: None,
        )
        callbacks.append(("patience", stop))
    return callbacks


def _copied(callback: Any) -> Any:
    """Copy a callback, with or without a name, that a fit may write to.

    The copy shares what the callback was given, which may be a file or a list to fill.
    """
    if isinstance(callback, tuple | list):
        name, callback = callback
        return name, copy(callback)
    return copy(callback)
