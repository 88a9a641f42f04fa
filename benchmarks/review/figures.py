"""Figures of the results, with confidence intervals by record."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.databases.figures import figures_of, interval, report_of, tally_of
from benchmarks.databases.folds import DATABASES
from benchmarks.review.cells import PARTS, PROTOCOL, database_of
from benchmarks.review.strategies import REVIEW
from skecg.metrics._resampling import draws

__all__ = ["FIGURES", "GROUPS", "Figure", "figures", "missing_of", "records_of_results"]

FIGURES = ("SVEB F1", "VEB F1")
_POSITIONS = {"VEB F1": 0, "SVEB F1": 1}

GROUPS = ("DS2", "DS2 without 232", "SVDB", "DS1")
"""The sets of records in the tables."""

_N_RESAMPLES = 2000

Records = Mapping[str, Mapping[str, Mapping[str, Mapping[str, int]]]]


@dataclass(frozen=True)
class Figure:
    """A value with its 95 % confidence interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.2f} to {self.high:.2f})"


def records_of_results(results: Path) -> dict[str, Any]:
    """Return the pairings of all evaluated records, by record."""
    found: dict[str, Any] = {}
    for part in PARTS:
        path = results / PROTOCOL / f"{part}.json"
        if path.is_file():
            found |= json.loads(path.read_text("utf-8"))["records"]
    return found


def members_of(group: str, records: Iterable[str]) -> list[str]:
    """Return the records of a group in the tables."""
    database, _, left_out = group.partition(" without ")
    return [x for x in records if database_of(x) == database and x != left_out]


def missing_of(group: str, records: Iterable[str]) -> int:
    """Return the number of records of a group without results."""
    found = len(members_of(group, records))
    n_ds2 = 21 if "without" in group else 22
    return (n_ds2 if group.startswith("DS2") else len(DATABASES[group])) - found


def figures(
    records: Records, group: str, strategy: str, n_questions: int
) -> dict[str, Figure] | None:
    """Return the figures of a strategy on a group, or None without its records.

    With 0 questions, all strategies give the result of the model.
    """
    names = members_of(group, records)
    strategy = strategy if n_questions else REVIEW
    if not names:
        return None
    report = report_of({x: records[x][strategy][str(n_questions)] for x in names})
    tally = tally_of([report])
    shown = figures_of(tally, np.ones((1, len(names))))[0]
    drawn = figures_of(tally, np.array([*draws(len(names), _N_RESAMPLES, 0)]))
    return {
        name: Figure(float(shown[k]), *interval(drawn[:, k]))
        for name, k in _POSITIONS.items()
    }
