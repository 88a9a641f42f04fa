"""A callback that stores the state of a training after each epoch."""

from __future__ import annotations

from typing import Any

import torch
from skorch.callbacks import Callback, LRScheduler, ProgressBar
from skorch.callbacks.scoring import ScoringBase

from skecg.classification.network._callbacks import Progress
from skecg.classification.network._checkpoint import FitCheckpoint
from skecg.classification.network._description import describe

__all__ = ["StoreState"]

_NOT_STORED: dict[type, set[str]] = {
    Progress: {"bar_"},
    LRScheduler: {"lr_scheduler_"},  # stored by its state dict
    ProgressBar: {"pbar_"},
    ScoringBase: {"y_preds_", "y_trues_"},
}
"""Attributes of callbacks that are reset when a training or an epoch begins."""


class StoreState(Callback):
    """Store the state of a training after each epoch.

    It must be the last callback. For each other callback, it stores the result of
    ``state_dict`` if there is one, else the attributes that have changed since the
    training began.

    Parameters
    ----------
    checkpoint : FitCheckpoint
        The checkpoint to write.
    functions : dict of str to callable or None
        Parameters of the classifier that must not change their own state.
    """

    def __init__(self, checkpoint: FitCheckpoint, functions: dict[str, Any]) -> None:
        self.checkpoint = checkpoint
        self.functions = functions

    def on_train_begin(self, net: Any, **kwargs: Any) -> None:
        """Record the initial attributes of the callbacks and functions."""
        self.known_ = {
            name: self._attributes(net, callback)
            for name, callback in self._others(net)
            if not _has_state_dict(callback)
        }
        self.descriptions_ = {k: describe(v) for k, v in self.functions.items()}

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
        """Store the state."""
        for name, function in self.functions.items():
            if describe(function) != self.descriptions_[name]:
                raise TypeError(
                    f"{name} changes its own state during the training, which a "
                    "checkpoint cannot restore; pass a function without state, or "
                    "checkpoint_dir=None."
                )
        module, history = net.module_, net.history
        state = {
            "weights": module.state_dict(),
            "trained": {k: p.requires_grad for k, p in module.named_parameters()},
            "optimizer": net.optimizer_.state_dict(),
            # BestEpoch deletes earlier batches when the next epoch begins.
            "history": [{**row, "batches": row["batches"][-1:]} for row in history],
            "callbacks": {
                name: self._state_of(net, name, callback)
                for name, callback in self._others(net)
            },
            "generators": _generator_states(net.device),
        }
        try:
            self.checkpoint.write(state)
        except TypeError as error:
            raise TypeError(
                f"checkpoint_dir cannot store this training, because {error}; add the "
                "methods state_dict and load_state_dict, as in torch's optimizers, to "
                "a callback with such a state, or set checkpoint_dir=None."
            ) from error

    def resume(self, net: Any) -> int:
        """Continue the training in the checkpoint, if it contains one.

        Parameters
        ----------
        net : BeatNet
            A net whose training has begun.

        Returns
        -------
        int
            The number of complete epochs.

        Raises
        ------
        ValueError
            If the state does not fit the net.
        """
        state = self.checkpoint.state
        if state is None:
            return 0
        try:
            net.module_.load_state_dict(state["weights"])
            for name, parameter in net.module_.named_parameters():
                parameter.requires_grad_(state["trained"][name])
            net.optimizer_.load_state_dict(state["optimizer"])
            for name, callback in self._others(net):
                if name in state["callbacks"]:  # verbose may have been switched on
                    _restore(callback, state["callbacks"][name])
        except (RuntimeError, ValueError, KeyError) as error:
            reason = " ".join(str(error).split())[:200]
            raise ValueError(
                "checkpoint_dir contains a checkpoint of this fit, but the code of the "
                f"network, the optimizer or a callback was changed since ({reason}); "
                "delete the checkpoint, or change the code back."
            ) from error
        net.history.clear()
        net.history.extend(state["history"])
        _set_generators(state["generators"], net.device)
        # Free the memory of the restored state.
        self.checkpoint.state = None
        return len(net.history)

    def _others(self, net: Any) -> list[tuple[str, Any]]:
        return [(name, cb) for name, cb in net.callbacks_ if cb is not self]

    def _attributes(self, net: Any, callback: Any) -> dict[str, str]:
        """Describe the attributes of a callback, without references to the net."""
        context = (callback, net, net.module_, net.optimizer_, net.history)
        left_out = {
            name
            for kind, names in _NOT_STORED.items()
            for name in names
            if isinstance(callback, kind)
        }
        return {
            name: describe(value, context)
            for name, value in vars(callback).items()
            if name not in left_out
        }

    def _state_of(self, net: Any, name: str, callback: Any) -> dict[str, Any]:
        """Return the attributes of a callback that have changed since the beginning."""
        if _has_state_dict(callback):
            return {"state_dict": callback.state_dict()}
        known, now = self.known_[name], self._attributes(net, callback)
        changed = {k: getattr(callback, k) for k in now if now[k] != known.get(k)}
        if isinstance(callback, LRScheduler):
            return {"scheduler": callback.lr_scheduler_.state_dict(), **changed}
        return changed


def _has_state_dict(callback: Any) -> bool:
    return all(hasattr(callback, name) for name in ("state_dict", "load_state_dict"))


def _restore(callback: Any, state: dict[str, Any]) -> None:
    """Restore the state of a callback."""
    if _has_state_dict(callback):
        callback.load_state_dict(state["state_dict"])
        return
    attributes = dict(state)
    if isinstance(callback, LRScheduler):
        callback.lr_scheduler_.load_state_dict(attributes.pop("scheduler"))
    for name, value in attributes.items():
        here = getattr(callback, name, None)
        # In place, because the user may hold a reference to the same object.
        if isinstance(here, list) and isinstance(value, list):
            here[:] = value
        elif isinstance(here, dict) and isinstance(value, dict):
            here.clear()
            here.update(value)
        else:
            setattr(callback, name, value)


def _generator_states(device: Any) -> dict[str, torch.Tensor]:
    """Return the states of the torch generators that a fit seeds."""
    states = {"cpu": torch.get_rng_state()}
    if torch.device(device).type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def _set_generators(states: dict[str, torch.Tensor], device: Any) -> None:
    torch.set_rng_state(states["cpu"])
    if "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
