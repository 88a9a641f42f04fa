"""A scorer for held-out rows that may lack a class of the training set."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from skecg._sklearn import is_named_scorer, with_labels

__all__ = ["scorer_of_classes"]


def scorer_of_classes(
    scorer: Any,
    epoch: Callable[[np.ndarray], Any],
    y_val: np.ndarray,
    classes: np.ndarray,
) -> Any:
    """Return a scorer that also works if the held-out rows lack a class.

    scikit-learn's probability scorers, such as ``"neg_log_loss"``, take the classes
    from the held-out labels and fail if a class is missing. They get the classes of the
    training set instead. Scorers that are undefined for such rows, such as
    ``"roc_auc_ovr"``, are refused before the training.

    Parameters
    ----------
    scorer : callable or None
        ``scorer(estimator, X, y)``; None takes the loss.
    epoch : callable
        Takes probabilities of the held-out rows and returns a classifier for the
        scorer, whose attribute ``X`` contains the held-out rows.
    y_val : ndarray of shape (n_val,)
        The held-out labels.
    classes : ndarray of shape (n_classes,)
        The classes of the training set.

    Returns
    -------
    callable or None
        The scorer.

    Raises
    ------
    ValueError
        If the scorer cannot score the held-out rows because they lack a class.
    """
    missing = np.setdiff1d(classes, y_val).tolist()
    # Do not try other callables, because a call may change their state.
    if not (is_named_scorer(scorer) and len(y_val) and missing):
        return scorer
    scorer = with_labels(scorer, classes)
    # Try synthetic probabilities, which differ so that no score is degenerate.
    draws = np.random.RandomState(0).dirichlet(np.ones(len(classes)), len(y_val))
    trial = epoch(draws.astype(np.float32))
    reason: Exception | None = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            score = float(scorer(trial, trial.X, y_val))
    except ValueError as error:
        reason, score = error, math.nan
    if not math.isnan(score):
        return scorer
    raise ValueError(
        f"validation_scoring={scorer!r} cannot score held-out rows that lack the "
        f"classes {missing}; hold out rows of every class, or choose a score that "
        "does not need them, such as 'neg_log_loss' or 'loss'."
    ) from reason
