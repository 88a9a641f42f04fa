"""Conversion of nested values and tensors to JSON and arrays, and back.

Reading them back runs no code from the file.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from typing import Any

import numpy as np
import torch

__all__ = ["from_plain", "to_plain"]

_SEQUENCES: dict[str, Any] = {"list": list, "tuple": tuple, "set": set}
_MAPPINGS: dict[str, Any] = {
    "dict": dict,
    "ordered": OrderedDict,
    "counter": Counter,
}
_TENSOR = "tensor"
_ARRAY_KINDS = "biufcSUmM"


def to_plain(value: Any, arrays: dict[str, np.ndarray], name: str = "value") -> Any:
    """Convert a value to a JSON value and arrays.

    Parameters
    ----------
    value : object
        Numbers, text, None, tensors, arrays, and lists, tuples, sets and dictionaries
        of them.
    arrays : dict of str to ndarray
        Arrays are added to it. Tensors are stored as the bytes of their memory.
    name : str, default="value"
        The name of the value, for the error message.

    Returns
    -------
    object
        The value, for :func:`json.dumps`.

    Raises
    ------
    TypeError
        If the value contains an object of another type.

    Examples
    --------
    >>> import torch
    >>> from skecg.classification.network._plain_values import from_plain, to_plain
    >>> arrays = {}
    >>> plain = to_plain({"step": 3, "mean": torch.ones(2)}, arrays)
    >>> from_plain(plain, arrays)
    {'step': 3, 'mean': tensor([1., 1.])}
    """
    if value is None or type(value) in (bool, int, float, str):
        return value
    key = str(len(arrays))
    if isinstance(value, torch.Tensor):
        # A clone is dense and keeps the memory order of the axes, because fused
        # optimizers require the same order for their state and the parameter.
        dense = value.detach().cpu().clone()
        memory = torch.as_strided(dense, (dense.numel(),), (1,))
        arrays[key] = memory.contiguous().view(torch.uint8).numpy()
        dtype = str(dense.dtype).removeprefix("torch.")
        return {_TENSOR: [key, dtype, list(dense.shape), list(dense.stride())]}
    if isinstance(value, np.generic | np.ndarray) and value.dtype.kind in _ARRAY_KINDS:
        arrays[key] = np.asarray(value)
        return {"array" if isinstance(value, np.ndarray) else "scalar": key}
    for tag, sequence in _SEQUENCES.items():
        if type(value) is sequence:
            return {tag: [to_plain(x, arrays, name) for x in value]}
    for tag, mapping in _MAPPINGS.items():
        if type(value) is mapping:
            pairs = [
                [to_plain(k, arrays, name), to_plain(v, arrays, f"{name}[{k!r}]")]
                for k, v in value.items()
            ]
            return {tag: pairs}
    raise TypeError(f"{name} contains an object of the class {type(value).__name__}")


def from_plain(plain: Any, arrays: dict[str, np.ndarray]) -> Any:
    """Restore a value from the output of :func:`to_plain`.

    Parameters
    ----------
    plain : object
        The value that it returned.
    arrays : dict of str to ndarray
        The arrays that it added.

    Returns
    -------
    object
        The value; tensors are on the CPU.
    """
    if not isinstance(plain, dict):
        return plain
    ((tag, content),) = plain.items()
    if tag == _TENSOR:
        key, dtype, shape, stride = content
        memory = torch.from_numpy(arrays[key].copy()).view(getattr(torch, dtype))
        return torch.as_strided(memory, shape, stride)
    if tag == "array":
        return arrays[content]
    if tag == "scalar":
        return arrays[content][()]
    if tag in _SEQUENCES:
        return _SEQUENCES[tag](from_plain(x, arrays) for x in content)
    pairs = ((from_plain(k, arrays), from_plain(v, arrays)) for k, v in content)
    return _MAPPINGS[tag](dict(pairs))
