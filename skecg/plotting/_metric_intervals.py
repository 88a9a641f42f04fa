"""Forest plot of metrics of classifiers with their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg.metrics import ClassifierComparison, compare_classifiers
from skecg.metrics._named_metrics import TITLES
from skecg.plotting._style import ink, series_styles

__all__ = ["MetricIntervalDisplay"]

_COLUMNS = ("classifier", "value", "low", "high")
# The share of a row that the markers of all classifiers take.
_SPREAD = 0.78
# The legend has one row if the names of the classifiers have at most so many letters.
_LEGEND_WIDTH = 40


class MetricIntervalDisplay:
    """Forest plot of metrics with intervals, one marker per classifier.

    Create it with :meth:`from_comparison` or :meth:`from_predictions`.

    Parameters
    ----------
    table : DataFrame of shape (n_rows * n_classifiers, n_columns)
        The columns *classifier*, *value*, *low* and *high* (the ends of the interval),
        and the column named by `rows`. ``ClassifierComparison.table`` is such a table.
    rows : str, default="metric"
        The column with the rows of the plot, from the top. Each row has at most one
        value per classifier.
    xlabel : str or None, default=None
        The label of the x axis; None sets no label.
    order : sequence of str or None, default=None
        All classifiers, in the order that determines their colours and markers. Pass
        the same order to several plots to use the same colours; None takes the order in
        `table`.
    are_differences : bool, default=False
        Whether the values are differences. If True, a line marks 0 and values have
        signs. If False and all values are between 0 and 1, the axis is from 0 to 1.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.
    lines_ : dict of str to matplotlib Line2D
        The markers of each classifier.
    intervals_ : dict of str to matplotlib LineCollection
        The intervals of each classifier.
    text_ : dict of str to list of matplotlib Text
        The values of each classifier as text, to the right of the intervals.

    See Also
    --------
    skecg.metrics.compare_classifiers : The values as tables.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from skecg.plotting import MetricIntervalDisplay
    >>> y_true = np.array(["N", "V", "V", "V"] * 3)
    >>> groups = np.repeat(["a", "b", "c"], 4)
    >>> predictions = {"right": y_true, "never": np.full(12, "N")}
    >>> display = MetricIntervalDisplay.from_predictions(
    ...     y_true, predictions, groups, metrics=["veb_f1", "accuracy"], random_state=0
    ... )
    >>> [text.get_text() for text in display.text_["never"]]
    ['0.00', '0.25']
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        table: pd.DataFrame,
        *,
        rows: str = "metric",
        xlabel: str | None = None,
        order: Sequence[str] | None = None,
        are_differences: bool = False,
    ) -> None:
        self.table = table
        self.rows = rows
        self.xlabel = xlabel
        self.order = order
        self.are_differences = are_differences

    @classmethod
    def from_comparison(
        cls,
        comparison: ClassifierComparison,
        *,
        differences: bool = False,
        ax: Any = None,
    ) -> MetricIntervalDisplay:
        """Draw the values or the differences of a comparison.

        Parameters
        ----------
        comparison : ClassifierComparison
            The result of :func:`~skecg.metrics.compare_classifiers`.
        differences : bool, default=False
            Whether to draw the differences from the baseline instead of the values.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        MetricIntervalDisplay
            The drawn display.
        """
        level = f"{100 * comparison.confidence_level:g} % interval"
        table, xlabel = comparison.table, f"Value, with {level}"
        if differences:
            table = comparison.differences.rename(columns={"difference": "value"})
            xlabel = f"Difference from {comparison.baseline}, with {level}"
        table = table.assign(metric=table["metric"].replace(TITLES))
        display = cls(
            table,
            xlabel=xlabel,
            order=list(pd.unique(comparison.table["classifier"])),
            are_differences=differences,
        )
        return display.plot(ax=ax)

    @classmethod
    def from_predictions(
        cls,
        y_true: npt.ArrayLike,
        predictions: Mapping[str, npt.ArrayLike],
        groups: npt.ArrayLike,
        *,
        metrics: Any = ("veb_f1", "sveb_f1"),
        baseline: str | None = None,
        n_resamples: int = 2000,
        confidence_level: float = 0.95,
        random_state: int | np.random.RandomState | None = None,
        differences: bool = False,
        ax: Any = None,
    ) -> MetricIntervalDisplay:
        """Compare classifiers, and draw the values or the differences.

        Parameters
        ----------
        y_true : array-like of shape (n_beats,)
            The annotated classes.
        predictions : mapping of str to array-like of shape (n_beats,)
            The predicted classes of at least two classifiers, by name.
        groups : array-like of shape (n_beats,)
            The subject or the record of each beat; at least two different ones.
        metrics : str, callable, sequence or mapping, default=("veb_f1", "sveb_f1")
            Names of metrics or functions, as in
            :func:`~skecg.metrics.compare_classifiers`.
        baseline : str or None, default=None
            The classifier that the others are compared with; None selects the first
            one.
        n_resamples : int, default=2000
            The number of resamples.
        confidence_level : float, default=0.95
            The level of the intervals, between 0 and 1.
        random_state : int, RandomState instance or None, default=None
            Seed or generator of the resampling.
        differences : bool, default=False
            Whether to draw the differences from the baseline instead of the values.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        MetricIntervalDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If an argument is invalid; see :func:`~skecg.metrics.compare_classifiers`.

        Warns
        -----
        DecisiveGroupWarning
            If a difference between classifiers depends on one group.
        """
        comparison = compare_classifiers(
            y_true,
            predictions,
            groups,
            metrics=metrics,
            baseline=baseline,
            n_resamples=n_resamples,
            confidence_level=confidence_level,
            random_state=random_state,
        )
        return cls.from_comparison(comparison, differences=differences, ax=ax)

    def plot(self, ax: Any = None) -> MetricIntervalDisplay:
        """Draw the values and the intervals.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        MetricIntervalDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `table` is empty, lacks a column, or has two values of a classifier in
            one row.
        """
        import matplotlib.pyplot as plt

        self._check()
        rows = [str(row) for row in pd.unique(self.table[self.rows])]
        names = [str(name) for name in pd.unique(self.table["classifier"])]
        if ax is None:
            height = 1.5 + len(rows) * max(0.5, 0.27 * len(names))
            _, ax = plt.subplots(figsize=(6.4, height), layout="constrained")
        self.lines_: dict[str, Any] = {}
        self.intervals_: dict[str, Any] = {}
        self.text_: dict[str, list[Any]] = {}
        offsets = np.arange(len(names)) - (len(names) - 1) / 2
        offsets *= _SPREAD / max(len(names), 3)
        order = list(dict.fromkeys([*map(str, self.order or ()), *names]))
        styles = dict(zip(order, series_styles(len(order)), strict=True))
        for name, offset in zip(names, offsets, strict=True):
            own = self.table[self.table["classifier"].astype(str) == name]
            heights = offset + own[self.rows].astype(str).map(rows.index).to_numpy()
            self._draw(ax, name, own, heights, styles[name])
        self._scale(ax)
        ax.set_yticks(range(len(rows)), rows)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        if self.xlabel is not None:
            ax.set_xlabel(self.xlabel)
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(axis="x", alpha=0.3)
        ax.set_axisbelow(True)
        if len(names) > 1:
            fits = len(names) <= 3 and len("".join(names)) <= _LEGEND_WIDTH
            ax.legend(
                loc="lower left",
                bbox_to_anchor=(0, 1),
                ncols=len(names) if fits else 1,
                frameon=False,
            )
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _draw(
        self,
        ax: Any,
        name: str,
        table: pd.DataFrame,
        heights: npt.NDArray[np.float64],
        style: tuple[str, str],
    ) -> None:
        """Draw the markers, intervals and values of one classifier."""
        color, marker = style
        values, low, high = (
            table[column].to_numpy(dtype=np.float64) for column in _COLUMNS[1:]
        )
        self.intervals_[name] = ax.hlines(heights, low, high, color=color, lw=2.5)
        (self.lines_[name],) = ax.plot(
            values, heights, marker, color=color, markersize=6, label=name
        )
        form = "+.2f" if self.are_differences else ".2f"
        # An undefined value is shown as a dash at 0.
        places = np.nan_to_num(np.fmax(values, high))
        self.text_[name] = [
            ax.annotate(
                f"{value:{form}}" if np.isfinite(value) else "-",
                (place, height),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
            )
            for value, place, height in zip(values, places, heights, strict=True)
        ]

    def _scale(self, ax: Any) -> None:
        """Set the limits of the x axis, with room for the values on the right."""
        ends = self.table[list(_COLUMNS[1:])].to_numpy(dtype=np.float64)
        ends = ends[np.isfinite(ends)]
        if self.are_differences:
            ax.axvline(0, color=ink(), linewidth=1, linestyle=":")
            ends = np.append(ends, 0)
        elif ((ends >= 0) & (ends <= 1)).all():
            ends = np.array([0, 1])
            ax.set_xticks(np.linspace(0, 1, 5))
        width = np.ptp(ends) or 1
        ax.set_xlim(ends.min() - 0.02 * width, ends.max() + 0.12 * width)

    def _check(self) -> None:
        lacking = [c for c in (*_COLUMNS, self.rows) if c not in self.table]
        if lacking:
            raise ValueError(
                f"table must have the columns {[*_COLUMNS, self.rows]}, but lacks "
                f"{lacking}; pass the table of a ClassifierComparison."
            )
        if not len(self.table):
            raise ValueError("table must have at least one row, got none.")
        names = self.table[["classifier", self.rows]].astype(str)
        if names.duplicated().any():
            classifier, row = names[names.duplicated()].iloc[0]
            raise ValueError(
                f"table must have one value per classifier and {self.rows}, got "
                f"several of {classifier!r} in {row!r}; draw them in two displays."
            )
