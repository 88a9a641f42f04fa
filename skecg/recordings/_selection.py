"""Selection of the ECG leads among the signals of a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skecg._leads import chosen_columns, made_up_names
from skecg.recordings._units import factor_of, in_millivolts, known_unit

__all__ = ["Selection", "select_leads"]

# In EDF+, the name of a signal contains its type and its lead, such as "ECG V2" (EDF+
# specification, section 2.2.3).
_ECG = re.compile(r"\W*(ecg|ekg)(?![a-z])", re.IGNORECASE)
_PREFIX = re.compile(r"(ecg|ekg)[\s:_-]+(?=\S)", re.IGNORECASE)
# Signals of monitors and polysomnography that may also be in volts.
_OTHER = re.compile(
    r"\W*(abd|abp|air|art|bp|chest|co2|cvp|eeg|emg|eog|event|flow|icp|marker|nasal|pap|"
    r"pleth|pos|ppg|pulse|resp|sao2|snore|sound|spo2|status|temp|thor|trigger)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Selection:
    """The leads that are read from a file.

    Parameters
    ----------
    signals : list of int
        The positions of the leads among the signals of the file.
    names : list of str or None
        The names of the leads; None if the file has no names.
    factors : list of float
        The factor from the unit of each lead to millivolts.
    units : str or None
        ``"mV"``, or None if the unit of a lead is not known.
    """

    signals: list[int]
    names: list[str] | None
    factors: list[float]
    units: str | None


def select_leads(
    path: Path,
    labels: Sequence[str | None],
    stated: Sequence[str | None],
    leads: Any,
    units: str | None,
) -> Selection:
    """Select the leads to read.

    Parameters
    ----------
    path : Path
        The file, for the message.
    labels : sequence of str or None
        The names of the signals in the file.
    stated : sequence of str or None
        The units of the signals; None, blank or a name such as ``"NU"`` if unknown.
    leads : sequence of str or int, or None
        The signals to select. None selects the signals named ECG or, if there are none,
        all voltages except those with names of other signals.
    units : str or None
        The unit of signals without a stated unit.

    Returns
    -------
    Selection
        The leads.

    Raises
    ------
    ValueError
        If there is no lead, or a chosen lead does not exist or is not a voltage.
    """
    names = _names(labels)
    units_of = [known_unit(unit) for unit in stated]
    factors = [None if unit is None else in_millivolts(unit) for unit in units_of]
    if leads is None:
        voltages = [
            i
            for i, unit in enumerate(units_of)
            if unit is None or factors[i] is not None
        ]
        chosen = [i for i in voltages if _ECG.match(labels[i] or "")] or [
            i for i in voltages if not _OTHER.match(labels[i] or "")
        ]
        if not chosen:
            found = [
                f"{name} ({unit})" for name, unit in zip(names, stated, strict=True)
            ]
            raise ValueError(
                f"path must be a recording of an ECG, but {path.name} has no lead in a "
                f"unit of voltage, got {', '.join(found[:40]) or 'no signals'}; choose "
                "a signal with leads, or read another file."
            )
    else:
        # A lead may also be chosen by its full label.
        full = dict(zip(labels, names, strict=True))
        is_list = not isinstance(leads, (str, int)) and hasattr(leads, "__iter__")
        wanted = (
            [full.get(x, x) if isinstance(x, str) else x for x in leads]
            if is_list
            else leads
        )
        chosen = chosen_columns(names, wanted)
    for i in chosen:
        if units_of[i] is not None and factors[i] is None:
            raise ValueError(
                f"leads must be voltages, but {names[i]!r} of {path.name} has the unit "
                f"{units_of[i]!r}; choose others of {names}."
            )
    found_names = [names[i] for i in chosen]
    has_names = any(labels[i] for i in chosen)
    given = 1.0 if units is None else factor_of(units)
    known_factors = [factors[i] for i in chosen]
    known = units is not None or None not in known_factors
    return Selection(
        chosen,
        found_names if has_names else None,
        [given if factor is None else factor for factor in known_factors],
        "mV" if known else None,
    )


def _names(labels: Sequence[str | None]) -> list[str]:
    """Return a unique name for each signal."""
    short = [_PREFIX.sub("", (label or "").strip(), count=1) for label in labels]
    if len(set(short)) < len(short):
        short = [(label or "").strip() for label in labels]
    made_up = made_up_names(len(labels))
    named = [name or made_up[i] for i, name in enumerate(short)]
    seen: Counter[str] = Counter()
    for i, name in enumerate(named):
        seen[name] += 1
        if seen[name] > 1:  # Records of long-term databases have two leads "ECG".
            named[i] = f"{name} {seen[name]}"
    return named
