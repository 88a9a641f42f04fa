"""Protocols against scikit-learn's own splitters and the published lists."""

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.model_selection import (
    GridSearchCV,
    LeaveOneGroupOut,
    StratifiedGroupKFold,
    StratifiedShuffleSplit,
    cross_validate,
)
from sklearn.naive_bayes import GaussianNB

from skecg.datasets import fetch_mitdb_beats, make_beats
from skecg.mitdb import DS1, DS2, PACED, SUBJECTS
from skecg.model_selection import (
    InterPatientSplit,
    LeaveOneSubjectOut,
    StratifiedBeatSplit,
    SubjectKFold,
    audit_split,
    split_validation,
)

RECORDS = DS1 + DS2 + PACED


@pytest.fixture(scope="module")
def beats():
    """Six beats of two classes in each of the 48 records, shuffled."""
    rng = np.random.default_rng(0)
    records = rng.permutation(np.repeat(RECORDS, 6))
    y = np.arange(288) % 2
    return rng.normal(size=(288, 3)) + y[:, None], y, records


def only(splits):
    (pair,) = splits
    return pair


def assert_same(splits, expected):
    for (train, test), (expected_train, expected_test) in zip(
        splits, expected, strict=True
    ):
        np.testing.assert_array_equal(train, expected_train)
        np.testing.assert_array_equal(test, expected_test)


def test_record_lists_are_the_published_ones():
    assert len(DS1) == len(DS2) == 22
    assert len(set(RECORDS)) == 48
    assert "201" in DS1
    assert "202" in DS2


def test_beat_split_is_scikit_learns(beats):
    X, y, _ = beats
    splitter = StratifiedBeatSplit(0.25, random_state=3)
    expected = StratifiedShuffleSplit(1, test_size=0.25, random_state=3).split(X, y)
    assert_same(splitter.split(X, y), expected)
    train, test = only(splitter.split(X, y))
    assert np.bincount(y[test]).tolist() == [36, 36]
    assert len(np.union1d(train, test)) == 288
    assert splitter.get_n_splits() == 1


@pytest.mark.parametrize(
    ("same_subject", "moved", "sizes"),
    [
        ("as_published", {}, (22, 22)),
        ("train", {"202": "train"}, (23, 21)),
        ("test", {"201": "test"}, (21, 23)),
    ],
)
def test_inter_patient_split_is_by_record(beats, same_subject, moved, sizes):
    X, _, records = beats
    train, test = only(
        InterPatientSplit(same_subject=same_subject).split(X, groups=records)
    )
    side = dict.fromkeys(DS1, "train") | dict.fromkeys(DS2, "test") | moved
    assert set(records[train]) == {r for r in side if side[r] == "train"}
    assert set(records[test]) == {r for r in side if side[r] == "test"}
    # Every row of these records, and none of the paced ones'.
    assert (len(train), len(test)) == (6 * sizes[0], 6 * sizes[1])


def test_inter_patient_split_takes_numbers_and_series(beats):
    X, _, records = beats
    expected = only(InterPatientSplit().split(X, groups=records))
    for groups in (records.astype(int), pd.Series(records), records.tolist()):
        assert_same(InterPatientSplit().split(X, groups=groups), [expected])


def test_inter_patient_split_wants_records_not_subjects(beats):
    X, _, records = beats
    subjects = [SUBJECTS[record] for record in records]
    for choice in ("as_published", "train", "test"):
        splitter = InterPatientSplit(same_subject=choice)
        with pytest.raises(ValueError, match=r"groups must hold .* and 202 are not"):
            only(splitter.split(X, groups=subjects))
    kept = ~np.isin(records, DS2)
    with pytest.raises(ValueError, match="100, 103, 105, 111, 113 and 17 more are not"):
        only(InterPatientSplit().split(X[kept], groups=records[kept]))
    with pytest.raises(ValueError, match="groups must not be None here; pass the rec"):
        only(InterPatientSplit().split(X))
    with pytest.raises(ValueError, match=r"same_subject must be one of .* 'both'"):
        InterPatientSplit(same_subject="both")


def test_subject_splits_are_scikit_learns_over_subjects(beats):
    X, y, records = beats
    subjects = np.array([SUBJECTS[record] for record in records])
    for groups, n_subjects in ((records, 48), (subjects, 47)):
        splitter = LeaveOneSubjectOut()
        assert_same(
            splitter.split(X, y, groups), LeaveOneGroupOut().split(X, y, groups)
        )
        assert splitter.get_n_splits(groups=groups) == n_subjects
        for kwargs in ({}, {"shuffle": True, "random_state": 5}):
            folds = SubjectKFold(4, **kwargs)
            expected = StratifiedGroupKFold(4, **kwargs).split(X, y, groups)
            assert_same(folds.split(X, y, groups), expected)
            assert folds.get_n_splits() == 4


