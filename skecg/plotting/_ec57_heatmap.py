"""EC57's figures of every record at a glance."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg.metrics import (
    EC57Report,
    bootstrap_interval,
    ec57_report,
    sveb_pp,
    sveb_se,
    veb_pp,
    veb_se,
)
from skecg.mitdb import subjects_of
from skecg.plotting._style import ink, readable_on

__all__ = ["EC57HeatmapDisplay"]

# VEB FPR is not among them: it is good where it is low, and colours mean one thing.
_STATISTICS = {
    "veb_se": ("VEB Se", veb_se),
    "veb_pp": ("VEB +P", veb_pp),
    "sveb_se": ("SVEB Se", sveb_se),
    "sveb_pp": ("SVEB +P", sveb_pp),
}


class EC57HeatmapDisplay:
    """Sensitivity and positive predictivity, a row a record and one for all.

    Create it with :meth:`from_estimator`, :meth:`from_predictions` or
    :meth:`from_report`. A cell without a figure is one where the record has no such
    beat. The gross figures, which all beats make together, have intervals over the
    patients below them.

    Parameters
    ----------
    records : DataFrame of shape (n_records, 4)
        The records' ``veb_se``, ``veb_pp``, ``sveb_se`` and ``sveb_pp``, from 0 to 1.
    gross : Series of shape (4,)
        The same of all records together.
    intervals : DataFrame of shape (2, 4) or None, default=None
        The ends of the gross figures' intervals, ``low`` and ``high``.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        Their figure.
    im_ : matplotlib AxesImage
        The cells.
    text_ : ndarray of shape (n_records + 1, 4)
        The cells' texts.

    See Also
    --------
    skecg.metrics.ec57_report : The figures as a table.
    skecg.metrics.influence : What becomes of a figure without one of the records.

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
        n_resamples: int = 1000,
        random_state: int | np.random.RandomState | None = None,
        ax: Any = None,
    ) -> EC57HeatmapDisplay:
        """Let a classifier predict, and draw how it does on each record.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier.
        X : array-like of shape (n_beats, n_features)
            The beats.
        y : array-like of shape (n_beats,)
            Their annotated classes: the codes 0 to 4 or the letters.
        records : array-like of shape (n_beats,)
            Their records. Intervals resample subjects: 201 and 202 of MIT-BIH are
            one man.
        n_resamples : int, default=1000
            How often to draw patients for the intervals.
        random_state : int, RandomState instance or None, default=None
            Decides the draws.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        EC57HeatmapDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If an argument does not fit; see :func:`skecg.metrics.ec57_report`.
        """
        return cls.from_predictions(
            y,
            estimator.predict(X),
            records,
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
        n_resamples: int = 1000,
        random_state: int | np.random.RandomState | None = None,
        ax: Any = None,
    ) -> EC57HeatmapDisplay:
        """Draw the figures of labels, with intervals where there are two patients.

        Parameters
        ----------
        y_true, y_pred : array-like of shape (n_beats,)
            The annotated and the predicted classes: the codes 0 to 4 or the letters.
        records : array-like of shape (n_beats,)
            Their records.
        n_resamples : int, default=1000
            How often to draw patients for the intervals.
        random_state : int, RandomState instance or None, default=None
            Decides the draws.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        EC57HeatmapDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If an argument does not fit; see :func:`skecg.metrics.ec57_report`.
        """
        report = ec57_report(y_true, y_pred, records)
        subjects = subjects_of(np.asarray(records).astype(np.str_))
        intervals = None
        if len(np.unique(subjects)) > 1:
            ends = {}
            for name, (_, metric) in _STATISTICS.items():
                interval = bootstrap_interval(
                    metric,
                    y_true,
                    y_pred,
                    subjects,
                    n_resamples=n_resamples,
                    random_state=random_state,
                )
                ends[name] = [interval.low, interval.high]
            intervals = pd.DataFrame(ends, index=["low", "high"])
        return cls._of(report, intervals).plot(ax=ax)

    @classmethod
    def from_report(cls, report: EC57Report, *, ax: Any = None) -> EC57HeatmapDisplay:
        """Draw a report's figures, without intervals.

        Parameters
        ----------
        report : EC57Report
            The report of labels, or of annotators in time.
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a figure.

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
        return cls(report.records[names], report.gross[names], intervals)

    def plot(self, ax: Any = None) -> EC57HeatmapDisplay:
        """Draw the cells.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Where to draw; None makes a figure.

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
        # The last row is taller: it has the intervals.
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
        """Write the figures into the cells, in a colour that is seen on theirs."""
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
