"""Comparison of a model with the model read back from its file."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

__all__ = ["first_difference"]


def first_difference(one: Any, other: Any) -> str | None:
    """Return the location of the first difference between two objects.

    Parameters
    ----------
    one, other : object
        The objects.

    Returns
    -------
    str or None
        The attributes and keys that lead to the difference, or None if the objects
        have the same types, values and arrays, bit for bit.
    """
    # Keep the pairs alive, so that no other object gets their addresses.
    seen: dict[tuple[int, int], tuple[Any, Any]] = {}
    stack = [("model", one, other)]
    while stack:
        path, a, b = stack.pop()
        if a is b or (id(a), id(b)) in seen:
            continue
        seen[id(a), id(b)] = a, b
        if type(a) is not type(b):
            return path
        ours, theirs = _parts(a), _parts(b)
        if ours is None or theirs is None:
            if not _is_same_value(a, b):
                return path
            continue
        if [name for name, _ in ours] != [name for name, _ in theirs]:
            return path
        found = [
            (f"{path}{name}", x, y)
            for (name, x), (_, y) in zip(ours, theirs, strict=True)
        ]
        stack.extend(reversed(found))
    return None


def _is_same_value(a: Any, b: Any) -> bool:
    if isinstance(a, (np.ndarray, np.generic)):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, float):
        # repr, because NaN is unequal to itself, and 0.0 equals -0.0.
        return repr(a) == repr(b)
    return bool(a == b)


def _parts(x: Any) -> list[tuple[str, Any]] | None:
    """Return the named parts of an object, or None if it is a plain value."""
    if isinstance(x, dict):
        return [(f"[{key!r}]", value) for key, value in x.items()]
    if isinstance(x, (list, tuple)):
        return [(f"[{number}]", item) for number, item in enumerate(x)]
    if isinstance(x, np.ma.MaskedArray):
        return [(".data", x.data), (".mask", np.ma.getmaskarray(x))]
    if isinstance(x, np.ndarray):
        if x.dtype.names is not None:
            # Compare by field, because the bytes between the fields are undefined.
            return [(".dtype", x.dtype), *((f"[{k!r}]", x[k]) for k in x.dtype.names)]
        if x.dtype != object:
            return None
        return [(".shape", x.shape), *((f"[{k}]", v) for k, v in enumerate(x.flat))]
    if isinstance(x, partial):
        return [(".func", x.func), (".args", x.args), (".keywords", x.keywords)]
    if isinstance(x, np.random.RandomState):
        return [(" state", x.get_state(legacy=False))]
    if isinstance(x, np.random.Generator):
        bits: Any = x.bit_generator
        return [(" state", bits.state), (" seed", bits.seed_seq.state)]
    plain = (bool, int, float, complex, str, bytes, bytearray, set, frozenset, range)
    if x is None or isinstance(x, (*plain, slice, type, np.generic, np.dtype)):
        return None
    reduced = x.__reduce_ex__(2)
    if not isinstance(reduced, tuple):
        return None  # a function, which is equal only to itself
    # The constructor's arguments, and the attributes, whose order does not matter.
    _, arguments, *state = reduced
    return [(" made of", arguments), *(("", _ordered(part)) for part in state)]


def _ordered(state: Any) -> Any:
    return dict(sorted(state.items())) if isinstance(state, dict) else state
