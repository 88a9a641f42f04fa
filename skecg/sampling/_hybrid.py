"""Random under- and oversampling to equal class sizes, in one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
from imblearn.base import BaseSampler
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from imblearn.utils import check_target_type
from numpy.typing import ArrayLike
from sklearn.utils import check_array, check_consistent_length, check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from skecg._sklearn import (
    Interval,
    StrOptions,
    feature_names,
    num_samples,
    safe_indexing,
)
from skecg._validation import refuse_missing_labels

_STUDY_CLASS_SIZE = 10_000

Targets = dict[Any, int]


class HybridSampler(BaseSampler):
    """Bring every class to a target size by random under- and oversampling.

    Random beats are removed from classes above their target size, and copies of random
    beats are added to classes below it. The result equals that of imbalanced-learn's
    :class:`~imblearn.under_sampling.RandomUnderSampler` followed by its
    :class:`~imblearn.over_sampling.RandomOverSampler`. This sampler applies both to row
    numbers, so that the data is copied only once.

    Parameters
    ----------
    sampling_strategy : {"auto", "mean", "median"}, int, dict or callable, \
            default="auto"
        The target size of the classes.

        - ``"auto"``: the mean class size, but at most 10,000. For the 87,554 training
          beats of the study this is 10,000, as in the study; a small set stays small.
        - ``"mean"``, ``"median"``: the mean or median class size, rounded down.
        - int: this size for every class.
        - dict: the size of each named class; other classes stay unchanged.
        - callable: a function of ``y`` that returns such a dict.
    replacement : bool, default=False
        Whether undersampling draws with replacement; oversampling always does.
    random_state : int, RandomState instance or None, default=None
        Seed or generator of the draws.

    Attributes
    ----------
    sampling_strategy_ : dict
        The target size of each resampled class.
    sample_indices_ : ndarray of shape (n_samples_new,)
        The row number in ``X`` of each resampled row.
    n_features_in_ : int
        Number of features seen in ``fit_resample``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, if ``X`` has string column names.

    See Also
    --------
    imblearn.under_sampling.RandomUnderSampler : The first step.
    imblearn.over_sampling.RandomOverSampler : The second step.

    Notes
    -----
    Resample inside a pipeline, never before a split: if copies of one beat are in both
    sets, the score is invalid.

    Do not pass ``sample_weight`` to a pipeline with a sampler. The pipeline passes the
    weights of the original rows to the classifier and not to the sampler. If resampling
    does not change the number of rows, no error is raised, but the weights belong to
    other rows. :class:`~skecg.PriorAdjustedClassifier` and
    :class:`~skecg.CascadeClassifier` refuse weights in this case.

    Examples
    --------
    >>> from collections import Counter
    >>> from skecg import HybridSampler
    >>> X = [[value] for value in range(9)]
    >>> y = ["N"] * 6 + ["V"] * 2 + ["F"]
    >>> sampler = HybridSampler(random_state=0)
    >>> X_balanced, y_balanced = sampler.fit_resample(X, y)
    >>> sorted(Counter(y_balanced).items())
    [('F', 3), ('N', 3), ('V', 3)]
    >>> sampler.sampling_strategy_
    {'F': 3, 'N': 3, 'V': 3}
    """

    # Skips imbalanced-learn's check of sampling_strategy, which allows either under- or
    # oversampling.
    _sampling_type = "bypass"

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "sampling_strategy": [
            StrOptions({"auto", "mean", "median"}),
            Interval(Integral, 1, None, closed="left"),
            Mapping,
            callable,
        ],
        "replacement": ["boolean"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        sampling_strategy: str | int | Mapping[Any, int] | Callable[..., Any] = "auto",
        *,
        replacement: bool = False,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__(sampling_strategy=sampling_strategy)
        self.replacement = replacement
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike, **params: Any) -> HybridSampler:
        """Check the data and compute the target sizes.

        Use ``fit_resample`` instead; this method does not resample.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The beats.
        y : array-like of shape (n_samples,)
            The class of each beat.
        **params : dict
            Ignored; exists for compatibility with imbalanced-learn.

        Returns
        -------
        HybridSampler
            The sampler itself.
        """
        refuse_missing_labels(y)
        super().fit(X, y)
        y, _ = check_target_type(y, indicate_one_vs_all=True)
        self.sampling_strategy_ = self._targets(np.asarray(y))
        return self

    def fit_resample(self, X: ArrayLike, y: ArrayLike, **params: Any) -> Any:
        """Resample the beats.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            The beats.
        y : array-like of shape (n_samples,)
            The class of each beat.
        **params : dict
            Refused, because metadata of rows, such as weights, would not be resampled.

        Returns
        -------
        X_resampled : {array-like, dataframe, sparse matrix} of shape \
                (n_samples_new, n_features)
            The resampled beats.
        y_resampled : array-like of shape (n_samples_new,)
            The class of each resampled beat.

        Raises
        ------
        ValueError
            If a label is missing or a target size does not fit `y`.
        TypeError
            If metadata is given.
        """
        if params:
            raise TypeError(
                f"HybridSampler does not resample {', '.join(params)}; select the "
                "values by sample_indices_ after resampling."
            )
        refuse_missing_labels(y)
        if hasattr(X, "iloc") or feature_names(X) is None:
            return super().fit_resample(X, y)
        # imbalanced-learn supports only pandas data frames, so resample row numbers.
        check_classification_targets(y)
        rows = np.arange(num_samples(X))[:, np.newaxis]
        _, new_y = super().fit_resample(rows, np.asarray(y))
        validate_data(self, X=X, skip_check_array=True)
        return safe_indexing(X, self.sample_indices_), new_y

    def _check_X_y(self, X: Any, y: Any) -> tuple[Any, Any, bool]:
        y, binarize_y = check_target_type(y, indicate_one_vs_all=True)
        # Allow strings and missing values as imbalanced-learn's random samplers do,
        # because rows are only copied.
        if not hasattr(X, "iloc") and feature_names(X) is None:
            X = check_array(
                X, accept_sparse=["csr", "csc"], dtype=None, ensure_all_finite=False
            )
        check_consistent_length(X, y)
        validate_data(self, X=X, skip_check_array=True)
        return X, y, binarize_y

    def _fit_resample(self, X: Any, y: Any, **params: Any) -> tuple[Any, Any]:
        y = np.asarray(y)
        targets = self._targets(y)
        sizes = _class_sizes(y)
        too_large = {c: n for c, n in targets.items() if n < sizes[c]}
        # Share one generator, so that the second sampler does not repeat its draws.
        random_state = check_random_state(self.random_state)
        rows = np.arange(len(y))[:, np.newaxis]
        under = RandomUnderSampler(
            sampling_strategy=too_large,
            replacement=self.replacement,
            random_state=random_state,
        )
        # After undersampling, no class exceeds its target size.
        over = RandomOverSampler(sampling_strategy=targets, random_state=random_state)
        rows, drawn_y = over.fit_resample(*under.fit_resample(rows, y))
        self.sampling_strategy_ = targets
        self.sample_indices_ = rows.ravel()
        return safe_indexing(X, self.sample_indices_), drawn_y

    def _targets(self, y: np.ndarray) -> Targets:
        """Return the target size of each class to resample."""
        sizes = _class_sizes(y)
        strategy = self.sampling_strategy
        if callable(strategy):
            strategy = strategy(y)
            if not isinstance(strategy, Mapping):
                raise ValueError(
                    "sampling_strategy must return a dict of class sizes if it is "
                    f"callable, got {strategy!r}."
                )
        if isinstance(strategy, Mapping):
            return _checked_targets(strategy, sizes)
        if isinstance(strategy, str):
            statistic = np.median if strategy == "median" else np.mean
            size = int(statistic(list(sizes.values())))
            if strategy == "auto":
                size = min(size, _STUDY_CLASS_SIZE)
        else:
            size = int(strategy)
        return dict.fromkeys(sizes, size)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.sampler_tags.sample_indices = True
        return tags


def _class_sizes(y: np.ndarray) -> Targets:
    classes, counts = np.unique(y, return_counts=True)
    return dict(zip(classes.tolist(), counts.tolist(), strict=True))


def _checked_targets(strategy: Mapping[Any, int], sizes: Targets) -> Targets:
    unknown = [label for label in strategy if label not in sizes]
    if unknown:
        raise ValueError(
            f"sampling_strategy must name classes in y, got {unknown}; use some of "
            f"{list(sizes)}."
        )
    for label, size in strategy.items():
        if not isinstance(size, Integral) or size < 1:
            raise ValueError(
                f"sampling_strategy must contain whole numbers of at least 1, got "
                f"{size!r} for class {label!r}."
            )
    return {label: int(size) for label, size in strategy.items()}
