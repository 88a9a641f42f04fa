"""Batched inference with bounded memory."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from skecg.classification._float32_rows import as_float32
from skecg.classification.network._beat_net import BeatNet, as_tensor
from skecg.classification.network._seed import seeded
from skecg.classification.network._settings import Architecture
from skecg.modules._folding import fold_batch_norm
from skecg.modules._head import output_layer

__all__ = ["prediction_net", "probabilities", "representation"]

_BATCH_SIZE = 256
"""Rows per batch; the activations of larger batches do not fit into the CPU cache."""

_ENOUGH_ROWS = 4
"""Products of fewer rows may sum in another order, which changes the last digits."""


def prediction_net(
    architecture: Architecture, weights: Mapping[str, Any], device: torch.device
) -> BeatNet:
    """Return a net for prediction, without the state of a training.

    Parameters
    ----------
    architecture : Architecture
        The description of the network.
    weights : mapping of str to Tensor
        Its state dict.
    device : torch.device
        The device of the net.

    Returns
    -------
    BeatNet
        The net, initialized.
    """
    if architecture.is_filled_by_weights:
        # The meta device draws no random numbers, so that this does not wait for a fit
        # in another thread.
        with torch.device("meta"):
            module = architecture.build()
        module.to_empty(device=device)
    else:
        # A custom network may contain values that are not in the state dict.
        with seeded(0, device):
            module = architecture.build()
    net = BeatNet(
        module,
        n_channels=architecture.n_channels,
        n_aux_features=architecture.n_aux_features,
        criterion=torch.nn.CrossEntropyLoss,
        optimizer=None,
        classes=np.arange(architecture.n_classes),
        batch_size=_BATCH_SIZE,
        train_split=None,
        device=device,
    ).initialize()
    net.module_.load_state_dict(dict(weights))
    # Set the mode here, because threads that share a model would set it concurrently.
    net.module_.eval()
    return net


def probabilities(net: BeatNet, X: np.ndarray) -> np.ndarray:
    """Return the probability of each class for each row.

    Rows are read and converted to float32 in batches, so that a memory-mapped array is
    never loaded whole.

    Parameters
    ----------
    net : BeatNet
        The net, initialized.
    X : ndarray of shape (n_beats, n_features)
        Finite rows of any type in `NUMBERS`.

    Returns
    -------
    ndarray of shape (n_beats, n_classes), float32
        The probabilities.

    Raises
    ------
    ValueError
        If a value is too large for float32.
    """
    module = _in_evaluation(net)
    if len(X) > _BATCH_SIZE:
        module = fold_batch_norm(module)
    return _in_batches(
        net, X, len(net.classes), lambda *inputs: module(*inputs).softmax(dim=1)
    )


def representation(net: BeatNet, X: np.ndarray) -> np.ndarray:
    """Return the input of the network's output layer for each row.

    Parameters
    ----------
    net : BeatNet
        The net, initialized.
    X : ndarray of shape (n_beats, n_features)
        Finite rows of any type in `NUMBERS`.

    Returns
    -------
    ndarray of shape (n_beats, n_units), float32
        The input of the output layer.

    Raises
    ------
    ValueError
        If a value is too large for float32, or the network's last
        ``torch.nn.Linear`` does not read one row per beat.
    """
    # A copy, so that the hook does not run for the rows of other threads.
    module = fold_batch_norm(_in_evaluation(net))
    first = as_tensor(as_float32(X[:1])).to(net.device)
    name, layer = output_layer(module, net.module_inputs(first))
    read: list[torch.Tensor] = []
    layer.register_forward_pre_hook(lambda layer, inputs: read.append(inputs[0]))

    def forward(*inputs: torch.Tensor) -> torch.Tensor:
        n_beats = len(inputs[0])
        if n_beats < _ENOUGH_ROWS:
            # Pad tiny batches with copies, because a product of fewer rows may sum in
            # another order.
            filled = torch.arange(_ENOUGH_ROWS, device=inputs[0].device) % n_beats
            inputs = tuple(values[filled] for values in inputs)
        read.clear()
        module(*inputs)
        if len(read) != 1 or read[0].shape != (len(inputs[0]), layer.in_features):
            raise ValueError(
                f"The last torch.nn.Linear of module, {name!r}, must read one row of "
                "features per beat, once per forward pass, for transform to return "
                "them; compute the logits with such a layer."
            )
        return read[0][:n_beats]

    return _in_batches(net, X, layer.in_features, forward)


def _in_evaluation(net: BeatNet) -> torch.nn.Module:
    module: torch.nn.Module = net.module_
    return module.eval() if module.training else module


def _in_batches(
    net: BeatNet, X: np.ndarray, n_columns: int, forward: Callable[..., torch.Tensor]
) -> np.ndarray:
    """Run `forward` on batches of rows and collect the outputs."""
    outputs = np.empty((len(X), n_columns), dtype=np.float32)
    with torch.inference_mode():
        for start in range(0, len(X), _BATCH_SIZE):
            rows = as_float32(X[start : start + _BATCH_SIZE])
            beats = as_tensor(rows).to(net.device)
            output = forward(*net.module_inputs(beats))
            outputs[start : start + len(rows)] = output.cpu().numpy()
    return outputs
