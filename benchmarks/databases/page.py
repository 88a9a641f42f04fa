"""The page of the results, written from the files of the cells."""

import json
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.databases.cells import PEAKS
from benchmarks.databases.contestants import PRESET, PROTOCOL, titles
from benchmarks.databases.figures import (
    FIGURES,
    LEAST_BEATS,
    Tallies,
    figures_of,
    interval,
    resamples,
    rule,
    tallies_of,
)
from benchmarks.databases.folds import DATABASES, N_FOLDS
from benchmarks.databases.stability import stability_section
from skecg._files import write_text

__all__ = ["write_page"]

_DECISIVE = ("822", "868")
"""The records of SVDB on which its gross figures mainly depend."""

_TITLES = {"reference": "reference R peaks", "own": "detected R peaks"}

_RULE = f"""# How the network was chosen: folds over two databases

**The rule, declared before the search.** Models are compared by the mean over both
databases and both kinds of R peaks of the gross VEB F1 plus S/rec. S/rec is the mean of
the SVEB F1 of the records with at least {LEAST_BEATS} S beats, V/rec the same of V. The
highest possible value is 2.

Written by `tox run -e bench -- accuracy --protocol databases --seeds 0 1 2 --jobs 2`.
Models are fitted to four of five folds by subject of DS1 of MIT-BIH and of the 40
records of SVDB with even numbers together, and tested on the fifth. A seed draws the
folds and the network. `compare_annotations` compares whole records (`start=0`,
`mapping="study"`). Each figure is the mean over the seeds. In brackets: 95 % intervals,
resampled by record within each database; differences are paired by record. Each file
beside this page contains the pairings of each record, and times on one core.
"""


def write_page(results: Path, beside: Path | None = None) -> Path:
    """Write the page from all models with all folds of a draw, and return its path.

    The cells of another folder, if given, are also read.
    """
    folder = results / PROTOCOL
    cells = _whole_cells(folder, beside and beside / PROTOCOL)
    models = [name for name in titles() if name in set(cells.model)]
    found = {name: _tallies(cells, name) for name in models}
    sections = [
        _RULE,
        "## By the rule\n",
        _table(_rule_rows(cells, models)),
        *(_section(cells, found, peaks) for peaks in PEAKS),
        stability_section(folder),
    ]
    page = folder / "README.md"
    write_text(page, "\n".join(filter(None, sections)).rstrip() + "\n")
    return page


def _whole_cells(folder: Path, beside: Path | None) -> pd.DataFrame:
    """Return the cells of models and draws with all folds, one per row."""
    paths = {}
    # If two cells have one name, the one in `folder` is used.
    for place in (beside, folder):
        if place is not None:
            paths |= {path.name: path for path in place.glob("*-fold*-seed*.json")}
    cells = pd.DataFrame(
        [json.loads(path.read_text("utf-8")) for _, path in sorted(paths.items())]
    )
    if cells.empty:
        raise SystemExit(f"{folder} holds no finished cell yet.")
    n_folds = cells.groupby(["model", "seed"]).fold.transform("nunique")
    if not (n_folds == N_FOLDS).any():
        raise SystemExit(f"{folder} holds no model with all folds yet.")
    return cells[n_folds == N_FOLDS]


def _tallies(
    cells: pd.DataFrame, model: str, seeds: Iterable[int] | None = None
) -> Tallies:
    chosen = cells[cells.model == model]
    if seeds is not None:
        chosen = chosen[chosen.seed.isin(list(seeds))]
    return tallies_of(chosen.to_dict("records"))


def _both(cells: pd.DataFrame, model: str) -> tuple[Tallies, Tallies, list[int]] | None:
    """Return the tallies of the preset and of a model on their common seeds."""
    sets = [set(cells.seed[cells.model == name]) for name in (PRESET, model)]
    seeds = sorted(sets[0] & sets[1])
    if model == PRESET or not seeds:
        return None
    preset, other = (_tallies(cells, name, seeds) for name in (PRESET, model))
    return preset, other, seeds


def _rule_rows(cells: pd.DataFrame, models: Sequence[str]) -> Iterable[list[str]]:
    yield [
        "model",
        "value",
        "by seed",
        f"difference from {PRESET}",
        "seeds",
        "fit s, fastest",
    ]
    for name in models:
        mine = cells[cells.model == name]
        by_seed = [
            rule(_shown(_tallies(cells, name, [seed])))[0] for seed in set(mine.seed)
        ]
        both = _both(cells, name)
        yield [
            titles()[name],
            _text(*_rule_values(_tallies(cells, name))),
            f"{min(by_seed):.3f} to {max(by_seed):.3f}" if len(by_seed) > 1 else "",
            "" if both is None else _difference(*map(_rule_values, both[:2])),
            ", ".join(map(str, sorted(set(mine.seed)))),
            # Other processes slow a fit down, so show the fastest.
            f"{mine.fit_seconds.min():.0f}",
        ]


def _shown(tallies: Tallies, peaks: Sequence[str] = PEAKS) -> list[np.ndarray]:
    """Return the figures of all records, each with weight 1."""
    return [
        figures_of(tally, np.ones((1, len(DATABASES[database]))))
        for (database, kind), tally in tallies.items()
        if kind in peaks
    ]


