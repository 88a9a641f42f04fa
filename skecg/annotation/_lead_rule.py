"""The rule that chooses the leads of a recording to read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from skecg._leads import chosen_columns
from skecg.recordings import Recording

__all__ = ["LEAD_RULE", "ChosenLeads", "choose_leads"]

LEAD_RULE = (
    "the first lead is II or MLII, else I or V5, and the second V1, else V2, V5, V4, "
    "V3 or V6; leads with other names follow in the order of the recording; a lead "
    "that is unreadable for more than half of the time is skipped if there are others"
)
"""The rule as text, for model cards."""

# MIT-BIH, on which models are trained, has MLII and mostly V1 (see skecg.mitdb.LEADS).
_FIRST = ("II", "I", "V5")
_SECOND = ("V1", "V2", "V5", "V4", "V3", "V6", "II", "I")
# Modified leads and monitor names count as the standard lead. A number alone, as in
# "ECG1" or "lead_1", does not identify a lead.
_PLAIN = re.compile(r"(?:ECG|EKG|LEAD|D)?(?:ML|M)?(I{1,3}|V[1-6])")
_LIMB = re.compile(r"ML([12])")
_CHEST = re.compile(r"(?:MCL|CM)([1-6])")

_MOST_UNREADABLE = 0.5  # share of the time


@dataclass(frozen=True)
class ChosenLeads:
    """The chosen leads of a recording.

    Parameters
    ----------
    columns : tuple of int
        Their columns in the signal.
    names : tuple of str
        Their names.
    reason : str
        The reason for the choice.
    """

    columns: tuple[int, ...]
    names: tuple[str, ...]
    reason: str


def choose_leads(
    recording: Recording,
    n_leads: int,
    leads: Sequence[str | int] | None,
    unreadable_share: Callable[[int], float],
) -> ChosenLeads:
    """Choose the leads to read.

    Parameters
    ----------
    recording : Recording
        The recording.
    n_leads : int
        The largest number of leads to choose.
    leads : sequence of str or int, or None
        The leads that the user has chosen, by name or column, in this order. None
        chooses by `LEAD_RULE`.
    unreadable_share : callable
        Returns the share of the time in which a column is unreadable.

    Returns
    -------
    ChosenLeads
        The leads.

    Raises
    ------
    ValueError
        If `leads` has more than `n_leads` leads, or one that does not exist.
    """
    if leads is not None:
        columns = chosen_columns(recording.leads, leads)
        if len(columns) > n_leads:
            raise ValueError(
                f"leads must be at most {n_leads}, the number that the model reads, "
                f"got {list(leads)}; name fewer."
            )
        return _chosen(recording, columns, "chosen by the user")
    left = list(range(recording.n_leads))
    columns, passed_over = [], []
    is_named = False
    for slot in (_FIRST, _SECOND, *[()] * (n_leads - 2))[:n_leads]:
        ranked = _ranked(recording.leads, left, slot)
        while ranked and len(columns) < n_leads:
            column, has_name = ranked.pop(0)
            left.remove(column)
            has_spare = len(left) >= n_leads - len(columns)
            if has_spare and unreadable_share(column) > _MOST_UNREADABLE:
                passed_over.append(column)
                continue
            columns.append(column)
            is_named = is_named or has_name
            break
    reason = "preferred by name" if is_named else "the first in order"
    if recording.n_leads <= n_leads:
        reason = "all leads"
    if passed_over:
        names = ", ".join(recording.leads[column] for column in passed_over)
        reason += f"; {names} unreadable for more than half of the time"
    return _chosen(recording, columns, reason)


def _chosen(recording: Recording, columns: list[int], reason: str) -> ChosenLeads:
    names = tuple(recording.leads[column] for column in columns)
    return ChosenLeads(tuple(columns), names, reason)


def _ranked(
    names: Sequence[str], columns: Sequence[int], slot: Sequence[str]
) -> list[tuple[int, bool]]:
    """Return columns in order of preference, and whether the slot has their names."""
    places: list[tuple[int, int, Any]] = []
    for column in columns:
        name = _plain(names[column])
        is_listed = name in slot
        places.append((slot.index(name) if is_listed else len(slot), column, is_listed))
    return [(column, is_listed) for _, column, is_listed in sorted(places)]


def _plain(name: str) -> str:
    """Return the standard lead of a name, or the name itself."""
    short = re.sub(r"[^A-Z0-9]", "", name.upper())
    if match := _PLAIN.fullmatch(short):
        return match[1]
    if match := _LIMB.fullmatch(short):
        return "I" * int(match[1])
    if match := _CHEST.fullmatch(short):
        return f"V{match[1]}"
    return name
