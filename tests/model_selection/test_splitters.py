"""What all splitters share, and those that are scikit-learn's over subjects."""

import re

import numpy as np
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
from splits import assert_same, only

from skecg.datasets import make_beats
from skecg.mitdb import SUBJECTS
from skecg.model_selection import (
    InterPatientSplit,
    LeaveOneSubjectOut,
    StratifiedBeatSplit,
    SubjectKFold,
    split_validation,
)


def test_beat_split_is_scikit_learns(beats):
    X, y, _ = beats
    splitter = StratifiedBeatSplit(0.25, random_state=3)
    expected = StratifiedShuffleSplit(1, test_size=0.25, random_state=3).split(X, y)
    assert_same(splitter.split(X, y), expected)
    train, test = only(splitter.split(X, y))
    assert np.bincount(y[test]).tolist() == [36, 36]
    assert len(np.union1d(train, test)) == 288
    assert splitter.get_n_splits() == 1


def test_defaults_are_a_fifth_of_the_beats_and_five_folds(beats):
    X, y, _ = beats
    # A fifth of 288 is 57.6, rounded up.
    assert len(only(StratifiedBeatSplit().split(X, y))[1]) == 58
    assert SubjectKFold().get_n_splits() == 5


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
    ("splitter", "protocol"),
    [
        (StratifiedBeatSplit(), "random split of beats, .*; patients .* in both sets"),
        (InterPatientSplit(), "DS1 .* training set, .*; .* 202 is in both sets"),
        (
            InterPatientSplit(same_subject="train"),
            "DS1 .* training set, DS2 the test .*; .* 202 is in the training set",
        ),
        (
            InterPatientSplit(same_subject="test"),
            "DS1 .* training set, DS2 the test .*; .* 202 is in the test set",
        ),
        (LeaveOneSubjectOut(), "each subject is the test set once"),
        (SubjectKFold(3), "3 folds by subject, .*; no subject is in both sets"),
    ],
)
def test_repr_says_what_the_protocol_does(splitter, protocol):
    assert re.fullmatch(rf"{type(splitter).__name__}\(.*\): {protocol}", repr(splitter))
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
        (LeaveOneSubjectOut(), None, "groups must not be None; pass the subject"),
        (SubjectKFold(), None, "groups must not be None; pass the subject"),
        (LeaveOneSubjectOut(), ["a"] * 6, "groups must contain at least 2 .* got 1"),
        (SubjectKFold(3), ["a", "b"] * 3, "groups must contain at least 3 .* got 2"),
        (SubjectKFold(2), ["a", "b"], "groups must be one name for each of the 6 rows"),
        (LeaveOneSubjectOut(), ["a", "b"], "groups must be .* each of the 6 rows"),
        (SubjectKFold(2), [["a"]] * 6, r"got shape \(6, 1\)"),
        (SubjectKFold(2), ["a", "b", None, "", "a", "b"], "no name for 2 rows.* row 2"),
        (SubjectKFold(2), ["a", "b", np.nan] * 2, "no name for 2 rows"),
        (SubjectKFold(2), [("a",), ("b", "c")] * 3, "one name per row, but some"),
    ],
)
def test_bad_groups_are_named(splitter, groups, message):
    with pytest.raises(ValueError, match=message):
        next(splitter.split(np.zeros((6, 2)), [0, 1] * 3, groups))


def test_other_bad_input_is_named():
    X, groups = np.zeros((6, 2)), ["a", "b"] * 3
    for splitter in (StratifiedBeatSplit(), SubjectKFold(2)):
        with pytest.raises(ValueError, match=r"^y must not be None, .* the classes, "):
            next(splitter.split(X, groups=groups))
        for missing in (None, np.nan):
            with pytest.raises(ValueError, match="y contains None or NaN"):
                next(splitter.split(X, ["N", missing] * 3, groups=groups))
    for test_size in ("half", [0.2], np.nan):
        with pytest.raises(ValueError, match="test_size must be a share or a number"):
            next(StratifiedBeatSplit(test_size).split(X, [0, 1] * 3))
    with pytest.raises(ValueError, match=r"same_subject must be one of .* \['train'\]"):
        InterPatientSplit(same_subject=["train"])
    with pytest.raises(ValueError, match="n_splits=1"):
        SubjectKFold(1)
    with pytest.raises(ValueError, match="groups must not be None"):
        LeaveOneSubjectOut().get_n_splits()


def test_made_up_subjects_stay_on_one_side():
    made = make_beats(800, random_state=0)
    for train, test in SubjectKFold(3).split(made.data, made.target, made.groups):
        assert not set(made.groups[train]) & set(made.groups[test])
        fit, validation = split_validation(
            made.target, train, groups=made.groups, random_state=0
        )
        assert not set(made.groups[fit]) & set(made.groups[validation])
        assert set(made.target[fit]) == set(made.target[train])