@pytest.mark.parametrize("other", [0, 100])
def test_groups_are_used_as_they_are(other):
    groups = [other, 201, 202]
    assert LeaveOneSubjectOut().get_n_splits(groups=groups) == 3
    fit, validation = split_validation(None, range(3), groups=groups, random_state=0)
    assert (len(fit), len(validation)) == (2, 1)
    assert len(list(SubjectKFold(3).split(np.zeros((3, 1)), [0, 0, 0], groups))) == 3


@pytest.mark.parametrize(
    ("splitter", "says"),
    [
        (StratifiedBeatSplit(), "patients are on both sides"),
        (InterPatientSplit(), "201 trains and 202 tests, and they are one man"),
        (InterPatientSplit(same_subject="train"), "201 and 202, one man, both train"),
        (InterPatientSplit(same_subject="test"), "201 and 202, one man, both test"),
        (LeaveOneSubjectOut(), "each subject tests once"),
        (SubjectKFold(3), "3 folds by subject, stratified by class"),
    ],
)
def test_repr_says_what_the_protocol_does(splitter, says):
    assert repr(splitter).startswith(f"{type(splitter).__name__}(")
    assert says in repr(splitter)
    assert repr(clone(splitter, safe=False)) == repr(splitter)


@pytest.mark.parametrize(
    "splitter",
    [
        StratifiedBeatSplit(random_state=0),
        InterPatientSplit(),
        LeaveOneSubjectOut(),
        SubjectKFold(3),
    ],
)
def test_in_scikit_learns_tools(beats, splitter):
    X, y, records = beats
    scores = cross_validate(GaussianNB(), X, y, groups=records, cv=splitter)
    assert len(scores["test_score"]) == splitter.get_n_splits(X, y, records)
    search = GridSearchCV(GaussianNB(), {"var_smoothing": [1e-9, 1e-3]}, cv=splitter)
    search.fit(X, y, groups=records)
    assert 0.5 < search.best_score_ <= 1
    with config_context(enable_metadata_routing=True):
        params = (
            {} if isinstance(splitter, StratifiedBeatSplit) else {"groups": records}
        )
        routed = cross_validate(GaussianNB(), X, y, params=params, cv=splitter)
    np.testing.assert_array_equal(routed["test_score"], scores["test_score"])


@pytest.mark.parametrize(
    ("splitter", "groups", "message"),
    [
        (LeaveOneSubjectOut(), None, "groups must not be None here; pass the subject"),
        (SubjectKFold(), None, "groups must not be None here; pass the subject"),
        (LeaveOneSubjectOut(), ["a"] * 6, "groups must hold at least 2 .* got 1"),
        (SubjectKFold(3), ["a", "b"] * 3, "groups must hold at least 3 .* got 2"),
        (SubjectKFold(2), ["a", "b"], "groups must be one name for each of the 6 rows"),
        (SubjectKFold(2), [["a"]] * 6, r"got shape \(6, 1\)"),
        (SubjectKFold(2), ["a", "b", None, "", "a", "b"], "no name for 2 rows.* row 2"),
        (SubjectKFold(2), ["a", "b", np.nan] * 2, "no name for 2 rows"),
        (SubjectKFold(2), [("a",), ("b", "c")] * 3, "one name a row, and some are sev"),
    ],
)
def test_bad_groups_are_named(splitter, groups, message):
    with pytest.raises(ValueError, match=message):
        next(splitter.split(np.zeros((6, 2)), [0, 1] * 3, groups))


def test_other_bad_input_is_named():
    X, groups = np.zeros((6, 2)), ["a", "b"] * 3
    for splitter in (StratifiedBeatSplit(), SubjectKFold(2)):
        with pytest.raises(ValueError, match="y must not be None here"):
            next(splitter.split(X, groups=groups))
        with pytest.raises(ValueError, match="y must hold a class for each row"):
            next(splitter.split(X, ["N", None] * 3, groups=groups))
    for test_size in ("half", [0.2], np.nan):
        with pytest.raises(ValueError, match="test_size must be a share or a number"):
            next(StratifiedBeatSplit(test_size).split(X, [0, 1] * 3))
    with pytest.raises(ValueError, match=r"same_subject must be one of .* \['train'\]"):
        InterPatientSplit(same_subject=["train"])
    with pytest.raises(ValueError, match="n_splits=1"):
        SubjectKFold(1)
    with pytest.raises(ValueError, match="groups must not be None"):
        LeaveOneSubjectOut().get_n_splits()


def test_validation_is_by_subject(beats):
    X, y, records = beats
    train, _ = only(InterPatientSplit(same_subject="train").split(X, y, records))
    subjects = np.array([SUBJECTS[record] for record in records])
    fit, validation = split_validation(None, train, groups=subjects, random_state=0)
    assert sorted([*fit, *validation]) == train.tolist()
    assert not set(subjects[fit]) & set(subjects[validation])
    # 22 subjects, of which a fifth, rounded up, validates.
    assert len(set(subjects[validation])) == 5
    mask = np.isin(np.arange(288), train)
    assert_same(
        [split_validation(None, mask, groups=subjects, random_state=0)],
        [(fit, validation)],
    )
    again = split_validation(None, train, groups=subjects, random_state=1)
    assert set(again[1]) != set(validation)


