"""Encoding of integer arrays as base64, which is much smaller than JSON."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["MISSING", "encode_integers", "encode_leads", "lead_steps"]

MISSING = -32768
"""The code of a missing sample, which the scripts convert to NaN."""
_LARGEST = 32767


def encode_integers(values: npt.ArrayLike, dtype: str) -> str:
    """Return integers as base64 of their little-endian bytes.

    Parameters
    ----------
    values : array-like of int
        The integers, in C order.
    dtype : {"int16", "int32"}
        The type of the integers, as in ``skecg.decode`` of ``base.js``.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> from skecg.pages._encoding import encode_integers
    >>> encode_integers([1, -1], "int16")
    'AQD//w=='
    """
    little_endian = np.dtype(dtype).newbyteorder("<")
    return base64.b64encode(np.asarray(values).astype(little_endian).tobytes()).decode(
        "ascii"
    )


def lead_steps(largest: npt.ArrayLike) -> list[int]:
    """Return the resolution of each lead, in microvolts.

    Parameters
    ----------
    largest : array-like of shape (n_leads,)
        The largest absolute value of each lead in millivolts; NaN if none is known.

    Returns
    -------
    list of int
        The smallest steps, at least 1, with which the largest value fits in 16 bits.

    Examples
    --------
    >>> from skecg.pages._encoding import lead_steps
    >>> lead_steps([2.5, 100.0])
    [1, 4]
    """
    microvolts = 1000 * np.nan_to_num(np.asarray(largest, dtype=np.float64))
    steps = np.maximum(1, np.ceil(microvolts / _LARGEST))
    return [int(step) for step in steps]


def encode_leads(signal: npt.NDArray[Any], steps: list[int]) -> str:
    """Return leads as base64 of 16-bit integers, one lead after another.

    Parameters
    ----------
    signal : ndarray of shape (n_values, n_leads)
        The signal in millivolts; NaN for missing samples.
    steps : list of int
        The microvolts of one unit, for each lead.

    Returns
    -------
    str
        The text. Values beyond the range are clipped.
    """
    scaled = np.asarray(signal, dtype=np.float64) * (1000 / np.asarray(steps))
    codes = np.clip(np.round(scaled), -_LARGEST, _LARGEST)
    codes = np.where(np.isnan(codes), MISSING, codes)
    return encode_integers(codes.T, "int16")
