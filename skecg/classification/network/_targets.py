"""Class codes of y, and class weights of the loss."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets

__all__ = ["class_codes", "class_weights"]


def class_codes(
    labels: np.ndarray, known: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the classes, and the position of each row's class among them.

    Parameters
    ----------
    labels : ndarray of shape (n_rows,)
        The target.
    known : ndarray of shape (n_classes,) or None
        The classes of the previous fit, in a warm start.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        The classes, sorted.
    codes : ndarray of shape (n_rows,)
        Positions in `classes`.

    Raises
    ------
    ValueError
        If there is only one class, or the classes differ from `known`.
    """
    check_classification_targets(labels)
    classes, codes = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(
            "y must contain at least two classes; got one class, "
            f"{classes.tolist()[0]!r}. Add beats of another class."
        )
    if known is not None and not np.array_equal(classes, known):
        raise ValueError(
            f"warm_start continues with the classes {known.tolist()}, but y contains "
            f"{classes.tolist()}; fit a new classifier for other classes."
        )
    return classes, codes


def class_weights(
    class_weight: Any, classes: np.ndarray, codes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the class weights of the loss, and the training prior.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        The parameter of the classifier.
    classes : ndarray of shape (n_classes,)
        The classes.
    codes : ndarray of shape (n_rows,)
        The class of each training row, as a position in `classes`.

    Returns
    -------
    weights : ndarray of shape (n_classes,)
        The weights.
    prior : ndarray of shape (n_classes,)
        The share of each class in the training rows, times its weight.

    Raises
    ------
    ValueError
        If a weight is negative, not finite or outside float32's range, or all are 0.
    """
    try:
        weights = compute_class_weight(class_weight, classes=classes, y=classes[codes])
    except OverflowError:  # An int outside the range of float64.
        weights = np.full(len(classes), np.inf)
    effective = weights * np.bincount(codes, minlength=len(classes))
    if not np.isfinite(weights).all() or (weights < 0).any() or not effective.any():
        raise ValueError(
            "class_weight must give finite weights of at least 0, not all of them "
            f"0; got {class_weight!r}."
        )
    # The loss is computed in float32.
    limits = np.finfo(np.float32)
    used = weights[weights > 0]
    if used.max() > limits.max or used.min() < limits.tiny:
        raise ValueError(
            f"class_weight must give weights of 0 or from {limits.tiny:.3g} to "
            f"{limits.max:.3g}, the range of float32; got {class_weight!r}. Only their "
            "ratios matter: divide all by the largest."
        )
    return weights, effective / effective.sum()
