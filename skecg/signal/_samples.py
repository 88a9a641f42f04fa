"""Conversion of signals to tables of leads, and handling of missing samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray, ExtensionDtype

from skecg._sklearn import feature_names
from skecg.recordings import Recording

__all__ = ["as_table", "as_table_with_rate", "bridge_gaps", "read_samples"]

Floats = npt.NDArray[np.float64]


def as_table_with_rate(signal: Any, fs: float | None) -> tuple[pd.DataFrame, float]:
    """Return a signal as a table of leads, without copying, and its sampling rate.

    Parameters
    ----------
    signal : Recording, array-like or DataFrame
        A recording, or a signal for :func:`as_table`.
    fs : float or None
        The sampling rate, in hertz; None for a recording.

    Returns
    -------
    table : DataFrame of shape (n_samples, n_leads)
        The signal.
    fs : float
        The sampling rate, in hertz.

    Raises
    ------
    ValueError
        If `fs` is missing or given with a recording, or :func:`as_table` raises it.
    """
    if isinstance(signal, Recording):
        if fs is not None:
            raise ValueError(
                f"fs must be None with a Recording, which has its own, got {fs!r}."
            )
        columns = list(signal.leads)
        return pd.DataFrame(signal.signal, columns=columns, copy=False), signal.fs
    if fs is None:
        raise ValueError(
            "fs must be given with an array or a table, got None; pass the sampling "
            "rate in hertz, such as fs=250, or a Recording."
        )
    return as_table(signal), float(fs)


def as_table(signal: Any) -> pd.DataFrame:
    """Return a signal as a table with one column per lead, without copying an array.

    Parameters
    ----------
    signal : array-like of shape (n_samples,) or (n_samples, n_leads), or DataFrame
        The signal. Column names are kept.

    Returns
    -------
    DataFrame of shape (n_samples, n_leads)
        The signal. Masked samples are NaN.

    Raises
    ------
    ValueError
        If it has another shape, fewer than two samples or two leads of the same name.
    """
    if not isinstance(signal, pd.DataFrame):
        names = feature_names(signal)
        if names is not None:
            # Convert each column alone, to keep its type.
            columns = {name: _column(signal[name]) for name in names}
            return as_table(pd.DataFrame(columns, copy=False))
        array = _column(signal)
        if isinstance(array, ExtensionArray):
            return as_table(pd.DataFrame({0: array}, copy=False))
        if array.ndim not in (1, 2):
            raise ValueError(
                "signal must have the shape (n_samples,) or (n_samples, n_leads), got "
                f"{array.shape}; put time along the first axis."
            )
        array = array[:, np.newaxis] if array.ndim == 1 else array
        signal = pd.DataFrame(array, copy=False)
    if len(signal) < 2:
        raise ValueError(
            f"signal must have at least two samples, got {len(signal)}; put time along "
            "the first axis."
        )
    there = list(signal.columns)
    if len(set(there)) < len(there):
        raise ValueError(
            f"signal must name each lead once, got {there}; rename its columns."
        )
    return signal


def read_samples(table: pd.DataFrame) -> Floats:
    """Return a table of leads as floats in which missing samples are NaN.

    Raises
    ------
    ValueError
        If the table contains other values than numbers, or infinite ones.
    """
    # Single precision is kept, because a copy in double precision may be large.
    is_single = (table.dtypes == np.float32).all()
    for name, dtype in table.dtypes.items():
        # NumPy would convert times to nanoseconds, and drop imaginary parts.
        if dtype.kind in "cMm":
            raise ValueError(
                f"signal must contain real numbers, but {name!r} is {dtype}; convert "
                "it, or leave it out."
            )
    dtype = np.float32 if is_single else np.float64
    try:
        samples = table.to_numpy(dtype=dtype, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"signal must contain only numbers, got other values ({error}); convert it."
        ) from error
    for lead, dtype in enumerate(table.dtypes):
        if dtype.kind == "i":
            # The lowest value marks invalid samples in WFDB's formats 80, 16 and 32
            # (WFDB Programmer's Guide, WFDB_INVALID_SAMPLE), or a clipped converter.
            lowest = -(2.0 ** (8 * dtype.itemsize - 1))
            is_missing = samples[:, lead] == lowest
            if is_missing.any():
                samples = samples if samples.flags.writeable else samples.copy()
                samples[is_missing, lead] = np.nan
    if np.isinf(samples).any():
        raise ValueError(
            "signal must be finite, got infinite samples; mark missing samples with "
            "NaN."
        )
    return samples


def bridge_gaps(leads: Floats) -> Floats:
    """Replace missing samples by linear interpolation, because filters spread NaN.

    Before the first and after the last known sample, that sample is repeated. A lead
    without any known sample becomes 0.

    Parameters
    ----------
    leads : ndarray of shape (n_samples, n_leads)
        The leads; missing samples are NaN.

    Returns
    -------
    ndarray of shape (n_samples, n_leads)
        The leads; the same array if no sample is missing.
    """
    is_missing = np.isnan(leads)
    if not is_missing.any():
        return leads
    bridged = leads.copy()
    for lead, gaps in zip(bridged.T, is_missing.T, strict=True):
        there = np.flatnonzero(~gaps)
        lead[gaps] = (
            np.interp(np.flatnonzero(gaps), there, lead[there]) if len(there) else 0.0
        )
    return bridged


def _column(values: Any) -> Any:
    """Return an array, or a pandas array if it contains integers and nulls."""
    dtype = getattr(values, "dtype", None)
    if isinstance(dtype, ExtensionDtype) and dtype.kind == "i":
        return pd.Series(values).array
    array = _array(values)
    if array.ndim == 1 and hasattr(values, "fill_null"):
        # With nulls, polars and pyarrow integers become floats in NumPy, and the lowest
        # value of the integer type would be lost.
        is_null = np.asarray(values.is_null(), dtype=np.bool_)
        if is_null.any() and str(getattr(values, "type", dtype)).lower()[:3] == "int":
            return pd.arrays.IntegerArray(np.array(values.fill_null(0)), is_null)
    return array


def _array(signal: Any) -> npt.NDArray[Any]:
    if np.ma.isMaskedArray(signal):
        # A masked sample is missing, for any value.
        table = pd.DataFrame(np.ma.getdata(np.atleast_1d(signal)).reshape(-1, 1))
        samples = read_samples(table).reshape(signal.shape).copy()
        samples[np.ma.getmaskarray(signal)] = np.nan
        return samples
    try:
        return np.asarray(signal)
    except ValueError as error:  # NumPy's message does not name the argument.
        raise ValueError(
            "signal must be an array, got parts of different lengths; pass parts of "
            "equal length."
        ) from error
