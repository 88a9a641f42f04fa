"""Splitters that take subjects one by one or in folds."""

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
    """Each subject's beats test once, and those of all others train.

    It is scikit-learn's :class:`~sklearn.model_selection.LeaveOneGroupOut` over
    subjects. MIT-BIH's records may be passed in their place: 201 and 202, which
    are one man, then leave together.

    See Also
    --------
    SubjectKFold : Fewer fits, and the classes spread over the folds.

    Notes
    -----
    Most subjects lack some class, so average counts over the folds, not scores.

    Examples
    --------
    >>> from skecg.datasets import make_beats
    >>> from skecg.model_selection import LeaveOneSubjectOut
    >>> beats = make_beats(500, n_subjects=6, random_state=0)
    >>> protocol = LeaveOneSubjectOut()
    >>> protocol
    LeaveOneSubjectOut(): each subject tests once, all others train
    >>> protocol.get_n_splits(groups=beats.groups)
    6
    """

    def split(
        self, X: npt.ArrayLike, y: object = None, groups: npt.ArrayLike | None = None
    ) -> Iterator[tuple[Rows, Rows]]:
        """Yield the rows that train and the rows that test, once a subject.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats; only their number counts.
        y : object, default=None
            Ignored.
        groups : array-like of shape (n_beats,)
            The subjects, or the records of MIT-BIH.

        Yields
        ------
        train, test : ndarray of int
            Row numbers, in order; the subjects by name.

        Raises
        ------
        ValueError
            If `groups` are missing or hold one subject.
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
            The subjects, or the records of MIT-BIH.

        Returns
        -------
        int
            The number of splits.

        Raises
        ------
        ValueError
            If `groups` are missing or hold one subject.
        """
        return len(np.unique(subjects_in(groups, None, at_least=2)))

    def _protocol(self) -> str:
        return "each subject tests once, all others train"


class SubjectKFold(SubjectProtocol):
    """K folds by subject, with the classes spread over them as evenly as it goes.

    It is scikit-learn's :class:`~sklearn.model_selection.StratifiedGroupKFold`
    over subjects. MIT-BIH's records may be passed in their place: 201 and 202,
    which are one man, then stay together.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds, at least 2.
    shuffle : bool, default=False
        Whether the subjects are shuffled first. That decides between subjects whose
        classes are alike, and little else: see the notes.
    random_state : int, RandomState instance or None, default=None
        Decides the order, if `shuffle`.

    Notes
    -----
    Even as it goes is not even. One or two subjects may have most beats of a rare
    class, as in MIT-BIH's F, and they are on one side each.

    Subjects are dealt to the folds from those with the most uneven classes on, each to
    where it disturbs least. So other random states give much the same folds: to learn
    what the draw of the folds is worth, repeat scikit-learn's
    :class:`~sklearn.model_selection.GroupKFold` with ``shuffle=True`` over the
    subjects.

    Examples
    --------
    >>> from skecg.datasets import make_beats
    >>> from skecg.model_selection import SubjectKFold
    >>> beats = make_beats(500, random_state=0)
    >>> protocol = SubjectKFold(n_splits=3)
    >>> protocol  # doctest: +NORMALIZE_WHITESPACE
    SubjectKFold(n_splits=3, random_state=None, shuffle=False): 3 folds by subject,
    stratified by class; no subject is on both sides
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
        # scikit-learn's own check of the three, at the same moment as there.
        self._folds()

    def split(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike | None = None,
        groups: npt.ArrayLike | None = None,
    ) -> Iterator[tuple[Rows, Rows]]:
        """Yield the rows that train and the rows that test, once a fold.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats; only their number counts.
        y : array-like of shape (n_beats,)
            Their classes.
        groups : array-like of shape (n_beats,)
            The subjects, or the records of MIT-BIH.

        Yields
        ------
        train, test : ndarray of int
            Row numbers, in order.

        Raises
        ------
        ValueError
            If `y` or `groups` are missing, or there are fewer subjects than folds.
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
            "no subject is on both sides"
        )
