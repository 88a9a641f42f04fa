"""The figure of all protocols for the front page."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from benchmarks.databases.figures import report_of
from benchmarks.models import MODELS
from skecg._files import write_figure
from skecg.plotting import MetricIntervalDisplay

__all__ = ["write_picture"]

_SHIPPED = "model that comes with skecg"
_PRESET = "skecg's preset, fitted as the others"
# New patients first. Each protocol has the preset for its rows. The shipped model has a
# separate table with detected and with reference R peaks.
_DETECTED = "new patients,\ndetected R peaks"
_REFERENCE = "new patients,\nreference R peaks"
_ROWS = (
    ("inter-patient", "new_patients", _REFERENCE),
    ("public-by-patient", "known_patients_fast", "new patients,\nthe public rows"),
    ("study", "known_patients", "other beats of\nknown patients"),
)
_PANELS = {"VEB F1": "ventricular beats", "SVEB F1": "supraventricular beats"}
_STYLES = {"": "default", "-dark": "dark_background"}


def write_picture(results: Path) -> list[Path]:
    """Draw VEB and SVEB F1 of all protocols with their intervals.

    Returns the paths of the files for light and dark pages, or none if figures of a
    protocol or of the shipped model are missing.
    """
    shipped = results / "annotate/results.json"
    paths = [shipped]
    paths += [results / protocol / "summary.csv" for protocol, _, _ in _ROWS]
    if not all(path.exists() for path in paths):
        return []
    figures = [*_shipped_figures(shipped), *_preset_figures(paths[1:])]
    table = pd.DataFrame(figures)
    written = []
    for suffix, style in _STYLES.items():
        with plt.style.context(style):
            # Panels below each other, so that the text is legible on a phone.
            figure, axes = plt.subplots(
                2, sharex=True, figsize=(5.6, 7.4), layout="constrained"
            )
            for ax, (column, title) in zip(axes, _PANELS.items(), strict=True):
                _panel(ax, table[table["metric"] == column], title)
            axes[-1].set_xlabel("F1, with 95 % interval")
            handles, labels = axes[0].get_legend_handles_labels()
            figure.legend(
                handles, labels, loc="outside lower center", ncols=2, frameon=False
            )
            path = results / f"protocols{suffix}.png"
            # Without a version, equal figures give equal files.
            metadata = {"Software": None}
            write_figure(
                path,
                figure,
                dpi=150,
                metadata=metadata,
                transparent=style != "default",
            )
            plt.close(figure)
        written.append(path)
    return written


def _shipped_figures(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the figures of the shipped model, those with detected R peaks first."""
    tests = json.loads(path.read_text(encoding="utf-8"))["tests"]
    for peaks, row in (("own", _DETECTED), ("reference", _REFERENCE)):
        report = report_of(tests[f"new_patients, {peaks} R peaks"]["pairings"])
        intervals = report.gross_intervals(random_state=0)
        for metric in _PANELS:
            statistic = metric.lower().replace(" ", "_")
            yield {
                "protocol": row,
                "classifier": _SHIPPED,
                "metric": metric,
                "value": report.gross[statistic],
                **intervals.loc[statistic],
            }


def _preset_figures(paths: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """Yield the figures of the presets and of the models for the same rows."""
    for path, (_, preset, row) in zip(paths, _ROWS, strict=True):
        table = pd.read_csv(path, dtype=str).set_index("model")
        for name, classifier in (
            (preset, _PRESET),
            ("boosting", "boosting"),
            ("minirocket", "MiniRocket"),
        ):
            cell = table.loc[MODELS[name].title]
            for metric in _PANELS:
                low, high = map(float, cell[f"{metric} interval"].split(" to "))
                yield {
                    "protocol": row,
                    "classifier": classifier,
                    "metric": metric,
                    "value": float(cell[metric]),
                    "low": low,
                    "high": high,
                }


def _panel(ax: Axes, table: pd.DataFrame, title: str) -> None:
    MetricIntervalDisplay(table.drop(columns="metric"), rows="protocol").plot(ax=ax)
    ax.get_legend().remove()  # The figure has one legend for both panels.
    ax.set_title(title, loc="left", fontsize=11)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "", "0.5", "", "1"])
