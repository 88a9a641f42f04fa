"""A heat map of EC57 statistics, one row per record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg._group_names import checked_groups, subjects_of_records
from skecg.metrics import (
    EC57Report,
    bootstrap_interval,
    ec57_report,
    sveb_pp,
    sveb_se,
    veb_pp,
    veb_se,
)
from skecg.plotting._style import ink, readable_on

__all__ = ["EC57HeatmapDisplay"]

# VEB FPR is left out, because dark cells mean good values and a good FPR is low.
_STATISTICS = {
    "veb_se": ("VEB Se", veb_se),
    "veb_pp": ("VEB +P", veb_pp),
    "sveb_se": ("SVEB Se", sveb_se),
    "sveb_pp": ("SVEB +P", sveb_pp),
}


class EC57HeatmapDisplay:
    """Heat map of sensitivity and positive predictivity, per record and gross.

    Create it with :meth:`from_estimator`, :meth:`from_predictions` or
    :meth:`from_report`. A cell shows "-" if the statistic is undefined, such as for a
    record without beats of the class. The last row shows the gross statistics, over the
    beats of all records, with their confidence intervals.

    Parameters
    ----------
    records : DataFrame of shape (n_records, 4)
        The ``veb_se``, ``veb_pp``, ``sveb_se`` and ``sveb_pp`` of each record, from 0
        to 1.
    gross : Series of shape (4,)
        The gross statistics, over all records.
    intervals : DataFrame of shape (2, 4) or None, default=None
        The confidence intervals of `gross`, in the rows ``low`` and ``high``.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.
    im_ : matplotlib AxesImage
        The cells.
    text_ : ndarray of shape (n_records + 1, 4)
        The texts of the cells.

    See Also
    --------
    skecg.metrics.ec57_report : The statistics as a table.
    skecg.metrics.influence : A statistic without each of the records.

    References
    ----------
    ANSI/AAMI EC57, Testing and reporting performance results of cardiac rhythm and ST
    segment measurement algorithms.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from skecg.plotting import EC57HeatmapDisplay
    >>> records = ["a", "a", "a", "b", "b", "b"]
    >>> display = EC57HeatmapDisplay.from_predictions(
    ...     list("NNVVSN"), list("NVVVNN"), records, random_state=0
    ... )
    >>> [text.get_text() for text in display.text_[0]]
    ['1.00', '0.50', '-', '-']
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        records: pd.DataFrame,
        gross: pd.Series,
        *,
        intervals: pd.DataFrame | None = None,
    ) -> None:
        self.records = records
        self.gross = gross
        self.intervals = intervals

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        records: npt.ArrayLike,
        *,
        subjects: Mapping[Any, Any] | None = None,
        n_resamples: int = 1000,
        random_state: int | np.random.RandomState | None = None,
        ax: Any = None,
    ) -> EC57HeatmapDisplay:
        """Predict with a classifier and draw the statistics of each record.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier.
        X : array-like of shape (n_beats, n_features)
            The beats.
        y : array-like of shape (n_beats,)
            The annotated classes: the codes 0 to 4 or the letters.
        records : array-like of shape (n_beats,)
            The record of each beat.
        subjects : mapping of record to subject or None, default=None
            The subject of each record, such as :data:`skecg.mitdb.SUBJECTS`. Intervals
            resample subjects; if None, they resample records.
        n_resamples : int, default=1000
            The number of resamples for the intervals.
        random_state : int, RandomState instance or None, default=None
            Seed or generator of the resampling.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        EC57HeatmapDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If an argument is invalid (see :func:`skecg.metrics.ec57_report`), or
            `subjects` lacks a record.
        """
        return cls.from_predictions(
            y,
            estimator.predict(X),
            records,
            subjects=subjects,
            n_resamples=n_resamples,
            random_state=random_state,
            ax=ax,
        )

    @classmethod
    def from_predictions(
        cls,
        y_true: npt.ArrayLike,
        y_pred: npt.ArrayLike,
        records: npt.ArrayLike,
        *,
        subjects: Mapping[Any, Any] | None = None,
        n_resamples: int = 1000,
        random_state: int | np.random.RandomState | None = None,
        ax: Any = None,
    ) -> EC57HeatmapDisplay:
        """Draw the statistics of labels, with intervals if there are several records.

        Parameters
        ----------
        y_true, y_pred : array-like of shape (n_beats,)
            The annotated and the predicted classes: the codes 0 to 4 or the letters.
        records : array-like of shape (n_beats,)
            The record of each beat.
        subjects : mapping of record to subject or None, default=None
            The subject of each record, such as :data:`skecg.mitdb.SUBJECTS`. Intervals
            resample subjects; if None, they resample records.
        n_resamples : int, default=1000
            The number of resamples for the intervals.
        random_state : int, RandomState instance or None, default=None
            Seed or generator of the resampling.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        EC57HeatmapDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If an argument is invalid (see :func:`skecg.metrics.ec57_report`), or
            `subjects` lacks a record.
        """
        report = ec57_report(y_true, y_pred, records)
        groups = checked_groups("records", records, None, "the record of each beat")
        if subjects is not None:
            groups = subjects_of_records(groups, subjects)
        intervals = None
        if len(np.unique(groups)) > 1:
            ends = {}
            for name, (_, metric) in _STATISTICS.items():
                interval = bootstrap_interval(
                    y_true,
                    y_pred,
                    groups,
                    metric,
                    n_resamples=n_resamples,
                    random_state=random_state,
                )
                ends[name] = [interval.low, interval.high]
            intervals = pd.DataFrame(ends, index=["low", "high"])
        return cls._of(report, intervals).plot(ax=ax)

    @classmethod
    def from_report(cls, report: EC57Report, *, ax: Any = None) -> EC57HeatmapDisplay:
        """Draw the statistics of a report, without intervals.

        Parameters
        ----------
        report : EC57Report
            A report of :func:`~skecg.metrics.ec57_report` or
            :func:`~skecg.metrics.compare_annotations`.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        EC57HeatmapDisplay
            The drawn display.
        """
        return cls._of(report, None).plot(ax=ax)

    @classmethod
    def _of(
        cls, report: EC57Report, intervals: pd.DataFrame | None
    ) -> EC57HeatmapDisplay:
        names = list(_STATISTICS)
        return cls(report.records[names], report.gross[names], intervals=intervals)

    def plot(self, ax: Any = None) -> EC57HeatmapDisplay:
        """Draw the cells.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        EC57HeatmapDisplay
            The display itself.
        """
        import matplotlib.pyplot as plt

        values = np.vstack([self.records.to_numpy(), self.gross.to_numpy()])
        n_records = len(self.records)
        if ax is None:
            height = 0.27 * n_records + 1.8
            _, ax = plt.subplots(figsize=(6.4, height), layout="constrained")
        # The last row is taller, because it also shows the intervals.
        edges = np.append(np.arange(n_records + 1), n_records + 2) - 0.5
        self.im_ = ax.pcolormesh(
            np.arange(5) - 0.5,
            edges,
            np.ma.masked_invalid(values),
            cmap="Blues",
            vmin=0,
            vmax=1,
            edgecolors=plt.rcParams["axes.facecolor"],
            linewidth=1,
        )
        centers = (edges[:-1] + edges[1:]) / 2
        self.text_ = self._write(ax, values, centers)
        ax.axhline(n_records - 0.5, color=ink(), lw=1.5)
        ax.set_xticks(range(4), [title for title, _ in _STATISTICS.values()])
        ax.set_yticks(centers, [*map(str, self.records.index), "Gross"])
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        ax.set(ylim=(edges[-1], edges[0]), ylabel="Record")
        ax.figure.colorbar(self.im_, ax=ax, label="Fraction")
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _write(
        self, ax: Any, values: npt.NDArray[Any], centers: npt.NDArray[Any]
    ) -> npt.NDArray[Any]:
        """Write the values into the cells, in black or white for contrast."""
        cmap = self.im_.cmap
        texts = np.empty(values.shape, dtype=object)
        for (row, column), value in np.ndenumerate(values):
            is_defined = np.isfinite(value)
            text = f"{value:.2f}" if is_defined else "-"
            if row == len(self.records) and self.intervals is not None:
                low, high = self.intervals.iloc[:, column]
                if np.isfinite(low):
                    text += f"\n{low:.2f} to {high:.2f}"
            color = readable_on(cmap(value)) if is_defined else ink()
            texts[row, column] = ax.text(
                column, centers[row], text, ha="center", va="center", color=color
            )
        return texts
