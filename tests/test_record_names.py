"""Names of records and subjects: one spelling for all functions."""

import unicodedata

import numpy as np
import pandas as pd
import pytest

from skecg.metrics import bootstrap_interval, ec57_report, influence, veb_se
from skecg.mitdb import DS1, DS2
from skecg.model_selection import (
    InterPatientSplit,
    LeaveOneSubjectOut,
    SubjectKFold,
    audit_split,
    split_validation,
)

X, Y = np.arange(24.0).reshape(12, 2), ["N", "V"] * 6
NAMES = np.repeat(["100", "103", "201", "202"], 3)
FLOATS = [
    NAMES.astype(float),
    NAMES.astype(float).astype(str),
    pd.Series(NAMES).astype(float).astype(object),
    [100.0] * 3 + ["103"] * 3 + [201] * 3 + ["202.0"] * 3,
]


@pytest.mark.parametrize("names", FLOATS, ids=["float", "text", "object", "mixed"])
def test_whole_floats_are_integers(names):
    audits = [
        audit_split(X, Y, range(7), range(7, 12), groups=each, records=each)
        for each in (names, NAMES)
    ]
    assert audits[0] == audits[1]
    assert "1 (201)" in audits[0]["shared subjects"].text
    assert list(map(str, influence(Y, Y, names, veb_se).index)) == list(
        np.unique(NAMES)
    )
    assert bootstrap_interval(Y, Y, names, veb_se).n_groups == 4
    records = ec57_report(Y, Y, names).records
    assert list(map(str, records.index)) == list(np.unique(NAMES))


def test_strings_of_numpy_and_decomposed_letters_are_the_same_names():
    names = np.repeat(["M\u00fcller", "b", "c", "d"], 3)
    for other in (
        names.astype(np.dtypes.StringDType()),
        [unicodedata.normalize("NFD", name) for name in names.tolist()],
    ):
        assert list(influence(Y, Y, other, veb_se).index) == sorted(set(names.tolist()))
        mixed = [*names[:2], *other[2:]]
        assert LeaveOneSubjectOut().get_n_splits(groups=mixed) == 4


def test_numbers_beyond_int64_are_refused():
    names = np.repeat([1e20, 2e20, 3.0, 4.0], 3)
    with pytest.raises(ValueError, match=r"groups must be whole numbers below 2\*\*63"):
        LeaveOneSubjectOut().get_n_splits(groups=names)


def test_inter_patient_split_accepts_whole_floats():
    records = np.repeat(DS1 + DS2, 2)
    rows = np.zeros((len(records), 1))
    expected = next(InterPatientSplit().split(rows, groups=records))
    found = next(InterPatientSplit().split(rows, groups=records.astype(float)))
    np.testing.assert_array_equal(np.concatenate(found), np.concatenate(expected))


CALLS = {
    "groups": [
        lambda names: audit_split(X, Y, [0, 1], [2, 3], groups=names),
        lambda names: next(SubjectKFold(2).split(X, Y, names)),
        lambda names: LeaveOneSubjectOut().get_n_splits(groups=names),
        lambda names: next(InterPatientSplit().split(X, groups=names)),
        lambda names: split_validation(None, range(12), groups=names),
        lambda names: bootstrap_interval(Y, Y, names, veb_se),
        lambda names: influence(Y, Y, names, veb_se),
    ],
    "records": [
        lambda names: audit_split(X, Y, [0, 1], [2, 3], records=names),
        lambda names: ec57_report(Y, Y, names),
    ],
}


@pytest.mark.parametrize("dtype", [str, object, bytes])
@pytest.mark.parametrize(
    "seen", [" 201", "201 ", "mitdb/201", "mitdb\\201", "201.dat", "a/201.HEA"]
)
def test_other_spellings_are_refused(seen, dtype):
    names = NAMES.astype({str: "U20", bytes: "S20"}.get(dtype, dtype))
    names[NAMES == "201"] = np.array(seen, names.dtype)
    for argument, calls in CALLS.items():
        for call in calls:
            with pytest.raises(ValueError, match=f"{argument} must be names without"):
                call(names)
    with pytest.raises(ValueError) as error:
        ec57_report(Y, Y, names)
    assert f"got {seen!r}; pass '201'." in str(error.value)


def test_names_of_blanks_and_fractions_are_refused():
    with pytest.raises(ValueError, match="got ' '; pass the names alone"):
        ec57_report(Y, Y, [" "] * 12)
    with pytest.raises(ValueError, match=r"records must be whole numbers, got 1\.5"):
        ec57_report(Y, Y, [1.5, 2.0] * 6)


def test_names_with_dots_remain():
    names = ["p.1", "v1.2", "x.dat.1"] * 4
    assert list(ec57_report(Y, Y, names).records.index) == sorted(set(names))
