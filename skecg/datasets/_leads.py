"""The leads of a record that a data set reads."""

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

# Millivolts in a unit, by the unit's name in lower case with Greek mu.
_MILLIVOLTS = {"mv": 1.0, "uv": 1e-3, "\N{GREEK SMALL LETTER MU}v": 1e-3, "v": 1e3}


def checked_leads(leads: Any, *, columns: bool) -> list[list[Lead]]:
    """Return the alternatives of each lead.

    Parameters
    ----------
    leads : sequence of str, int or tuples of these
        The argument `leads`.
    columns : bool
        Whether the number of a column may name a lead.

    Returns
    -------
    list of list of str or int
        The names or columns of each lead, in order of preference.

    Raises
    ------
    ValueError
        If there is none, or a lead is something else.
    """
    chosen = [_alternatives(lead, columns) for lead in leads]
    if not chosen:
        raise ValueError("leads must name one lead at least, got none.")
    return chosen


def default_leads(record: str, recording: Signals, layout: Layout) -> list[Lead]:
    """Return the leads that a layout reads of a record if none are named.

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
        As many leads as the layout fixes, or all: by name if the names are there and
        differ, by column otherwise. A layout of one lead reads the first column.
    """
    names = list(recording.names)
    n_leads = layout.n_leads or len(names)
    if n_leads > len(names):
        raise ValueError(
            f"layout must suit the records, and {layout!r} reads {n_leads} leads, of "
            f"which record {record} has {len(names)}; choose another layout or leave "
            "the record out."
        )
    if n_leads == 1 or None in names or len(set(names)) < len(names):
        return list(range(n_leads))
    return [name for name in names[:n_leads] if name is not None]


def lead_names(leads: Leads) -> list[str]:
    """Return the name of each lead in the names of columns."""
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
        The leads; of a tuple, the first that the record has.
    columns : bool
        Whether the number of a column may name a lead.

    Returns
    -------
    ndarray of shape (n_samples, n_leads)
        The leads.

    Raises
    ------
    ValueError
        If the record lacks a lead, has its name twice, two leads are one signal, or
        a signal is not a voltage.
    """
    if recording.signals is None:
        raise ValueError(
            f"records must have signals, and {record} has none; leave it out."
        )
    channels = _channels(record, recording.names, leads, columns)
    factors = [_factor(record, recording, channel) for channel in channels]
    return recording.signals[:, channels] * factors


def _channels(
    record: str, there: Sequence[str | None], leads: Leads, columns: bool
) -> list[int]:
    """Return where a record has each lead, or the first of its alternatives."""
    channels: list[int] = []
    for wanted in checked_leads(leads, columns=columns):
        found = [_column(record, there, lead) for lead in wanted if _has(there, lead)]
        if not found:
            raise ValueError(
                f"leads asks for {' or '.join(map(str, wanted))}, which record "
                f"{record} lacks: it has {_listed(there)}; name an alternative in a "
                "tuple, or exclude the record."
            )
        if found[0] in channels:
            raise ValueError(
                f"leads must be signals of their own, and two of {list(leads)} are "
                f"{there[found[0]]} in record {record}; give other alternatives, or "
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
            f"leads must name one signal each, and record {record} has two with the "
            f"name {lead}; give the column instead, such as {there.index(lead)}."
        )
    return there.index(lead)


def _alternatives(lead: Any, columns: bool) -> list[Lead]:
    kinds = (str, Integral) if columns else (str,)
    names = [lead] if isinstance(lead, kinds) else lead
    try:
        # A bool is an integer, and bytes hold integers.
        if not isinstance(names, bytes) and len(names):
            if all(isinstance(x, kinds) and not isinstance(x, bool) for x in names):
                return list(names)
    except TypeError:  # It has no length, so that it is no tuple.
        pass
    numbers = ", numbers of columns," if columns else ","
    raise ValueError(
        f"leads must hold names such as 'MLII'{numbers} and tuples of these for "
        f"alternatives, got {lead!r}."
    )


def _factor(record: str, recording: Signals, channel: int) -> float:
    unit = recording.units[channel]
    factor = _MILLIVOLTS.get(unit.casefold())
    if factor is None:
        raise ValueError(
            f"leads must be voltages, and signal {recording.names[channel]!r} of "
            f"record {record} is in {unit!r}; name the ECG leads."
        )
    return factor


def _listed(there: Sequence[str | None]) -> str:
    return " and ".join(name or f"column {k}" for k, name in enumerate(there))
