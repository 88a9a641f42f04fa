"""One call that says whether a score on a split is real."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_array

from skecg._validation import checked_groups, label_codes, row_numbers
from skecg.model_selection import _audit_checks as checks
from skecg.model_selection._audit_report import SplitAudit

__all__ = ["audit_split"]


def audit_split(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    train: npt.ArrayLike,
    test: npt.ArrayLike,
    groups: npt.ArrayLike | None = None,
    records: npt.ArrayLike | None = None,
) -> SplitAudit:
    """Say whether a score on a test part can hold for new patients.

    Verdicts are facts that make such a score invalid. Signs are hints: each says
    what it may mean and when it is harmless.

    Parameters
    ----------
    X : array-like of shape (n_beats, n_features)
        The beats as the classifier gets them, both parts and all else that a
        scaler saw. Units do not matter.
    y : array-like of shape (n_beats,)
        Their classes.
    train, test : array-like of int, or of bool of shape (n_beats,)
        The rows of each part, in the order in which they are used.
    groups : array-like of shape (n_beats,) or None, default=None
        The subjects. Where all are names of MIT-BIH's records, 201 and 202 count as
        one man.
    records : array-like of shape (n_beats,) or None, default=None
        The recordings. Those of MIT-BIH tell the subject, too. Without groups and
        records the decisive check cannot be made, and no split passes.

    Returns
    -------
    SplitAudit
        One finding for each of these checks. ``audit["shared subjects"]`` is that
        of a name, with the figure in ``value``.

        - *shared rows*, verdict: row numbers in both parts (their number).
        - *shared subjects*, verdict: subjects with beats in both parts (their
          number).
        - *shared records*, verdict: recordings with beats in both parts (their
          number); checked if `records` are given.
        - *exact copies*, verdict: test rows equal to a training row of another
          number in every column (their number). Rows of few, rounded columns can
          be equal by chance.
        - *near copies*, sign: the share of test rows with a training row nearer
          than beats of two people lie (0 to 1), where it exceeds 0.02.
        - *copies within a part*, sign: rows equal to an earlier one of the same
          part, as random oversampling makes them (their number).
        - *equal class sizes*, sign: classes of one size, as resampling makes them
          (in how many of training part, test part and both together).
        - *class order*, sign: rows sorted by class (the lower of the two parts'
          class changes, as a share of those that chance would bring).
        - *scaling*, sign: columns that a scaler fitted on both parts would leave
          (their number).
        - *missing classes*, sign: classes that one part has and the other lacks
          (their number). A leave-one-subject-out fold lacks some and is honest
          still.

    Raises
    ------
    ValueError
        If an argument does not fit the others.

    Notes
    -----
    **The distance of near copies.** Columns are divided by their standard deviation
    in the training part, and the distance of two rows is the root mean square of
    their difference over the columns, so that units and scaling do not matter. A
    training row is near within 0.1, a tenth of a standard deviation. Measured on
    MIT-BIH, for 2,000 beats of the public test set and their nearest beat in the
    public training set, and for 2,000 beats of DS2 and their nearest in DS1 where
    201 and 202 both train:

    ========================== ================ ========== ======
    layout                     nearest beat of  within 0.1 median
    ========================== ================ ========== ======
    study's, 187 columns       the same subject 42.5 %     0.11
    study's, 187 columns       another subject  0.1 %      0.28
    study's, 187 columns       DS1, for DS2     0.15 %     0.28
    centred window, 96 columns the same subject 25.7 %     0.13
    centred window, 96 columns another subject  0.0 %      0.35
    centred window, 96 columns DS1, for DS2     0.0 %      0.40
    ========================== ================ ========== ======

    So the share is a quarter or more where subjects are shared, and a thousandth
    where they are not; for no subject alone did it exceed 1.0 % against all
    others (400 beats each). The sign is given above 2 %. It needs no groups, and it
    cannot see one shared subject among many. Rows of few columns lie nearer to
    each other: of every fourth sample of the study's layout (47 columns) 1.3 % are
    within 0.1 of another subject's, of every sixth (32) 6 %. Below 90 columns that
    vary the share is therefore not computed. At most 1,000 test rows are looked
    at, drawn with a fixed seed.

    **The other thresholds.** No two of MIT-BIH's 109,446 beats are equal, so any
    copy was made. Rows count as sorted if class changes are at most 2 % of those
    that chance would bring, or no more than there are classes: they are 49 % in
    MIT-BIH by record and time, and 0.4 % in class order within each record. Class
    sizes are equal if two differ by a row at most, or all by 2 %, and none of these
    is below 100. Means, deviations and ranges count as scaled within 0.00001.

    References
    ----------
    Kapoor S, Narayanan A. Leakage and the reproducibility crisis in
    machine-learning-based science. Patterns 4(9):100804, 2023.
    doi:10.1016/j.patter.2023.100804

    Examples
    --------
    >>> from skecg.datasets import make_beats
    >>> from skecg.model_selection import StratifiedBeatSplit, audit_split
    >>> beats = make_beats(500, n_subjects=12, random_state=0)
    >>> X, y = beats.data, beats.target
    >>> train, test = next(StratifiedBeatSplit(random_state=0).split(X, y))
    >>> audit = audit_split(X, y, train, test, groups=beats.groups)
    >>> audit.passed
    False
    >>> [finding.name for finding in audit.verdicts]
    ['shared subjects']
    """
    beats = check_array(X, dtype=[np.float64, np.float32], input_name="X")
    n_beats = len(beats)
    rows = {"train": row_numbers("train", train, n_beats)}
    rows["test"] = row_numbers("test", test, n_beats)
    classes, codes = label_codes(y, n_beats, *rows.values())
    split = checks.Split(
        X=beats,
        codes=codes,
        classes=[str(label) for label in classes.tolist()],
        **rows,
        groups=_names("groups", groups, n_beats),
        records=_names("records", records, n_beats),
    )
    return SplitAudit(
        n_train=len(split.train),
        n_test=len(split.test),
        findings=tuple(check(split) for check in checks.CHECKS),
    )


def _names(name: str, values: Any, n_rows: int) -> Any:
    if values is None:
        return None
    advice = "the subjects" if name == "groups" else "the records"
    return checked_groups(name, values, n_rows, advice).astype(np.str_)
