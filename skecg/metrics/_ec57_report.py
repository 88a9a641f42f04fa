"""The report of ANSI/AAMI EC57."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from textwrap import TextWrapper
from typing import Any

import numpy as np
import pandas as pd

from skecg import aami
from skecg._group_names import checked_groups, subjects_of_records
from skecg.metrics._ec57_table import (
    COUNTS,
    TEST_LABELS,
    line_format,
    ratios,
)
from skecg.metrics._resampling import check_settings, draws, percentiles
from skecg.metrics._table_markup import latex, markdown

__all__ = ["EC57Report"]

# A record with more than half of the beats of a class gets a note.
_DOMINANT_SHARE = 0.5
# Longer tables are truncated in the middle.
_MAX_ROWS = 60

_HEADINGS = {
    "qrs_se": "QRS Se",
    "qrs_pp": "QRS +P",
    "veb_se": "VEB Se",
    "veb_pp": "VEB +P",
    "veb_fpr": "VEB FPR",
    "sveb_se": "SVEB Se",
    "sveb_pp": "SVEB +P",
    "qrs_f1": "QRS F1*",
    "veb_f1": "VEB F1*",
    "sveb_f1": "SVEB F1*",
}
_F1 = "* F1, the harmonic mean of Se and +P, is not a statistic of EC57."
# Labels contain no information on beat detection.
_QRS_STATISTICS = ["qrs_se", "qrs_pp", "qrs_f1"]


@dataclass(frozen=True, eq=False, repr=False)
class EC57Report:
    """Counts and statistics of :func:`ec57_report` or :func:`compare_annotations`.

    Its repr is the report in percent: one row per record, the gross and the average
    statistics, and notes. The statistics equal those of PhysioNet's ``bxb`` and
    ``sumstats``. They differ from scikit-learn's precision and recall. VEB are beats of
    class V, SVEB beats of class S. F1 scores are added; they are not part of EC57.

    Parameters
    ----------
    pairings : DataFrame of shape (n_records, 45)
        The number of times that each reference label was paired with each test label.
        The columns are ``Nn`` to ``Xq``: N S V F Q of the reference, O for a surplus
        test beat, X for one where the reference had no readable signal; n s v f q of
        the test, o for a missed reference beat, x for one where the test had no
        readable signal. The index is named "record".
    rr_error : Series of shape (n_records,) or None, default=None
        The root mean square difference of RR intervals in milliseconds, NaN where
        there is none; see :func:`compare_annotations`. None if only labels were
        compared: labels contain no information on beat detection, so that the QRS
        statistics are NaN.

    See Also
    --------
    ec57_report : Computes the report from labels.
    compare_annotations : Computes the report from annotations.

    Notes
    -----
    Gross statistics use the sums of the columns of `counts`. Average statistics are the
    mean of each record's statistic, over the records whose denominator is not 0. The
    formulas, with the columns of `counts`:

    ========== ======================================================================
    statistic  formula
    ========== ======================================================================
    qrs_se     matched / (matched + No + So + Vo + Fo)
    qrs_pp     matched / (matched + On + Os + Ov)
    veb_se     Vv / (Vn + Vs + Vv + Vo)
    veb_pp     Vv / (Nv + Sv + Vv + Ov)
    veb_fpr    FP / (FP + Nn + Sn + Fn + On + Ns + Ss + Fs + Os), FP = Nv + Sv + Ov
    sveb_se    Ss / (Sn + Ss + Sv + So)
    sveb_pp    Ss / (Ns + Ss + Vs + Os)
    qrs_f1     harmonic mean of qrs_se and qrs_pp; likewise veb_f1 and sveb_f1
    ========== ======================================================================

    A fusion or unclassifiable beat that is called V counts neither as true nor as false
    positive.

    The ``sveb_pp`` in `records` adds the Fs of `pairings` to the denominator, as bxb
    does. sumstats cannot do so in the gross and the average statistic: it reads the
    line format, in which F and Q are merged. Thus the gross ``sveb_pp`` of a single
    record may differ from that in `records`.

    EC57, bxb and sumstats do not define F1. It is reported because publications use it.
    It is 0 if only one of Se and +P is undefined.

    References
    ----------
    ANSI/AAMI EC57, Testing and reporting performance results of cardiac rhythm and ST
    segment measurement algorithms.

    Moody GB. WFDB Applications Guide, bxb(1) and sumstats(1). PhysioNet.

    Examples
    --------
    >>> from skecg.metrics import ec57_report
    >>> report = ec57_report(list("NNVVSN"), list("NVVVNN"), records=[1, 1, 1, 2, 2, 2])
    >>> report
    EC57 report on 2 records with 6 reference beats, in percent
             VEB Se  VEB +P VEB FPR SVEB Se SVEB +P VEB F1* SVEB F1*
    1        100.00   50.00   50.00       -       -   66.67        -
    2        100.00  100.00    0.00    0.00       -  100.00     0.00
    Gross    100.00   66.67   25.00    0.00       -   80.00     0.00
    Average  100.00   75.00   25.00    0.00       -   83.33     0.00
    * F1, the harmonic mean of Se and +P, is not a statistic of EC57.
    Note: record 1 contains 2 of the 3 N beats (67 %), so that the gross statistics
          for N depend mostly on it; see skecg.metrics.influence.
    Note: record 2 contains 1 of the 1 S beats (100 %), so that the gross statistics
          for S depend mostly on it; see skecg.metrics.influence.
    >>> report.gross[["veb_se", "veb_pp"]].round(4).to_dict()
    {'veb_se': 1.0, 'veb_pp': 0.6667}
    """

    pairings: pd.DataFrame
    rr_error: pd.Series | None = None

    @cached_property
    def counts(self) -> pd.DataFrame:
        """The line format of bxb, one row per record.

        The columns are ``Nn Sn Vn Fn On Ns Ss Vs Fs Os Nv Sv Vv Fv Ov No So Vo Fo``.
        Test F and Q count as n, reference Q as F, X as O and x as o.
        """
        return pd.DataFrame(
            line_format(self.pairings), index=self.pairings.index, columns=list(COUNTS)
        )

    @cached_property
    def records(self) -> pd.DataFrame:
        """Each record's statistics as fractions, NaN where the denominator is 0."""
        return self._by_record(1)

    @cached_property
    def gross(self) -> pd.Series:
        """The statistics of the summed counts as fractions. All beats weigh equally."""
        return self._gross(1)

    @cached_property
    def average(self) -> pd.Series:
        """The mean of the records' statistics as fractions. All records weigh equally.

        It is computed from unrounded statistics, over the records where the statistic
        is defined; NaN if there is no such record.
        """
        return self._average_percent() / 100

    @cached_property
    def average_rr_error(self) -> float:
        """The mean of the records' RR errors in milliseconds, as sumstats prints it.

        It is computed from errors rounded to two decimals, over the records with an
        error; NaN if there is no such record.
        """
        if self.rr_error is None:
            return math.nan
        return _mean(self.rr_error.map(_two_decimals))

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Warnings about the gross statistics, one sentence each.

        With several records, there is one warning for each class that has more than
        half of its beats in one record.
        """
        beats = self._class_sizes
        if len(beats) < 2:
            return ()
        found = []
        for letter in aami.CLASSES:
            total, most = beats[letter].sum(), beats[letter].max()
            if most > _DOMINANT_SHARE * total:
                found.append(
                    f"record {beats[letter].idxmax()} contains {most:,} of the "
                    f"{total:,} {letter} beats ({100 * most / total:.0f} %), so that "
                    f"the gross statistics for {letter} depend mostly on it; see "
                    "skecg.metrics.influence."
                )
        return tuple(found)

    def to_percent(self) -> pd.DataFrame:
        """Return the statistics in percent, rounded as in the repr.

        Returns
        -------
        DataFrame of shape (n_records + 2, 10)
            In percent, rounded to two decimals: the records, "Gross" and "Average".

        Examples
        --------
        >>> from skecg.metrics import ec57_report
        >>> report = ec57_report([2, 2, 2, 0], [2, 2, 0, 0])
        >>> float(report.to_percent().loc["Gross", "veb_se"])
        66.67
        """
        rows = (self._gross(100), self._average_percent())
        table = pd.concat([self._by_record(100), *(row.to_frame().T for row in rows)])
        return table.map(_two_decimals).rename_axis(self.pairings.index.name)

    def gross_intervals(
        self,
        *,
        subjects: Mapping[Any, Any] | None = None,
        n_resamples: int = 2000,
        confidence_level: float = 0.95,
        random_state: int | np.random.RandomState | None = None,
    ) -> pd.DataFrame:
        """Return bootstrap intervals of the gross statistics, resampling patients.

        Parameters
        ----------
        subjects : mapping of record to subject or None, default=None
            The subject of each record, such as :data:`skecg.mitdb.SUBJECTS`; None
            resamples records.
        n_resamples : int, default=2000
            The number of resamples.
        confidence_level : float, default=0.95
            The level of the intervals, between 0 and 1.
        random_state : int, RandomState instance or None, default=None
            Seed or generator of the draws.

        Returns
        -------
        DataFrame of shape (10, 3)
            The columns *low* and *high* for each statistic, as fractions, NaN where the
            statistic is undefined on every resample; and *confidence_level*.

        Raises
        ------
        ValueError
            If an argument is invalid, `subjects` lacks a record, or there are fewer
            than two subjects.

        See Also
        --------
        bootstrap_interval : Interval of any metric, from labels.
        """
        check_settings(n_resamples, confidence_level)
        counts = self.counts
        if subjects is not None:
            records = checked_groups("record", counts.index, None, "names of records")
            counts = counts.groupby(subjects_of_records(records, subjects)).sum()
        if len(counts) < 2:
            raise ValueError(
                "gross_intervals needs at least two records or subjects, got "
                f"{len(counts)}; use a report on several patients."
            )
        times = np.array([*draws(len(counts), n_resamples, random_state)])
        sums = pd.DataFrame(times @ counts.to_numpy(), columns=counts.columns)
        ends = {
            name: percentiles(values.to_numpy(dtype=np.float64), confidence_level)
            for name, values in self._statistics(sums, 1).items()
        }
        table = pd.DataFrame(ends, index=["low", "high"]).T.rename_axis("statistic")
        return table.assign(confidence_level=float(confidence_level))

    def to_markdown(self, *, intervals: pd.DataFrame | None = None) -> str:
        """Return the report in percent in Markdown.

        Parameters
        ----------
        intervals : DataFrame or None, default=None
            The result of :meth:`gross_intervals`, shown in an additional row.

        Returns
        -------
        str
            A table with one row per record, "Gross" and "Average", and a paragraph per
            note.
        """
        return markdown(*self._markup(intervals))

    def to_latex(
        self,
        *,
        intervals: pd.DataFrame | None = None,
        caption: str | None = None,
        label: str | None = None,
    ) -> str:
        r"""Return the report in percent in LaTeX, which needs the package booktabs.

        Parameters
        ----------
        intervals : DataFrame or None, default=None
            The result of :meth:`gross_intervals`, shown in an additional row.
        caption : str or None, default=None
            The caption; special characters are escaped.
        label : str or None, default=None
            The name for ``\ref``.

        Returns
        -------
        str
            A tabular environment, followed by the notes as comments. With a caption or
            a label, it is within a table environment, and the notes are printed.
        """
        return latex(*self._markup(intervals), caption=caption, label=label)

    def __repr__(self) -> str:
        table = self._text_table().to_string(max_rows=_MAX_ROWS)
        wrapper = TextWrapper(82, initial_indent="Note: ", subsequent_indent=" " * 6)
        notes = [line for note in self.notes for line in wrapper.wrap(note)]
        lines = [self._headline(), *table.splitlines(), _F1, *notes]
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        table = self._text_table().to_html(max_rows=_MAX_ROWS)
        notes = "".join(f"<p>Note: {escape(note)}</p>" for note in self.notes)
        return f"<p>{escape(self._headline())}</p>{table}<p>{_F1}</p>{notes}"

    def _by_record(self, unit: int) -> pd.DataFrame:
        """Compute the statistics of bxb, with 100 % as `unit`."""
        return self._statistics(self.counts, unit, self.pairings["Fs"])

    def _gross(self, unit: int) -> pd.Series:
        """Compute the gross statistics of sumstats, with 100 % as `unit`."""
        sums = self.counts.sum().to_frame("Gross").T
        return self._statistics(sums, unit).loc["Gross"]

    def _average_percent(self) -> pd.Series:
        """Compute the average statistics of sumstats."""
        return self._statistics(self.counts, 100).apply(_mean).rename("Average")

    def _statistics(
        self, counts: pd.DataFrame, unit: int, fusion_called_sveb: Any = 0
    ) -> pd.DataFrame:
        parts = ratios(counts, fusion_called_sveb)
        # Multiply first: one rounding fewer, so that ties are rounded as by printf.
        statistics = pd.DataFrame(
            {name: unit * parts[name][0] / parts[name][1] for name in _HEADINGS}
        )
        if self.rr_error is None:
            statistics[_QRS_STATISTICS] = np.nan
        return statistics

    @cached_property
    def _class_sizes(self) -> pd.DataFrame:
        """The reference beats of each class, missed or matched, one row per record."""
        sizes = {
            letter: self.pairings[[letter + test for test in TEST_LABELS]].sum(axis=1)
            for letter in aami.CLASSES
        }
        return pd.DataFrame(sizes)

    def _headline(self) -> str:
        n_records, n_beats = len(self.pairings), self._class_sizes.to_numpy().sum()
        records = "1 record" if n_records == 1 else f"{n_records} records"
        beats = "1 reference beat" if n_beats == 1 else f"{n_beats:,} reference beats"
        return f"EC57 report on {records} with {beats}, in percent"

    def _markup(
        self, intervals: pd.DataFrame | None
    ) -> tuple[list[str], list[list[list[str]]], list[str]]:
        """Return header, sections and notes, with a row of intervals after "Gross"."""
        table = self._text_table()
        lines = table.rename(str).reset_index().to_numpy().tolist()
        sums = lines[-2:]
        if intervals is not None:
            sums.insert(1, self._interval_row(intervals))
        header = ["Record", *table.columns]
        notes = [f"{self._headline()}.", _F1, *(f"Note: {n}" for n in self.notes)]
        return header, [lines[:-2], sums], notes

    def _interval_row(self, intervals: pd.DataFrame) -> list[str]:
        shown = [
            name
            for name in _HEADINGS
            if self.rr_error is not None or name not in _QRS_STATISTICS
        ]
        rows = intervals.loc[shown]
        return [
            f"{100 * rows['confidence_level'].iloc[0]:g} % interval",
            *(
                "-" if np.isnan(low) else f"{low:.2f} to {high:.2f}"
                for low, high in 100 * rows[["low", "high"]].to_numpy(dtype=np.float64)
            ),
        ]

    def _text_table(self) -> pd.DataFrame:
        text = self.to_percent().map(lambda x: "-" if np.isnan(x) else f"{x:.2f}")
        if self.rr_error is None:
            text = text.drop(columns=_QRS_STATISTICS)
        return text.rename(columns=_HEADINGS).rename_axis(None)


def _mean(values: pd.Series) -> float:
    defined = values.dropna().to_numpy()
    # A running sum, as in sumstats: another order may change the last bit, which
    # decides how ties are rounded.
    return float(np.cumsum(defined)[-1] / len(defined)) if len(defined) else math.nan


def _two_decimals(value: float) -> float:
    # Formatting rounds the exact value; NumPy scales it first.
    return float(f"{value:.2f}")
