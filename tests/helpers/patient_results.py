"""Synthetic results of several patients, and metrics of different kinds."""

import functools

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    cohen_kappa_score,
    f1_score,
    matthews_corrcoef,
)

from skecg import metrics

macro_f1 = functools.partial(f1_score, average="macro", zero_division=np.nan)


def results(seed=0, n_beats=600, n_groups=7):
    """Return labels of groups with different class distributions and error rates."""
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, n_groups, size=n_beats)
    share_v = rng.random(n_groups)[groups] / 2
    y_true = np.where(rng.random(n_beats) < share_v, 2, rng.integers(0, 5, n_beats))
    wrong = rng.random(n_beats) < 0.5 * rng.random(n_groups)[groups]
    y_pred = np.where(wrong, rng.integers(0, 5, n_beats), y_true)
    return y_true, y_pred, np.array([f"p{group}" for group in groups])


METRICS = [
    accuracy_score,
    balanced_accuracy_score,
    cohen_kappa_score,
    matthews_corrcoef,
    macro_f1,
    metrics.veb_f1,
    metrics.veb_se,
    metrics.veb_pp,
    metrics.veb_fpr,
    metrics.sveb_se,
    metrics.sveb_pp,
    metrics.sveb_f1,
]
