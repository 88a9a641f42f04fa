"""A cascade of binary classifiers, one per class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.base import ClassifierMixin, clone
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    process_routing,
)
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from skecg._sklearn import (
    BaseComposition,
    check_method_params,
    feature_names,
    fit_context,
    raise_for_params,
    safe_indexing,
)
from skecg._validation import refuse_missing_labels
from skecg.classification._trained_prior import refuse_weights_behind_samplers
from skecg.classification._transaction import draft_of, publish, snapshot_of
from skecg.signal import Layout
from skecg.signal._columns import check_layout

__all__ = ["CascadeClassifier"]

Floats = npt.NDArray[np.float64]

_LEARNED = frozenset(
    {"classes_", "estimators_", "feature_names_in_", "labels_", "n_features_in_"}
)
"""The attributes that a fit replaces."""


class CascadeClassifier(ClassifierMixin, BaseComposition):
    """Classify with one binary classifier per class, in order.

    Each stage separates one class from all other classes of the cascade. Its estimator
    can have features and constraints for that class. A beat that no stage selects gets
    the remaining class: V, else S, else N.

    Parameters
    ----------
    stages : list of (label, estimator) tuples
        The classes in order, each with a classifier that has ``predict_proba`` and is
        fitted to a target of False and True. Their parameters are prefixed with the
        label, as in ``V__C``.
    remainder : label
        The class of the beats that no stage selects. Beats of other classes are left
        out of ``fit``, and their classes are never predicted.
    layout : str, Layout or None, default=None
        The layout of the rows, or its name; see :func:`skecg.signal.get_layout`. Rows
        with another number of columns, or with the column names of another layout, are
        refused. None accepts any rows.

    Attributes
    ----------
    estimators_ : list of estimators
        The fitted estimators, in the order of the stages.
    labels_ : list
        The labels of the fitted stages in order, followed by the remainder.
    classes_ : ndarray of shape (n_stages + 1,)
        The labels that can be predicted.
    n_features_in_ : int
        Number of columns of ``X`` in ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if ``X`` had string names.

    Notes
    -----
    The probability of a class is that of its stage, times the probability that no
    earlier stage selects the beat. The remainder gets 1 minus the sum of the others.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skecg.classification import CascadeClassifier
    >>> X = np.repeat([[0.0, 0.0], [0.0, 5.0], [5.0, 0.0]], 20, axis=0)
    >>> y = np.repeat(["N", "S", "V"], 20)
    >>> stages = [("V", LogisticRegression()), ("S", LogisticRegression())]
    >>> clf = CascadeClassifier(stages, remainder="N").fit(X, y)
    >>> clf.predict([[0, 0], [0, 5], [5, 0]])
    array(['N', 'S', 'V'], dtype='<U1')
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "stages": [list],
        "layout": [str, Layout, None],
    }

    def __init__(
        self,
        stages: Sequence[tuple[Any, Any]],
        *,
        remainder: Any,
        layout: str | Layout | None = None,
    ) -> None:
        self.stages = stages
        self.remainder = remainder
        self.layout = layout

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters, and those of the stages if `deep` is True.

        Parameters
        ----------
        deep : bool, default=True
            Whether to return each stage's estimator under its label, and the
            estimator's parameters under ``label__parameter``.

        Returns
        -------
        dict
            Parameter to value.
        """
        return self._get_params("_named_stages", deep=deep)

    def set_params(self, **params: Any) -> CascadeClassifier:
        """Set parameters by the names that :meth:`get_params` returns.

        Parameters
        ----------
        **params
            Parameter to value.

        Returns
        -------
        CascadeClassifier
            The classifier itself.
        """
        self._set_params("_named_stages", **params)
        return self

    @property
    def _named_stages(self) -> Any:
        # Parameter names are strings, but labels may be integers.
        try:
            return [(str(label), estimator) for label, estimator in self.stages]
        except (TypeError, ValueError):  # Invalid stages, which fit refuses.
            return self.stages

    @_named_stages.setter
    def _named_stages(self, named: list[tuple[str, Any]]) -> None:
        labels = [label for label, _ in self.stages]
        self.stages = list(zip(labels, (part for _, part in named), strict=True))

    @fit_context(prefer_skip_nested_validation=False)
    def fit(
        self, X: npt.ArrayLike, y: npt.ArrayLike, **fit_params: Any
    ) -> CascadeClassifier:
        """Fit each stage on all beats whose class is in the cascade.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_beats, n_features)
            The beats.
        y : array-like of shape (n_beats,)
            Their classes.
        **fit_params
            Metadata that the stages' ``fit`` requests, with scikit-learn's metadata
            routing enabled. Values per beat, such as weights, are restricted to the
            beats whose class is in the cascade.

        Returns
        -------
        CascadeClassifier
            The fitted classifier itself.

        Raises
        ------
        ValueError
            If there are no stages, a class of the cascade is not in `y`, occurs twice
            or has the name of a parameter, or the rows do not fit `layout`.
        """
        raise_for_params(fit_params, self, "fit")
        routed = process_routing(self, "fit", **fit_params)
        refuse_missing_labels(y)
        draft = draft_of(self, _LEARNED)
        _, labels = validate_data(draft, X, y, dtype=None)
        draft._check_rows(X)
        check_classification_targets(labels)
        if not self.stages:
            raise ValueError(
                "stages must contain at least one pair of class and classifier, got "
                f"{self.stages!r}."
            )
        # Refuses labels that are names of parameters, or contain two underscores.
        self._validate_names([name for name, _ in self._named_stages])
        for name, estimator in self._named_stages:
            refuse_weights_behind_samplers(estimator, routed[name]["fit"])
        known = [label for label, _ in self.stages] + [self.remainder]
        if len(set(known)) < len(known):
            raise ValueError(
                f"stages and remainder must name each class once, got {known}; remove "
                "the repeated classes."
            )
        missing = [label for label in known if label not in labels]
        if missing:
            raise ValueError(
                f"y must contain every class of the cascade, but it lacks {missing} "
                f"among {np.unique(labels).tolist()}; in stages and remainder, write "
                "the classes as in y."
            )
        kept = np.flatnonzero(np.isin(labels, known))
        rows = _rows(X, kept)
        draft.classes_, draft.labels_ = np.unique(labels[kept]), known
        draft.estimators_ = [
            clone(estimator).fit(
                rows,
                labels[kept] == label,
                **check_method_params(X, routed[str(label)]["fit"], indices=kept),
            )
            for label, estimator in self.stages
        ]
        publish(self, draft, _LEARNED)
        return self

    def get_metadata_routing(self) -> MetadataRouter:
        """Return which metadata is passed to which estimator.

        Returns
        -------
        MetadataRouter
            The requests of the stages' ``fit`` and of this classifier's ``score``.
        """
        mapping = MethodMapping().add(caller="fit", callee="fit")
        router = MetadataRouter(owner=self).add_self_request(self)
        return router.add(method_mapping=mapping, **dict(self._named_stages))

    def predict_proba(self, X: npt.ArrayLike) -> Floats:
        """Return the probability of each class.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_beats, n_features)
            The beats.

        Returns
        -------
        ndarray of shape (n_beats, n_classes)
            The probabilities, in the order of ``classes_``.
        """
        return self._predict(X)[1]

    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return the most probable class of each beat.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_beats, n_features)
            The beats.

        Returns
        -------
        ndarray of shape (n_beats,)
            Labels as in ``classes_``.
        """
        classes, proba = self._predict(X)
        return classes[proba.argmax(axis=1)]

    def _predict(self, X: Any) -> tuple[npt.NDArray[Any], Floats]:
        """Return the classes and the probabilities of the same fit."""
        fitted = snapshot_of(self)
        check_is_fitted(fitted)
        validate_data(fitted, X, dtype=None, reset=False)
        fitted._check_rows(X)
        *labels, remainder = fitted.labels_
        columns, left = {}, 1.0
        for label, estimator in zip(labels, fitted.estimators_, strict=True):
            selected = estimator.predict_proba(X)[:, 1]
            columns[label] = left * selected
            left = left * (1 - selected)
        columns[remainder] = left
        classes = fitted.classes_
        return classes, np.column_stack([columns[x] for x in classes.tolist()])

    def _check_rows(self, X: Any) -> None:
        if self.layout is not None:
            check_layout(self.layout, self.n_features_in_, feature_names(X))

    def __setstate__(self, state: dict[str, Any]) -> None:
        # Models stored before these attributes were added lack them.
        super().__setstate__({"layout": None, **state})
        if hasattr(self, "estimators_") and not hasattr(self, "labels_"):
            self.labels_ = [*(label for label, _ in self.stages), self.remainder]


def _rows(X: Any, kept: npt.NDArray[np.int64]) -> Any:
    """Select rows and keep the column names, for any kind of table."""
    return safe_indexing(X if hasattr(X, "shape") else np.asarray(X), kept)