def _resampled(tallies: Tallies, peaks: Sequence[str] = PEAKS) -> list[np.ndarray]:
    return [
        figures_of(tally, resamples(database))
        for (database, kind), tally in tallies.items()
        if kind in peaks
    ]


def _rule_values(
    tallies: Tallies, peaks: Sequence[str] = PEAKS
) -> tuple[float, np.ndarray]:
    """Return the score by the rule, and that of each resample."""
    value = float(rule(_shown(tallies, peaks))[0])
    return value, rule(_resampled(tallies, peaks))


def _section(cells: pd.DataFrame, found: dict[str, Tallies], peaks: str) -> str:
    """Return the tables for one kind of R peaks."""
    head = [f"{database} {name}" for database in DATABASES for name in FIGURES]
    main = [["model", *head, "value"]]
    main += [[titles()[name], *_row(tallies, peaks)] for name, tallies in found.items()]
    parts = [
        f"\n## Tests with {_TITLES[peaks]}\n",
        _table(main),
        _without(found, peaks),
    ]
    rows = [
        [titles()[name], *_difference_row(*both[:2], peaks), str(both[2])[1:-1]]
        for name in found
        if (both := _both(cells, name)) is not None
    ]
    if rows:
        title = f"\n### Differences from {PRESET}, {_TITLES[peaks]}\n"
        parts += [title, _table([["model", *head, "value", "seeds"], *rows])]
        others = {name for name in found if _both(cells, name) is not None}
        best = max(others, key=lambda name: float(rule(_shown(found[name]))[0]))
        parts += [_by_record(cells, best, peaks)]
    return "\n".join(parts)


def _row(tallies: Tallies, peaks: str) -> list[str]:
    shown = np.concatenate(_shown(tallies, [peaks]), axis=1)[0]
    drawn = np.concatenate(_resampled(tallies, [peaks]), axis=1).T
    cells = [_text(value, values) for value, values in zip(shown, drawn, strict=True)]
    return [*cells, _text(*_rule_values(tallies, [peaks]))]


def _difference_row(preset: Tallies, model: Tallies, peaks: str) -> list[str]:
    shown, drawn = (
        [np.concatenate(part(x, [peaks]), axis=1) for x in (preset, model)]
        for part in (_shown, _resampled)
    )
    differences = zip((shown[1] - shown[0])[0], (drawn[1] - drawn[0]).T, strict=True)
    values = (_rule_values(each, [peaks]) for each in (preset, model))
    return [*(_text(*pair, sign="+") for pair in differences), _difference(*values)]


def _difference(
    preset: tuple[float, np.ndarray], model: tuple[float, np.ndarray]
) -> str:
    return _text(model[0] - preset[0], model[1] - preset[1], sign="+")


def _text(value: float, resampled: np.ndarray, sign: str = "") -> str:
    low, high = interval(resampled)
    return f"{value:{sign}.3f} ({low:{sign}.2f} to {high:{sign}.2f})"


def _without(found: dict[str, Tallies], peaks: str) -> str:
    """Return the gross figures of SVDB without the most influential records."""
    kept = np.array([[name not in _DECISIVE for name in DATABASES["SVDB"]]], float)
    rows = []
    for name, tallies in found.items():
        values = figures_of(tallies["SVDB", peaks], kept)[0]
        rows.append([titles()[name], *(f"{value:.3f}" for value in values)])
    return (
        "\nTwo records decide the gross figures of SVDB: in 868, 407 of its 555 V "
        "beats look like its other beats, and in 822, models called up to 639 S beats "
        "N. SVDB without these two:\n\n" + _table([["model", *FIGURES], *rows])
    )


def _by_record(cells: pd.DataFrame, model: str, peaks: str) -> str:
    """Return the counts of each record, sorted by the size of the change."""
    both = _both(cells, model)
    assert both is not None
    preset, best, seeds = both
    rows = []
    for database, records in DATABASES.items():
        counts = [tallies[database, peaks].counts for tallies in (preset, best)]
        sums = {name: [each[name].sum(axis=0) for each in counts] for name in "VS"}
        for i, record in enumerate(records):
            pairs = {name: [each[i] for each in sums[name]] for name in "VS"}
            changes = [int(b[1:].sum() - a[1:].sum()) for a, b in pairs.values()]
            shown = ["/".join(map(str, x)) for pair in pairs.values() for x in pair]
            texts = [*shown[:2], f"{changes[0]:+d}", *shown[2:], f"{changes[1]:+d}"]
            if any(map(np.any, chain(*pairs.values()))):
                rows.append((max(map(abs, changes)), [f"{database} {record}", *texts]))
    rows.sort(key=lambda row: -row[0])
    names = [f"{c} {x}" for c in "VS" for x in (PRESET, "the other", "errors")]
    return (
        f"\n### By record, {_TITLES[peaks]}\n\nTP/FP/FN of {PRESET} and of "
        f"{titles()[model]}, the best of the others by the rule, summed over seeds "
        f"{str(seeds)[1:-1]}, and the change of FP + FN. The records with the largest "
        "change come first, and those without V and S beats are left out.\n\n"
        + _table([["record", *names], *(row for _, row in rows)])
    )


def _table(rows: Iterable[list[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
