"""Each sign of the audit, on a split that deserves it and one that does not."""

import numpy as np
import pandas as pd
import pytest
from audits import TEST, TRAIN, assert_only
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from skecg.datasets import make_beats
from skecg.model_selection import StratifiedBeatSplit, SubjectKFold, audit_split


@pytest.mark.parametrize("unit", [1.0, 1000.0])
def test_near_copies(clean_split, unit):
    X, y, groups = clean_split
    # The columns' standard deviation is 2, so these lie at 0.05 and at 0.15.
    X[800:807] = X[:7] + 0.1
    X[900:950] = X[100:150] + 0.3
    X[:, ::2] *= unit
    audit = audit_split(X, y, TRAIN, TEST, groups=groups)
    assert [f.name for f in audit.signs] == ["near copies"]
    assert audit["near copies"].value == 7 / 200
    assert audit.passed
    # Four of 200 rows are no sign yet, and a figure all the same.
    X[804:807] += 5 * unit
    audit = audit_split(X, y, TRAIN, TEST, groups=groups)
    assert (audit["near copies"].level, audit["near copies"].value) == ("clear", 0.02)


def test_near_copies_are_sought_in_a_sample_that_stays_the_same():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 100))
    X[1000:2000] = X[:1000] + 0.01  # half of the test part
    y = np.arange(3000) % 2
    test = np.arange(1000, 3000)
    first, second = (audit_split(X, y, np.arange(1000), test) for _ in range(2))
    assert first["near copies"].value == second["near copies"].value
    assert 0.45 < first["near copies"].value < 0.55
    assert "Of 1,000 test rows" in first["near copies"].text


def test_near_copies_need_many_columns_that_vary(clean_split):
    X, y, groups = clean_split
    X[:, 89:] = 1.0
    audit = audit_split(X, y, TRAIN, TEST, groups=groups)
    assert audit["near copies"].level == "unchecked"
    assert "there are 89" in audit["near copies"].text
    assert audit.passed


def test_beats_of_one_subject_are_near_and_of_two_are_not():
    beats = make_beats(3000, random_state=0)
    by_beat = StratifiedBeatSplit(random_state=0).split(beats.data, beats.target)
    by_subject = SubjectKFold(3).split(beats.data, beats.target, beats.groups)
    audits = [
        audit_split(beats.data, beats.target, *next(splits))
        for splits in (by_beat, by_subject)
    ]
    assert [audit["near copies"].level for audit in audits] == ["sign", "clear"]


def test_copies_within_a_part(clean_split):
    X, y, groups = clean_split
    X[10] = X[20] = X[30]
    X[950] = X[960]
    audit = audit_split(X, y, TRAIN, TEST, groups=groups, records=groups)
    assert_only(audit, "copies within a part", "sign")
    assert audit["copies within a part"].value == 3
    assert "2 in the training set, 1 in the test" in audit["copies within a part"].text
    # The same row number twice is a copy, too.
    audit = audit_split(X, y, np.append(TRAIN, 5), TEST, groups=groups)
    assert audit["copies within a part"].value == 4


@pytest.mark.parametrize(
    ("sizes", "level"),
    [
        ([400, 400, 200], "sign"),  # two classes alike
        ([401, 400, 199], "sign"),  # but for a row
        ([402, 400, 198], "clear"),
        ([337, 332, 331], "sign"),  # all alike, as after a random split
        ([340, 331, 329], "clear"),  # the smallest is 97 % of the largest
        ([802, 99, 99], "clear"),  # too few to tell
        ([800, 100, 100], "sign"),
    ],
)
def test_equal_class_sizes(clean_split, sizes, level):
    X, _, groups = clean_split
    # Within the parts the sizes differ: only both together can show it.
    in_test = np.array([120, 60, 20])
    rng = np.random.default_rng(0)
    parts = [np.repeat(["N", "S", "V"], n) for n in (sizes - in_test, in_test)]
    y = np.concatenate([rng.permutation(part) for part in parts])
    audit = audit_split(X, y, TRAIN, TEST, groups=groups)
    assert audit["equal class sizes"].level == level
    assert audit["equal class sizes"].value == (level == "sign")


