"""What a fit and a prediction check, and say of it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import compute_class_weight
from sklearn.utils.validation import check_is_fitted, validate_data

__all__ = ["check_columns", "checked_rows", "checked_weights", "warn_if_diverged"]

_FEW_BEATS = 64  # More than these hide what scikit-learn's validation costs.


def check_columns(n_features: int, n_channels: int, n_aux_features: int) -> None:
    """Refuse columns that are no leads of equal length and auxiliary features."""
    n_values = n_features - n_aux_features
    if n_values < n_channels or n_values % n_channels:
        raise ValueError(
            f"X has {n_features} features, which n_aux_features={n_aux_features} and "
            f"n_channels={n_channels} cannot divide into leads of equal length; set "
            "them to what a row of X holds."
        )


def checked_rows(clf: Any, X: ArrayLike) -> np.ndarray:
    """Return the rows that a fitted net is asked about."""
    check_is_fitted(clf)
    if isinstance(X, np.ndarray) and _needs_no_change(clf, X):
        return X
    # float64 stays as it is, to be turned into float32 a few rows at a time.
    return validate_data(clf, X, dtype=[np.float32, np.float64], reset=False)


def _needs_no_change(clf: Any, X: np.ndarray) -> bool:
    """Tell the few beats of a monitor, whose validation would cost a fifth."""
    return (
        type(X) is np.ndarray
        and X.dtype == np.float32
        and X.ndim == 2
        and 0 < len(X) <= _FEW_BEATS
        and X.shape[1] == clf.n_features_in_
        and not hasattr(clf, "feature_names_in_")
        and bool(np.isfinite(X).all())
    )


def checked_weights(
    class_weight: Any, classes: np.ndarray, codes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the classes' weights in the loss, and the prior that it then sees."""
    weights = compute_class_weight(class_weight, classes=classes, y=classes[codes])
    effective = weights * np.bincount(codes, minlength=len(classes))
    if not np.isfinite(weights).all() or (weights < 0).any() or not effective.any():
        raise ValueError(
            "class_weight must give finite weights of at least 0, not all of them "
            f"0; got {class_weight!r}."
        )
    return weights, effective / effective.sum()


def warn_if_diverged(history: pd.DataFrame, epoch: int) -> None:
    """Say so where even the best epoch's loss is no number."""
    loss = history.train_loss[epoch - 1]
    if not np.isfinite(loss):
        warnings.warn(
            f"The training diverged: the loss of the epoch kept is {loss}. Lower lr, "
            "or look for huge values in X.",
            ConvergenceWarning,
            stacklevel=5,
        )
