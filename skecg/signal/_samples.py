"""Signals as tables of leads, and their missing samples."""

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
        The signal, as :func:`as_table` takes it, or a recording.
    fs : float or None
        The sampling rate, which only a recording states itself.

    Returns
    -------
    table : DataFrame of shape (n_samples, n_leads)
        The signal.
    fs : float
        The sampling rate.

    Raises
    ------
    ValueError
        If `fs` is missing, or given with a recording; or as :func:`as_table` does.
    """
    if isinstance(signal, Recording):
        if fs is not None:
            raise ValueError(
                f"fs must be None with a Recording, which states its own, got {fs!r}."
            )
        columns = list(signal.leads)
        return pd.DataFrame(signal.signal, columns=columns, copy=False), signal.fs
    if fs is None:
        raise ValueError(
            "fs must be given with an array or a table, got None; pass samples a "
            "second, such as fs=250, or a Recording."
        )
    return as_table(signal), float(fs)


def as_table(signal: Any) -> pd.DataFrame:
    """Return a signal as a table with one column per lead, without copying an array.

    Parameters
    ----------
    signal : array-like of shape (n_samples,) or (n_samples, n_leads), or DataFrame
        The signal. The names of its columns are kept, if it has any.

    Returns
    -------
    DataFrame of shape (n_samples, n_leads)
        The signal. Masked samples are NaN.

    Raises
    ------
    ValueError
        If it has another shape, less than two samples or two leads of one name.
    """
    if not isinstance(signal, pd.DataFrame):
        names = feature_names(signal)
        if names is not None:
            # Column by column, because together they would get one type.
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
            f"signal must have two samples or more, got {len(signal)}; put time along "
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
        If it is not numbers, or holds infinite ones.
    """
    # Long recordings in single precision are not copied into double precision.
    is_single = (table.dtypes == np.float32).all()
    for name, dtype in table.dtypes.items():
        if dtype.kind in "cMm":  # NumPy would count nanoseconds, or drop a part.
            raise ValueError(
                f"signal must be real numbers, and {name!r} is {dtype}; convert it, or "
                "leave it out."
            )
    dtype = np.float32 if is_single else np.float64
    try:
        samples = table.to_numpy(dtype=dtype, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"signal must be numbers, and not all of it is ({error}); convert it."
        ) from error
    for lead, dtype in enumerate(table.dtypes):
        if dtype.kind == "i":
            # WFDB's formats 80, 16 and 32 mark invalid samples so (WFDB Programmer's
            # Guide, WFDB_INVALID_SAMPLE), and a converter at this limit reads nothing.
            lowest = -(2.0 ** (8 * dtype.itemsize - 1))
            is_missing = samples[:, lead] == lowest
            if is_missing.any():
                samples = samples if samples.flags.writeable else samples.copy()
                samples[is_missing, lead] = np.nan
    if np.isinf(samples).any():
        raise ValueError(
            "signal must not be infinite, and some samples are; mark missing samples "
            "with NaN."
        )
    return samples


def bridge_gaps(leads: Floats) -> Floats:
    """Return leads in which straight lines replace missing samples.

    Filters would spread NaN over the recording. The nearest sample is repeated before
    the first and after the last one, and a lead without any is 0.

    Parameters
    ----------
    leads : ndarray of shape (n_samples, n_leads)
        The leads; missing samples are NaN.

    Returns
    -------
    ndarray of shape (n_samples, n_leads)
        The leads; the same array, if nothing is missing.
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
    """Return an array, of pandas if it holds integers some of which are null."""
    dtype = getattr(values, "dtype", None)
    if isinstance(dtype, ExtensionDtype) and dtype.kind == "i":
        return pd.Series(values).array
    array = _array(values)
    if array.ndim == 1 and hasattr(values, "fill_null"):
        # NumPy's integers have no null, so that those of polars and pyarrow are floats
        # here, which do not tell how low the type goes.
        is_null = np.asarray(values.is_null(), dtype=np.bool_)
        if is_null.any() and str(getattr(values, "type", dtype)).lower()[:3] == "int":
            return pd.arrays.IntegerArray(np.array(values.fill_null(0)), is_null)
    return array


def _array(signal: Any) -> npt.NDArray[Any]:
    if np.ma.isMaskedArray(signal):
        # A masked sample is missing, whatever value it holds.
        table = pd.DataFrame(np.ma.getdata(np.atleast_1d(signal)).reshape(-1, 1))
        samples = read_samples(table).reshape(signal.shape).copy()
        samples[np.ma.getmaskarray(signal)] = np.nan
        return samples
    try:
        return np.asarray(signal)
    except ValueError as error:  # NumPy's message does not name the argument.
        raise ValueError(
            "signal must be an array, got parts of different lengths; make them even."
        ) from error
