"""Units of voltage, and amplitudes that show a wrong unit."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["check_amplitude", "factor_of", "in_millivolts", "is_unit", "known_unit"]

# Both micro signs of Unicode, and what files write in ASCII.
_MILLIVOLTS = {
    "nv": 1e-6,
    "uv": 1e-3,
    "µv": 1e-3,
    "μv": 1e-3,
    "microvolt": 1e-3,
    "microvolts": 1e-3,
    "mv": 1.0,
    "millivolt": 1.0,
    "millivolts": 1.0,
    "v": 1e3,
    "volt": 1e3,
    "volts": 1e3,
}

# Blank, and what recorders write for the numbers of a converter.
_NO_UNIT = {"", "-", "?", "adu", "au", "bit", "bits", "counts", "lsb", "none", "nu"}
# Of the other signals that tables hold.
_OTHER = re.compile(
    r"%|mmhg|cmh2o|k?pa|bpm|(1|l|breaths)/min|/min|l/s|ml|[km]?ohm|(deg|°)? ?[cf]|"
    r"m?g|m/s(2|\^2|²)|deg|rad|rad/s|k?hz|m?a|lux|db",
    re.IGNORECASE,
)

# An ambulatory recorder must take signals of 10 mV (IEC 60601-2-47, input dynamic
# range). Ten times as much from the median to the 99th percentile is no ECG, but in
# microvolts any ECG is that large; in volts, any ECG is below the lower limit.
_LARGEST, _SMALLEST = 50.0, 0.01
_MOST_SAMPLES = 100_000


def in_millivolts(unit: str) -> float | None:
    """Return the millivolts in one of a unit, or None if it is no voltage.

    Parameters
    ----------
    unit : str
        Such as ``"uV"``, in any spelling and case.

    Returns
    -------
    float or None
        The factor.
    """
    return _MILLIVOLTS.get(unit.strip().lower())


def known_unit(unit: str | None) -> str | None:
    """Return a unit, or None if it is none.

    Parameters
    ----------
    unit : str or None
        What a file states.

    Returns
    -------
    str or None
        None for nothing, and for what stands for the numbers of a converter, such as
        ``"adu"`` and ``"NU"``.
    """
    return None if unit is None or unit.strip().lower() in _NO_UNIT else unit


def is_unit(text: str) -> bool:
    """Return whether text in brackets after the name of a column is a unit.

    Parameters
    ----------
    text : str
        The text.

    Returns
    -------
    bool
        False for text such as ``"filtered"``, which is a part of the name.
    """
    is_voltage = in_millivolts(text) is not None
    return (
        is_voltage or known_unit(text) is None or bool(_OTHER.fullmatch(text.strip()))
    )


def factor_of(units: Any) -> float:
    """Return the millivolts in one of the unit that was given.

    Parameters
    ----------
    units : str
        The argument `units`.

    Returns
    -------
    float
        The factor.

    Raises
    ------
    ValueError
        If the unit is not a unit of voltage.
    """
    factor = in_millivolts(units) if isinstance(units, str) else None
    if factor is None:
        raise ValueError(
            f"units must be a unit of voltage, got {units!r}; pass 'uV', 'mV' or 'V', "
            "or leave leads of another kind out."
        )
    return factor


def check_amplitude(signal: npt.NDArray[np.float32]) -> None:
    """Raise ValueError if no ECG in millivolts has such an amplitude.

    Parameters
    ----------
    signal : ndarray of shape (n_samples, n_leads)
        The signal, of which evenly spaced samples are looked at.

    Raises
    ------
    ValueError
        If most leads are too large, or all are too small.
    """
    step = -(-len(signal) // _MOST_SAMPLES)
    sizes = [_size(signal[::step, lead]) for lead in range(signal.shape[1])]
    known = np.array([size for size in sizes if size > 0])  # NaN is not.
    if not known.size:
        return
    if np.median(known) > _LARGEST:
        likely = "microvolts ('uV') or the units of a converter"
    elif known.max() < _SMALLEST:
        likely = "volts ('V')"
    else:
        return
    raise ValueError(
        "units must be given, because the signal does not state them and an amplitude "
        f"of {np.median(known):.3g} mV is impossible in an ECG; it may be in {likely}: "
        "pass units='uV', 'mV' or 'V', or convert it."
    )


def _size(lead: npt.NDArray[np.float32]) -> float:
    """Return how far the 99th percentile is from the median; NaN without samples."""
    there = np.asarray(lead, dtype=np.float64)
    there = there[np.isfinite(there)]
    if not there.size:
        return np.nan
    return float(np.percentile(np.abs(there - np.median(there)), 99))
