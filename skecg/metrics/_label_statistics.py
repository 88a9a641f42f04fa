"""EC57 statistics from annotated and predicted labels, with optional weights."""

from __future__ import annotations

import warnings
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import UndefinedMetricWarning

from skecg import aami
from skecg._validation import aami_codes, beat_values
from skecg.metrics._ec57_table import line_format, ratios

__all__ = ["cell_statistic", "label_pairings", "label_statistic"]

_PAIRINGS = [r + t.lower() for r in aami.CLASSES for t in aami.CLASSES]


def label_pairings(
    true: npt.NDArray[np.intp],
    pred: npt.NDArray[np.intp],
    sample_weight: npt.NDArray[np.float64] | None = None,
) -> dict[str, Any]:
    """Count the pairings of annotated and predicted labels.

    Parameters
    ----------
    true, pred : ndarray of shape (n_beats,), int
        The class codes.
    sample_weight : ndarray of shape (n_beats,) or None, default=None
        The weight of each beat; None stands for 1 each.

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


def cell_statistic(
    name: str,
    true: npt.NDArray[np.intp],
    pred: npt.NDArray[np.intp],
    counts: npt.NDArray[Any],
) -> npt.NDArray[np.float64]:
    """Return a gross statistic of many sets of beats at once.

    Parameters
    ----------
    name : str
        The name of the statistic, such as ``"veb_f1"``.
    true, pred : ndarray of shape (n_cells,), int
        The class codes of each cell of a confusion matrix, each cell once.
    counts : ndarray of shape (n_sets, n_cells)
        The number of beats of each set in each cell.

    Returns
    -------
    ndarray of shape (n_sets,)
        The statistic of each set, NaN where it is undefined.
    """
    cells = (true * len(aami.CLASSES) + pred).tolist()
    pairings = dict(zip([_PAIRINGS[cell] for cell in cells], counts.T, strict=True))
    right, total = ratios(line_format(pairings))[name]
    values = np.full(len(counts), np.nan)
    np.divide(right, total, out=values, where=np.asarray(total) > 0)
    return values


def label_statistic(
    name: str, y_true: Any, y_pred: Any, sample_weight: Any, zero_division: Any
) -> float:
    """Return a gross statistic of labels, or `zero_division` where it is undefined."""
    _check_zero_division(zero_division)
    right, total = _label_ratios(y_true, y_pred, sample_weight)[name]
    return right / total if total else _undefined(name, zero_division)


def _check_zero_division(zero_division: Any) -> None:
    if not isinstance(zero_division, Real) and zero_division != "warn":
        raise ValueError(
            f"zero_division must be a number or 'warn', got {zero_division!r}."
        )


def _undefined(name: str, zero_division: Any) -> float:
    if zero_division != "warn":
        return zero_division
    warnings.warn(
        f"{name} is undefined because its denominator is 0, and is set to 0; use "
        "zero_division to choose another value.",
        UndefinedMetricWarning,
        stacklevel=4,  # the line that called the metric
    )
    return 0.0


def _label_ratios(
    y_true: Any, y_pred: Any, sample_weight: Any
) -> dict[str, tuple[Any, Any]]:
    true, pred = aami_codes(y_true, y_pred)
    weights = None
    if sample_weight is not None:
        weights = _checked_weights(
            beat_values("sample_weight", sample_weight, len(true))
        )
    return ratios(line_format(label_pairings(true, pred, weights)))


def _checked_weights(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    try:
        weights = values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"sample_weight must be numbers ({error}).") from error
    wrong = weights[~((weights >= 0) & (weights < np.inf))]
    if len(wrong):
        raise ValueError(
            f"sample_weight must be finite numbers of at least 0, got {wrong[0]}; "
            "use 0 for beats to ignore."
        )
    return weights
