"""The result of a comparison of classifiers, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from textwrap import TextWrapper

import numpy as np
import pandas as pd

from skecg._validation import listed
from skecg.metrics._named_metrics import TITLES
from skecg.metrics._table_markup import latex, markdown, plain

__all__ = ["ClassifierComparison"]


@dataclass(frozen=True, eq=False, repr=False)
class ClassifierComparison:
    """Values and differences of classifiers, from :func:`compare_classifiers`.

    Its repr is a table with one row per metric and classifier, and notes.

    Parameters
    ----------
    table : DataFrame of shape (n_metrics * n_classifiers, 6)
        The columns *metric*, *classifier*, *value*, *low* and *high*, the ends of the
        value's interval, and *n_undefined*, the number of resamples on which the metric
        is undefined; they are left out.
    differences : DataFrame of shape (n_metrics * (n_classifiers - 1), 6)
        The columns *metric*, *classifier*, *difference*, the value of the classifier
        minus that of the baseline, *low*, *high* and *n_undefined*.
    decisive_groups : DataFrame of shape (n_found, 6)
        The groups without which the conclusion changes, largest effect first: the
        columns *metric*, *classifier*, *group*, and *difference*, *low* and *high*
        without this group.
    baseline : str
        The classifier that the others are compared with.
    confidence_level : float
        The level of the intervals.
    n_groups : int
        The number of groups that were resampled.
    n_resamples : int
        The number of resamples.

    See Also
    --------
    compare_classifiers : Computes the comparison.
    skecg.plotting.MetricIntervalDisplay : Plots the comparison.

    Examples
    --------
    >>> from skecg.metrics import compare_classifiers
    >>> y_true = ["N", "V", "V", "N", "V", "V"] * 3
    >>> groups = ["a"] * 6 + ["b"] * 6 + ["c"] * 6
    >>> never = ["N"] * 18
    >>> comparison = compare_classifiers(
    ...     y_true, {"rule": y_true, "never": never}, groups, metrics=["veb_se"]
    ... )
    >>> print(comparison.to_markdown(decimals=2))
    | Metric | Classifier | Value (95 % interval) | Difference from rule |
    | --- | --- | --- | --- |
    | VEB Se | rule | 1.00 (1.00 to 1.00) | - |
    |  | never | 0.00 (0.00 to 0.00) | -1.00 (-1.00 to -1.00) |
    <BLANKLINE>
    Comparison of 2 classifiers, 2,000 paired resamples of 3 groups.
    """

    table: pd.DataFrame
    differences: pd.DataFrame
    decisive_groups: pd.DataFrame
    baseline: str
    confidence_level: float
    n_groups: int
    n_resamples: int

    @cached_property
    def decisive_notes(self) -> tuple[str, ...]:
        """The differences that depend on single groups, one sentence each."""
        differences = self.decisive_groups.groupby(["metric", "classifier"], sort=False)
        return tuple(self._decisive_note(rows) for _, rows in differences)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Warnings about the differences and the intervals, one sentence each."""
        undefined = max(
            self.table.n_undefined.max(), self.differences.n_undefined.max()
        )
        if not undefined:
            return self.decisive_notes
        return (
            *self.decisive_notes,
            f"Up to {undefined:,} of the {self.n_resamples:,} resamples leave a metric "
            "undefined and are excluded from its interval; see n_undefined in the "
            "tables.",
        )

    def to_frame(self) -> pd.DataFrame:
        """Return values and differences side by side.

        Returns
        -------
        DataFrame of shape (n_metrics * n_classifiers, 8)
            The columns *metric*, *classifier*, *value*, *low*, *high*, *difference*,
            *difference_low* and *difference_high*, the last three NaN for the baseline.
        """
        names = ["metric", "classifier"]
        differences = self.differences.drop(columns="n_undefined").rename(
            columns={"low": "difference_low", "high": "difference_high"}
        )
        values = self.table.drop(columns="n_undefined")
        return values.merge(differences, on=names, how="left", sort=False)

    def to_markdown(self, *, decimals: int = 3) -> str:
        """Return the table and its notes in Markdown.

        Parameters
        ----------
        decimals : int, default=3
            The number of decimals.

        Returns
        -------
        str
            A table with one row per metric and classifier, and a paragraph per note.
        """
        return markdown(self._header(), self._sections(decimals), self._below())

    def to_latex(
        self,
        *,
        caption: str | None = None,
        label: str | None = None,
        decimals: int = 3,
    ) -> str:
        r"""Return the table in LaTeX, which needs the package booktabs.

        Parameters
        ----------
        caption : str or None, default=None
            The caption; special characters are escaped.
        label : str or None, default=None
            The name for ``\ref``.
        decimals : int, default=3
            The number of decimals.

        Returns
        -------
        str
            A tabular environment, followed by the notes as comments. With a caption or
            a label, it is within a table environment, and the notes are printed.
        """
        return latex(
            self._header(),
            self._sections(decimals),
            self._below(),
            n_names=2,
            caption=caption,
            label=label,
        )

    def __repr__(self) -> str:
        wrapper = TextWrapper(82, initial_indent="Note: ", subsequent_indent=" " * 6)
        notes = [line for note in self.notes for line in wrapper.wrap(note)]
        table = plain(self._header(), self._sections(3))
        return "\n".join([self._headline(), table, *notes])

    def _repr_html_(self) -> str:
        rows = [row for section in self._sections(3) for row in section]
        table = pd.DataFrame(rows, columns=self._header()).to_html(index=False)
        notes = pd.DataFrame({"Notes": list(self.notes)}).to_html(index=False)
        headline = f"<p>{self._headline()}</p>"
        return headline + table + (notes if self.notes else "")

    def _headline(self) -> str:
        n_classifiers = self.table.classifier.nunique()
        return (
            f"Comparison of {n_classifiers} classifiers, {self.n_resamples:,} paired "
            f"resamples of {self.n_groups:,} groups"
        )

    def _below(self) -> list[str]:
        return [f"{self._headline()}.", *self.notes]

    def _header(self) -> list[str]:
        level = f"{100 * self.confidence_level:g} %"
        return [
            "Metric",
            "Classifier",
            f"Value ({level} interval)",
            f"Difference from {self.baseline}",
        ]

    def _sections(self, decimals: int) -> list[list[list[str]]]:
        """Return the rows of the table as text, one list of rows per metric."""
        sections = []
        for metric, rows in self.to_frame().groupby("metric", sort=False):
            section: list[list[str]] = []
            for row in rows.to_dict("records"):
                value = _text(row["value"], row["low"], row["high"], f".{decimals}f")
                ends = row["difference_low"], row["difference_high"]
                difference = _text(row["difference"], *ends, f"+z.{decimals}f")
                title = "" if section else TITLES.get(metric, metric)
                section.append([title, row["classifier"], value, difference])
            sections.append(section)
        return sections

    def _decisive_note(self, rows: pd.DataFrame) -> str:
        row = rows.iloc[0]
        metric, classifier = row["metric"], row["classifier"]
        all_groups = self.differences.query(
            "metric == @metric and classifier == @classifier"
        ).iloc[0]
        names = [str(group) for group in rows["group"]]
        which = f"group {names[0]}"
        if len(names) > 1:
            which = f"each of the {len(names):,} groups {listed(names)}"
        figures, without = (
            _text(part["difference"], part["low"], part["high"], "+z.3f")
            for part in (all_groups, row)
        )
        return (
            f"The difference in {TITLES.get(metric, metric)} between {classifier} and "
            f"{self.baseline} depends on {which}: it is {figures} with all groups and "
            f"{without} without {names[0]}."
        )


def _text(value: float, low: float, high: float, form: str) -> str:
    if np.isnan(value):
        return "-"
    if np.isnan(low):
        return f"{value:{form}}"
    return f"{value:{form}} ({low:{form}} to {high:{form}})"
