"""Adjust predicted probabilities to a class prior other than the training prior."""

from __future__ import annotations

import warnings
from numbers import Real
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import assert_all_finite, get_tags
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    process_routing,
)
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d

from skecg._sklearn import (
    HasMethods,
    Interval,
    StrOptions,
    fit_context,
    routing_enabled,
)
from skecg._validation import in_class_order, refuse_missing_labels
from skecg.classification._trained_prior import (
    refuse_weights_behind_samplers,
    shares,
    trained_prior,
)
from skecg.classification._transaction import draft_of, publish, snapshot_of

__all__ = ["PriorAdjustedClassifier"]

Floats = npt.NDArray[np.float64]


def _estimator_has(method: str) -> Any:
    def has(self: Any) -> bool:
        estimator = getattr(self, "estimator_", self.estimator)
        getattr(estimator, method)
        return True

    return has


_LEARNED = frozenset(
    {
        "classes_",
        "estimator_",
        "feature_names_in_",
        "n_features_in_",
        "prior_",
        "trained_prior_",
    }
)
"""The attributes that a fit replaces."""


class PriorAdjustedClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Adjust a classifier's probabilities from the training prior to another prior.

    A classifier that is trained on equal numbers of fusion and normal beats treats both
    as equally likely. Bayes' rule corrects this: each probability is multiplied by the
    ratio of the target prior to the training prior, and each row is normalised to sum
    to one.

    Parameters
    ----------
    estimator : estimator
        A classifier with ``predict_proba``, or an imbalanced-learn pipeline that
        ends in one.
    prior : {"train", "uniform"} or array-like of shape (n_classes,), \
            default="train"
        The target prior. ``"train"`` takes the class distribution of ``y``, before any
        resampling inside `estimator`; ``"uniform"`` takes equal shares. An array, such
        as the result of :meth:`estimate_prior`, has the order of ``classes_``. A Series
        whose index contains the classes, such as ``y.value_counts()``, may have any
        order.
    trained_prior : "auto" or array-like of shape (n_classes,), default="auto"
        The prior that `estimator` was trained under. ``"auto"`` takes the
        ``class_prior_`` of the final step. Without one, it counts the classes after the
        pipeline's sampler, or those of ``y``, weighted by ``sample_weight`` if it is
        given. It raises ValueError if none of these can be determined, as for a frozen
        estimator of another package.
    strength : float, default=1.0
        Exponent of the ratio: 1 applies the full adjustment, 0 none.

    Attributes
    ----------
    estimator_ : estimator
        The fitted estimator.
    classes_ : ndarray of shape (n_classes,)
        The labels.
    prior_, trained_prior_ : ndarray of shape (n_classes,)
        The target prior and the training prior.
    n_features_in_ : int
        Number of columns of ``X`` in ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if ``X`` had string names.

    See Also
    --------
    skecg.HybridSampler : Resamples the classes, which changes the training prior.

    Notes
    -----
    The adjustment assumes that the distribution of beats within each class is the same
    under both priors, and that the probabilities are calibrated under the training
    prior.

    References
    ----------
    Saerens M, Latinne P, Decaestecker C. Adjusting the outputs of a classifier to
    new a priori probabilities: a simple procedure. Neural Computation
    14(1):21-41, 2002. doi:10.1162/089976602753284446

    Examples
    --------
    >>> from imblearn.pipeline import Pipeline
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skecg import HybridSampler, PriorAdjustedClassifier
    >>> from skecg.datasets import make_beats
    >>> X, y = make_beats(1000, random_state=0, return_X_y=True)
    >>> balanced = Pipeline([
    ...     ("sampler", HybridSampler(random_state=0)),
    ...     ("clf", LogisticRegression(max_iter=2000)),
    ... ])
    >>> clf = PriorAdjustedClassifier(balanced).fit(X, y)
    >>> clf.prior_.round(3), clf.trained_prior_
    (array([0.828, 0.025, 0.066, 0.008, 0.073]), array([0.2, 0.2, 0.2, 0.2, 0.2]))
    >>> clf.score(X, y) > clf.estimator_.score(X, y)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "estimator": [HasMethods(["fit", "predict_proba"])],
        "prior": [StrOptions({"train", "uniform"}), "array-like"],
        "trained_prior": [StrOptions({"auto"}), "array-like"],
        "strength": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        estimator: Any,
        *,
        prior: str | npt.ArrayLike = "train",
        trained_prior: str | npt.ArrayLike = "auto",
        strength: float = 1.0,
    ) -> None:
        self.estimator = estimator
        self.prior = prior
        self.trained_prior = trained_prior
        self.strength = strength

    # The estimator validates its own parameters in its fit.
    @fit_context(prefer_skip_nested_validation=False)
    def fit(
        self, X: npt.ArrayLike, y: npt.ArrayLike, **fit_params: Any
    ) -> PriorAdjustedClassifier:
        """Fit the estimator and determine both priors.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats.
        y : array-like of shape (n_beats,)
            Their classes.
        **fit_params
            Passed to the estimator's ``fit``. With scikit-learn's metadata routing
            enabled, only the requested ones are passed.

        Returns
        -------
        PriorAdjustedClassifier
            The fitted classifier itself.

        Raises
        ------
        ValueError
            If a prior does not fit the classes, the training prior cannot be
            determined, a label is missing, or weights are given for the rows before a
            sampler.
        """
        refuse_missing_labels(y)
        labels = column_or_1d(y, warn=True)
        assert_all_finite(labels, input_name="y")
        check_classification_targets(labels)
        if routing_enabled():
            fit_params = process_routing(self, "fit", **fit_params)["estimator"]["fit"]
        refuse_weights_behind_samplers(self.estimator, fit_params)
        draft = draft_of(self, _LEARNED)
        draft.estimator_ = clone(self.estimator).fit(X, y, **fit_params)
        draft.classes_ = draft.estimator_.classes_
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(draft.estimator_, name):
                setattr(draft, name, getattr(draft.estimator_, name))
        if isinstance(self.trained_prior, str):
            draft.trained_prior_ = trained_prior(draft.estimator_, labels, fit_params)
        else:
            draft.trained_prior_ = draft._checked("trained_prior")
        if isinstance(self.prior, str):
            draft.prior_ = draft._named_prior(labels)
        else:
            draft.prior_ = draft._checked("prior")
        unseen = draft.classes_[(draft.trained_prior_ == 0) & (draft.prior_ > 0)]
        if len(unseen):
            raise ValueError(
                f"trained_prior is 0 for {unseen.tolist()}, but prior is above 0; set "
                "prior to 0 for a class without training beats, or whose beats all "
                "have a sample_weight or class weight of 0."
            )
        publish(self, draft, _LEARNED)
        return self

    def get_metadata_routing(self) -> MetadataRouter:
        """Return which metadata is passed to which estimator.

        Returns
        -------
        MetadataRouter
            The requests of the estimator's ``fit`` and of this classifier's ``score``.
        """
        mapping = MethodMapping().add(caller="fit", callee="fit")
        router = MetadataRouter(owner=self).add_self_request(self)
        return router.add(estimator=self.estimator, method_mapping=mapping)

    @available_if(_estimator_has("predict_proba"))
    def predict_proba(self, X: npt.ArrayLike) -> Floats:
        """Return the probability of each class under ``prior_``.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats.

        Returns
        -------
        ndarray of shape (n_beats, n_classes)
            The probabilities, in the order of ``classes_``.
        """
        return self._predict(X)[1]

    @available_if(_estimator_has("predict_proba"))
    def predict(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return the most probable class under ``prior_``.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats.

        Returns
        -------
        ndarray of shape (n_beats,)
            Labels as in ``classes_``.
        """
        classes, proba = self._predict(X)
        return classes[proba.argmax(axis=1)]

    @available_if(_estimator_has("predict_proba"))
    def estimate_prior(
        self, X: npt.ArrayLike, *, tol: float = 1e-6, max_iter: int = 1000
    ) -> Floats:
        """Estimate the prior of unlabelled beats, such as those of a recording.

        Expectation maximisation (Saerens et al. 2002) finds the class shares under
        which the beats are most likely. It does not change the classifier, so that the
        prediction for a beat does not depend on the other beats. To use the estimate,
        pass it as `prior`, with the fitted estimator in a
        :class:`~sklearn.frozen.FrozenEstimator`.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats.
        tol : float, default=1e-6
            Stop when no share changes by more.
        max_iter : int, default=1000
            Stop after this many steps.

        Returns
        -------
        ndarray of shape (n_classes,)
            The shares, in the order of ``classes_``.

        Warns
        -----
        sklearn.exceptions.ConvergenceWarning
            If a share still changes by more than `tol` after `max_iter` steps.

        References
        ----------
        Saerens M, Latinne P, Decaestecker C. Neural Computation 14(1):21-41, 2002,
        equation 2.7. doi:10.1162/089976602753284446
        """
        fitted = snapshot_of(self)
        check_is_fitted(fitted)
        posterior = np.asarray(fitted.estimator_.predict_proba(X), dtype=np.float64)
        prior = fitted.trained_prior_
        for _ in range(max_iter):
            previous = prior
            prior = _reweighted(posterior, fitted._ratio(previous)).mean(axis=0)
            if np.abs(prior - previous).max() <= tol:
                break
        else:
            warnings.warn(
                f"estimate_prior did not converge in max_iter={max_iter} steps: a "
                f"share changes by more than tol={tol:g}. Increase max_iter or tol.",
                ConvergenceWarning,
                stacklevel=2,
            )
        return prior

    def _predict(self, X: Any) -> tuple[npt.NDArray[Any], Floats]:
        """Return the classes and the probabilities of one and the same fit."""
        fitted = snapshot_of(self)
        check_is_fitted(fitted)
        ratio = fitted._ratio(fitted.prior_) ** fitted.strength
        proba = _reweighted(fitted.estimator_.predict_proba(X), ratio)
        return fitted.classes_, proba

    def _ratio(self, prior: Floats) -> Floats:
        # A class with a share of 0 in both priors keeps the probability 0.
        ratio = np.zeros(len(self.trained_prior_))
        known = self.trained_prior_ > 0
        return np.divide(prior, self.trained_prior_, out=ratio, where=known)

    def _named_prior(self, y: npt.NDArray[Any]) -> Floats:
        if self.prior == "uniform":
            return np.full(len(self.classes_), 1 / len(self.classes_))
        counts = shares(y, self.classes_)
        missing = self.classes_[counts == 0]
        if len(missing):
            raise ValueError(
                f"y lacks {missing.tolist()}, a class of the frozen estimator that "
                "prior='train' would never predict; pass prior, the share of each "
                "class."
            )
        return counts

    def _checked(self, name: str) -> Floats:
        try:
            value = in_class_order(getattr(self, name), self.classes_.tolist())
            value = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError):  # such as class names instead of shares
            value = np.empty(0)
        n_classes = len(self.classes_)
        with np.errstate(over="ignore"):
            total = value.sum()
        is_valid = value.shape == (n_classes,) and not (value < 0).any()
        if not (is_valid and 0 < total < np.inf):
            raise ValueError(
                f"{name} must give each of the {n_classes} classes a share of at least "
                f"0, with a finite sum above 0; got {getattr(self, name)!r}."
            )
        return value / total

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.estimator).input_tags
        return tags


def _reweighted(posterior: npt.ArrayLike, ratio: Floats) -> Floats:
    """Multiply each column by its ratio and scale each row to sum to one."""
    # Rows whose weighted sum is zero stay unchanged.
    result = np.array(posterior, dtype=np.float64)
    weighted = result * ratio
    totals = weighted.sum(axis=1, keepdims=True)
    return np.divide(weighted, totals, out=result, where=totals > 0)
