"""The audit of the protocols that published work uses, on the real records."""

import numpy as np
import pytest
from audits import CHECKS, levels

from skecg.datasets import fetch_mitdb_beats
from skecg.mitdb import PACED, SUBJECTS
from skecg.model_selection import InterPatientSplit, SubjectKFold, audit_split


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
    audit = audit_split(X, y, train, test, groups=groups, records=records)
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
        {"groups": real.groups, "records": records},
        {"records": records, "subjects": SUBJECTS},
    ):
        audit = audit_split(X, y, train, test, **names)
        assert [f.name for f in audit.verdicts] == ["shared subjects"]
        assert "1 (201). They have 4.3% of the test" in audit["shared subjects"].text
        assert audit["records 201 and 202"].level == "clear"
    for argument in ("groups", "records"):
        audit = audit_split(X, y, train, test, **{argument: records})
        assert not audit.verdicts
        assert audit["records 201 and 202"].value == np.sum(records == "202")


@pytest.mark.real
@pytest.mark.parametrize("same_subject", ["train", "test"])
def test_passes_the_corrected_inter_patient_split(real, same_subject):
    X, y, records = real.data, real.target, real.records
    protocol = InterPatientSplit(same_subject=same_subject)
    train, test = next(protocol.split(X, groups=records))
    # By record and time, as a recording runs, instead of the fetcher's class order.
    in_time = np.lexsort((real.r_peaks, records))
    train, test = (in_time[np.isin(in_time, part)] for part in (train, test))
    audit = audit_split(X, y, train, test, groups=real.groups, records=records)
    assert audit.passed
    assert levels(audit) == dict.fromkeys(CHECKS, "clear")
    assert audit["near copies"].value < 0.005
    assert set(records) - set(records[train]) - set(records[test]) == set(PACED)


@pytest.mark.real
def test_passes_the_public_set_by_patient(real):
    splits = SubjectKFold(5).split(real.data, real.target, real.groups)
    audit = audit_split(real.data, real.target, *next(splits), groups=real.groups)
    assert audit.passed
    assert audit["near copies"].level == "clear"
