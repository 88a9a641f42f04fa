"""One picture of all protocols: what a score becomes on the next patient."""

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from benchmarks.models import MODELS
from skecg._files import write_figure
from skecg.plotting import MetricIntervalDisplay

__all__ = ["write_picture"]

# Of each protocol the preset that suits its rows.
_ROWS = (
    ("study", "known_patients", "other beats of\nknown patients"),
    ("public-by-patient", "known_patients_fast", "new patients,\nthe public rows"),
    ("inter-patient", "new_patients", "new patients, two\nleads and rhythm"),
)
_PANELS = {"VEB F1": "ventricular beats", "SVEB F1": "supraventricular beats"}
_STYLES = {"": "default", "-dark": "dark_background"}


def write_picture(results: Path) -> list[Path]:
    """Draw VEB and SVEB F1 of all protocols with their intervals.

    Returns the files written, for light pages and for dark ones: none while a
    protocol has no table yet.
    """
    paths = [results / protocol / "summary.csv" for protocol, _, _ in _ROWS]
    if not all(path.exists() for path in paths):
        return []
    tables = [pd.read_csv(path, dtype=str).set_index("model") for path in paths]
    written = []
    for suffix, style in _STYLES.items():
        with plt.style.context(style):
            # One above the other, so that a phone shows the text large enough.
            figure, axes = plt.subplots(
                2, sharex=True, figsize=(5.6, 6), layout="constrained"
            )
            for ax, (column, title) in zip(axes, _PANELS.items(), strict=True):
                _panel(ax, tables, column, title)
            axes[-1].set_xlabel("F1, with 95 % interval")
            handles, labels = axes[0].get_legend_handles_labels()
            figure.legend(
                handles, labels, loc="outside lower center", ncols=3, frameon=False
            )
            path = results / f"protocols{suffix}.png"
            # Without a version in it, the same figures give the same file.
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


def _panel(ax: Axes, tables: list[pd.DataFrame], column: str, title: str) -> None:
    figures = []
    for table, (_, preset, protocol) in zip(tables, _ROWS, strict=True):
        for name, classifier in (
            (preset, "skecg's preset"),
            ("boosting", "boosting"),
            ("minirocket", "MiniRocket"),
        ):
            cell = table.loc[MODELS[name].title]
            low, high = map(float, cell[f"{column} interval"].split(" to "))
            figures.append((protocol, classifier, float(cell[column]), low, high))
    columns = ["protocol", "classifier", "value", "low", "high"]
    MetricIntervalDisplay(pd.DataFrame(figures, columns=columns), rows="protocol").plot(
        ax=ax
    )
    ax.get_legend().remove()  # The figure has one for both panels.
    ax.set_title(title, loc="left", fontsize=11)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "", "0.5", "", "1"])
