"""The report of ANSI/AAMI EC57 from labels of beats."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg._group_names import checked_groups
from skecg._validation import aami_codes
from skecg.metrics._ec57_report import EC57Report
from skecg.metrics._ec57_table import PAIRINGS
from skecg.metrics._label_statistics import label_pairings

__all__ = ["ec57_report"]


def ec57_report(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, records: Any = None
) -> EC57Report:
    """Compute the report of ANSI/AAMI EC57 from annotated and predicted labels.

    Every beat has both labels: no beat is missed or surplus. For the output of a beat
    detector, use :func:`compare_annotations`.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_beats,)
        The annotated and the predicted classes: the codes 0 to 4 or the letters N, S,
        V, F and Q of :data:`skecg.aami.CLASSES`, not a mix of both.
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
        If labels are neither codes nor letters, or another argument is invalid.

    See Also
    --------
    compare_annotations : Computes the report from two sets of annotations.
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
             VEB Se VEB +P VEB FPR SVEB Se SVEB +P VEB F1* SVEB F1*
    all      100.00  66.67   33.33    0.00       -   80.00     0.00
    Gross    100.00  66.67   33.33    0.00       -   80.00     0.00
    Average  100.00  66.67   33.33    0.00       -   80.00     0.00
    * F1, the harmonic mean of Se and +P, is not a statistic of EC57.
    >>> report.counts.loc["all", ["Nv", "Vv", "Fv"]].to_list()
    [1, 2, 1]
    """
    true, pred = aami_codes(y_true, y_pred)
    if records is None:
        records = np.full(len(true), "all")
    records = checked_groups("records", records, len(true), "the record of each beat")
    names, which, sizes = np.unique(records, return_inverse=True, return_counts=True)
    parts = np.split(np.argsort(which), np.cumsum(sizes)[:-1])
    rows = [label_pairings(true[part], pred[part]) for part in parts]
    table = pd.DataFrame(rows, index=pd.Index(names, name="record"))
    # Pairings of missed and surplus beats do not occur with labels.
    return EC57Report(table.reindex(columns=list(PAIRINGS), fill_value=0))
