"""One picture of all protocols: what a score becomes on the next patient."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from benchmarks.models import MODELS
from skecg._files import write_figure

__all__ = ["write_picture"]

# Of each protocol the preset that suits its rows.
_ROWS = (
    ("study", "known_patients", "other beats of\nknown patients"),
    ("public-by-patient", "known_patients_fast", "new patients,\nthe public rows"),
    ("inter-patient", "new_patients", "new patients, two\nleads and rhythm"),
)
_PANELS = {"VEB F1": "ventricular beats", "SVEB F1": "supraventricular beats"}
# The palette of skecg's displays.
_OURS, _BOOSTING, _ROCKET = "#56B4E9", "#E69F00", "#CC79A7"
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
    presets = [preset for _, preset, _ in _ROWS]
    for names, label, color, marker, offset in (
        (presets, "skecg's preset", _OURS, "o", -0.26),
        (["boosting"] * len(_ROWS), "boosting", _BOOSTING, "s", 0),
        (["minirocket"] * len(_ROWS), "MiniRocket", _ROCKET, "D", 0.26),
    ):
        cells = [
            table.loc[MODELS[name].title]
            for table, name in zip(tables, names, strict=True)
        ]
        figures = np.array([float(cell[column]) for cell in cells])
        ends = [cell[f"{column} interval"].split(" to ") for cell in cells]
        low, high = np.array(ends, dtype=float).T
        y = np.arange(len(_ROWS)) + offset
        ax.hlines(y, low, high, color=color, linewidth=2.5)
        ax.plot(figures, y, marker, color=color, markersize=6, label=label)
        for value, height, end in zip(figures, y, high, strict=True):
            ax.text(end + 0.02, height, f"{value:.2f}", va="center")
    ax.set_title(title, loc="left", fontsize=11)
    ax.set_xlim(-0.02, 1.12)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "", "0.5", "", "1"])
    ax.set_yticks(range(len(_ROWS)), [name for _, _, name in _ROWS])
    ax.set_ylim(len(_ROWS) - 0.5, -0.5)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="x", alpha=0.3)
    ax.set_axisbelow(True)
