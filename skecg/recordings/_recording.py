"""The class `Recording`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg._leads import as_array, is_time, made_up_names
from skecg.recordings._frames import split_frame
from skecg.recordings._limits import BLOCK, MAX_FS, MAX_LEADS, MIN_FS
from skecg.recordings._memory import empty_signal
from skecg.recordings._units import check_amplitude, factor_of

__all__ = ["Recording", "checked_fs"]


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Recording:
    """An ECG recording: its signal in millivolts, rate, leads, start and name.

    Parameters
    ----------
    signal : array-like of shape (n_samples,) or (n_samples, n_leads), or DataFrame
        The signal; NaN marks missing samples. The columns of a pandas or polars
        DataFrame, or of a pyarrow Table, name the leads. A column of times or sample
        numbers is not a lead. A float32 array in millivolts is not copied and may be
        memory-mapped.
    fs : float or None, default=None
        The sampling rate, in hertz, from 100 to 2,000. None is allowed if the signal
        is a table with a column of times.
    leads : sequence of str or None, default=None
        The names of the leads, in the order of the columns. None reads them from the
        table; leads without names become ``"lead_0"``, ``"lead_1"`` and so on.
    units : str or None, default=None
        The unit of the given signal: ``"uV"``, ``"mV"`` or ``"V"``. None means
        millivolts; amplitudes that are impossible in millivolts then raise an error.
    start : datetime or None, default=None
        The time of the first sample. None reads it from a column of dates in the table.
    name : str or None, default=None
        The name of the record.

    Attributes
    ----------
    signal : ndarray of shape (n_samples, n_leads), float32
        The signal, in millivolts; missing samples are NaN.
    fs : float
        The sampling rate, in hertz.
    leads : tuple of str
        The names of the leads.
    units : str
        ``"mV"``.
    start : datetime or None
        The time of the first sample, without a time zone if unknown.
    name : str or None
        The name of the record.

    Raises
    ------
    ValueError
        If the signal has fewer than two samples, no lead, more than 24 leads, infinite
        samples or only missing samples; if `fs` is missing or out of range; if the
        names of the leads are not unique, or not one per lead; if the unit is not a
        voltage, or is None and the amplitude is impossible in millivolts; if the times
        of a table are not evenly spaced or contradict `fs`.

    See Also
    --------
    read_recording : Read a recording from a file.

    Examples
    --------
    >>> import numpy as np
    >>> from skecg.recordings import Recording
    >>> lead = np.sin(np.arange(1500) / 40) ** 8
    >>> recording = Recording(1000 * lead, 250, leads=["II"], units="uV", name="mine")
    >>> recording
    Recording('mine': II; 1,500 samples at 250 Hz, 6 s)
    >>> recording.signal.shape, recording.signal.dtype, recording.duration
    ((1500, 1), dtype('float32'), 6.0)
    """

    signal: npt.NDArray[np.float32]
    fs: float
    leads: tuple[str, ...]
    units: str
    start: datetime | None
    name: str | None

    def __init__(
        self,
        signal: Any,
        fs: float | None = None,
        *,
        leads: Sequence[str] | None = None,
        units: str | None = None,
        start: datetime | None = None,
        name: str | None = None,
    ) -> None:
        table = split_frame(signal, fs, units)
        if table is not None:
            signal, fs = table.signal, table.fs
            leads = table.names if leads is None else leads
            units = table.units
            start = table.start if start is None else start
        array = _checked_shape(as_array("signal", signal))
        values = {
            "fs": checked_fs(fs),
            "leads": _checked_names(leads, array.shape[1]),
            "signal": _checked_signal(array, units),
            "units": "mV",
            "start": _checked_type("start", start, datetime, "a datetime"),
            "name": _checked_type("name", name, str, "a string"),
        }
        for field, value in values.items():
            object.__setattr__(self, field, value)

    @property
    def n_samples(self) -> int:
        """The number of samples of each lead."""
        return len(self.signal)

    @property
    def n_leads(self) -> int:
        """The number of leads."""
        return self.signal.shape[1]

    @property
    def duration(self) -> float:
        """The duration, in seconds."""
        return self.n_samples / self.fs

    @property
    def has_lead_names(self) -> bool:
        """Whether the leads have names other than ``"lead_0"`` and so on."""
        return self.leads != made_up_names(self.n_leads)

    def __repr__(self) -> str:
        name = "" if self.name is None else f"{self.name!r}: "
        return (
            f"Recording({name}{', '.join(self.leads)}; {self.n_samples:,} samples at "
            f"{self.fs:g} Hz, {self.duration:,.6g} s)"
        )


def checked_fs(fs: Any) -> float:
    """Check a sampling rate and return it as a float.

    Parameters
    ----------
    fs : float
        The rate, in hertz.

    Returns
    -------
    float
        The rate.

    Raises
    ------
    ValueError
        If it is not a number from 100 to 2,000.
    """
    if fs is None:
        raise ValueError(
            "fs must be given, because the signal does not state its sampling rate; "
            "pass the rate in hertz, such as fs=250."
        )
    if isinstance(fs, (bool, np.bool_)) or not isinstance(fs, Real):
        raise ValueError(
            f"fs must be a number in hertz, got {fs!r}; pass a rate such as 250."
        )
    if not MIN_FS <= float(fs) <= MAX_FS:
        raise ValueError(
            f"fs must be from {MIN_FS:g} to {MAX_FS:g} Hz, got {float(fs):g}; resample "
            "the signal, for example with scipy.signal.resample_poly."
        )
    return float(fs)


def _checked_shape(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Check the shape of a signal and return it with leads as columns."""
    if array.ndim not in (1, 2):
        raise ValueError(
            "signal must have the shape (n_samples,) or (n_samples, n_leads), got "
            f"{array.shape}; put time along the first axis."
        )
    columns = array[:, np.newaxis] if array.ndim == 1 else array
    n_samples, n_leads = columns.shape
    if n_samples < 2:
        raise ValueError(
            f"signal must have at least two samples, got {n_samples}; put time along "
            "the first axis."
        )
    if not 1 <= n_leads <= MAX_LEADS:
        raise ValueError(
            f"signal must have 1 to {MAX_LEADS} leads, got {n_leads}; put time along "
            "the first axis, and choose fewer leads."
        )
    if columns.dtype.kind not in "iufO":
        raise ValueError(
            f"signal must contain real numbers, got {columns.dtype}; convert it."
        )
    for number in range(n_leads):
        if is_time(None, columns[:BLOCK, number]):
            raise ValueError(
                f"signal must contain only leads, but its column {number} ascends as "
                "times do; leave it out."
            )
    return columns


