import numpy as np
import pytest

from skecg import aami, mitdb
from skecg.datasets import fetch_mitdb
from skecg.datasets._fetch_mitdb import _registry


def test_records_are_those_of_the_registry():
    names = tuple(name.removesuffix(".hea") for name in _registry() if ".hea" in name)
    assert names == mitdb.RECORDS
    assert len(names) == 48
    assert sorted(mitdb.DS1 + mitdb.DS2 + mitdb.PACED) == list(names)
    assert tuple(mitdb.LEADS) == names


def test_every_beat_symbol_has_a_class():
    assert set(aami.STUDY_MAPPING) == mitdb.BEAT_SYMBOLS


@pytest.mark.real
def test_leads_and_rate_are_those_of_the_headers():
    headers = fetch_mitdb().headers.set_index("record")
    assert headers.leads.to_dict() == dict(mitdb.LEADS)
    assert set(headers.fs) == {mitdb.FS}


def test_201_and_202_are_one_subject():
    assert mitdb.subject_of("202") == mitdb.subject_of("201") == "201"
    subjects = {mitdb.subject_of(record) for record in mitdb.RECORDS}
    assert subjects == set(mitdb.RECORDS) - {"202"}


def test_subjects_of_another_data_set_stay_apart():
    names = np.array(["202", "100", "201", "202"])
    assert mitdb.subjects_of(names).tolist() == ["201", "100", "201", "201"]
    others = np.append(names, "999")
    assert mitdb.subjects_of(others) is others


def test_subjects_of_no_names():
    assert mitdb.subjects_of(np.array([], dtype=str)).dtype.kind == "U"
