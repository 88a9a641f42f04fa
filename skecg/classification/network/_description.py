"""Descriptions of values as text, which are equal for equal values in any process.

Checkpoints compare the configurations of two fits, and detect changed objects, by these
texts. ``repr`` is unsuitable because it contains addresses, and pickles because they
depend on the identity of equal parts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from hashlib import blake2b
from types import CodeType, FunctionType, MethodType
from typing import Any

import numpy as np
import torch

__all__ = ["describe"]

_LONG = 60
"""Descriptions with more characters are replaced by their digest."""


def describe(value: Any, context: Iterable[Any] = ()) -> str:
    """Describe a value as text that is the same for equal values.

    Classes are described by their name, and functions by their name and code. Functions
    that are defined inside another function are also described by the values that they
    refer to. Objects are described by the content of their pickle, or by their class
    alone if they cannot be pickled, such as open files.

    Parameters
    ----------
    value : object
        Any value.
    context : iterable of object, default=()
        Objects that are left out of the description.

    Returns
    -------
    str
        The value as JSON if it is short, else its digest.

    Examples
    --------
    >>> from skecg.classification.network._description import describe
    >>> describe((1, 0.5, None))
    '[1, 0.5, null]'
    >>> describe(lambda x: 2 * x) == describe(lambda x: 3 * x)
    False
    """
    return json.dumps(_Description(context).of(value))


class _Description:
    """The description of one value, in which each object occurs once."""

    def __init__(self, context: Iterable[Any]) -> None:
        self.known: dict[int, Any] = {id(item): "..." for item in context}
        # Keep temporary objects alive, because a new object could reuse their id.
        self.alive: list[Any] = []

    def of(self, value: Any) -> Any:
        """Return a description that JSON can store."""
        if value is None or type(value) in (bool, int, float, str):
            return value
        if isinstance(value, np.generic) and not isinstance(value, np.void):
            return self.of(value.tolist())
        key = id(value)
        if key not in self.known:
            self.alive.append(value)
            self.known[key] = "..."  # for objects that contain themselves
            parts = self._parts(value)
            text = json.dumps(parts)
            self.known[key] = _digest(text.encode()) if len(text) > _LONG else parts
        return self.known[key]

    def _parts(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [self.of(item) for item in value]
        if isinstance(value, set | frozenset):
            return sorted(json.dumps(self.of(item)) for item in value)
        if isinstance(value, Mapping):
            items = value.items()
            return sorted([json.dumps(self.of(k)), self.of(v)] for k, v in items)
        if isinstance(value, bytes | bytearray):
            return ["bytes", _digest(bytes(value))]
        if isinstance(value, torch.Tensor):
            raw = value.detach().cpu().contiguous().flatten().view(torch.uint8)
            return [str(value.dtype), list(value.shape), _digest(raw.numpy())]
        if isinstance(value, np.ndarray):
            kind = [value.dtype.str, list(value.shape)]
            if value.dtype.hasobject:
                return [*kind, self.of(value.tolist())]
            return [*kind, _digest(np.ascontiguousarray(value).view(np.uint8))]
        if isinstance(value, type):
            return ["class", value.__module__, value.__qualname__]
        if isinstance(value, partial):
            return ["partial", *map(self.of, (value.func, value.args, value.keywords))]
        if isinstance(value, MethodType):
            return ["method", self.of(value.__self__), self.of(value.__func__)]
        if isinstance(value, FunctionType):
            return self._function(value)
        if isinstance(value, CodeType):
            names = [*value.co_names, *value.co_freevars]
            return [value.co_code.hex(), names, self.of(value.co_consts)]
        return self._object(value)

    def _function(self, function: FunctionType) -> Any:
        parts = [function.__module__, function.__qualname__]
        parts.append(self.of(function.__code__))
        home = getattr(sys.modules.get(function.__module__), function.__name__, None)
        if home is not function:
            cells = [_content(cell) for cell in function.__closure__ or ()]
            parts += [self.of(function.__defaults__), self.of(cells)]
            parts.append(self.of(function.__kwdefaults__))
        return ["function", *parts]

    def _object(self, value: Any) -> Any:
        kind = [type(value).__module__, type(value).__qualname__]
        try:
            reduced = value.__reduce_ex__(2)
        except Exception:  # Classes may raise any exception.
            return ["object", *kind]
        if isinstance(reduced, str):
            return ["global", *kind, reduced]
        parts = [list(p) if isinstance(p, Iterator) else p for p in reduced]
        return ["object", *kind, *map(self.of, parts)]


def _content(cell: Any) -> Any:
    """Return the value of a variable of an enclosing function."""
    try:
        return cell.cell_contents
    except ValueError:  # The cell is empty.
        return None


def _digest(content: Any) -> str:
    if isinstance(content, np.ndarray):
        content = content.reshape(-1).data if content.size else b""
    return blake2b(content, digest_size=16).hexdigest()
