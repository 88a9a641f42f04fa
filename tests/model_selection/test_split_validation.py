"""split_validation: a training part divided once more by subject."""

import numpy as np
import pytest
from sklearn.model_selection import ShuffleSplit
from splits import assert_same, only

from skecg.mitdb import SUBJECTS
from skecg.model_selection import (
    InterPatientSplit,
    audit_split,
    split_validation,
)


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


@pytest.mark.parametrize("seed", range(10))
def test_validation_without_classes_is_the_first_draw(seed):
    groups = np.repeat(list("abcde"), [1, 2, 3, 4, 10])
    draws = ShuffleSplit(1, test_size=0.2, random_state=seed).split(range(5))
    _, validation = split_validation(None, range(20), groups=groups, random_state=seed)
    assert set(groups[validation]) == set(np.array(list("abcde"))[only(draws)[1]])


def test_validation_trains_on_a_class_that_one_subject_has():
    groups = np.repeat(list("abcd"), 5)
    y = np.where(groups == "c", "F", "N")
    for seed in range(5):
        fit, validation = split_validation(
            y, np.arange(20), groups=groups, random_state=seed
        )
        assert "c" in groups[fit]
        assert len(validation) == 5


@pytest.mark.parametrize("seed", range(3))
def test_validation_has_its_share_of_each_class(seed):
    # Of the 20 beats of each class, 5 are the share of a quarter. With one class, the
    # subjects have 2, 5, 6 and 7 beats. With two, the mean differences from a quarter
    # are (1 + 3) / 40, (2 + 0) / 40, (2 + 2) / 40 and (5 + 1) / 40.
    N, V = [4, 7, 9, 0], [8, 5, 3, 4]
    for counts, expected in (([[2, 5, 6, 7]], "b"), ([N, V], "b")):
        groups = np.concatenate([np.repeat(list("abcd"), n) for n in counts])
        y = np.repeat(np.arange(len(counts)), 20)
        _, validation = split_validation(
            y,
            np.arange(len(y)),
            groups=groups,
            validation_fraction=0.25,
            random_state=seed,
        )
        assert set(groups[validation]) == {expected}


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
        ([0, 1], {}, r"^train must contain .* two subjects .* got one; pass"),
        ([], {}, "train holds no row"),
        ([0, 6], {}, r"train must lie in 0\.\.5, .* got 0 to 6"),
        ([-1, 2], {}, r"train must lie in 0\.\.5"),
        ([0.5, 1.0], {}, "train must be row numbers or a mask of 6 bools, got float64"),
        ([True, False], {}, r"got bool of shape \(2,\)"),
        ([0, 4], {"y": [0, 1]}, "y must hold one class for each of the 6 rows"),
        ([0, 4], {"y": [[0], [1, 2]] * 3}, "y must .* some have several"),
        ([0, 3, 4], {"y": [0, None] * 3}, "y holds no class for 1 rows, .* row 3;"),
        ([1, 4], {"y": np.array([0, "N"] * 3, dtype=object)}, "y must .* of one type"),
        ([[0], [1, 2]], {}, "train must be row numbers or a mask of 6 bools, got obj"),
        ([0, 4], {"groups": [["a"]] * 6}, r"^groups must .*; pass the subject of"),
        ([0, 4], {"validation_fraction": 1.0}, "validation_fraction"),
        (
            [0, 4],
            {"validation_fraction": 0.9},
            "must leave at least one of the 2 ",
        ),
    ],
)
def test_validation_names_bad_input(train, kwargs, message):
    with pytest.raises(ValueError, match=message):
        split_validation(
            **{"y": None, "train": train, "groups": list("aaabbb"), **kwargs}
        )
