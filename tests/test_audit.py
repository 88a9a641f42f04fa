"""Every finding of the audit on a split that deserves it and one that does not."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from skecg import HybridSampler, aami
from skecg.datasets import fetch_mitdb_beats, make_beats
from skecg.model_selection import (
    AuditFinding,
    InterPatientSplit,
    SplitAudit,
    StratifiedBeatSplit,
    SubjectKFold,
    audit_split,
)

CHECKS = [
    "shared rows",
    "shared subjects",
    "shared records",
    "exact copies",
    "near copies",
    "copies within a part",
    "equal class sizes",
    "class order",
    "scaling",
    "missing classes",
]
N_TRAIN = 800
TRAIN, TEST = np.arange(N_TRAIN), np.arange(N_TRAIN, 1000)


@pytest.fixture
def clean():
    """1,000 rows of noise, 20 a subject, classes of 700, 200 and 100 rows, shuffled.

    The first 800 are one part, the others another; nothing speaks against that.
    """
    rng = np.random.default_rng(0)
    X = rng.normal(3, 2, size=(1000, 100))
    y = rng.permutation(np.repeat(["N", "S", "V"], [700, 200, 100]))
    return X, y, np.repeat([f"p{i}" for i in range(50)], 20)


def levels(audit):
    return {finding.name: finding.level for finding in audit.findings}


def assert_only(audit, name, level):
    assert levels(audit) == dict.fromkeys(CHECKS, "clear") | {name: level}


def test_a_clean_split_passes(clean):
    X, y, groups = clean
    audit = audit_split(X, y, TRAIN, TEST, groups, records=groups)
    assert levels(audit) == dict.fromkeys(CHECKS, "clear")
    assert audit.passed
    assert audit.verdicts == audit.signs == audit.unchecked == ()
    assert (audit.n_train, audit.n_test) == (800, 200)
    assert [f.value for f in audit.findings if f.name != "class order"] == [0] * 9


def test_masks_lists_and_frames_are_as_good(clean):
    X, y, groups = clean
    expected = audit_split(X, y, TRAIN, TEST, groups)
    rows = np.arange(1000)
    as_masks = audit_split(X, y, rows < N_TRAIN, rows >= N_TRAIN, groups)
    as_lists = audit_split(
        pd.DataFrame(X), y.tolist(), TRAIN.tolist(), TEST.tolist(), pd.Series(groups)
    )
    assert as_masks == as_lists == expected


def test_shared_rows(clean):
    X, y, groups = clean
    audit = audit_split(X, y, np.append(TRAIN, [810, 950]), TEST, groups)
    assert audit["shared rows"].value == 2
    assert audit["shared rows"].is_verdict
    # These rows' subjects are in both parts, but the rows are no copies.
    assert audit["shared subjects"].value == 2
    assert audit["exact copies"].level == "clear"
    assert not audit.passed


def test_shared_subjects(clean):
    X, y, groups = clean
    audit = audit_split(X, y, np.arange(790), np.arange(790, 1000), groups)
    assert audit["shared subjects"].value == 1
    assert [f.name for f in audit.verdicts] == ["shared subjects"]
    # Ten of the test part's 210 rows are the shared subject's.
    assert "1 (p39). They have 4.8% of" in audit["shared subjects"].text
    assert "201" not in audit["shared subjects"].text


def test_shared_records(clean):
    X, y, groups = clean
    records = np.repeat([f"r{i}" for i in range(100)], 10)
    # The halves of subject p39's rows are two recordings.
    audit = audit_split(X, y, np.arange(790), np.arange(790, 1000), groups, records)
    assert [f.name for f in audit.verdicts] == ["shared subjects"]
    audit = audit_split(X, y, np.arange(795), np.arange(795, 1000), groups, records)
    assert [f.name for f in audit.verdicts] == ["shared subjects", "shared records"]
    assert audit["shared records"].value == 1
    assert "1 (r79)" in audit["shared records"].text


@pytest.mark.parametrize("argument", ["groups", "records"])
def test_201_and_202_are_known_by_name(clean, argument):
    X, y, _ = clean
    records = np.repeat(["100", "201", "103", "202", "105"], 200)
    train, test = TRAIN[:600], np.arange(600, 1000)
    audit = audit_split(X, y, train, test, **{argument: records})
    assert [f.name for f in audit.verdicts] == ["shared subjects"]
    assert "1 (201). They have 50.0% of the test rows." in audit.verdicts[0].text
    assert "The records 201 and 202 are one man's." in audit.verdicts[0].text
    corrected = audit_split(X, y, TRAIN, TEST, **{argument: records})
    assert corrected.passed
    # Beside a name that is no MIT-BIH record's these are somebody else's subjects.
    others = np.where(records == "100", "0", records)
    assert audit_split(X, y, train, test, **{argument: others}).passed
    audit = audit_split(
        X, y, np.arange(350), np.arange(350, 1000), **{argument: others}
    )
    assert "1 (201)" in audit.verdicts[0].text
    assert "202" not in audit.verdicts[0].text


def test_records_add_what_groups_do_not_know(clean):
    X, y, groups = clean
    records = np.repeat(["100", "201", "103", "202", "105"], 200)
    audit = audit_split(X, y, TRAIN[:600], np.arange(600, 1000), groups, records)
    assert audit["shared subjects"].value == 1
    assert "(201)" in audit["shared subjects"].text
    # Rows that the groups give away are not counted again under the record's name.
    train, test = np.arange(590), np.arange(590, 1000)
    half = np.repeat(["100", "103"], [595, 405])
    audit = audit_split(X, y, train, test, groups, half)
    assert audit["shared subjects"].value == 1
    assert "1 (p29). They have 2.4% of" in audit["shared subjects"].text
    half = np.repeat(["100", "103"], [605, 395])
    audit = audit_split(X, y, train, test, groups, half)
    assert audit["shared subjects"].value == 2
    assert "2 (p29, 100). They have 3.7% of" in audit["shared subjects"].text


def test_without_groups_no_split_passes(clean):
    X, y, _ = clean
    audit = audit_split(X, y, TRAIN, TEST)
    assert [f.name for f in audit.unchecked] == ["shared subjects", "shared records"]
    assert audit["shared subjects"].value is None
    assert not audit.passed
    assert not audit.verdicts
    assert repr(audit).startswith(
        "NOT PASSED. Whether patients are on both sides could"
    )


def test_exact_copies(clean):
    X, y, groups = clean
    X[[900, 901, 950]] = X[[3, 3, 700]]
    X[900, 5], X[3, 5], X[901, 5] = 0.0, -0.0, -0.0
    audit = audit_split(X, y, TRAIN, TEST, groups)
    assert audit["exact copies"].value == 3
    assert [f.name for f in audit.verdicts] == ["exact copies"]
    X[[900, 901, 950], 7] += 1e-12
    assert audit_split(X, y, TRAIN, TEST, groups)["exact copies"].level == "clear"


@pytest.mark.parametrize("unit", [1.0, 1000.0])
def test_near_copies(clean, unit):
    X, y, groups = clean
    # The columns' standard deviation is 2, so these lie at 0.05 and at 0.15.
    X[800:807] = X[:7] + 0.1
    X[900:950] = X[100:150] + 0.3
    X[:, ::2] *= unit
    audit = audit_split(X, y, TRAIN, TEST, groups)
    assert [f.name for f in audit.signs] == ["near copies"]
    assert audit["near copies"].value == 7 / 200
    assert audit.passed
    # Four of 200 rows are no sign yet, and a figure all the same.
    X[804:807] += 5 * unit
    audit = audit_split(X, y, TRAIN, TEST, groups)
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


def test_near_copies_need_many_columns_that_vary(clean):
    X, y, groups = clean
    X[:, 89:] = 1.0
    audit = audit_split(X, y, TRAIN, TEST, groups)
    assert audit["near copies"].level == "unchecked"
    assert "here are 89" in audit["near copies"].text
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


def test_copies_within_a_part(clean):
    X, y, groups = clean
    X[10] = X[20] = X[30]
    X[950] = X[960]
    audit = audit_split(X, y, TRAIN, TEST, groups, groups)
    assert_only(audit, "copies within a part", "sign")
    assert audit["copies within a part"].value == 3
    assert "2 in the training part, 1 in the test" in audit["copies within a part"].text
    # The same row number twice is a copy, too.
    audit = audit_split(X, y, np.append(TRAIN, 5), TEST, groups)
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
def test_equal_class_sizes(clean, sizes, level):
    X, _, groups = clean
    # Within the parts the sizes differ: only both together can show it.
    in_test = np.array([120, 60, 20])
    rng = np.random.default_rng(0)
    parts = [np.repeat(["N", "S", "V"], n) for n in (sizes - in_test, in_test)]
    y = np.concatenate([rng.permutation(part) for part in parts])
    audit = audit_split(X, y, TRAIN, TEST, groups)
    assert audit["equal class sizes"].level == level
    assert audit["equal class sizes"].value == (level == "sign")


def test_equal_class_sizes_of_a_part(clean):
    X, y, groups = clean
    y[TRAIN] = np.random.default_rng(0).permutation(np.repeat(["N", "S"], 400))
    audit = audit_split(X, y, TRAIN, TEST, groups)
    assert audit["equal class sizes"].value == 1
    assert "one size in the training part." in audit["equal class sizes"].text


def test_class_order(clean):
    X, y, groups = clean
    assert 0.8 < audit_split(X, y, TRAIN, TEST, groups)["class order"].value < 1.2
    y[TEST] = np.sort(y[TEST])
    audit = audit_split(X, y, TRAIN, TEST, groups, groups)
    assert_only(audit, "class order", "sign")
    assert "Rows of the test part are sorted" in audit["class order"].text
    assert audit["class order"].value == 0
    # The order of the numbers counts, not that of the data.
    shuffled = np.random.default_rng(1).permutation(TEST)
    assert audit_split(X, y, TRAIN, shuffled, groups)["class order"].level == "clear"
    in_order = TRAIN[np.argsort(y[TRAIN])]
    audit = audit_split(X, y, in_order, TEST, groups)
    assert "the training part and the test part are" in audit["class order"].text


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


def test_class_order_needs_a_second_class(clean):
    X, _, groups = clean
    y = np.repeat("N", 1000)
    y[[5, 900]] = "V"
    audit = audit_split(X, y, TRAIN, TEST, groups)
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
def test_scaling_on_everything(clean, scale, dtype):
    X, y, groups = clean
    audit = audit_split(scale(X).astype(dtype), y, TRAIN, TEST, groups, groups)
    assert_only(audit, "scaling", "sign")
    assert 20 <= audit["scaling"].value <= 100


def test_scaling_is_seen_on_both_parts_of_more_data(clean):
    X, y, groups = clean
    both = StandardScaler().fit(X[200:])
    audit = audit_split(both.transform(X), y, TRAIN[200:], TEST, groups)
    assert audit["scaling"].value == 100
    audit = audit_split(both.transform(X), y, TRAIN[300:], TEST, groups)
    assert audit["scaling"].level == "clear"


def test_scaling_of_one_column(clean):
    X, y, groups = clean
    X[:, 4] = StandardScaler().fit_transform(X[:, [4]]).ravel()
    assert audit_split(X, y, TRAIN, TEST, groups)["scaling"].value == 1


@pytest.mark.parametrize("scaler", [StandardScaler(), MinMaxScaler()])
def test_scaling_on_the_training_part_is_clear(clean, scaler):
    X, y, groups = clean
    X = scaler.fit(X[TRAIN]).transform(X)
    assert audit_split(X, y, TRAIN, TEST, groups)["scaling"].level == "clear"


def test_parts_scaled_each_by_itself_are_clear(clean):
    X, y, groups = clean
    X = np.concatenate(
        [StandardScaler().fit_transform(X[part]) for part in (TRAIN, TEST)]
    )
    assert audit_split(X, y, TRAIN, TEST, groups)["scaling"].level == "clear"


def test_rows_scaled_each_by_itself_are_clear(clean):
    X, y, groups = clean
    X = MinMaxScaler().fit_transform(X.T).T
    # Some row reaches the end of the range in every column, but not in training.
    for part, reaches in ((X, True), (X[TRAIN[:100]], False)):
        ends = np.stack([part.min(axis=0), part.max(axis=0)], axis=1)
        assert np.allclose(ends, [0, 1], rtol=0, atol=1e-9) == reaches
    audit = audit_split(X, y, TRAIN[:100], np.arange(100, 1000), groups)
    assert audit["scaling"].level == "clear"


def test_missing_classes(clean):
    X, y, groups = clean
    y[[10, 11]] = "F"
    audit = audit_split(X, y, TRAIN, TEST, groups, groups)
    assert_only(audit, "missing classes", "sign")
    assert "silent on: F." in audit["missing classes"].text
    y[[900, 901]] = "Q"
    audit = audit_split(X, y, TRAIN, TEST, groups)
    assert audit["missing classes"].value == 2
    assert "so never right: Q." in audit["missing classes"].text
    # A class outside both parts is nobody's to miss.
    y[[10, 11, 900, 901]] = "N", "N", "N", "Z"
    assert audit_split(X, y, TRAIN, TEST[:100], groups)["missing classes"].value == 0


def test_resampling_before_the_split_is_found_out():
    beats = make_beats(1500, weights=[70, 10, 10, 5, 5], random_state=0)
    sampler = HybridSampler(random_state=0)
    X, y = sampler.fit_resample(beats.data, beats.target)
    train, test = next(StratifiedBeatSplit(random_state=0).split(X, y))
    audit = audit_split(X, y, train, test, beats.groups[sampler.sample_indices_])
    assert [f.name for f in audit.verdicts] == ["shared subjects", "exact copies"]
    names = {f.name for f in audit.signs}
    assert names == {"near copies", "copies within a part", "equal class sizes"}
    # Unlike the same sampler after a split by subject.
    train, test = next(SubjectKFold(3).split(beats.data, beats.target, beats.groups))
    sampler.fit_resample(beats.data[train], beats.target[train])
    drawn = np.random.default_rng(0).permutation(train[sampler.sample_indices_])
    audit = audit_split(beats.data, beats.target, drawn, test, beats.groups)
    assert audit.passed
    assert {f.name for f in audit.signs} == {
        "copies within a part",
        "equal class sizes",
    }


def test_report_reads_well(clean):
    X, y, groups = clean
    groups = np.where(groups == "p39", "<b>39</b>", groups)
    audit = audit_split(X, y, np.arange(790), np.arange(790, 1000), groups)
    text = repr(audit)
    assert text.startswith("FAILED. A score on this test part does not hold")
    assert "\n790 training and 210 test rows.\n" in text
    assert max(map(len, text.splitlines())) <= 88
    for finding in audit.findings:
        assert re.search(rf"^  {finding.level} +{finding.name}  ", text, re.MULTILINE)
        assert finding.text in re.sub(r"\s+", " ", text)
    html = audit._repr_html_()
    assert "&lt;b&gt;39&lt;/b&gt;" in html
    assert "<b>39" not in html
    assert html.count("<tr>") == len(CHECKS)


def test_report_is_frozen_and_knows_its_checks(clean):
    X, y, groups = clean
    audit = audit_split(X, y, TRAIN, TEST, groups)
    assert isinstance(audit, SplitAudit)
    assert all(isinstance(finding, AuditFinding) for finding in audit.findings)
    with pytest.raises(AttributeError):
        audit.findings = ()
    with pytest.raises(AttributeError):
        audit.findings[0].level = "clear"
    with pytest.raises(KeyError, match=r"leaks.* is no check .*shared rows"):
        audit["leaks"]


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"X": [1.0, 2.0]}, "2D array"),
        ({"X": np.full((6, 2), np.nan)}, "Input X contains NaN"),
        ({"y": [0, 1]}, "y must hold one class for each of the 6 rows of X"),
        ({"train": []}, "train holds no row"),
        ({"test": [6]}, r"test must lie in 0\.\.5, .* got 6 to 6"),
        ({"test": [-1]}, r"test must lie in 0\.\.5"),
        ({"train": [0.0]}, "train must be row numbers or a mask of 6 bools, got float"),
        ({"train": [True]}, r"train must be .* got bool of shape \(1,\)"),
        ({"train": [False] * 6}, "train holds no row"),
        ({"groups": ["a"]}, "groups must be one name for each of the 6 rows"),
        ({"records": ["a", None] * 3}, "records holds no name for 3 rows.* row 1"),
    ],
)
def test_bad_input_is_named(kwargs, message):
    arguments = {
        "X": np.arange(12.0).reshape(6, 2),
        "y": [0, 1] * 3,
        "train": [0, 1, 2],
        "test": [3, 4],
    }
    with pytest.raises(ValueError, match=message):
        audit_split(**arguments | kwargs)


@pytest.fixture(scope="module")
def real(mitdb):
    return fetch_mitdb_beats("all")


@pytest.mark.real
def test_flags_the_public_split(mitdb):
    parts = [fetch_mitdb_beats(subset) for subset in ("train", "test")]
    X, y, groups, records = (
        np.concatenate([part[name] for part in parts])
        for name in ("data", "target", "groups", "records")
    )
    train = np.arange(87_554)
    test = np.arange(87_554, 109_446)
    audit = audit_split(X, y, train, test, groups, records)
    assert [f.name for f in audit.verdicts] == ["shared subjects", "shared records"]
    assert audit["shared subjects"].value == 47
    assert audit["shared records"].value == 48
    assert "They have 100.0% of the test rows" in audit["shared subjects"].text
    # The fetcher's order, and the nearness that gives the patients away.
    assert [f.name for f in audit.signs] == ["near copies", "class order"]
    assert 0.4 < audit["near copies"].value < 0.46

    blind = audit_split(X, y, train, test)
    assert not blind.passed
    assert blind["near copies"] == audit["near copies"]


@pytest.mark.real
def test_flags_the_inter_patient_split_as_published(real):
    X, y, records = real.data, real.target, real.records
    train, test = next(InterPatientSplit().split(X, groups=records))
    for names in (
        {"groups": real.groups},
        {"groups": records},
        {"records": records},
    ):
        audit = audit_split(X, y, train, test, **names)
        assert [f.name for f in audit.verdicts] == ["shared subjects"]
        assert "1 (201). They have 4.3% of the test" in audit["shared subjects"].text


@pytest.mark.real
@pytest.mark.parametrize("same_subject", ["train", "test"])
def test_passes_the_corrected_inter_patient_split(real, same_subject):
    X, y, records = real.data, real.target, real.records
    protocol = InterPatientSplit(same_subject=same_subject)
    train, test = next(protocol.split(X, groups=records))
    # By record and time, as a recording runs, instead of the fetcher's class order.
    in_time = np.lexsort((real.r_peaks, records))
    train, test = (in_time[np.isin(in_time, part)] for part in (train, test))
    audit = audit_split(X, y, train, test, real.groups, records)
    assert audit.passed
    assert levels(audit) == dict.fromkeys(CHECKS, "clear")
    assert audit["near copies"].value < 0.005
    assert set(records) - set(records[train]) - set(records[test]) == set(aami.PACED)


@pytest.mark.real
def test_passes_the_public_set_by_patient(real):
    splits = SubjectKFold(5).split(real.data, real.target, real.groups)
    audit = audit_split(real.data, real.target, *next(splits), real.groups)
    assert audit.passed
    assert audit["near copies"].level == "clear"
