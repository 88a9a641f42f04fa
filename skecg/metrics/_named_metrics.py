"""Metrics by name, computed for many sets of beats at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg._validation import aami_codes
from skecg.metrics import _ectopic_beats
from skecg.metrics._cells import Cells, Metric, check_metric
from skecg.metrics._label_statistics import cell_statistic

__all__ = ["TITLES", "SetMetric", "checked_metrics"]

TITLES = {
    "veb_se": "VEB Se",
    "veb_pp": "VEB +P",
    "veb_fpr": "VEB FPR",
    "veb_f1": "VEB F1",
    "sveb_se": "SVEB Se",
    "sveb_pp": "SVEB +P",
    "sveb_f1": "SVEB F1",
    "accuracy": "Accuracy",
    "macro_f1": "Macro F1",
}
"""Mapping from the name of a metric to its title in tables."""

SetMetric = Callable[[Cells, npt.NDArray[Any], str], npt.NDArray[np.float64]]
"""Function of cells, the counts of each set of beats and the name of the predictions.

It returns the metric of each set, NaN where it is undefined.
"""


def checked_metrics(metrics: Any) -> dict[str, SetMetric]:
    """Return each metric under its name.

    Parameters
    ----------
    metrics : str, callable, sequence of these or mapping of str to these
        The argument: names in :data:`TITLES` or functions ``metric(y_true, y_pred,
        sample_weight=...)``. The names of a mapping are kept.

    Returns
    -------
    dict of str to callable
        The metrics in their order.

    Raises
    ------
    ValueError
        If the argument is empty, or contains an unknown name, an object that is not a
        function, or the same name twice.
    """
    if isinstance(metrics, Mapping):
        pairs = [(str(name), _set_metric(metric)) for name, metric in metrics.items()]
    else:
        one = isinstance(metrics, str) or not isinstance(metrics, Sequence)
        pairs = [
            (_name_of(metric), _set_metric(metric))
            for metric in ([metrics] if one else metrics)
        ]
    names = [name for name, _ in pairs]
    if not names:
        raise ValueError("metrics must contain at least one metric; pass ['veb_f1'].")
    if len(set(names)) < len(names):
        raise ValueError(
            f"metrics must have different names, got {names}; pass a mapping of names "
            "to functions."
        )
    return dict(pairs)


def _name_of(metric: Any) -> str:
    if isinstance(metric, str):
        return metric
    while isinstance(metric, partial):
        metric = metric.func
    return getattr(metric, "__name__", str(metric))


def _set_metric(metric: Any) -> SetMetric:
    # Compare by identity, because a callable need not be hashable.
    name = next((name for name, ours in _EC57.items() if ours is metric), metric)
    if isinstance(name, str):
        if name not in TITLES:
            raise ValueError(
                f"metrics must be names of {list(TITLES)} or functions, got {name!r}."
            )
        return _OTHERS.get(name) or partial(_ec57_statistic, name)
    check_metric("metrics", metric)
    return partial(_one_by_one, metric)


_EC57 = {name: getattr(_ectopic_beats, name) for name in _ectopic_beats.__all__}


def _accuracy(
    cells: Cells, counts: npt.NDArray[Any], pred_name: str
) -> npt.NDArray[np.float64]:
    return counts[:, cells.y_true == cells.y_pred].sum(axis=1) / counts.sum(axis=1)


def _macro_f1(
    cells: Cells, counts: npt.NDArray[Any], pred_name: str
) -> npt.NDArray[np.float64]:
    """Average F1 over the annotated classes; leave out classes where F1 is undefined.

    This is scikit-learn's f1_score with ``average="macro"``, the labels of `y_true` and
    ``zero_division=nan``.
    """
    scores = []
    for label in np.unique(cells.y_true):
        true, called = cells.y_true == label, cells.y_pred == label
        parts = (true & called, true, called)
        right, annotated, predicted = (counts[:, part].sum(axis=1) for part in parts)
        total = annotated + predicted
        score = np.full(len(total), np.nan)
        scores.append(np.divide(2 * right, total, out=score, where=total > 0))
    # Every set has beats, so that at least one score is defined.
    return np.nanmean(scores, axis=0)


def _ec57_statistic(
    name: str, cells: Cells, counts: npt.NDArray[Any], pred_name: str
) -> npt.NDArray[np.float64]:
    codes = aami_codes(cells.y_true, cells.y_pred, pred_name=pred_name)
    return cell_statistic(name, *codes, counts)


def _one_by_one(
    metric: Metric, cells: Cells, counts: npt.NDArray[Any], pred_name: str
) -> npt.NDArray[np.float64]:
    return np.array([cells.value(row, metric) for row in counts])


_OTHERS: dict[str, SetMetric] = {"accuracy": _accuracy, "macro_f1": _macro_f1}