def test_equal_class_sizes_of_a_part(clean_split):
    X, y, groups = clean_split
    y[TRAIN] = np.random.default_rng(0).permutation(np.repeat(["N", "S"], 400))
    audit = audit_split(X, y, TRAIN, TEST, groups=groups)
    assert audit["equal class sizes"].value == 1
    assert "equal size in the training set." in audit["equal class sizes"].text


def test_class_order(clean_split):
    X, y, groups = clean_split
    assert (
        0.8 < audit_split(X, y, TRAIN, TEST, groups=groups)["class order"].value < 1.2
    )
    y[TEST] = np.sort(y[TEST])
    audit = audit_split(X, y, TRAIN, TEST, groups=groups, records=groups)
    assert_only(audit, "class order", "sign")
    assert "Rows of the test set are sorted" in audit["class order"].text
    assert audit["class order"].value == 0
    # The order of the numbers counts, not that of the data.
    shuffled = np.random.default_rng(1).permutation(TEST)
    assert (
        audit_split(X, y, TRAIN, shuffled, groups=groups)["class order"].level
        == "clear"
    )
    in_order = TRAIN[np.argsort(y[TRAIN])]
    audit = audit_split(X, y, in_order, TEST, groups=groups)
    assert "the training set and the test set are" in audit["class order"].text


def test_class_order_within_blocks():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20_000, 2)), rng.integers(3, size=20_000)
    blocks = np.repeat(np.arange(40), 500)
    train, test = np.lexsort((y, blocks))[:10_000], np.arange(10_000, 20_000)
    # 20 blocks of three runs: 59 changes where chance brings 6,667.
    audit = audit_split(X, y, train, test)
    assert audit["class order"].level == "sign"
    assert audit["class order"].value == pytest.approx(59 / 6667, rel=0.01)
    assert audit_split(X, y, np.sort(train), test)["class order"].level == "clear"


def test_class_order_needs_a_second_class(clean_split):
    X, _, groups = clean_split
    y = np.repeat("N", 1000)
    y[[5, 900]] = "V"
    audit = audit_split(X, y, TRAIN, TEST, groups=groups)
    assert audit["class order"].level == "unchecked"


def scaled_like_pandas(X):
    frame = pd.DataFrame(X)
    return ((frame - frame.mean()) / frame.std()).to_numpy()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "scale",
    [
        StandardScaler().fit_transform,
        scaled_like_pandas,
        MinMaxScaler().fit_transform,
        MinMaxScaler((-1, 1)).fit_transform,
    ],
)
def test_scaling_on_everything(clean_split, scale, dtype):
    X, y, groups = clean_split
    audit = audit_split(
        scale(X).astype(dtype), y, TRAIN, TEST, groups=groups, records=groups
    )
    assert_only(audit, "scaling", "sign")
    assert 20 <= audit["scaling"].value <= 100


def test_scaling_is_seen_on_both_parts_of_more_data(clean_split):
    X, y, groups = clean_split
    both = StandardScaler().fit(X[200:])
    audit = audit_split(both.transform(X), y, TRAIN[200:], TEST, groups=groups)
    assert audit["scaling"].value == 100
    audit = audit_split(both.transform(X), y, TRAIN[300:], TEST, groups=groups)
    assert audit["scaling"].level == "clear"


def test_scaling_of_one_column(clean_split):
    X, y, groups = clean_split
    X[:, 4] = StandardScaler().fit_transform(X[:, [4]]).ravel()
    assert audit_split(X, y, TRAIN, TEST, groups=groups)["scaling"].value == 1


