"""The audit as a whole: what passes, how it reads, what it refuses."""

import re

import numpy as np
import pandas as pd
import pytest
from audits import CHECKS, N_TRAIN, TEST, TRAIN, levels

from skecg import HybridSampler
from skecg.datasets import make_beats
from skecg.model_selection import (
    AuditFinding,
    SplitAudit,
    StratifiedBeatSplit,
    SubjectKFold,
    audit_split,
)


def test_a_clean_split_passes(clean_split):
    X, y, groups = clean_split
    audit = audit_split(X, y, TRAIN, TEST, groups=groups, records=groups)
    assert levels(audit) == dict.fromkeys(CHECKS, "clear")
    assert audit.passed
    assert audit.verdicts == audit.signs == audit.unchecked == ()
    assert (audit.n_train, audit.n_test) == (800, 200)
    assert [f.value for f in audit.findings if f.name != "class order"] == [0] * 10


def test_masks_lists_and_frames_are_as_good(clean_split):
    X, y, groups = clean_split
    expected = audit_split(X, y, TRAIN, TEST, groups=groups)
    rows = np.arange(1000)
    as_masks = audit_split(X, y, rows < N_TRAIN, rows >= N_TRAIN, groups=groups)
    as_lists = audit_split(
        pd.DataFrame(X),
        y.tolist(),
        TRAIN.tolist(),
        TEST.tolist(),
        groups=pd.Series(groups),
    )
    assert as_masks == as_lists == expected


def test_without_groups_no_split_passes(clean_split):
    X, y, _ = clean_split
    audit = audit_split(X, y, TRAIN, TEST)
    assert [f.name for f in audit.unchecked] == [
        "shared subjects",
        "records 201 and 202",
        "shared records",
    ]
    assert audit["shared subjects"].value is None
    assert not audit.passed
    assert not audit.verdicts
    assert repr(audit).startswith("NOT PASSED. Shared subjects could")


def test_resampling_before_the_split_is_found_out():
    beats = make_beats(1500, weights=[70, 10, 10, 5, 5], random_state=0)
    sampler = HybridSampler(random_state=0)
    X, y = sampler.fit_resample(beats.data, beats.target)
    train, test = next(StratifiedBeatSplit(random_state=0).split(X, y))
    audit = audit_split(X, y, train, test, groups=beats.groups[sampler.sample_indices_])
    assert [f.name for f in audit.verdicts] == ["shared subjects", "exact copies"]
    names = {f.name for f in audit.signs}
    assert names == {"near copies", "copies within a part", "equal class sizes"}
    # Unlike the same sampler after a split by subject.
    train, test = next(SubjectKFold(3).split(beats.data, beats.target, beats.groups))
    sampler.fit_resample(beats.data[train], beats.target[train])
    drawn = np.random.default_rng(0).permutation(train[sampler.sample_indices_])
    audit = audit_split(beats.data, beats.target, drawn, test, groups=beats.groups)
    assert audit.passed
    assert {f.name for f in audit.signs} == {
        "copies within a part",
        "equal class sizes",
    }


def test_report_reads_well(clean_split):
    X, y, groups = clean_split
    groups = np.where(groups == "p39", "<b>39", groups)
    audit = audit_split(X, y, np.arange(790), np.arange(790, 1000), groups=groups)
    text = repr(audit)
    assert text.startswith("FAILED. A score on this test set is not valid")
    assert "\n790 training and 210 test rows.\n" in text
    assert max(map(len, text.splitlines())) <= 88
    for finding in audit.findings:
        assert re.search(rf"^  {finding.level} +{finding.name}  ", text, re.MULTILINE)
        assert finding.text in re.sub(r"\s+", " ", text)
    html = audit._repr_html_()
    assert "&lt;b&gt;39" in html
    assert "<b>39" not in html
    assert html.count("<tr>") == len(CHECKS)


def test_report_does_not_deny_signs(clean_split):
    X, y, groups = clean_split
    clean = "PASSED. No finding contradicts"
    audit = audit_split(X, y, TRAIN, TEST, groups=groups)
    assert repr(audit).startswith(clean)
    # A group for each row hides that rows of one subject are on both sides.
    X[800:900] = X[:100] + 0.1
    audit = audit_split(X, y, TRAIN, TEST, groups=np.arange(1000))
    assert audit.passed
    assert [f.name for f in audit.signs] == ["near copies"]
    for text in (repr(audit), audit._repr_html_()):
        assert "No finding contradicts" not in text
        assert "PASSED WITH SIGNS. Check them before" in text
    assert max(map(len, repr(audit).splitlines())) <= 88


def test_report_is_frozen_and_knows_its_checks(clean_split):
    X, y, groups = clean_split
    audit = audit_split(X, y, TRAIN, TEST, groups=groups)
    assert isinstance(audit, SplitAudit)
    assert all(isinstance(finding, AuditFinding) for finding in audit.findings)
    with pytest.raises(AttributeError):
        audit.findings = ()
    with pytest.raises(AttributeError):
        audit.findings[0].level = "clear"
    with pytest.raises(KeyError, match=r"leaks.* is not a check .*shared rows"):
        audit["leaks"]


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"X": [1.0, 2.0]}, "2D array"),
        ({"X": np.full((6, 2), np.nan)}, "Input X contains NaN"),
        ({"y": [0, 1]}, "y must hold one class for each of the 6 rows, got"),
        ({"train": []}, "train holds no row"),
        ({"test": [6]}, r"test must lie in 0\.\.5, .* got 6 to 6"),
        ({"test": [-1]}, r"test must lie in 0\.\.5"),
        ({"train": [0.0]}, "train must be row numbers or a mask of 6 bools, got float"),
        ({"train": [True]}, r"train must be .* got bool of shape \(1,\)"),
        ({"train": [False] * 6}, "train holds no row"),
        ({"groups": ["a"]}, "groups must be one name for each of the 6 rows"),
        ({"records": ["a", None] * 3}, "records holds no name for 3 rows.* row 1"),
        ({"subjects": {"a": "b"}}, "subjects maps records .* records is None"),
        ({"records": ["a"] * 6, "subjects": ["b"] * 6}, "a mapping .*, got list; pass"),
        (
            {"records": ["a", "x"] * 3, "subjects": {"a": "b"}},
            "every record, but lacks x",
        ),
        ({"records": ["a"] * 6, "subjects": {"a": None}}, "subjects holds no name"),
        ({"records": ["a"] * 6, "subjects": {"m/a": "b"}}, "subjects must be names"),
        ({"records": ["1"] * 6, "subjects": {1: "b", "1": "c"}}, "each record once"),
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
