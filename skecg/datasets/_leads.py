"""Choice of the leads that a data set reads from a record."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy.typing as npt

from skecg.datasets._wfdb import Signals
from skecg.signal import Layout

__all__ = ["Leads", "checked_leads", "default_leads", "lead_names", "read_leads"]

Lead = str | int
Leads = Sequence[Lead | Sequence[Lead]]

# Millivolts per unit, by the name of the unit in lower case with Greek mu.
_MILLIVOLTS = {"mv": 1.0, "uv": 1e-3, "\N{GREEK SMALL LETTER MU}v": 1e-3, "v": 1e3}


def checked_leads(leads: Any, *, columns: bool) -> list[list[Lead]]:
    """Check the argument `leads` and return the alternatives of each lead.

    Parameters
    ----------
    leads : sequence of str, int or tuples of these
        The argument `leads`.
    columns : bool
        Whether column numbers are allowed.

    Returns
    -------
    list of list of str or int
        The names or columns of each lead, in order of preference.

    Raises
    ------
    ValueError
        If `leads` is empty or contains another type.
    """
    chosen = [_alternatives(lead, columns) for lead in leads]
    if not chosen:
        raise ValueError("leads must name at least one lead, got none.")
    return chosen


def default_leads(record: str, recording: Signals, layout: Layout) -> list[Lead]:
    """Return the leads of a record that a layout reads by default.

    Parameters
    ----------
    record : str
        The name of the record.
    recording : Signals
        Its signals.
    layout : Layout
        The layout of the rows.

    Returns
    -------
    list of str or int
        The first leads, as many as the layout fixes, or all leads. They are given by
        name if every lead has a name of its own, and by column otherwise. For a layout
        with one lead, the first column.
    """
    names = list(recording.names)
    n_leads = layout.n_leads or len(names)
    if n_leads > len(names):
        raise ValueError(
            f"layout {layout!r} requires {n_leads} leads, but record {record} has "
            f"{len(names)}; choose another layout or leave the record out."
        )
    if n_leads == 1 or None in names or len(set(names)) < len(names):
        return list(range(n_leads))
    return [name for name in names[:n_leads] if name is not None]


def lead_names(leads: Leads) -> list[str]:
    """Return the name of each lead, as used in column names."""
    return [
        "/".join(x if isinstance(x, str) else f"lead_{x}" for x in alternatives)
        for alternatives in checked_leads(leads, columns=True)
    ]


def read_leads(
    record: str, recording: Signals, leads: Leads, *, columns: bool
) -> npt.NDArray[Any]:
    """Return the chosen leads of a record in millivolts.

    Parameters
    ----------
    record : str
        The name of the record.
    recording : Signals
        Its signals.
    leads : sequence of str, int or tuples of these
        The leads; from a tuple, the first lead that the record has is read.
    columns : bool
        Whether column numbers are allowed.

    Returns
    -------
    ndarray of shape (n_samples, n_leads)
        The leads.

    Raises
    ------
    ValueError
        If the record lacks a lead or has its name twice, if two leads select the same
        signal, or if a signal is not a voltage.
    """
    if recording.signals is None:
        raise ValueError(
            f"records must have signals, but {record} has none; leave it out."
        )
    channels = _channels(record, recording.names, leads, columns)
    factors = [_factor(record, recording, channel) for channel in channels]
    return recording.signals[:, channels] * factors


def _channels(
    record: str, there: Sequence[str | None], leads: Leads, columns: bool
) -> list[int]:
    """Return the column of each lead, or of the first alternative in the record."""
    channels: list[int] = []
    for wanted in checked_leads(leads, columns=columns):
        found = [_column(record, there, lead) for lead in wanted if _has(there, lead)]
        if not found:
            raise ValueError(
                f"leads contains {' or '.join(map(str, wanted))}, but record {record} "
                f"has {_listed(there)}; name an alternative in a tuple, or exclude the "
                "record."
            )
        if found[0] in channels:
            raise ValueError(
                f"leads must select different signals, but two of {list(leads)} select "
                f"{there[found[0]]} in record {record}; name other alternatives, or "
                "exclude the record."
            )
        channels.append(found[0])
    return channels


def _has(there: Sequence[str | None], lead: Lead) -> bool:
    if isinstance(lead, str):
        return lead in there
    return 0 <= lead < len(there)


def _column(record: str, there: Sequence[str | None], lead: Lead) -> int:
    if not isinstance(lead, str):
        return int(lead)
    if list(there).count(lead) > 1:
        raise ValueError(
            f"leads must name one signal each, but record {record} has two signals "
            f"named {lead}; pass the column instead, such as {there.index(lead)}."
        )
    return there.index(lead)


def _alternatives(lead: Any, columns: bool) -> list[Lead]:
    kinds = (str, Integral) if columns else (str,)
    names = [lead] if isinstance(lead, kinds) else lead
    try:
        # bool is a subclass of int, and bytes contain ints.
        if not isinstance(names, bytes) and len(names):
            if all(isinstance(x, kinds) and not isinstance(x, bool) for x in names):
                return list(names)
    except TypeError:  # It has no length.
        pass
    numbers = ", column numbers" if columns else ""
    raise ValueError(
        f"leads must contain names such as 'MLII'{numbers} or tuples of alternatives, "
        f"got {lead!r}."
    )


def _factor(record: str, recording: Signals, channel: int) -> float:
    unit = recording.units[channel]
    factor = _MILLIVOLTS.get(unit.casefold())
    if factor is None:
        raise ValueError(
            f"leads must be voltages, but signal {recording.names[channel]!r} of "
            f"record {record} has the unit {unit!r}; name the ECG leads."
        )
    return factor


def _listed(there: Sequence[str | None]) -> str:
    return " and ".join(name or f"column {k}" for k, name in enumerate(there))
