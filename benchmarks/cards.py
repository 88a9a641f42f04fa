"""Cards of the presets: data, figures and the records with the most errors."""

import json
from inspect import signature
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from benchmarks.models import MODELS
from benchmarks.protocols import PROTOCOLS
from benchmarks.tables import beats_of
from skecg import aami, mitdb
from skecg._files import write_figure, write_text
from skecg.metrics import bootstrap_interval, influence, sveb_f1, veb_f1
from skecg.presets import PRESETS

__all__ = ["write_cards"]

_WORST = 10


def write_cards(results: Path, protocol: str) -> list[Path]:
    """Write the card of each preset with a row in the protocol's summary."""
    summary = pd.read_csv(results / protocol / "summary.csv", dtype=str)
    return [
        _write_card(results / protocol, protocol, name, row.iloc[0])
        for name in PRESETS
        if name in MODELS and len(row := summary[summary.model == MODELS[name].title])
    ]


def _write_card(folder: Path, protocol: str, name: str, row: pd.Series) -> Path:
    cells = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob(f"{name}-fold*-seed*.json"))
    ]
    worst = _worst_records(cells)
    picture = folder / f"card-{name}.png"
    figure = _picture(worst, name)
    # Without a date or version, equal figures give equal files.
    write_figure(picture, figure, dpi=100, metadata={"Software": None})
    plt.close(figure)
    page = folder / f"card-{name}.md"
    write_text(
        page,
        "\n\n".join(
            [
                f"# Preset {name}. {PROTOCOLS[protocol].heading}",
                _recipe(name),
                _measurement(protocol, cells, row),
                _figures(row),
                _one_record_less(cells),
                "## Where it fails",
                f"The {_WORST} records with the most errors (mean over the seeds):",
                f"![Errors by record]({picture.name})",
                _table_of(worst),
            ]
        )
        + "\n",
    )
    return page


def _recipe(name: str) -> str:
    preset = PRESETS[name]
    lines = [f"For {preset.about}. It reads rows of `{preset.layout!r}`.\n"]
    for step, part in preset.make().steps:
        default = {k: p.default for k, p in signature(type(part)).parameters.items()}
        changed = ", ".join(
            f"`{key}={_shown(value)}`"
            for key, value in part.get_params(deep=False).items()
            if key in default and repr(value) != repr(default[key])
        )
        lines.append(f"- `{step}`: `{type(part).__name__}`, {changed or 'defaults'}")
    return "\n".join(lines)


def _shown(value: Any) -> str:
    """Return a parameter on one line, without the contents of lists."""
    return "..." if isinstance(value, list) else " ".join(repr(value).split())


def _measurement(protocol: str, cells: list[dict[str, Any]], row: pd.Series) -> str:
    seeds = ", ".join(str(seed) for seed in sorted({cell["seed"] for cell in cells}))
    return (
        f"Data and protocol: the MIT-BIH Arrhythmia Database. "
        f"{PROTOCOLS[protocol].title}. Seeds {seeds}; {cells[0]['n_train']:,} training "
        f"beats in the first fold. A fit took {row['fit s']} s on "
        f"{cells[0]['cores']} core(s), a prediction {row['predict s']} s; the peak "
        f"memory of the process was {row['peak MiB']} MiB."
    )


def _figures(row: pd.Series) -> str:
    names = ("accuracy", "macro F1", "VEB F1", "SVEB F1")
    rows = [f"| {name} | {row[name]} | {row[f'{name} interval']} |" for name in names]
    head = ["| figure | all seeds | 95 % interval, by subject |", "|---|---|---|"]
    by_seed = row["macro F1 of the seeds"]
    after = [f"\nMacro F1 by seed: {by_seed}."] if isinstance(by_seed, str) else []
    return "\n".join([*head, *rows, *after])


def _one_record_less(cells: list[dict[str, Any]]) -> str:
    """Return each EC57 figure's most influential record, and its value without it."""
    y_true, y_pred, records = beats_of(cells)
    subjects = np.array([mitdb.SUBJECTS[record] for record in records])
    metrics = {"VEB F1": veb_f1, "SVEB F1": sveb_f1}
    lines = []
    for title, metric in metrics.items():
        record = influence(y_true, y_pred, records, metric).change.abs().idxmax()
        rest = records != record
        beats = y_true[rest], y_pred[rest], subjects[rest]
        left = {
            name: bootstrap_interval(*beats, figure, random_state=0)
            for name, figure in metrics.items()
        }
        lines.append(
            f"{title} depends most on record {record}; without it, "
            + " and ".join(
                f"{name} is {found.estimate:.4f} ({found.low:.3f} to {found.high:.3f})"
                for name, found in left.items()
            )
            + "."
        )
    return " ".join(lines)


def _table_of(worst: pd.DataFrame) -> str:
    head = ["| record | beats | errors | share | most often |", "|---|" + 4 * "---|"]
    rows = [
        f"| {w['record']} | {w['beats']:.0f} | {w['errors']:.0f} | {w['share']:.1%} "
        f"| {w['often']} |"
        for w in worst.to_dict("records")
    ]
    return "\n".join([*head, *rows])


def _worst_records(cells: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the records with the most errors (mean over the seeds)."""
    n_seeds = len({cell["seed"] for cell in cells})
    totals: dict[str, np.ndarray] = {}
    for cell in cells:
        for record, matrix in cell["records"].items():
            totals[record] = totals.get(record, 0) + np.array(matrix) / n_seeds
    rows = []
    for record, matrix in totals.items():
        wrong = matrix - np.diag(np.diag(matrix))
        true, called = np.unravel_index(wrong.argmax(), wrong.shape)
        rows.append(
            {
                "record": record,
                "beats": matrix.sum(),
                "errors": wrong.sum(),
                "share": wrong.sum() / matrix.sum(),
                "often": f"{aami.CLASSES[true]} called {aami.CLASSES[called]}, "
                f"{wrong[true, called]:.0f} times",
            }
        )
    return pd.DataFrame(rows).nlargest(_WORST, "errors")


def _picture(worst: pd.DataFrame, name: str) -> Figure:
    figure, ax = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
    ax.bar(worst.record.astype(str), worst.errors, color="#0072b2")
    ax.set(xlabel="record", ylabel="errors per seed", title=f"preset {name}")
    ax.spines[["top", "right"]].set_visible(False)
    return figure
