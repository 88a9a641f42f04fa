"""Confusion matrices of groups, as input of metrics with sample weights.

A metric with ``sample_weight`` has the same value for the rows and for the cells of
their confusion matrix, weighted by their counts. The cells take less time.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils.multiclass import type_of_target

from skecg._group_names import checked_groups
from skecg._validation import label_values

__all__ = ["Cells", "Metric", "check_metric", "count_cells"]

Metric = Callable[..., float]

_GROUPS = "the subject or the record of each beat"


@dataclass(frozen=True)
class Cells:
    """The confusion matrix of each group.

    Attributes
    ----------
    y_true, y_pred : ndarray of shape (n_cells,)
        The labels of each cell with at least one beat.
    groups : ndarray of shape (n_groups,)
        The groups, sorted.
    counts : ndarray of shape (n_groups, n_cells), int
        The number of beats of each group in each cell.
    """

    y_true: npt.NDArray[Any]
    y_pred: npt.NDArray[Any]
    groups: npt.NDArray[Any]
    counts: npt.NDArray[np.int64]

    def value(self, counts: npt.NDArray[Any], metric: Metric) -> float:
        """Return a metric, given the number of beats in each cell."""
        # Drop empty cells, so that metrics ignore classes that were not drawn.
        drawn = counts > 0
        weights = counts[drawn].astype(np.float64)
        value = metric(self.y_true[drawn], self.y_pred[drawn], sample_weight=weights)
        try:
            return float(value)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"metric must return a number, got {value!r}; wrap it in a function "
                "that does."
            ) from error


def count_cells(
    y_true: Any, y_pred: Any, groups: Any, *, pred_name: str = "y_pred"
) -> Cells:
    """Count the beats of each group in each cell of the confusion matrix.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_beats,)
        Labels of any kind: bools, numbers or strings.
    groups : array-like of shape (n_beats,)
        The subject or the record of each beat.
    pred_name : str, default="y_pred"
        The name of the predicted labels, for messages.

    Returns
    -------
    Cells
        The counts.

    Raises
    ------
    ValueError
        If an argument is invalid, or there are fewer than two groups.
    """
    true = label_values("y_true", y_true)
    pred = label_values(pred_name, y_pred, len(true))
    for name, labels in (("y_true", true), (pred_name, pred)):
        _check_kind(name, labels)
        kind = type_of_target(labels, input_name=name)
        if kind not in ("binary", "multiclass"):
            raise ValueError(
                f"{name} must contain class labels, got {kind} values such as "
                f"{labels[0]!r}; pass predicted classes, not probabilities."
            )
    names, group = np.unique(
        checked_groups("groups", groups, len(true), _GROUPS), return_inverse=True
    )
    if len(names) < 2:
        raise ValueError(
            f"groups must name at least two groups, got only {names[0]!r}; pass beats "
            "of several subjects or records."
        )
    true_labels, true_code = np.unique(true, return_inverse=True)
    pred_labels, pred_code = np.unique(pred, return_inverse=True)
    cells, cell = np.unique(
        true_code * len(pred_labels) + pred_code, return_inverse=True
    )
    counts = np.bincount(group * len(cells) + cell, minlength=len(names) * len(cells))
    return Cells(
        true_labels[cells // len(pred_labels)],
        pred_labels[cells % len(pred_labels)],
        names,
        counts.reshape(len(names), len(cells)),
    )


def _check_kind(name: str, labels: npt.NDArray[Any]) -> None:
    if labels.dtype.kind not in "biufU":
        raise ValueError(
            f"{name} must contain class labels, all numbers or all strings, got "
            f"{labels.dtype} values such as {labels[0]!r}; convert them."
        )
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        odd = labels[~np.isfinite(labels)][0]
        raise ValueError(
            f"{name} must contain class labels, got {odd}; leave these beats out."
        )


def check_metric(name: str, metric: Any) -> None:
    """Raise ValueError unless an argument is a function with ``sample_weight``.

    Parameters
    ----------
    name : str
        The name of the argument, for the message.
    metric : callable
        The argument.
    """
    try:
        parameters = inspect.signature(metric).parameters
    except ValueError:  # Some built-in functions have no signature.
        return
    except TypeError:
        raise ValueError(
            f"{name} must be a function, got {metric!r}; pass one such as "
            "sklearn.metrics.f1_score."
        ) from None
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    if "sample_weight" not in parameters and not takes_any:
        raise ValueError(
            f"{name} must accept sample_weight, which {metric!r} does not; wrap it "
            "in a function that does."
        )
