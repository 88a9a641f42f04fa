"""The figure of F1 against the number of answers."""

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from benchmarks.review.cells import PROTOCOL
from benchmarks.review.figures import FIGURES, figures
from benchmarks.review.strategies import QUESTIONS, REVIEW, STRATEGIES
from skecg._files import write_figure

__all__ = ["write_review_picture"]

_GROUPS = ("DS2", "SVDB")
_STYLES = {"": "default", "-dark": "dark_background"}


def write_review_picture(results: Path, records: dict[str, Any]) -> list[Path]:
    """Plot the curves of all strategies, for light and for dark pages."""
    groups = [x for x in _GROUPS if figures(records, x, REVIEW, 0) is not None]
    written = []
    for suffix, style in _STYLES.items():
        with plt.style.context(style):
            figure, axes = plt.subplots(
                len(FIGURES),
                len(groups),
                sharex=True,
                figsize=(3.2 * len(groups) + 0.4, 6),
                layout="constrained",
                squeeze=False,
            )
            for row, name in zip(axes, FIGURES, strict=True):
                for ax, group in zip(row, groups, strict=True):
                    _panel(ax, records, group, name)
            for ax in axes[-1]:
                ax.set_xlabel("answers about each half hour")
            handles, labels = axes[0][0].get_legend_handles_labels()
            figure.legend(
                handles, labels, loc="outside lower center", ncols=2, frameon=False
            )
            path = results / PROTOCOL / f"curve{suffix}.png"
            # Without a version, equal figures give equal files.
            metadata = {"Software": None}
            is_transparent = style != "default"
            write_figure(
                path, figure, dpi=150, metadata=metadata, transparent=is_transparent
            )
            plt.close(figure)
        written.append(path)
    return written


def _panel(ax: Axes, records: dict[str, Any], group: str, name: str) -> None:
    for strategy in (REVIEW, *STRATEGIES):
        found = [figures(records, group, strategy, n) for n in QUESTIONS]
        values = [each[name] for each in found if each is not None]
        middle = [each.value for each in values]
        is_ours = strategy == REVIEW
        ax.plot(
            QUESTIONS,
            middle,
            marker="o",
            markersize=4,
            label=strategy,
            linewidth=2 if is_ours else 1,
            zorder=3 if is_ours else 2,
        )
        if is_ours:
            low, high = [x.low for x in values], [x.high for x in values]
            ax.fill_between(QUESTIONS, low, high, alpha=0.2, linewidth=0)
    ax.set_title(f"{group}, {name}", loc="left", fontsize=11)
    ax.set_xticks(QUESTIONS)
    ax.set_ylim(top=1.0)
    ax.grid(alpha=0.3)
