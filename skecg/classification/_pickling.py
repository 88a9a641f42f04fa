"""A stored model holds arrays, no trainer.

A pickle thus knows no device, no history object and no version of torch or skorch,
and is a tenth of a skorch net's. The format's number goes up when what is stored
changes; older formats must go on loading.
"""

import warnings
from typing import Any

import numpy as np
import pandas as pd
import torch

from skecg.training._device import available_device

__all__ = ["device_or_cpu", "from_arrays", "to_arrays"]

_STATE_VERSION = 1

State = dict[str, Any]


def to_arrays(state: State) -> State:
    """Return a fitted classifier's state with its net and history as arrays."""
    state = dict(state)
    net = state.pop("net_", None)
    history = state.pop("history_", None)
    if net is not None:
        state["_state_version"] = _STATE_VERSION
        state["_weights"] = {
            name: value.detach().cpu().numpy()
            for name, value in net.module_.state_dict().items()
        }
        state["_history"] = {c: history[c].tolist() for c in history}
    return state


def from_arrays(
    state: State,
) -> tuple[State, dict[str, torch.Tensor] | None, pd.DataFrame]:
    """Return the plain state, the weights (if it was fitted) and the history."""
    state = dict(state)
    version = state.pop("_state_version", _STATE_VERSION)
    weights = state.pop("_weights", None)
    history = pd.DataFrame(state.pop("_history", None))
    if version > _STATE_VERSION:
        raise ValueError(
            f"This model was saved in format {version}, and this skecg reads up to "
            f"{_STATE_VERSION}; upgrade skecg to load it."
        )
    if weights is not None:
        weights = {name: torch.from_numpy(np.array(v)) for name, v in weights.items()}
    return state, weights, history


def device_or_cpu(device: Any) -> torch.device:
    """Return the device that a model was made for, or the processor with a warning."""
    try:
        return available_device(device)
    except ValueError:
        warnings.warn(
            f"device={device!r} is not there; the model is loaded onto the processor.",
            UserWarning,
            stacklevel=3,
        )
        return torch.device("cpu")
