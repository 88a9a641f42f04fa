"""What a fit and a prediction check, and say of it."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from skecg.training import held_out_rows

__all__ = [
    "check_columns",
    "checked_rows",
    "checked_validation",
    "hold_out",
    "load_previous",
    "warn_if_diverged",
]

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


def checked_validation(
    estimator: Any,
    X_val: ArrayLike | None,
    y_val: ArrayLike | None,
    classes: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the beats that a user holds out, if they fit those trained on."""
    if X_val is None or y_val is None:
        given, missing = ("X_val", "y_val") if y_val is None else ("y_val", "X_val")
        raise ValueError(f"{given} was given without {missing}; pass both or none.")
    beats = validate_data(estimator, X_val, dtype=np.float32, order="C", reset=False)
    labels = column_or_1d(y_val)
    if len(beats) != len(labels):
        raise ValueError(
            f"X_val has {len(beats)} rows but y_val {len(labels)}; they must agree."
        )
    unknown = np.setdiff1d(labels, classes)
    if len(unknown):
        raise ValueError(
            f"y_val holds {unknown.tolist()}, which y does not; a network cannot "
            "answer with a class that it never saw."
        )
    return beats, labels


def hold_out(
    X: np.ndarray, codes: np.ndarray, fraction: float | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to train on and those to choose the epoch with."""
    if not fraction:
        return np.arange(len(X)), np.arange(0)
    train, held_out, smallest = held_out_rows(
        X, codes, fraction, np.random.RandomState(seed)
    )
    if not len(held_out):
        warnings.warn(
            "Nothing is held out and the last epoch is kept: validation_fraction="
            f"{fraction} leaves a class with {max(smallest, 0)} distinct rows to score "
            "on, and 5 are needed. Pass X_val and y_val, or set "
            "validation_fraction=None.",
            UserWarning,
            stacklevel=4,
        )
    return train, held_out


def load_previous(module: Any, weights: dict[str, Any]) -> None:
    """Give a network the weights that a warm start goes on with."""
    try:
        module.load_state_dict(weights)
    except RuntimeError as error:
        raise ValueError(
            "warm_start goes on with the weights of the last fit, but the network's "
            "parameters were changed since; set them back or warm_start=False."
        ) from error


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
