"""The study's split by beat, and the inter-patient split by record."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Real

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedShuffleSplit

from skecg import mitdb
from skecg._group_names import checked_groups
from skecg._sklearn import num_samples
from skecg._validation import Rows, listed
from skecg.model_selection._protocol import Protocol, SubjectProtocol, check_classes

__all__ = ["InterPatientSplit", "StratifiedBeatSplit"]

_RECORDS = "the record of each row, such as beats.records"

# Training and test records for each value of same_subject.
_SIDES = {
    "as_published": (mitdb.DS1, mitdb.DS2),
    "train": ((*mitdb.DS1, "202"), tuple(r for r in mitdb.DS2 if r != "202")),
    "test": (tuple(r for r in mitdb.DS1 if r != "201"), (*mitdb.DS2, "201")),
}


class StratifiedBeatSplit(Protocol):
    """Random split of beats, stratified by class, as in the study.

    The split ignores patients, so that most patients are in both sets. A score on its
    test set is not an estimate for new patients. The study and many publications use
    such a split.

    Parameters
    ----------
    test_size : float or int, default=0.2
        The share or the number of test beats.
    random_state : int, RandomState instance or None, default=None
        Seed or generator of the split.

    See Also
    --------
    skecg.datasets.fetch_mitdb_beats : Its `subset` returns the split of the study.
    sklearn.model_selection.StratifiedShuffleSplit : The underlying splitter.

    References
    ----------
    Kachuee M, Fazeli S, Sarrafzadeh M. ECG heartbeat classification: a deep
    transferable representation. ICHI 2018. arXiv:1805.00794

    Examples
    --------
    >>> from skecg.datasets import make_beats
    >>> from skecg.model_selection import StratifiedBeatSplit
    >>> beats = make_beats(500, random_state=0)
    >>> protocol = StratifiedBeatSplit(random_state=0)
    >>> protocol  # doctest: +NORMALIZE_WHITESPACE
    StratifiedBeatSplit(random_state=0, test_size=0.2): random split of beats,
    stratified by class; patients are in both sets
    >>> train, test = next(protocol.split(beats.data, beats.target))
    >>> len(train), len(test)
    (400, 100)
    """

    def __init__(
        self,
        test_size: float = 0.2,
        *,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.test_size = test_size
        self.random_state = random_state

    def split(
        self, X: npt.ArrayLike, y: npt.ArrayLike | None = None, groups: object = None
    ) -> Iterator[tuple[Rows, Rows]]:
        """Yield the training and test rows, once.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats; only their number is used.
        y : array-like of shape (n_beats,)
            The class of each beat.
        groups : object, default=None
            Ignored.

        Yields
        ------
        train, test : ndarray of int
            Row numbers, in random order.

        Raises
        ------
        ValueError
            If `y` is missing, a class has too few beats, or `test_size` is invalid.
        """
        check_classes(y)
        size = self.test_size
        if size is not None and (not isinstance(size, Real) or np.isnan(float(size))):
            raise ValueError(
                f"test_size must be a share or a number of beats, got {size!r}."
            )
        splitter = StratifiedShuffleSplit(
            1, test_size=self.test_size, random_state=self.random_state
        )
        yield from splitter.split(X, y)

    def _protocol(self) -> str:
        return "random split of beats, stratified by class; patients are in both sets"


class InterPatientSplit(SubjectProtocol):
    """The inter-patient protocol of de Chazal et al. 2004, by record.

    The training set consists of the 22 records of :data:`skecg.mitdb.DS1`, the test
    set of the 22 records of :data:`skecg.mitdb.DS2`. Rows of other records, such as the
    four paced ones, are in neither set.

    Parameters
    ----------
    same_subject : {"as_published", "train", "test"}, default="as_published"
        The set of the patient of records 201 (DS1) and 202 (DS2).

        - ``"as_published"``: 201 is in the training set and 202 in the test set. One
          patient is then in both sets, which :func:`audit_split` reports.
        - ``"train"``: both records are in the training set.
        - ``"test"``: both records are in the test set.

        The default is the published protocol, so that results can be compared with
        those of other publications; the repr states the shared patient. For new
        results, use ``"train"``. It moves the beats of 202 to the training set: 2,135
        of the 49,690 test beats in the study's layout.

    Notes
    -----
    Pass the names of *records* as `groups`: ``beats.records``, not ``beats.groups``,
    in which 202 has the name of its subject, 201. All 44 records must be present,
    because a subset would be another protocol.

    References
    ----------
    de Chazal P, O'Dwyer M, Reilly RB. Automatic classification of heartbeats using
    ECG morphology and heartbeat interval features. IEEE Transactions on Biomedical
    Engineering 51(7):1196-1206, 2004. doi:10.1109/TBME.2004.827359

    Examples
    --------
    >>> import numpy as np
    >>> from skecg import mitdb
    >>> from skecg.model_selection import InterPatientSplit
    >>> records = np.repeat(mitdb.DS1 + mitdb.DS2 + mitdb.PACED, 10)
    >>> X = np.zeros((480, 187))
    >>> protocol = InterPatientSplit(same_subject="train")
    >>> protocol  # doctest: +NORMALIZE_WHITESPACE
    InterPatientSplit(same_subject='train'): DS1 is the training set, DS2 the test set
    (de Chazal et al. 2004), by record; the patient of 201 and 202 is in the training
    set
    >>> train, test = next(protocol.split(X, groups=records))
    >>> len(train), len(test)
    (230, 210)
    """

    def __init__(self, *, same_subject: str = "as_published") -> None:
        if not isinstance(same_subject, str) or same_subject not in _SIDES:
            raise ValueError(
                f"same_subject must be one of {list(_SIDES)}, got {same_subject!r}."
            )
        self.same_subject = same_subject

    def split(
        self, X: npt.ArrayLike, y: object = None, groups: npt.ArrayLike | None = None
    ) -> Iterator[tuple[Rows, Rows]]:
        """Yield the training and test rows, once.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats; only their number is used.
        y : object, default=None
            Ignored.
        groups : array-like of shape (n_beats,)
            The record of each beat.

        Yields
        ------
        train, test : ndarray of int
            Row numbers, in order.

        Raises
        ------
        ValueError
            If `groups` is missing or lacks any of the 44 records.
        """
        records = checked_groups("groups", groups, num_samples(X), _RECORDS)
        records = records.astype(np.str_)
        sides = _SIDES[self.same_subject]
        missing = sorted({*sides[0], *sides[1]}.difference(records.tolist()))
        if missing:
            raise ValueError(
                f"groups must contain the records of DS1 and DS2, but lacks "
                f"{listed(missing)}; pass {_RECORDS} (not beats.groups, which holds "
                "subjects and calls 202 201)."
            )
        train, test = (np.flatnonzero(np.isin(records, side)) for side in sides)
        yield train, test

    def _protocol(self) -> str:
        where = {
            "as_published": "both sets",
            "train": "the training set",
            "test": "the test set",
        }
        return (
            "DS1 is the training set, DS2 the test set (de Chazal et al. 2004), by "
            f"record; the patient of 201 and 202 is in {where[self.same_subject]}"
        )
