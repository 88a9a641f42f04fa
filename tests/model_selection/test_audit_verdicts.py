"""Each fact that makes a score invalid: a split that has it, and one that has not."""

import numpy as np
import pytest
from audits import TEST, TRAIN

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


@pytest.mark.parametrize("argument", ["groups", "records"])
def test_201_and_202_are_known_by_name(clean_split, argument):
    X, y, _ = clean_split
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


def test_records_add_what_groups_do_not_know(clean_split):
    X, y, groups = clean_split
    records = np.repeat(["100", "201", "103", "202", "105"], 200)
    audit = audit_split(
        X, y, TRAIN[:600], np.arange(600, 1000), groups=groups, records=records
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
