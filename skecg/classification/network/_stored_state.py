"""The stored form of a fitted network classifier: arrays and plain values.

The stored form does not depend on the device, a history object or the version of torch
or skorch, and has a tenth of the size of a pickled skorch net. The format number
increases when the content changes; older formats must still load.
"""

import inspect
from collections.abc import Mapping
from dataclasses import fields
from functools import partial
from os import PathLike, fspath
from typing import Any

import numpy as np
import pandas as pd
import torch

from skecg.classification.network._settings import Architecture
from skecg.modules import CNN1D, ContextNetwork, ResidualCNN

__all__ = ["check_weights", "from_arrays", "to_arrays"]

# 1: does not store the architecture, which followed from the parameters.
# 2: stores the architecture, so that parameters can be changed after a fit.
_STATE_VERSION = 2

State = dict[str, Any]


def to_arrays(state: State) -> State:
    """Return the state of a fitted classifier, with its net and history as arrays.

    Parameters
    ----------
    state : dict
        The attributes of the classifier.

    Returns
    -------
    dict
        The state to store.
    """
    state = dict(state)
    if isinstance(state.get("checkpoint_dir"), PathLike):
        # Text, because pathlib's paths are of one operating system.
        state["checkpoint_dir"] = fspath(state["checkpoint_dir"])
    net = state.pop("net_", None)
    history = state.pop("history_", None)
    if net is not None:
        state["_state_version"] = _STATE_VERSION
        stored = state["_architecture"]
        # Not dataclasses.asdict, which would copy modules and convert dataclasses.
        state["_architecture"] = {
            field.name: getattr(stored, field.name) for field in fields(stored)
        }
        state["_weights"] = {
            name: value.detach().cpu().numpy()
            for name, value in net.module_.state_dict().items()
        }
        state["_history"] = {c: history[c].tolist() for c in history}
    return state


def from_arrays(cls: Any, state: State) -> tuple[State, dict[str, torch.Tensor] | None]:
    """Return the attributes and the weights from a stored state.

    Parameters
    ----------
    cls : type
        The class of the classifier.
    state : dict
        The stored state.

    Returns
    -------
    state : dict
        The attributes, with defaults for parameters added since the state was stored.
    weights : dict of str to Tensor, or None
        The state dict of the network, if the classifier was fitted.

    Raises
    ------
    ValueError
        If the state has a newer format, or needs a parameter that was removed.
    """
    state = dict(state)
    version = state.pop("_state_version", _STATE_VERSION)
    if version > _STATE_VERSION:
        raise ValueError(
            f"This model was saved in format {version}, but this skecg reads formats "
            f"up to {_STATE_VERSION}; upgrade skecg to load it."
        )
    parameters = inspect.signature(cls).parameters
    if "module" not in parameters and state.get("module") is None:
        # Format 1 stored None for the class's own network.
        state["module"] = cls().module
    elif "module" not in parameters and version == 1:
        raise ValueError(
            f"This {cls.__name__} was saved with a custom module, which only "
            "NetworkClassifier accepts now; fit one with that module again."
        )
    defaults = {
        name: parameter.default
        for name, parameter in parameters.items()
        if parameter.default is not parameter.empty
    }
    stored_weights, history = state.pop("_weights", None), state.pop("_history", None)
    if stored_weights is None:
        return {**defaults, **state}, None
    if version > 1:
        state["_architecture"] = Architecture(**state["_architecture"])
    state["history_"] = pd.DataFrame(history)
    weights = {
        name: torch.from_numpy(np.array(value))
        for name, value in stored_weights.items()
    }
    return {**defaults, **state}, weights


def check_weights(
    architecture: Architecture, weights: Mapping[str, torch.Tensor]
) -> None:
    """Refuse weights that do not fit the network, before memory is allocated.

    A damaged or hostile file may state any sizes. Custom networks are not checked,
    because they may not support torch's meta device.

    Parameters
    ----------
    architecture : Architecture
        The description of the network.
    weights : mapping of str to Tensor
        Its state dict.

    Raises
    ------
    ValueError
        If the names or shapes of the weights differ from those of the network.
    """
    module: Any = architecture.module
    given = dict(architecture.arguments)
    if isinstance(module, partial):
        module, given = module.func, {**module.keywords, **given}
    if module not in (CNN1D, ContextNetwork, ResidualCNN):
        return
    # Each block or member has at least one array.
    if all(given.get(name, 0) <= len(weights) for name in ("n_blocks", "n_members")):
        try:
            with torch.device("meta"):
                expected = architecture.build().state_dict()
        except RuntimeError:
            expected = {}  # a size that does not fit in 64 bits
        shapes = {name: x.shape for name, x in weights.items()}
        if {name: x.shape for name, x in expected.items()} == shapes:
            return
    raise ValueError(
        f"The stored weights do not fit a {module.__name__} of the stored sizes; "
        "the file is damaged, or its network has changed since. Fit the model again."
    )
