"""What a trained net says of rows, in constant extra memory."""

from collections.abc import Callable

import numpy as np
import torch

from skecg.modules._folding import fold_batch_norm
from skecg.modules._head import output_layer
from skecg.training._batches import as_tensor
from skecg.training._net import BeatNet

__all__ = ["probabilities", "representation"]

_BATCH_SIZE = 256
"""Beats at a time; the activations of many more leave the processor's cache."""

_ENOUGH_ROWS = 4
"""Products of fewer rows are summed in another order, which changes last digits."""


def probabilities(net: BeatNet, X: np.ndarray) -> np.ndarray:
    """Return the probability of each class for each row.

    Rows are read, and where need be turned into float32, a few hundred at a time,
    so that an array on disk is never held whole.

    Parameters
    ----------
    net : BeatNet
        The net, initialized.
    X : ndarray of shape (n_beats, n_features)
        Finite rows of any floating type.

    Returns
    -------
    ndarray of shape (n_beats, n_classes), float32
        The probabilities.

    Raises
    ------
    ValueError
        If a value is too large for float32.
    """
    module = _settled(net)
    if len(X) > _BATCH_SIZE:
        module = fold_batch_norm(module)
    return _answers(
        net, X, len(net.classes), lambda *inputs: module(*inputs).softmax(dim=1)
    )


def representation(net: BeatNet, X: np.ndarray) -> np.ndarray:
    """Return what the network's output layer reads for each row.

    Parameters
    ----------
    net : BeatNet
        The net, initialized.
    X : ndarray of shape (n_beats, n_features)
        Finite rows of any floating type.

    Returns
    -------
    ndarray of shape (n_beats, n_units), float32
        The representation in front of the output layer.

    Raises
    ------
    ValueError
        If a value is too large for float32, or the network's last
        ``torch.nn.Linear`` reads no row a beat.
    """
    # A copy of this call's own, so that no other thread's rows meet the hook.
    module = fold_batch_norm(_settled(net))
    name, layer = output_layer(module)
    read: list[torch.Tensor] = []
    layer.register_forward_pre_hook(lambda layer, inputs: read.append(inputs[0]))

    def ask(*inputs: torch.Tensor) -> torch.Tensor:
        n_beats = len(inputs[0])
        if n_beats < _ENOUGH_ROWS:
            # What nearly cancels shows its last digits, so a beat that comes alone
            # is read beside copies of itself: as it is among others.
            filled = torch.arange(_ENOUGH_ROWS, device=inputs[0].device) % n_beats
            inputs = tuple(values[filled] for values in inputs)
        read.clear()
        module(*inputs)
        if len(read) != 1 or read[0].shape != (len(inputs[0]), layer.in_features):
            raise ValueError(
                f"The last torch.nn.Linear of module, {name!r}, must read one row of "
                "features a beat, once a pass, for transform to return them; give the "
                "logits with such a layer."
            )
        return read[0][:n_beats]

    return _answers(net, X, layer.in_features, ask)


def _settled(net: BeatNet) -> torch.nn.Module:
    module: torch.nn.Module = net.module_
    return module.eval() if module.training else module


def _answers(
    net: BeatNet, X: np.ndarray, n_columns: int, ask: Callable[..., torch.Tensor]
) -> np.ndarray:
    """Return what is said of each row, asked a few hundred rows at a time."""
    answers = np.empty((len(X), n_columns), dtype=np.float32)
    with torch.inference_mode():
        for start in range(0, len(X), _BATCH_SIZE):
            rows = _as_float32(X[start : start + _BATCH_SIZE])
            beats = as_tensor(rows).to(net.device)
            answer = ask(*net.module_inputs(beats))
            answers[start : start + len(rows)] = answer.cpu().numpy()
    return answers


def _as_float32(rows: np.ndarray) -> np.ndarray:
    if rows.dtype == np.float32:
        return np.ascontiguousarray(rows)
    try:
        with np.errstate(over="raise"):
            return np.ascontiguousarray(rows, dtype=np.float32)
    except FloatingPointError as error:
        raise ValueError(
            f"X holds a value too large for float32, {np.abs(rows).max():.3g}; scale "
            "the beats as those were that the classifier was fitted on."
        ) from error