def test_validation_keeps_201_and_202_together():
    records = np.array(["201", "202", "100"] * 4)
    groups = [SUBJECTS[record] for record in records]
    for seed in range(5):
        parts = split_validation(None, np.arange(12), groups=groups, random_state=seed)
        assert any(set(records[part]) == {"201", "202"} for part in parts)


def test_validation_with_classes_has_them_on_both_sides():
    # Class 1 is in two subjects of ten: of the 45 pairs that could validate 16 have
    # one of them.
    groups = np.repeat(np.arange(10), 10)
    y = np.zeros(100, dtype=int)
    y[[0, 1, 90, 91]] = 1
    lacking = 0
    for seed in range(10):
        fit, validation = split_validation(
            y, np.arange(100), groups=groups, random_state=seed
        )
        assert y[fit].sum() == y[validation].sum() == 2
        _, by_chance = split_validation(
            None, np.arange(100), groups=groups, random_state=seed
        )
        lacking += y[by_chance].sum() != 2
    assert lacking > 0


def test_validation_trains_on_a_class_that_one_subject_has():
    groups = np.repeat(list("abcd"), 5)
    y = np.where(groups == "c", "F", "N")
    for seed in range(5):
        fit, validation = split_validation(
            y, np.arange(20), groups=groups, random_state=seed
        )
        assert "c" in groups[fit]
        assert len(validation) == 5


def test_rows_that_are_not_used_need_no_class():
    y = np.array([0, 1, 0, 1, np.nan, np.nan])
    fit, validation = split_validation(y, [0, 1, 2, 3], groups=list("aabbcc"))
    assert sorted([*fit, *validation]) == [0, 1, 2, 3]
    X = np.arange(12.0).reshape(6, 2)
    audit = audit_split(X, y, [0, 1], [2, 3])
    assert (audit.n_train, audit.n_test) == (2, 2)
    with pytest.raises(ValueError, match=r"y holds no class for 1 rows, .* row 4;"):
        audit_split(X, y, [0, 1], [2, 4])


@pytest.mark.parametrize(
    ("train", "kwargs", "message"),
    [
        ([0, 1], {}, "train must hold beats of two subjects or more"),
        ([], {}, "train holds no row"),
        ([0, 6], {}, r"train must lie in 0\.\.5, .* got 0 to 6"),
        ([-1, 2], {}, r"train must lie in 0\.\.5"),
        ([0.5, 1.0], {}, "train must be row numbers or a mask of 6 bools, got float64"),
        ([True, False], {}, r"got bool of shape \(2,\)"),
        ([0, 4], {"y": [0, 1]}, "y must hold one class for each of the 6 rows"),
        ([0, 4], {"y": [[0], [1, 2]] * 3}, "y must .* some hold several"),
        ([0, 3, 4], {"y": [0, None] * 3}, "y holds no class for 1 rows, .* row 3;"),
        ([1, 4], {"y": np.array([0, "N"] * 3, dtype=object)}, "y must .* of one kind"),
        ([[0], [1, 2]], {}, "train must be row numbers or a mask of 6 bools, got obj"),
        ([0, 4], {"validation_fraction": 1.0}, "validation_fraction"),
        ([0, 4], {"validation_fraction": 0.9}, "leaves none of 2 subjects to train"),
    ],
)
def test_validation_names_bad_input(train, kwargs, message):
    with pytest.raises(ValueError, match=message):
        split_validation(**{"y": None, "train": train, **kwargs}, groups=list("aaabbb"))


def test_made_up_subjects_stay_on_one_side():
    made = make_beats(800, random_state=0)
    for train, test in SubjectKFold(3).split(made.data, made.target, made.groups):
        assert not set(made.groups[train]) & set(made.groups[test])
        fit, validation = split_validation(
            made.target, train, groups=made.groups, random_state=0
        )
        assert not set(made.groups[fit]) & set(made.groups[validation])
        assert set(made.target[fit]) == set(made.target[train])


@pytest.mark.real
def test_inter_patient_counts_on_the_real_records(mitdb):
    beats = fetch_mitdb_beats("all")
    train, test = only(InterPatientSplit().split(beats.data, groups=beats.records))
    assert np.bincount(beats.target[train]).tolist() == [45845, 943, 3788, 415, 8]
    assert np.bincount(beats.target[test]).tolist() == [44238, 1836, 3221, 388, 7]
    corrected = InterPatientSplit(same_subject="train")
    train, test = only(corrected.split(beats.data, groups=beats.records))
    assert (len(train), len(test)) == (50_999 + 2_135, 49_690 - 2_135)
    fit, validation = split_validation(
        beats.target, train, groups=beats.groups, random_state=0
    )
    assert set(beats.target[validation]) == set(range(5))
    assert not set(beats.groups[fit]) & set(beats.groups[validation])
