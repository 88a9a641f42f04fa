"""The statistics of labels that belong to the same beats, weighted or not."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from skecg import aami
from skecg.metrics._ec57_table import line_format, ratios
from skecg.metrics._labels import class_codes, column

__all__ = ["f1", "label_pairings", "label_statistic"]

_PAIRINGS = [r + t.lower() for r in aami.CLASSES for t in aami.CLASSES]


def label_pairings(
    true: npt.NDArray[np.intp],
    pred: npt.NDArray[np.intp],
    sample_weight: npt.NDArray[np.float64] | None = None,
) -> dict[str, Any]:
    """Return the pairings of labels that belong to the same beats.

    Parameters
    ----------
    true, pred : ndarray of shape (n_beats,), int
        The class codes.
    sample_weight : ndarray of shape (n_beats,) or None, default=None
        How much each beat counts; None stands for 1 each.

    Returns
    -------
    dict
        The number or weight of each pairing under its name, such as ``"Vn"``.
    """
    n_classes = len(aami.CLASSES)
    cells = np.bincount(
        true * n_classes + pred, weights=sample_weight, minlength=n_classes**2
    )
    return dict(zip(_PAIRINGS, cells.tolist(), strict=True))


def label_statistic(
    name: str, y_true: Any, y_pred: Any, sample_weight: Any, zero_division: float
) -> float:
    """Return a gross statistic of labels, or `zero_division` where it is undefined."""
    right, total = _label_ratios(y_true, y_pred, sample_weight)[name]
    return right / total if total else zero_division


def f1(
    name: str, y_true: Any, y_pred: Any, sample_weight: Any, zero_division: float
) -> float:
    """Return the harmonic mean of a class's sensitivity and positive predictivity.

    It is computed as twice the beats called rightly by both denominators, which is
    the same and is defined, as 0, where only one of the two is.
    """
    parts = _label_ratios(y_true, y_pred, sample_weight)
    right, n_true = parts[f"{name}_se"]
    _, n_called = parts[f"{name}_pp"]
    return 2 * right / (n_true + n_called) if n_true + n_called else zero_division


def _label_ratios(
    y_true: Any, y_pred: Any, sample_weight: Any
) -> dict[str, tuple[Any, Any]]:
    true, pred = class_codes(y_true, y_pred)
    weights = None
    if sample_weight is not None:
        weights = column("sample_weight", sample_weight, len(true)).astype(np.float64)
        if not (weights >= 0).all():
            raise ValueError(
                f"sample_weight must be numbers of at least 0, got {weights.min()}; "
                "leave beats that do not count out, or weigh them 0."
            )
    return ratios(line_format(label_pairings(true, pred, weights)))
