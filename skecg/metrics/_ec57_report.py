"""The report of ANSI/AAMI EC57, and its computation from labels of beats."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from textwrap import TextWrapper
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg import aami
from skecg._validation import aami_codes, checked_groups
from skecg.metrics._ec57_table import (
    COUNTS,
    PAIRINGS,
    TEST_LABELS,
    line_format,
    ratios,
)
from skecg.metrics._label_statistics import label_pairings

__all__ = ["EC57Report", "ec57_report"]

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
}


@dataclass(frozen=True, eq=False, repr=False)
class EC57Report:
    """What :func:`ec57_report` or :func:`compare_annotations` counted.

    Its repr is the report: a row a record, gross and average statistics in percent,
    and the notes. The statistics are those of PhysioNet's ``bxb`` and ``sumstats``,
    which are not scikit-learn's precision and recall. VEB are class V, SVEB class S.

    Parameters
    ----------
    pairings : DataFrame of shape (n_records, 45)
        How often each reference label was paired with each test label. The columns
        are ``Nn`` to ``Xq``: N S V F Q of the reference, O for a surplus test beat, X
        for one where the reference had no readable signal; n s v f q of the test, o
        for a missed reference beat, x for one where the test had no signal. The index
        is named "record".
    rr_error : Series of shape (n_records,) or None, default=None
        The root mean square difference of matched RR intervals in milliseconds, NaN
        where there is none; see :func:`compare_annotations`. None where only labels
        were compared: nothing is known of the detection of beats then, and the
        figures for QRS are NaN.

    See Also
    --------
    ec57_report : Makes one from labels.
    compare_annotations : Makes one from annotations in time.

    Notes
    -----
    With the columns of `counts`, which are sums over records in the gross figures:

    ========== ======================================================================
    statistic  formula
    ========== ======================================================================
    qrs_se     matched / (matched + No + So + Vo + Fo)
    qrs_pp     matched / (matched + On + Os + Ov)
    veb_se     Vv / (Vn + Vs + Vv + Vo)
    veb_pp     Vv / (Nv + Sv + Vv + Ov)
    veb_fpr    FP / (FP + Nn + Sn + Fn + On + Ns + Ss + Fs + Os), FP = Nv + Sv + Ov
    sveb_se    Ss / (Sn + Ss + Sv + So)
    sveb_pp    Ss / (Ns + Ss + Vs + Os), with + Fs of `pairings` in a record's figure
    ========== ======================================================================

    A fusion or unclassifiable beat that is called V is thus neither right nor wrong.
    One record's ``sveb_pp`` may differ from the gross figure of that record alone: the
    programs count the gross figure from the line format, which has merged F and Q.

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
             VEB Se  VEB +P VEB FPR SVEB Se SVEB +P
    1        100.00   50.00   50.00       -       -
    2        100.00  100.00    0.00    0.00       -
    Gross    100.00   66.67   25.00    0.00       -
    Average  100.00   75.00   25.00    0.00       -
    Note: record 1 holds 2 of the 3 N beats (67 %), so that the gross figures for N
          are mostly its own; see skecg.metrics.influence.
    Note: record 2 holds 1 of the 1 S beats (100 %), so that the gross figures for S
          are mostly its own; see skecg.metrics.influence.
    >>> report.gross[["veb_se", "veb_pp"]].round(4).to_dict()
    {'veb_se': 1.0, 'veb_pp': 0.6667}
    """

    pairings: pd.DataFrame
    rr_error: pd.Series | None = None

    @cached_property
    def counts(self) -> pd.DataFrame:
        """The line format of bxb, a row a record.

        The columns are ``Nn Sn Vn Fn On Ns Ss Vs Fs Os Nv Sv Vv Fv Ov No So Vo Fo``.
        Test F and Q count as n here, reference Q as F, X as O and x as o.
        """
        return pd.DataFrame(
            line_format(self.pairings), index=self.pairings.index, columns=list(COUNTS)
        )

    @cached_property
    def records(self) -> pd.DataFrame:
        """Each record's statistics as fractions, NaN where the denominator is 0."""
        numerators, denominators = self._ratios
        return (numerators / denominators).iloc[:-1].set_axis(self.pairings.index)

    @cached_property
    def gross(self) -> pd.Series:
        """The statistics of the summed counts as fractions: every beat weighs alike."""
        numerators, denominators = self._ratios
        return (numerators / denominators).iloc[-1].rename("Gross")

    @cached_property
    def average(self) -> pd.Series:
        """The mean of the records' statistics as fractions: every record weighs alike.

        It is that of the figures as they are printed, in percent with two decimals,
        over the records where they are defined; NaN where there is no such record.
        """
        return (self._average_percent / 100).rename("Average")

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know to read the gross figures, a sentence each.

        Where there are several records, it is said of each class that has more than
        half of its beats in one of them.
        """
        beats = self._class_sizes
        if len(beats) < 2:
            return ()
        found = []
        for letter in aami.CLASSES:
            total, most = beats[letter].sum(), beats[letter].max()
            if most > _DOMINANT_SHARE * total:
                found.append(
                    f"record {beats[letter].idxmax()} holds {most:,} of the {total:,} "
                    f"{letter} beats ({100 * most / total:.0f} %), so that the gross "
                    f"figures for {letter} are mostly its own; see "
                    "skecg.metrics.influence."
                )
        return tuple(found)

    def to_percent(self) -> pd.DataFrame:
        """Return the statistics as they are printed.

        Returns
        -------
        DataFrame of shape (n_records + 2, 7)
            In percent, rounded to two decimals: the records, "Gross" and "Average".

        Examples
        --------
        >>> from skecg.metrics import ec57_report
        >>> report = ec57_report([2, 2, 2, 0], [2, 2, 0, 0])
        >>> float(report.to_percent().loc["Gross", "veb_se"])
        66.67
        """
        average = self._average_percent.map(_two_decimals).to_frame("Average").T
        table = pd.concat([self._printed, average])
        return table.rename_axis(self.pairings.index.name)

    def __repr__(self) -> str:
        table = self._text_table().to_string(max_rows=_MAX_ROWS)
        wrapper = TextWrapper(82, initial_indent="Note: ", subsequent_indent=" " * 6)
        notes = [line for note in self.notes for line in wrapper.wrap(note)]
        lines = [self._headline(), *table.splitlines(), *notes]
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        table = self._text_table().to_html(max_rows=_MAX_ROWS)
        notes = "".join(f"<p>Note: {escape(note)}</p>" for note in self.notes)
        return f"<p>{escape(self._headline())}</p>{table}{notes}"

    @cached_property
    def _ratios(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Numerators and denominators: a row a record and, last, the gross ones."""
        by_record = ratios(self.counts, fusion_called_sveb=self.pairings["Fs"])
        gross = ratios(self.counts.sum().to_frame("Gross").T)
        numerators, denominators = (
            pd.DataFrame({s: pd.concat([by_record[s][i], gross[s][i]]) for s in gross})
            for i in range(2)
        )
        if self.rr_error is None:
            # Nothing over nothing is NaN: labels alone cannot show these.
            numerators = numerators.assign(qrs_se=0, qrs_pp=0)
            denominators = denominators.assign(qrs_se=0, qrs_pp=0)
        return numerators, denominators

    @cached_property
    def _printed(self) -> pd.DataFrame:
        """The figures of records and gross as the programs print them."""
        numerators, denominators = self._ratios
        # Multiplied first, as one rounding less decides ties as printf does.
        return (100 * numerators / denominators).map(_two_decimals)

    @cached_property
    def _average_percent(self) -> pd.Series:
        means = {}
        for name, values in self._printed.iloc[:-1].items():
            defined = values.dropna().to_numpy()
            # Added up one after another, as the programs do: another order may differ
            # in the last bit, which decides how a tie is rounded.
            means[name] = (
                np.cumsum(defined)[-1] / len(defined) if len(defined) else np.nan
            )
        return pd.Series(means)

    @cached_property
    def _class_sizes(self) -> pd.DataFrame:
        """The reference beats of each class, missed or matched, a row a record."""
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

    def _text_table(self) -> pd.DataFrame:
        text = self.to_percent().map(lambda x: "-" if np.isnan(x) else f"{x:.2f}")
        if self.rr_error is None:
            # Labels alone show nothing of the detection of beats.
            text = text.drop(columns=["qrs_se", "qrs_pp"])
        return text.rename(columns=_HEADINGS).rename_axis(None)


