"""InterPatientSplit: the published lists of records."""

import numpy as np
import pandas as pd
import pytest
from splits import assert_same, only

from skecg.datasets import fetch_mitdb_beats
from skecg.mitdb import DS1, DS2, RECORDS, SUBJECTS
from skecg.model_selection import (
    InterPatientSplit,
    split_validation,
)


def test_record_lists_are_the_published_ones():
    assert len(DS1) == len(DS2) == 22
    assert len(set(RECORDS)) == 48
    assert "201" in DS1
    assert "202" in DS2


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
    message = "^groups must contain .* lacks .*202; pass .* subjects and calls 202 201"
    for choice in ("as_published", "train", "test"):
        splitter = InterPatientSplit(same_subject=choice)
        with pytest.raises(ValueError, match=message):
            only(splitter.split(X, groups=subjects))
    kept = ~np.isin(records, DS2)
    with pytest.raises(ValueError, match="lacks 100, 103, 105, 111, 113 and 17 more"):
        only(InterPatientSplit().split(X[kept], groups=records[kept]))
    with pytest.raises(ValueError, match="groups must not be None; pass the rec"):
        only(InterPatientSplit().split(X))
    with pytest.raises(ValueError, match="one name for each of the 287 rows"):
        only(InterPatientSplit().split(X[1:], groups=records))
    with pytest.raises(ValueError, match=r"same_subject must be one of .* 'both'"):
        InterPatientSplit(same_subject="both")


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
