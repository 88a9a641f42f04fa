"""EC57's report from the labels of beats whose places are known."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg.metrics._ec57_table import PAIRINGS
from skecg.metrics._label_statistics import label_pairings
from skecg.metrics._labels import class_codes, group_names
from skecg.metrics._report import EC57Report

__all__ = ["ec57_report"]


def ec57_report(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, records: Any = None
) -> EC57Report:
    """Report a classifier's results as ANSI/AAMI EC57 asks for them.

    Every beat has an annotated and a predicted label, so that none is missed and none
    is surplus. Where a detector found the beats, use :func:`compare_annotations`.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_beats,)
        The annotated and the predicted classes: the codes 0 to 4 or the letters N, S,
        V, F and Q of :data:`skecg.aami.CLASSES`, never a mix.
    records : array-like of shape (n_beats,) or None, default=None
        The record of each beat, which makes a row of the report. None stands for one
        record, which is named "all".

    Returns
    -------
    EC57Report
        The counts, the statistics and what to know about them. The figures for QRS
        are NaN and not printed: labels alone cannot show them. A dash stands where
        there is nothing to divide by.

    Raises
    ------
    ValueError
        If labels are neither codes nor letters, or an argument does not fit the
        others.

    See Also
    --------
    compare_annotations : The same from two annotators' files.
    veb_f1, sveb_f1 : Single figures, for searches and intervals.

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

    The fusion beat that was called V is no false positive:

    >>> report
    EC57 report on 1 record with 6 reference beats, in percent
             VEB Se VEB +P VEB FPR SVEB Se SVEB +P
    all      100.00  66.67   33.33    0.00       -
    Gross    100.00  66.67   33.33    0.00       -
    Average  100.00  66.67   33.33    0.00       -
    >>> report.counts.loc["all", ["Nv", "Vv", "Fv"]].to_list()
    [1, 2, 1]
    """
    true, pred = class_codes(y_true, y_pred)
    if records is None:
        records = np.full(len(true), "all")
    names, which = group_names("records", records, len(true))
    rows = [
        label_pairings(true[which == i], pred[which == i]) for i in range(len(names))
    ]
    table = pd.DataFrame(rows, index=pd.Index(names, name="record"))
    # What labels cannot pair, the surplus and the missed, did not occur.
    return EC57Report(table.reindex(columns=list(PAIRINGS), fill_value=0))
