"""Presets measured on patients that are not in the training set.

The features, constraints and settings of the boosters were chosen by cross-validation
by patient within DS1, with the layout ``"features"``. The settings of the network were
chosen by cross-validation by record within DS1 and 40 records of SVDB, with reference R
peaks and detected ones.
"""

from __future__ import annotations

from typing import Any

from imblearn.pipeline import Pipeline
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline

from skecg import aami
from skecg.classification import CascadeClassifier
from skecg.signal import Layout, get_layout

__all__ = ["new_patients", "new_patients_network"]

# Monotonic constraints: 1 for a feature that may only raise the probability of the
# class as it grows, -1 for one that may only lower it, 0 for no constraint. They keep
# the boosters from fitting details of the few patients in the training set.
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

# Class weights: about the shares of the classes in DS1 and SVDB to the power of -0.4.
# Detected peaks that are not beats have the weight of fusion beats, which are as rare.
_WEIGHTS = {0: 1, 1: 3, 2: 2.5, 3: 8, 4: 1, aami.NOT_A_BEAT: 8}  # 0 to 4: N S V F Q


def new_patients(layout: Layout) -> Pipeline:
    """Return boosters over features of rhythm, shape and P wave.

    Parameters
    ----------
    layout : Layout
        The layout of the rows: ``"features"`` or ``"causal_features"``, one or two
        leads.

    Returns
    -------
    Pipeline
        A cascade that first separates V beats, then S beats; all others are N.
    """
    leads = _LEADS[: layout.n_leads]
    names = get_layout("features").feature_names(leads)
    ventricular = dict(_VENTRICULAR)
    for lead in leads:
        for name, sign in _VENTRICULAR_OF_A_LEAD.items():
            ventricular[f"{lead}_{name}"] = sign
    clf = CascadeClassifier(
        [
            (aami.CLASSES.index("V"), _stage(ventricular, names, weight=3.5)),
            (aami.CLASSES.index("S"), _stage(_SUPRAVENTRICULAR, names, weight=3)),
        ],
        remainder=aami.CLASSES.index("N"),
        layout=layout,
    )
    return Pipeline([("clf", clf)])


def new_patients_network(layout: Layout) -> Pipeline:
    """Return a network over the shape and the context of a beat.

    Parameters
    ----------
    layout : Layout
        The layout of the rows: ``"context"`` or ``"causal_context"``.

    Returns
    -------
    Pipeline
        The classifier.
    """
    # Imported here, so that boosters can be made without torch.
    from skecg.classification import NetworkClassifier
    from skecg.modules import ContextNetwork

    clf = NetworkClassifier(
        ContextNetwork,
        layout=layout,
        max_epochs=8,
        batch_size=1536,
        lr=4e-3,
        optimizer="adamw",
        lr_schedule="one_cycle",
        label_smoothing=0.1,
        class_weight=dict(_WEIGHTS),
        validation_fraction=None,
    )
    return Pipeline([("clf", clf)])


def _stage(signs: dict[str, int], names: list[str], weight: float) -> Any:
    """Return a booster over the columns in `signs`, with a weight for the class."""
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
