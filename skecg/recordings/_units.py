"""Units of voltage, and a check of amplitudes for a wrong unit."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["check_amplitude", "factor_of", "in_millivolts", "is_unit", "known_unit"]

# Spellings in ASCII, and with both micro signs of Unicode.
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

# Blank, and names for the raw values of an analogue-to-digital converter.
_NO_UNIT = {"", "-", "?", "adu", "au", "bit", "bits", "counts", "lsb", "none", "nu"}
# Units of other signals in tables.
_OTHER = re.compile(
    r"%|mmhg|cmh2o|k?pa|bpm|(1|l|breaths)/min|/min|l/s|ml|[km]?ohm|(deg|°)? ?[cf]|"
    r"m?g|m/s(2|\^2|²)|deg|rad|rad/s|k?hz|m?a|lux|db",
    re.IGNORECASE,
)

# Limits, in millivolts, of the distance from the median to the 99th percentile. An
# ambulatory recorder must accept 10 mV (IEC 60601-2-47, input dynamic range). An ECG in
# microvolts exceeds the upper limit, and an ECG in volts is below the lower one.
_LARGEST, _SMALLEST = 50.0, 0.01
_MOST_SAMPLES = 100_000


def in_millivolts(unit: str) -> float | None:
    """Return the factor from a unit to millivolts, or None if it is not a voltage.

    Parameters
    ----------
    unit : str
        The unit, such as ``"uV"``, in any spelling and case.

    Returns
    -------
    float or None
        The factor.
    """
    return _MILLIVOLTS.get(unit.strip().lower())


def known_unit(unit: str | None) -> str | None:
    """Return a unit, or None if it is blank or a name for raw values.

    Parameters
    ----------
    unit : str or None
        The unit that a file states.

    Returns
    -------
    str or None
        The unit; None if it is blank or a name for raw values of a converter, such as
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
        False for other text, such as ``"filtered"``, which is part of the name.
    """
    is_voltage = in_millivolts(text) is not None
    return (
        is_voltage or known_unit(text) is None or bool(_OTHER.fullmatch(text.strip()))
    )


def factor_of(units: Any) -> float:
    """Return the factor from the argument `units` to millivolts.

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
            "or leave out leads of other kinds."
        )
    return factor


def check_amplitude(signal: npt.NDArray[np.float32]) -> None:
    """Raise ValueError if the amplitude is impossible for an ECG in millivolts.

    Parameters
    ----------
    signal : ndarray of shape (n_samples, n_leads)
        The signal. Only evenly spaced samples are checked.

    Raises
    ------
    ValueError
        If most leads are too large, or all are too small.
    """
    step = -(-len(signal) // _MOST_SAMPLES)
    sizes = [_size(signal[::step, lead]) for lead in range(signal.shape[1])]
    known = np.array([size for size in sizes if size > 0])  # Excludes NaN.
    if not known.size:
        return
    if np.median(known) > _LARGEST:
        likely = "microvolts ('uV') or raw values of a converter"
    elif known.max() < _SMALLEST:
        likely = "volts ('V')"
    else:
        return
    # Without an exponent.
    size = np.format_float_positional(
        np.median(known), precision=3, fractional=False, trim="-"
    )
    raise ValueError(
        "units must be given, because the signal does not state them and an amplitude "
        f"of {size} mV is impossible in an ECG; it may be in {likely}, "
        "so pass units='uV', 'mV' or 'V', or convert it."
    )


def _size(lead: npt.NDArray[np.float32]) -> float:
    """Return the 99th percentile of the distance from the median, NaN if empty."""
    there = np.asarray(lead, dtype=np.float64)
    there = there[np.isfinite(there)]
    if not there.size:
        return np.nan
    return float(np.percentile(np.abs(there - np.median(there)), 99))