def ec57_report(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, records: Any = None
) -> EC57Report:
    """Compute the report of ANSI/AAMI EC57 from annotated and predicted labels.

    Every beat has both labels: no beat is missed and none is extra. For the output of
    a beat detector, use :func:`compare_annotations`.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_beats,)
        The annotated and the predicted classes: the codes 0 to 4 or the letters N, S,
        V, F and Q of :data:`skecg.aami.CLASSES`, never a mix.
    records : array-like of shape (n_beats,) or None, default=None
        The record of each beat; the report has one row per record. None stands for a
        single record, which is named "all".

    Returns
    -------
    EC57Report
        The counts, the statistics and notes on them. The QRS statistics are NaN and
        not printed, because labels contain no information on beat detection. A dash
        stands for a statistic whose denominator is 0.

    Raises
    ------
    ValueError
        If labels are neither codes nor letters, or an argument does not fit the
        others.

    See Also
    --------
    compare_annotations : The same from two sets of annotations.
    veb_f1, sveb_f1 : Single statistics, for searches and intervals.

    References
    ----------
    ANSI/AAMI EC57, Testing and reporting performance results of cardiac rhythm and ST
    segment measurement algorithms.

    Examples
    --------
    >>> from skecg.metrics import ec57_report
    >>> y_true = ["N", "N", "V", "V", "S", "F"]
    >>> y_pred = ["N", "V", "V", "V", "N", "V"]
    >>> report = ec57_report(y_true, y_pred)

    The fusion beat that is predicted as V is not a false positive:

    >>> report
    EC57 report on 1 record with 6 reference beats, in percent
             VEB Se VEB +P VEB FPR SVEB Se SVEB +P
    all      100.00  66.67   33.33    0.00       -
    Gross    100.00  66.67   33.33    0.00       -
    Average  100.00  66.67   33.33    0.00       -
    >>> report.counts.loc["all", ["Nv", "Vv", "Fv"]].to_list()
    [1, 2, 1]
    """
    true, pred = aami_codes(y_true, y_pred)
    if records is None:
        records = np.full(len(true), "all")
    records = checked_groups("records", records, len(true), "the record of each beat")
    names, which = np.unique(records, return_inverse=True)
    rows = [
        label_pairings(true[which == i], pred[which == i]) for i in range(len(names))
    ]
    table = pd.DataFrame(rows, index=pd.Index(names, name="record"))
    # Pairings of missed and extra beats do not occur with labels.
    return EC57Report(table.reindex(columns=list(PAIRINGS), fill_value=0))


def _two_decimals(value: float) -> float:
    # Exact decimal rounding, unlike that of NumPy.
    return float(f"{value:.2f}")
