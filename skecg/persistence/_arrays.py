"""Checks of arrays in NumPy's file format before memory is allocated for them."""

from __future__ import annotations

from io import BytesIO
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["read_array"]

_HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def read_array(name: str, content: bytes) -> npt.NDArray[Any]:
    """Return an array after checking that its header states its exact size.

    Parameters
    ----------
    name : str
        The name of the entry, for messages.
    content : bytes
        A file in the format ``.npy``.

    Returns
    -------
    ndarray
        The array, read-only, without a copy of its data.

    Raises
    ------
    ValueError
        If the header is invalid, or states another size or Python objects.
    """
    buffer = BytesIO(content)
    try:
        version = np.lib.format.read_magic(buffer)
        shape, in_fortran_order, dtype = _HEADERS[version](buffer)
    # A damaged header may raise almost any exception.
    except Exception as error:
        raise ValueError(
            f"the header of its array {name} cannot be read ({type(error).__name__})"
        ) from error
    if dtype.hasobject:
        raise ValueError(
            f"its array {name} contains Python objects, whose loading would run code"
        )
    start = buffer.tell()
    n_items, n_bytes = prod(shape), len(content) - start
    # Refuse items of 0 bytes, because the header could state any number of them.
    if (
        not dtype.itemsize
        or min(shape, default=0) < 0
        or (n_items * dtype.itemsize != n_bytes)
    ):
        raise ValueError(
            f"its array {name} states {n_items:,} items of {dtype.itemsize} bytes, but "
            f"has {n_bytes:,} bytes"
        )
    flat = np.frombuffer(content, dtype=dtype, count=n_items, offset=start)
    return flat.reshape(shape, order="F" if in_fortran_order else "C")
