"""Leakage checks of a training and test split."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_array

from skecg._group_names import checked_groups, subjects_of_records
from skecg._validation import label_codes, row_numbers
from skecg.model_selection import _audit_checks as checks
from skecg.model_selection._audit_report import SplitAudit

__all__ = ["audit_split"]


def audit_split(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    train: npt.ArrayLike,
    test: npt.ArrayLike,
    *,
    groups: npt.ArrayLike | None = None,
    records: npt.ArrayLike | None = None,
    subjects: Mapping[Any, Any] | None = None,
) -> SplitAudit:
    """Check whether a score on a test set can be valid for new patients.

    Verdicts are facts that make such a score invalid. Signs are hints; their text
    states what they may mean and when they are harmless.

    Parameters
    ----------
    X : array-like of shape (n_beats, n_features)
        The input of the classifier: both sets, and all other rows that a scaler was
        fitted on. Units do not matter.
    y : array-like of shape (n_beats,)
        The class of each beat.
    train, test : array-like of int, or of bool of shape (n_beats,)
        The rows of each set, in the order in which they are used.
    groups : array-like of shape (n_beats,) or None, default=None
        The subject of each beat, used as it is. Without `groups` and `records`, the
        decisive check cannot be made and no split passes.
    records : array-like of shape (n_beats,) or None, default=None
        The record of each beat.
    subjects : mapping of record to subject or None, default=None
        The subject of each of the `records`, such as :data:`skecg.mitdb.SUBJECTS`. A
        record that is not among its keys raises ValueError. If None, each record
        counts as a subject of its own.

    Returns
    -------
    SplitAudit
        One finding for each of the checks below. ``audit["shared subjects"]`` returns
        the finding of that name; its ``value`` is the quantity in parentheses.

        - *shared rows*, verdict: row numbers in both sets (their number).
        - *shared subjects*, verdict: subjects with beats in both sets (their number).
        - *records 201 and 202*, sign: test rows named 201 or 202 whose counterpart is
          in the training set (their number). In MIT-BIH these records are of one
          patient. The sign is given only if the subjects look like MIT-BIH's: at least
          half of the names from 100 to 234 are names of its records; other names do not
          matter. Rows of shared subjects are not counted again.
        - *shared records*, verdict: records with beats in both sets (their number);
          checked if `records` is given.
        - *exact copies*, verdict: test rows that equal a different row in the training
          set in every column (their number). Rows of few, rounded columns can be equal
          by chance.
        - *near copies*, sign: test rows that are nearer to a training row than beats
          of different subjects usually are (their share, 0 to 1); given above 0.02.
        - *copies within a part*, sign: rows equal to an earlier row of the same set,
          as produced by random oversampling (their number).
        - *equal class sizes*, sign: classes of equal size, as produced by resampling
          (the number of affected sets among training set, test set and their union).
        - *class order*, sign: rows sorted by class (the number of class changes, as a
          share of the number expected in random order; the lower one of the two sets).
        - *scaling*, sign: columns as a scaler fitted on both sets would produce (their
          number).
        - *missing classes*, sign: classes in one set only (their number). The folds of
          leave-one-subject-out validation lack classes and are valid.

    Raises
    ------
    ValueError
        If the arguments are inconsistent, `subjects` lacks a record, or a name has
        blanks around it, a path before it or a file suffix.

    Notes
    -----
    **The distance of near copies.** Each column is divided by its standard deviation
    in the training set. The distance of two rows is the root mean square of their
    difference over the columns, so that units and scaling do not matter. A training
    row is near if the distance is at most 0.1, a tenth of a standard deviation. The
    table was measured on MIT-BIH, for 2,000 beats of the public test set and their
    nearest beat in the public training set, and for 2,000 beats of DS2 and their
    nearest beat in DS1, with 201 and 202 both in the training set:

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

    The share is 25 % or more with shared subjects and about 0.1 % without. For a
    single subject against all others it never exceeded 1.0 % (400 beats each). The
    sign is given above 2 %. It needs no groups, but it cannot detect one shared subject
    among many. Rows of few columns are nearer to each other: with every fourth sample
    of the study's layout (47 columns), 1.3 % of the rows are within 0.1 of a row of
    another subject; with every sixth (32 columns), 6 %. The share is therefore not
    computed for fewer than 90 columns that vary. At most 1,000 test rows are used,
    drawn with a fixed seed.

    **The other thresholds.** No two of the 109,446 beats of MIT-BIH are equal, so that
    equal rows are copies. Rows count as sorted if the number of class changes is at
    most 2 % of that expected in random order, or below the number of classes. This
    share is 49 % for MIT-BIH in order of record and time, and 0.4 % in class order
    within each record.
    Class sizes are equal if two of them differ by at most one row, or all of them by
    at most 2 %, and none of these is below 100. The tolerance for scaled means,
    standard deviations and ranges is 0.00001.

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
    by_record = _names("records", records, n_beats)
    labels = [_names("groups", groups, n_beats), _subjects(by_record, subjects)]
    split = checks.Split(
        X=beats,
        codes=codes,
        classes=[str(label) for label in classes.tolist()],
        **rows,
        subjects=tuple(each for each in labels if each is not None),
        records=by_record,
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


def _subjects(records: Any, subjects: Mapping[Any, Any] | None) -> Any:
    if subjects is None:
        return records
    if records is None:
        raise ValueError(
            "subjects maps records to subjects, but records is None; pass the record "
            "of each beat as records."
        )
    return subjects_of_records(records, subjects)