def _checked_names(leads: Any, n_leads: int) -> tuple[str, ...]:
    if leads is None:
        return made_up_names(n_leads)
    names = [leads] if isinstance(leads, str) else list(leads)
    if not all(isinstance(name, str) and name for name in names):
        raise ValueError(f"leads must be names, got {names}; pass strings.")
    if len(names) != n_leads or len(set(names)) < len(names):
        raise ValueError(
            f"leads must contain a unique name for each of the {n_leads} leads of the "
            f"signal, got {names}; pass one name per column."
        )
    return tuple(names)


def _checked_type(argument: str, value: Any, kind: type, wanted: str) -> Any:
    if value is not None and not isinstance(value, kind):
        raise ValueError(
            f"{argument} must be {wanted} or None, got {type(value).__name__}; convert "
            "it."
        )
    return value


def _checked_signal(
    columns: npt.NDArray[Any], units: str | None
) -> npt.NDArray[np.float32]:
    """Convert a signal to float32 in millivolts, without a copy if possible."""
    factor = 1.0 if units is None else factor_of(units)
    is_ready = columns.dtype == np.float32 and factor == 1
    signal = columns if is_ready else empty_signal(*columns.shape)
    any_there = False
    for block in _blocks(len(columns)):
        if not is_ready:
            with np.errstate(over="ignore"):  # Infinity raises an error below.
                signal[block] = _converted(columns[block], factor)
        part = signal[block]
        if np.isinf(part).any():
            raise ValueError(
                "signal must be finite or NaN, got infinite samples or values beyond "
                "float32; mark missing samples with NaN."
            )
        any_there = any_there or not np.isnan(part).all()
    if not any_there:
        raise ValueError(
            "signal must have samples, but all of them are missing (NaN); check the "
            "source, or choose other leads."
        )
    if units is None:
        check_amplitude(signal)
    return signal


def _blocks(n_samples: int) -> Iterator[slice]:
    for start in range(0, n_samples, BLOCK):
        yield slice(start, min(start + BLOCK, n_samples))


def _converted(part: npt.NDArray[Any], factor: float) -> npt.NDArray[np.float64]:
    try:
        numbers = np.asarray(part).astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"signal must contain only numbers, got other values ({error}); convert it."
        ) from error
    return numbers * factor
