"""The influence of each patient on a metric."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg.metrics._cells import Metric, check_metric, count_cells

__all__ = ["influence"]


def influence(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    groups: npt.ArrayLike,
    metric: Metric,
) -> pd.DataFrame:
    """Compute a metric with one group left out at a time.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_beats,)
        The annotated and the predicted classes, of any kind that `metric` takes.
    groups : array-like of shape (n_beats,)
        The subject or the record of each beat; at least two different ones.
    metric : callable
        A function ``metric(y_true, y_pred, sample_weight=...)`` that returns a number;
        see :func:`bootstrap_interval`.

    Returns
    -------
    DataFrame of shape (n_groups, 2 + n_classes)
        One row per group, sorted by name; the index is named "group".

        - *without*: the metric over all other groups. They lack the classes that only
          this group has.
        - *change*: `without` minus the metric over all groups.
        - *share_N* and so on, one column per label in `y_true` (*share_0* for the code
          0): the share of the class's beats that belong to the group, from 0 to 1.

    Raises
    ------
    ValueError
        If an argument is invalid.

    See Also
    --------
    bootstrap_interval : A confidence interval over groups.

    Examples
    --------
    >>> from skecg.metrics import influence, sveb_f1
    >>> y_true = ["N", "S", "N", "S", "N", "S", "S", "S"]
    >>> y_pred = ["N", "N", "N", "S", "S", "S", "S", "S"]
    >>> records = ["a", "a", "b", "b", "c", "c", "c", "c"]
    >>> influence(y_true, y_pred, records, sveb_f1).round(3).reset_index()
      group  without  change  share_N  share_S
    0     a    0.889   0.089    0.333      0.2
    1     b    0.750  -0.050    0.333      0.2
    2     c    0.667  -0.133    0.333      0.6
    """
    check_metric("metric", metric)
    cells = count_cells(y_true, y_pred, groups)
    total = cells.counts.sum(axis=0)
    without = np.array([cells.value(total - counts, metric) for counts in cells.counts])
    overall = cells.value(total, metric)
    columns = {"without": without, "change": without - overall}
    for label in np.unique(cells.y_true):
        beats = cells.counts[:, cells.y_true == label].sum(axis=1)
        columns[f"share_{label}"] = beats / beats.sum()
    return pd.DataFrame(columns, index=pd.Index(cells.groups, name="group"))
