"""Each fact that makes a score invalid: a split that has it, and one that has not."""

import numpy as np
import pytest
from audits import TEST, TRAIN

from skecg.mitdb import DS1, DS2, SUBJECTS
from skecg.model_selection import audit_split


def test_shared_rows(clean_split):
    X, y, groups = clean_split
    audit = audit_split(X, y, np.append(TRAIN, [810, 950]), TEST, groups=groups)
    assert audit["shared rows"].value == 2
    assert audit["shared rows"].is_verdict
    # These rows' subjects are in both parts, but the rows are no copies.
    assert audit["shared subjects"].value == 2
    assert audit["exact copies"].level == "clear"
    assert not audit.passed


def test_shared_subjects(clean_split):
    X, y, groups = clean_split
    audit = audit_split(X, y, np.arange(790), np.arange(790, 1000), groups=groups)
    assert audit["shared subjects"].value == 1
    assert [f.name for f in audit.verdicts] == ["shared subjects"]
    # Ten of the test part's 210 rows are the shared subject's.
    assert "1 (p39). They have 4.8% of" in audit["shared subjects"].text
    assert "201" not in audit["shared subjects"].text


def test_shared_records(clean_split):
    X, y, groups = clean_split
    records = np.repeat([f"r{i}" for i in range(100)], 10)
    # The halves of subject p39's rows are two recordings.
    audit = audit_split(
        X, y, np.arange(790), np.arange(790, 1000), groups=groups, records=records
    )
    assert [f.name for f in audit.verdicts] == ["shared subjects"]
    audit = audit_split(
        X, y, np.arange(795), np.arange(795, 1000), groups=groups, records=records
    )
    assert [f.name for f in audit.verdicts] == ["shared subjects", "shared records"]
    assert audit["shared records"].value == 1
    assert "1 (r79)" in audit["shared records"].text


def test_subjects_identify_the_man_of_201_and_202(clean_split):
    X, y, _ = clean_split
    records = np.repeat(["100", "201", "103", "202", "105"], 200)
    train, test = TRAIN[:600], np.arange(600, 1000)
    for names in (records, records.astype(float)):
        audit = audit_split(X, y, train, test, records=names, subjects=SUBJECTS)
        assert [f.name for f in audit.verdicts] == ["shared subjects"]
        assert "1 (201). They have 50.0% of the test rows." in audit.verdicts[0].text
        assert not audit.signs
    assert audit_split(X, y, TRAIN, TEST, records=records, subjects=SUBJECTS).passed
    # A mapping of other data: these are two people's records.
    others = {name: f"p{name}" for name in SUBJECTS}
    audit = audit_split(X, y, train, test, records=records, subjects=others)
    assert audit.passed
    assert not audit.signs


def test_a_record_of_another_set_disables_no_check():
    """DS1 to DS2 shares a subject also if ten rows are of a record x800."""
    records = np.append(np.repeat(DS1 + DS2, 10), ["x800"] * 10)
    X = np.random.default_rng(0).normal(size=(450, 2))
    y = np.arange(450) % 3
    train = np.append(np.arange(220), np.arange(440, 450))
    split = X, y, train, np.arange(220, 440)
    with pytest.raises(ValueError, match=r"subjects must contain .* but lacks x800"):
        audit_split(*split, records=records, subjects=SUBJECTS)
    subjects = {**SUBJECTS, "x800": "x800"}
    audit = audit_split(*split, records=records, subjects=subjects)
    assert not audit.passed
    assert "1 (201)" in audit["shared subjects"].text
    # Without a mapping there is no verdict, but a sign.
    for argument in ("groups", "records"):
        audit = audit_split(*split, **{argument: records})
        assert audit["records 201 and 202"].level == "sign"


def test_records_add_what_groups_do_not_know(clean_split):
    X, y, groups = clean_split
    records = np.repeat(["100", "201", "103", "202", "105"], 200)
    audit = audit_split(
        X,
        y,
        TRAIN[:600],
        np.arange(600, 1000),
        groups=groups,
        records=records,
        subjects=SUBJECTS,
    )
    assert audit["shared subjects"].value == 1
    assert "(201)" in audit["shared subjects"].text
    # Rows that the groups give away are not counted again under the record's name.
    train, test = np.arange(590), np.arange(590, 1000)
    half = np.repeat(["100", "103"], [595, 405])
    audit = audit_split(X, y, train, test, groups=groups, records=half)
    assert audit["shared subjects"].value == 1
    assert "1 (p29). They have 2.4% of" in audit["shared subjects"].text
    half = np.repeat(["100", "103"], [605, 395])
    audit = audit_split(X, y, train, test, groups=groups, records=half)
    assert audit["shared subjects"].value == 2
    assert "2 (p29, 100). They have 3.7% of" in audit["shared subjects"].text


def test_exact_copies(clean_split):
    X, y, groups = clean_split
    X[[900, 901, 950]] = X[[3, 3, 700]]
    X[900, 5], X[3, 5], X[901, 5] = 0.0, -0.0, -0.0
    audit = audit_split(X, y, TRAIN, TEST, groups=groups)
    assert audit["exact copies"].value == 3
    assert [f.name for f in audit.verdicts] == ["exact copies"]
    X[[900, 901, 950], 7] += 1e-12
    assert (
        audit_split(X, y, TRAIN, TEST, groups=groups)["exact copies"].level == "clear"
    )
