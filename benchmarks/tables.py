"""Tables of results, written from the files of the cells."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    precision_score,
    recall_score,
)

from benchmarks.models import MODELS
from benchmarks.protocols import PROTOCOLS
from skecg import aami, mitdb
from skecg._files import write_text
from skecg.metrics import bootstrap_interval, sveb_f1, veb_f1

__all__ = ["beats_of", "whole_cells", "write_tables"]


def write_tables(results: Path, protocol: str, beside: Path | None = None) -> Path:
    """Write the tables of a protocol as CSV and as a page; return the path of the page.

    Figures are means over the seeds. Intervals are computed from the beats of all seeds
    together, resampled by subject. The cells of the folder `beside` are also read.
    """
    cells = whole_cells(results, protocol, beside)
    names = [name for name in _titles() if name in set(cells.model)]
    main = pd.DataFrame([_main_row(cells[cells.model == name]) for name in names])
    classes = pd.concat([_class_rows(cells[cells.model == name]) for name in names])
    write_text(results / protocol / "summary.csv", main.to_csv(index=False))
    write_text(results / protocol / "classes.csv", classes.to_csv(index=False))
    page = results / protocol / "README.md"
    own = "" if beside is None else " --model package.module:factory"
    write_text(
        page,
        f"# {PROTOCOLS[protocol].heading}\n\n{PROTOCOLS[protocol].title}.\n\n"
        "Written by `tox run -e bench -- accuracy --protocol "
        f"{protocol}{own}`. In brackets: 95 % intervals, resampled by subject. F1 of "
        "VEB and SVEB are EC57's. Times are seconds on the cores named in the cells' "
        f"files; memory is the process's peak.\n\n{_markdown(main)}\n\n"
        f"## By class\n\n{_markdown(classes)}\n",
    )
    return page


def whole_cells(
    results: Path, protocol: str, beside: Path | None = None
) -> pd.DataFrame:
    """Return the cells of all models and seeds that have all folds, one per row.

    A model with missing folds would be compared on other beats than the others.
    """
    cells = pd.DataFrame(_cells(results / protocol, beside and beside / protocol))
    if cells.empty:
        raise SystemExit(f"{results / protocol} holds no finished cell yet.")
    n_folds = PROTOCOLS[protocol].n_folds
    whole = cells.groupby(["model", "seed"]).fold.transform("nunique") == n_folds
    if not whole.any():
        raise SystemExit(f"{results / protocol} holds no model with all folds yet.")
    return cells[whole]


def _cells(folder: Path, beside: Path | None) -> Iterator[dict[str, Any]]:
    paths = {}
    # If two cells have one name, the one in `folder` is used.
    for place in (beside, folder):
        if place is not None:
            paths |= {path.name: path for path in place.glob("*-fold*-seed*.json")}
    for _, path in sorted(paths.items()):
        yield json.loads(path.read_text(encoding="utf-8"))


def _titles() -> dict[str, str]:
    """Return the title of each variant, including those of added models."""
    return {
        variant: model.title + (", prior adjusted" if k else "")
        for model in MODELS.values()
        for k, variant in enumerate(model.variants)
    }


def beats_of(
    cells: Iterable[dict[str, Any]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return class, prediction and record of every beat from the confusion matrices."""
    true, predicted, records = [], [], []
    for cell in cells:
        for record, matrix in cell["records"].items():
            table = np.array(matrix)
            rows, columns = np.indices(table.shape)
            true.append(np.repeat(rows.ravel(), table.ravel()))
            predicted.append(np.repeat(columns.ravel(), table.ravel()))
            records += [record] * table.sum()
    return np.concatenate(true), np.concatenate(predicted), np.array(records)


def _beats(cells: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return class, prediction and subject of every beat."""
    y_true, y_pred, records = beats_of(cells.to_dict("records"))
    subjects = np.array([mitdb.SUBJECTS[record] for record in records])
    return y_true, y_pred, subjects


def _main_row(cells: pd.DataFrame) -> dict[str, Any]:
    y_true, y_pred, subjects = _beats(cells)
    labels = np.unique(y_true).tolist()
    macro_f1 = partial(f1_score, average="macro", labels=labels, zero_division=np.nan)
    figures: dict[str, Callable[..., float]] = {
        "accuracy": accuracy_score,
        "macro F1": macro_f1,
        "VEB F1": veb_f1,
        "SVEB F1": sveb_f1,
    }
    row: dict[str, Any] = {"model": _titles()[cells.model.iloc[0]]}
    for title, metric in figures.items():
        interval = bootstrap_interval(y_true, y_pred, subjects, metric, random_state=0)
        row[title] = f"{interval.estimate:.4f}"
        row[f"{title} interval"] = f"{interval.low:.3f} to {interval.high:.3f}"
    row["mean recall"] = f"{balanced_accuracy_score(y_true, y_pred):.4f}"
    by_seed = [
        macro_f1(*_beats(some)[:2]) for _, some in cells.groupby("seed", sort=True)
    ]
    row["seeds"] = len(by_seed)
    row["macro F1 of the seeds"] = (
        f"{min(by_seed):.3f} to {max(by_seed):.3f}" if len(by_seed) > 1 else ""
    )
    n_fits = len(cells)
    row["fit s"] = f"{cells.fit_seconds.sum() / n_fits:.0f}"
    row["predict s"] = f"{cells.predict_seconds.sum() / n_fits:.1f}"
    row["peak MiB"] = int(cells.peak_memory_mib.max())
    return row


def _class_rows(cells: pd.DataFrame) -> pd.DataFrame:
    y_true, y_pred, _ = _beats(cells)
    labels = np.unique(y_true)
    n_seeds = cells.seed.nunique()
    columns: dict[str, Any] = {
        "model": _titles()[cells.model.iloc[0]],
        "class": [aami.CLASSES[label] for label in labels],
        "beats": [np.count_nonzero(y_true == label) // n_seeds for label in labels],
    }
    for title, score in (
        ("precision", precision_score),
        ("recall", recall_score),
        ("F1", f1_score),
    ):
        values = score(y_true, y_pred, labels=labels, average=None, zero_division=0)
        columns[title] = [f"{value:.4f}" for value in values]
    return pd.DataFrame(columns)


def _markdown(table: pd.DataFrame) -> str:
    """Return the table in Markdown, with each interval in brackets after its figure."""
    shown = table.copy()
    for column in [name for name in shown if name.endswith(" interval")]:
        figure = column.removesuffix(" interval")
        shown[figure] = shown[figure] + " (" + shown.pop(column) + ")"
    lines = [" | ".join(map(str, row)) for row in shown.itertuples(index=False)]
    head = [" | ".join(shown.columns), " | ".join(["---"] * shown.shape[1])]
    return "\n".join(f"| {line} |" for line in [*head, *lines])
