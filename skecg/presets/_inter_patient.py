"""The cascade that classifies the beats of patients whom it has never seen.

Its features, the signs below and the settings were chosen by cross-validation by
patient within DS1 alone. It serves both layouts of features, the causal one too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from skecg import aami
from skecg.signal import names_of_features

__all__ = ["INTER_PATIENT_STAGES", "rows_of_features"]

# A feature that may only make the class likelier as it grows has 1, one that may only
# make it less likely -1, and 0 leaves it free. That keeps an ear for prematurity and
# strange shapes from learning the habits of the few patients trained on.
_SUPRAVENTRICULAR = {
    "pre_rr_to_sinus": -1,
    "post_rr_to_sinus": 0,
    "pre_rr_to_local": -1,
    "pre_rr_to_previous": -1,
    "post_rr_to_typical": 0,
    "rr_irregularity": -1,
    "pre_rr_in_irregularities": -1,
    "pre_rr_in_deviations": -1,
    "qrs_correlation_mean": 1,
    "p_lost": 1,
}
_VENTRICULAR = {
    "pre_rr_to_local": 0,
    "post_rr_to_local": 0,
    "rr_irregularity": 0,
    "qrs_correlation_mean": -1,
    "qrs_correlation_min": -1,
    "family_share": -1,
    "family_pre_rr": -1,
    "family_post_rr": 1,
}
_VENTRICULAR_OF_A_LEAD = {
    "qrs_correlation": -1,
    "qrs_difference": 1,
    "qrs_size": 0,
    "qrs_slope": 0,
    "qrs_highest": 0,
    "qrs_lowest": 0,
    "qrs_duration": 1,
    "qrs_duration_excess": 1,
    "qrs_breadth": 1,
    "qrs_breadth_excess": 1,
    "t_correlation": -1,
    "t_difference": 1,
}
_LEADS = ("first", "second")


def rows_of_features(X: npt.ArrayLike) -> npt.ArrayLike:
    """Return rows as they came, if they can be those of features of two leads."""
    n_columns = len(names_of_features(_LEADS))
    if np.shape(X)[1:] != (n_columns,):
        raise ValueError(
            f"X must be rows of {n_columns} features, got shape {np.shape(X)}; cut "
            "beats of two leads with the layout 'features', or 'causal_features' for "
            "the causal preset."
        )
    return X


def _stage(signs: dict[str, int], weight: float) -> Pipeline:
    """Return a booster of chosen columns, for which the class weighs more."""
    names = names_of_features(_LEADS)
    columns = [names.index(name) for name in signs]
    boosting = HistGradientBoostingClassifier(
        max_iter=100,
        learning_rate=0.08,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        l2_regularization=5,
        max_bins=64,
        early_stopping=False,
        monotonic_cst=list(signs.values()),
        class_weight={False: 1, True: weight},
        random_state=0,
    )
    return make_pipeline(make_column_transformer(("passthrough", columns)), boosting)


def _stages() -> list[tuple[int, Any]]:
    ventricular = dict(_VENTRICULAR)
    for lead in _LEADS:
        for name, sign in _VENTRICULAR_OF_A_LEAD.items():
            ventricular[f"{lead}_{name}"] = sign
    return [
        (aami.CLASSES.index("V"), _stage(ventricular, weight=3.5)),
        (aami.CLASSES.index("S"), _stage(_SUPRAVENTRICULAR, weight=3)),
    ]


INTER_PATIENT_STAGES = _stages()
"""V is asked for first, then S; every other beat is N."""
