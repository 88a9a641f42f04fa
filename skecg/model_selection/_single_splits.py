"""The study's split by beat, and the inter-patient split by record."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Real

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedShuffleSplit

from skecg import mitdb
from skecg._sklearn import num_samples
from skecg._validation import Rows, checked_groups, listed
from skecg.model_selection._protocol import Protocol, SubjectProtocol, check_classes

__all__ = ["InterPatientSplit", "StratifiedBeatSplit"]

_RECORDS = "the record of each row, such as beats.records"

# Which records train and which test, by what becomes of the man of 201 and 202.
_SIDES = {
    "as_published": (mitdb.DS1, mitdb.DS2),
    "train": ((*mitdb.DS1, "202"), tuple(r for r in mitdb.DS2 if r != "202")),
    "test": (tuple(r for r in mitdb.DS1 if r != "201"), (*mitdb.DS2, "201")),
}


class StratifiedBeatSplit(Protocol):
    """The study's kind of split: beats at random, a share of each class.

    It asks nobody whose beats they are, so that patients are on both sides: a
    score on its test part does not say how a classifier does on the next patient.
    The study and much published work split this way.

    Parameters
    ----------
    test_size : float or int, default=0.2
        The share or the number of the beats that test.
    random_state : int, RandomState instance or None, default=None
        Decides which.

    See Also
    --------
    skecg.datasets.fetch_mitdb_beats : Its `subset` is the study's very split.
    sklearn.model_selection.StratifiedShuffleSplit : What it is made of.

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
    StratifiedBeatSplit(random_state=0, test_size=0.2): beats at random, 0.2 of them
    test, stratified by class; patients are on both sides
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
        """Yield the rows that train and the rows that test, once.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats; only their number counts.
        y : array-like of shape (n_beats,)
            Their classes.
        groups : object, default=None
            Ignored.

        Yields
        ------
        train, test : ndarray of int
            Row numbers, in random order.

        Raises
        ------
        ValueError
            If `y` is missing, a class has too few beats, or `test_size` fits none.
        """
        check_classes(y)
        size = self.test_size
        if size is not None and (not isinstance(size, Real) or np.isnan(float(size))):
            raise ValueError(
                f"test_size must be a share or a number of the beats, got {size!r}."
            )
        splitter = StratifiedShuffleSplit(
            1, test_size=self.test_size, random_state=self.random_state
        )
        yield from splitter.split(X, y)

    def _protocol(self) -> str:
        return (
            f"beats at random, {self.test_size} of them test, stratified by class; "
            "patients are on both sides"
        )


class InterPatientSplit(SubjectProtocol):
    """The inter-patient protocol of de Chazal et al. 2004, by record.

    The 22 records of :data:`skecg.mitdb.DS1` train, the 22 of
    :data:`skecg.mitdb.DS2` test. Rows of other records, such as the four paced
    ones, are on neither side.

    Parameters
    ----------
    same_subject : {"as_published", "train", "test"}, default="as_published"
        What becomes of the man whose record 201 is in DS1 and 202 in DS2.

        - ``"as_published"``: 201 trains and 202 tests. So one patient is on both
          sides; :func:`audit_split` says so.
        - ``"train"``: both of his records train.
        - ``"test"``: both test.

        The protocol has a name, and twenty years of tables stand under it: the
        default gives the rows of these tables, so that figures can be compared,
        and the repr names the flaw. Report a figure of your own with ``"train"``.
        It moves the 2,135 beats of 202, of the 49,690 that test in the study's
        layout, and no others.

    Notes
    -----
    `groups` are the names of *records* here: ``beats.records``, not
    ``beats.groups``, where 202 carries the name of its subject, 201. All 44
    records must be among them, since a part of the lists is another protocol.

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
    InterPatientSplit(same_subject='train'): DS1 trains, DS2 tests (de Chazal et al.
    2004), by record; 201 and 202, one man, both train
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
        """Yield the rows that train and the rows that test, once.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats; only their number counts.
        y : object, default=None
            Ignored.
        groups : array-like of shape (n_beats,)
            The records.

        Yields
        ------
        train, test : ndarray of int
            Row numbers, in order.

        Raises
        ------
        ValueError
            If `groups` are missing, or not all 44 records are among them.
        """
        records = checked_groups("groups", groups, num_samples(X), _RECORDS)
        records = records.astype(np.str_)
        sides = _SIDES[self.same_subject]
        missing = sorted({*sides[0], *sides[1]}.difference(records.tolist()))
        if missing:
            raise ValueError(
                f"groups must hold the records of DS1 and DS2, and {listed(missing)} "
                f"are not among them; pass {_RECORDS} (beats.groups are subjects, "
                "and 202 is called 201 there)."
            )
        train, test = (np.flatnonzero(np.isin(records, side)) for side in sides)
        yield train, test

    def _protocol(self) -> str:
        man = {
            "as_published": "201 trains and 202 tests, and they are one man",
            "train": "201 and 202, one man, both train",
            "test": "201 and 202, one man, both test",
        }
        return (
            "DS1 trains, DS2 tests (de Chazal et al. 2004), by record; "
            f"{man[self.same_subject]}"
        )
