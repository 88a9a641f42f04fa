"""Figures of the results, for any weights of the records."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.databases.cells import PEAKS
from benchmarks.databases.folds import DATABASES
from skecg.metrics import EC57Report
from skecg.metrics._ec57_table import PAIRINGS
from skecg.metrics._resampling import draws, percentiles

__all__ = [
    "FIGURES",
    "LEAST_BEATS",
    "Tally",
    "figures_of",
    "interval",
    "report_of",
    "resamples",
    "rule",
    "tallies_of",
    "tally_of",
]

FIGURES = ("VEB F1", "SVEB F1", "V/rec", "S/rec")

LEAST_BEATS = 10
"""The minimum number of beats of a class in a record for the mean over records."""

_N_RESAMPLES = 2000

Tallies = Mapping[tuple[str, str], "Tally"]
"""Mapping from the name of the database and the kind of R peaks to the tally."""


@dataclass(frozen=True)
class Tally:
    """The counts of a model on the records of a database, with one kind of R peaks.

    Attributes
    ----------
    counts : dict of str to ndarray of shape (n_draws, n_records, 3)
        TP, FP and FN of V and of S by the rules of EC57 for gross statistics.
    f1 : dict of str to ndarray of shape (n_draws, n_records)
        F1 of each record by EC57; 0 if it is undefined.
    n_beats : dict of str to ndarray of shape (n_records,)
        The number of beats of each class in the reference.
    """

    counts: dict[str, np.ndarray]
    f1: dict[str, np.ndarray]
    n_beats: dict[str, np.ndarray]


def tallies_of(cells: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Tally]:
    """Return the tallies of the cells of one model.

    Parameters
    ----------
    cells : iterable of mapping
        All folds of one or more draws.

    Returns
    -------
    dict of (str, str) to Tally
        One for each database and kind of R peaks.
    """
    by_draw: dict[int, dict[str, Any]] = {}
    for cell in cells:
        by_draw.setdefault(cell["seed"], {}).update(cell["records"])
    return {
        (database, peaks): tally_of(
            [
                report_of({name: x.get(name, {}).get(peaks, {}) for name in records})
                for _, x in sorted(by_draw.items())
            ]
        )
        for database, records in DATABASES.items()
        for peaks in PEAKS
    }


def figures_of(tally: Tally, times: np.ndarray) -> np.ndarray:
    """Return the figures, averaged over the draws.

    Parameters
    ----------
    tally : Tally
        The counts.
    times : ndarray of shape (n_resamples, n_records)
        The weight of each record.

    Returns
    -------
    ndarray of shape (n_resamples, 4)
        The figures in `FIGURES`: the gross F1 of V and S, and the mean over the records
        with at least `LEAST_BEATS` beats of the class. NaN if there is no such record.
    """
    gross, mean = [], []
    with np.errstate(invalid="ignore"):
        for name in "VS":
            tp, fp, fn = np.moveaxis(
                np.einsum("nr,drk->ndk", times, tally.counts[name]), -1, 0
            )
            gross.append((2 * tp / (2 * tp + fp + fn)).mean(axis=1))
            counted = times * (tally.n_beats[name] >= LEAST_BEATS)
            sums = counted @ tally.f1[name].T
            mean.append((sums / counted.sum(axis=1, keepdims=True)).mean(axis=1))
    return np.stack([*gross, *mean], axis=1)


def rule(figures: Iterable[np.ndarray]) -> np.ndarray:
    """Return the score by which models are compared.

    Parameters
    ----------
    figures : iterable of ndarray of shape (..., 4)
        The figures for each database and kind of R peaks.

    Returns
    -------
    ndarray of shape (...)
        The mean of the sums of the gross VEB F1 and the mean SVEB F1 of records.
    """
    veb, sveb = FIGURES.index("VEB F1"), FIGURES.index("S/rec")
    return np.mean([each[..., veb] + each[..., sveb] for each in figures], axis=0)


def resamples(database: str) -> np.ndarray:
    """Return the weights of the records in the resamples of a database.

    They are equal for all models, so that differences between models are paired.
    """
    seed = list(DATABASES).index(database)
    return np.array([*draws(len(DATABASES[database]), _N_RESAMPLES, seed)])


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return the 95 % percentile interval of a value on the resamples."""
    return percentiles(values, 0.95)


def report_of(pairings: Mapping[str, Mapping[str, int]]) -> EC57Report:
    """Return the report of the pairings of each record."""
    table = pd.DataFrame.from_dict(pairings, orient="index")
    return EC57Report(table.reindex(columns=list(PAIRINGS)).fillna(0).astype(int))


def tally_of(reports: list[EC57Report]) -> Tally:
    """Return the tally of the reports of each draw, on the same records."""
    counts: dict[str, list[np.ndarray]] = {"V": [], "S": []}
    for report in reports:
        c = report.counts
        columns = {
            "V": (c.Vv, c.Nv + c.Sv + c.Ov, c.Vn + c.Vs + c.Vo),
            "S": (c.Ss, c.Ns + c.Vs + c.Os, c.Sn + c.Sv + c.So),
        }
        for name, parts in columns.items():
            counts[name].append(np.stack(parts, axis=1))
    stacked = {name: np.array(each) for name, each in counts.items()}
    f1 = {
        name: np.array([np.nan_to_num(report.records[column]) for report in reports])
        for name, column in (("V", "veb_f1"), ("S", "sveb_f1"))
    }
    # The reference is the same for all draws.
    n_beats = {name: each[0, :, 0] + each[0, :, 2] for name, each in stacked.items()}
    return Tally(stacked, f1, n_beats)
