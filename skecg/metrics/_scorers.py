"""EC57 statistics as scorers, for ``scoring=`` of searches and cross-validation.

A scorer returns 0 where its statistic is undefined, so that a search can rank every
candidate. For example, VEB +P is undefined for a classifier that never predicts V; such
a classifier must not rank first. A fold without V (or S) beats therefore scores 0 for
every classifier. Use stratified folds by subject, such as those of scikit-learn's
``StratifiedGroupKFold``.

Examples
--------
>>> from sklearn.linear_model import RidgeClassifier
>>> from sklearn.model_selection import StratifiedGroupKFold, cross_val_score
>>> from skecg.datasets import make_beats
>>> from skecg.metrics import ec57_veb_f1_scorer
>>> beats = make_beats(500, n_subjects=12, random_state=0)
>>> scores = cross_val_score(
...     RidgeClassifier(),
...     beats.data,
...     beats.target,
...     groups=beats.groups,
...     cv=StratifiedGroupKFold(3),
...     scoring=ec57_veb_f1_scorer,
... )
>>> len(scores)
3
"""

from sklearn.metrics import make_scorer

from skecg.metrics._ectopic_beats import (
    sveb_f1,
    sveb_pp,
    sveb_se,
    veb_f1,
    veb_pp,
    veb_se,
)

__all__ = [
    "ec57_sveb_f1_scorer",
    "ec57_sveb_pp_scorer",
    "ec57_sveb_se_scorer",
    "ec57_veb_f1_scorer",
    "ec57_veb_pp_scorer",
    "ec57_veb_se_scorer",
]

ec57_veb_se_scorer = make_scorer(veb_se, zero_division=0.0)
"""Scorer of :func:`veb_se`, the sensitivity for V beats; 0 where undefined."""

ec57_veb_pp_scorer = make_scorer(veb_pp, zero_division=0.0)
"""Scorer of :func:`veb_pp`, the positive predictivity for V; 0 where undefined."""

ec57_veb_f1_scorer = make_scorer(veb_f1, zero_division=0.0)
"""Scorer of :func:`veb_f1`, the F1 score for V beats; 0 where undefined."""

ec57_sveb_se_scorer = make_scorer(sveb_se, zero_division=0.0)
"""Scorer of :func:`sveb_se`, the sensitivity for S beats; 0 where undefined."""

ec57_sveb_pp_scorer = make_scorer(sveb_pp, zero_division=0.0)
"""Scorer of :func:`sveb_pp`, the positive predictivity for S; 0 where undefined."""

ec57_sveb_f1_scorer = make_scorer(sveb_f1, zero_division=0.0)
"""Scorer of :func:`sveb_f1`, the F1 score for S beats; 0 where undefined."""
