"""Fit the classifiers of an annotator to rows of annotated recordings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier

from skecg import aami
from skecg.annotation._training_rows import TrainingRows
from skecg.metrics._matching import SURPLUS

__all__ = ["fit_for_any_leads", "fit_for_each_count"]

Models = dict[int, Any]


def fit_for_each_count(
    unfitted: Callable[[int], Any],
    rows: TrainingRows,
    counts: Sequence[int],
) -> tuple[Models, Models]:
    """Fit a classifier of beats and one of surplus peaks for each number of leads.

    Parameters
    ----------
    unfitted : callable
        Takes the number of leads, and returns an unfitted classifier.
    rows : TrainingRows
        The rows.
    counts : sequence of int
        The numbers of leads that rows may have.

    Returns
    -------
    models : dict of int to estimator
        The classifiers of beats.
    surplus_models : dict of int to estimator
        The classifiers of surplus peaks; empty if no detected peak is surplus.
    """
    models = {
        n: unfitted(n).fit(*_stacked(rows.beats[n])) for n in counts if n in rows.beats
    }
    peaks = {n: _stacked(rows.peaks[n]) for n in models if rows.peaks.get(n)}
    if not peaks or not all((codes == SURPLUS).any() for _, codes in peaks.values()):
        return models, {}
    return models, {
        n: _surplus_model().fit(data, codes == SURPLUS)
        for n, (data, codes) in peaks.items()
    }


def fit_for_any_leads(
    unfitted: Any, rows: TrainingRows, counts: Sequence[int]
) -> Models:
    """Fit one classifier of beats and surplus peaks for all numbers of leads.

    It is fitted to rows of annotated beats and of detected peaks. A peak that matches
    no beat has the class ``aami.NOT_A_BEAT``. Beats of class Q are left out.

    Parameters
    ----------
    unfitted : estimator
        The classifier.
    rows : TrainingRows
        The rows.
    counts : sequence of int
        The numbers of leads that rows may have.

    Returns
    -------
    dict of int to estimator
        The classifier for each number of leads.
    """
    found = [*rows.beats.values(), *rows.peaks.values()]
    data, codes = _stacked([pair for pairs in found for pair in pairs])
    codes = np.where(codes == SURPLUS, aami.NOT_A_BEAT, codes)
    is_known = codes != aami.CLASSES.index("Q")
    model = unfitted.fit(data[is_known], codes[is_known])
    return dict.fromkeys(counts, model)


def _stacked(
    pairs: Sequence[tuple[Any, Any]],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
    data, targets = zip(*pairs, strict=True)
    return np.concatenate(data), np.concatenate(targets)


def _surplus_model() -> HistGradientBoostingClassifier:
    """Return an unfitted classifier that separates surplus peaks from beats."""
    return HistGradientBoostingClassifier(
        max_iter=100,
        learning_rate=0.08,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        l2_regularization=5,
        max_bins=64,
        early_stopping=False,
        # Surplus peaks are mostly classified as V; few beats are lost (folds of DS1).
        class_weight={False: 1, True: 5},
        random_state=0,
    )