@pytest.mark.parametrize("scaler", [StandardScaler(), MinMaxScaler()])
def test_scaling_on_the_training_part_is_clear(clean_split, scaler):
    X, y, groups = clean_split
    X = scaler.fit(X[TRAIN]).transform(X)
    assert audit_split(X, y, TRAIN, TEST, groups=groups)["scaling"].level == "clear"


def test_parts_scaled_each_by_itself_are_clear(clean_split):
    X, y, groups = clean_split
    X = np.concatenate(
        [StandardScaler().fit_transform(X[part]) for part in (TRAIN, TEST)]
    )
    assert audit_split(X, y, TRAIN, TEST, groups=groups)["scaling"].level == "clear"


def test_rows_scaled_each_by_itself_are_clear(clean_split):
    X, y, groups = clean_split
    X = MinMaxScaler().fit_transform(X.T).T
    # Some row reaches the end of the range in every column, but not in training.
    for part, reaches in ((X, True), (X[TRAIN[:100]], False)):
        ends = np.stack([part.min(axis=0), part.max(axis=0)], axis=1)
        assert np.allclose(ends, [0, 1], rtol=0, atol=1e-9) == reaches
    audit = audit_split(X, y, TRAIN[:100], np.arange(100, 1000), groups=groups)
    assert audit["scaling"].level == "clear"


def test_missing_classes(clean_split):
    X, y, groups = clean_split
    y[[10, 11]] = "F"
    audit = audit_split(X, y, TRAIN, TEST, groups=groups, records=groups)
    assert_only(audit, "missing classes", "sign")
    assert "not in the score: F." in audit["missing classes"].text
    y[[900, 901]] = "Q"
    audit = audit_split(X, y, TRAIN, TEST, groups=groups)
    assert audit["missing classes"].value == 2
    assert "so always wrong: Q." in audit["missing classes"].text
    # A class outside both parts is nobody's to miss.
    y[[10, 11, 900, 901]] = "N", "N", "N", "Z"
    assert (
        audit_split(X, y, TRAIN, TEST[:100], groups=groups)["missing classes"].value
        == 0
    )


@pytest.mark.parametrize("argument", ["groups", "records"])
def test_records_201_and_202(clean_split, argument):
    X, y, _ = clean_split
    names = np.repeat(["201", "103", "100", "105", "202"], 200)
    audit = audit_split(X, y, TRAIN, TEST, **{argument: names})
    assert [f.name for f in audit.signs] == ["records 201 and 202"]
    assert audit["records 201 and 202"].value == 200
    assert "subjects=mitdb.SUBJECTS" in audit["records 201 and 202"].text
    assert audit.passed
    # The other way round, and beside names of other sets.
    audit = audit_split(X, y, TEST, TRAIN, **{argument: names})
    assert audit["records 201 and 202"].value == 200
    mixed = np.where(
        names == "105", np.resize([f"x{i}" for i in range(800)], 1000), names
    )
    audit = audit_split(X, y, TRAIN, TEST, **{argument: mixed})
    assert audit["records 201 and 202"].level == "sign"
    # Both in one part.
    together = np.repeat(["201", "202", "100", "105", "103"], 200)
    audit = audit_split(X, y, TRAIN, TEST, **{argument: together})
    assert audit["records 201 and 202"].level == "clear"


def test_records_201_and_202_are_no_sign_with_known_subjects(clean_split):
    X, y, _ = clean_split
    records = np.repeat(["201", "103", "100", "105", "202"], 200)
    groups = np.where(records == "202", "201", records)
    audit = audit_split(X, y, TRAIN, TEST, groups=groups, records=records)
    assert audit["records 201 and 202"].level == "clear"
    assert [f.name for f in audit.verdicts] == ["shared subjects"]


def test_numbered_subjects_are_not_taken_for_mitdb(clean_split):
    X, y, _ = clean_split
    groups = np.repeat(np.arange(2, 252), 4)
    audit = audit_split(X, y, TRAIN, TEST, groups=groups)
    assert 201 in groups[TRAIN]
    assert 202 in groups[TEST]
    assert audit["records 201 and 202"].level == "clear"
