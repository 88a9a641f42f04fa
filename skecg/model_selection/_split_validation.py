"""Split a validation set off a training set, by patient."""

from __future__ import annotations

from numbers import Real

import numpy as np
import numpy.typing as npt
from sklearn.metrics.cluster import contingency_matrix
from sklearn.model_selection import ShuffleSplit

from skecg._group_names import checked_groups
from skecg._sklearn import Interval, validate_params
from skecg._validation import Codes, Rows, label_codes, row_numbers

__all__ = ["split_validation"]

# Enough to come close to the best of the 26,334 ways to choose 5 of the 22 subjects of
# DS1, in 0.1 s.
_N_DRAWS = 500


@validate_params(
    {
        "y": ["array-like", None],
        "train": ["array-like"],
        "groups": ["array-like"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def split_validation(
    y: npt.ArrayLike | None,
    train: npt.ArrayLike,
    *,
    groups: npt.ArrayLike,
    validation_fraction: float = 0.2,
    random_state: int | np.random.RandomState | None = None,
) -> tuple[Rows, Rows]:
    """Split a training set into a training and a validation set, by patient.

    The validation set selects the epoch or a threshold, so that the test set remains
    unseen until the end. Use it for a single fit; in a search, the folds of a splitter
    serve the same purpose.

    Parameters
    ----------
    y : array-like of shape (n_beats,) or None
        The classes of all beats. If given, 500 splits are drawn and the best one is
        returned: the split with the fewest classes missing from the new training set,
        then from the validation set, then with the smallest mean difference between
        the validation share of a class and `validation_fraction`. If None, the first
        draw is returned.
    train : array-like of int, or of bool of shape (n_beats,)
        The training rows, as a splitter yields them.
    groups : array-like of shape (n_beats,)
        The subjects of all beats. They are used as they are: records of one subject,
        such as 201 and 202 of MIT-BIH, must have one name here.
    validation_fraction : float, default=0.2
        The share of the training subjects to move to the validation set, rounded up.
    random_state : int, RandomState instance or None, default=None
        Seed or generator of the draws.

    Returns
    -------
    train : ndarray of int
        The rows of the new training set, in the order of the argument.
    validation : ndarray of int
        The rows of the validation set; no subject is in both sets.

    Raises
    ------
    ValueError
        If the arguments are inconsistent, or the training set has too few subjects to
        split.

    Examples
    --------
    >>> from skecg.datasets import make_beats
    >>> from skecg.model_selection import SubjectKFold, split_validation
    >>> beats = make_beats(500, random_state=0)
    >>> X, y, groups = beats.data, beats.target, beats.groups
    >>> train, test = next(SubjectKFold(3).split(X, y, groups))
    >>> fit, validate = split_validation(y, train, groups=groups, random_state=0)
    >>> set(groups[fit]) & set(groups[validate])
    set()

    A network then selects its epoch on patients that it was not trained on:
    ``CNN1DClassifier().fit(X[fit], y[fit], X_val=X[validate], y_val=y[validate])``.
    """
    names = checked_groups("groups", groups, None, "the subject of each beat")
    rows = row_numbers("train", train, len(names))
    _, subjects = np.unique(names[rows], return_inverse=True)
    # The number of beats of each subject (row) and class (column).
    beats = contingency_matrix(subjects, _codes(y, rows, len(names)))
    n_draws = 1 if y is None else _N_DRAWS
    chosen = _best_draw(beats, n_draws, validation_fraction, random_state)
    validates = np.isin(subjects, chosen)
    return rows[~validates], rows[validates]


def _codes(y: npt.ArrayLike | None, rows: Rows, n_rows: int) -> Codes:
    """Return the class code of each of the given rows; 0 without `y`."""
    if y is None:
        return np.zeros_like(rows)
    _, codes = label_codes(y, n_rows, rows)
    return codes[rows]


def _best_draw(
    beats: npt.NDArray[np.int64],
    n_draws: int,
    fraction: float,
    random_state: int | np.random.RandomState | None,
) -> Rows:
    """Return the subjects of the best of `n_draws` random validation sets."""
    n_subjects = len(beats)
    if n_subjects < 2:
        raise ValueError(
            "train must contain beats of at least two subjects to be split by subject, "
            "got one; pass a larger training set."
        )
    if np.ceil(fraction * n_subjects) >= n_subjects:
        raise ValueError(
            f"validation_fraction must leave at least one of the {n_subjects} subjects "
            f"in the training set, got {fraction}; pass a smaller one."
        )
    draws = ShuffleSplit(n_draws, test_size=fraction, random_state=random_state)
    best = min(draws.split(beats), key=lambda draw: _criteria(beats, draw, fraction))
    return best[1]


def _criteria(
    beats: npt.NDArray[np.int64], draw: tuple[Rows, Rows], fraction: float
) -> tuple[int, int, float]:
    """Return the criteria of a split, the most important first; lower is better."""
    trains, validates = (beats[side].sum(axis=0) for side in draw)
    distance = np.abs(validates / (trains + validates) - fraction).mean()
    return int((trains == 0).sum()), int((validates == 0).sum()), float(distance)
