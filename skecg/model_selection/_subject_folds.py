"""Leave-one-subject-out and k-fold splitters by subject."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import LeaveOneGroupOut, StratifiedGroupKFold

from skecg._sklearn import num_samples
from skecg._validation import Rows
from skecg.model_selection._protocol import (
    SubjectProtocol,
    check_classes,
    subjects_in,
)

__all__ = ["LeaveOneSubjectOut", "SubjectKFold"]


class LeaveOneSubjectOut(SubjectProtocol):
    """Leave-one-subject-out cross-validation: each subject is the test set once.

    It is scikit-learn's :class:`~sklearn.model_selection.LeaveOneGroupOut` over
    subjects. `groups` are used as they are: records of one subject, such as 201 and
    202 of MIT-BIH, are kept together only if `groups` contains subjects, as ``groups``
    of the data sets does. :data:`skecg.mitdb.SUBJECTS` maps records to subjects.

    See Also
    --------
    SubjectKFold : Fewer fits, stratified by class.

    Notes
    -----
    Most subjects lack at least one class. Sum the confusion matrices of the folds
    instead of averaging their scores.

    Examples
    --------
    >>> from skecg.datasets import make_beats
    >>> from skecg.model_selection import LeaveOneSubjectOut
    >>> beats = make_beats(500, n_subjects=6, random_state=0)
    >>> protocol = LeaveOneSubjectOut()
    >>> protocol
    LeaveOneSubjectOut(): each subject is the test set once
    >>> protocol.get_n_splits(groups=beats.groups)
    6
    """

    def split(
        self, X: npt.ArrayLike, y: object = None, groups: npt.ArrayLike | None = None
    ) -> Iterator[tuple[Rows, Rows]]:
        """Yield the training and test rows of each subject.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats; only their number is used.
        y : object, default=None
            Ignored.
        groups : array-like of shape (n_beats,)
            The subject of each beat.

        Yields
        ------
        train, test : ndarray of int
            Row numbers, ascending; the subjects are sorted by name.

        Raises
        ------
        ValueError
            If `groups` is missing or contains one subject only.
        """
        subjects = subjects_in(groups, num_samples(X), at_least=2)
        yield from LeaveOneGroupOut().split(X, groups=subjects)

    def get_n_splits(
        self,
        X: object = None,
        y: object = None,
        groups: npt.ArrayLike | None = None,
    ) -> int:
        """Return the number of subjects.

        Parameters
        ----------
        X, y : object, default=None
            Ignored.
        groups : array-like of shape (n_beats,)
            The subject of each beat.

        Returns
        -------
        int
            The number of splits.

        Raises
        ------
        ValueError
            If `groups` is missing or contains one subject only.
        """
        return len(np.unique(subjects_in(groups, None, at_least=2)))

    def _protocol(self) -> str:
        return "each subject is the test set once"


class SubjectKFold(SubjectProtocol):
    """K-fold cross-validation by subject, stratified by class as far as possible.

    It is scikit-learn's :class:`~sklearn.model_selection.StratifiedGroupKFold`
    over subjects. `groups` are used as they are: records of one subject, such as 201
    and 202 of MIT-BIH, are kept together only if `groups` contains subjects, as
    ``groups`` of the data sets does. :data:`skecg.mitdb.SUBJECTS` maps records to
    subjects.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds, at least 2.
    shuffle : bool, default=False
        Whether to shuffle the subjects first. This affects only the order of subjects
        with similar class distributions; see the notes.
    random_state : int, RandomState instance or None, default=None
        Seed or generator of the order if `shuffle` is True.

    Notes
    -----
    The class distributions of the folds differ if one or two subjects have most beats
    of a rare class, such as F in MIT-BIH.

    Subjects are assigned to folds one by one, in descending order of the spread of
    their class counts, each to the fold where the imbalance grows least. Other random
    states therefore give similar folds. To measure the variation due to the choice of
    the folds, repeat scikit-learn's :class:`~sklearn.model_selection.GroupKFold` with
    ``shuffle=True`` over the subjects.

    Examples
    --------
    >>> from skecg.datasets import make_beats
    >>> from skecg.model_selection import SubjectKFold
    >>> beats = make_beats(500, random_state=0)
    >>> protocol = SubjectKFold(n_splits=3)
    >>> protocol  # doctest: +NORMALIZE_WHITESPACE
    SubjectKFold(n_splits=3, random_state=None, shuffle=False): 3 folds by subject,
    stratified by class; no subject is in both sets
    >>> for train, test in protocol.split(beats.data, beats.target, beats.groups):
    ...     print(set(beats.groups[train]) & set(beats.groups[test]))
    set()
    set()
    set()
    """

    def __init__(
        self,
        n_splits: int = 5,
        *,
        shuffle: bool = False,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_splits = n_splits
        self.shuffle = shuffle
        self.random_state = random_state
        # Check the parameters at construction, as scikit-learn's splitters do.
        self._folds()

    def split(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike | None = None,
        groups: npt.ArrayLike | None = None,
    ) -> Iterator[tuple[Rows, Rows]]:
        """Yield the training and test rows of each fold.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats; only their number is used.
        y : array-like of shape (n_beats,)
            The class of each beat.
        groups : array-like of shape (n_beats,)
            The subject of each beat.

        Yields
        ------
        train, test : ndarray of int
            Row numbers, ascending.

        Raises
        ------
        ValueError
            If `y` or `groups` is missing, or there are fewer subjects than folds.
        """
        check_classes(y)
        subjects = subjects_in(groups, num_samples(X), at_least=self.n_splits)
        yield from self._folds().split(X, y, subjects)

    def _folds(self) -> StratifiedGroupKFold:
        return StratifiedGroupKFold(
            self.n_splits, shuffle=self.shuffle, random_state=self.random_state
        )

    def _protocol(self) -> str:
        return (
            f"{self.n_splits} folds by subject, stratified by class; "
            "no subject is in both sets"
        )
