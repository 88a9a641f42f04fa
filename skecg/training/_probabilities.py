"""The probabilities that a trained net gives, in constant extra memory."""

import warnings

import numpy as np
import torch

from skecg.modules import fold_batch_norm
from skecg.training._net import BeatNet

__all__ = ["as_tensor", "probabilities"]

_BATCH_SIZE = 256
"""Beats at a time; the activations of many more leave the processor's cache."""


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
    module = net.module_
    if module.training:
        module.eval()
    if len(X) > _BATCH_SIZE:
        module = fold_batch_norm(module)
    proba = np.empty((len(X), len(net.classes)), dtype=np.float32)
    with torch.inference_mode():
        for start in range(0, len(X), _BATCH_SIZE):
            rows = _as_float32(X[start : start + _BATCH_SIZE])
            beats = as_tensor(rows).to(net.device)
            logits = module(*net.module_inputs(beats))
            proba[start : start + len(rows)] = logits.softmax(dim=1).cpu().numpy()
    return proba


def as_tensor(array: np.ndarray) -> torch.Tensor:
    """Return a tensor that shares an array's memory.

    Parameters
    ----------
    array : ndarray
        The array, which nothing here writes to; it may be read-only.

    Returns
    -------
    Tensor
        The tensor.
    """
    if array.flags.writeable:
        return torch.from_numpy(array)
    # torch warns of a read-only array (a memmap of joblib's, say).
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*not writable")
        return torch.from_numpy(array)


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
