import pytest

from skecg import aami, mitdb
from skecg.datasets import fetch_mitdb
from skecg.datasets._fetch_mitdb import MITDB


def test_records_are_those_of_the_registry():
    names = tuple(name.removesuffix(".hea") for name in MITDB.files if ".hea" in name)
    assert names == mitdb.RECORDS
    assert len(names) == 48
    assert sorted(mitdb.DS1 + mitdb.DS2 + mitdb.PACED) == list(names)
    assert tuple(mitdb.LEADS) == names


def test_every_beat_symbol_has_a_class():
    assert mitdb.BEAT_SYMBOLS < set(aami.STUDY_MAPPING)


@pytest.mark.real
def test_leads_and_rate_are_those_of_the_headers():
    headers = fetch_mitdb().headers.set_index("record")
    assert headers.leads.to_dict() == dict(mitdb.LEADS)
    assert set(headers.fs) == {mitdb.FS}


def test_201_and_202_are_one_subject():
    assert tuple(mitdb.SUBJECTS) == mitdb.RECORDS
    assert mitdb.SUBJECTS["202"] == mitdb.SUBJECTS["201"] == "201"
    assert set(mitdb.SUBJECTS.values()) == set(mitdb.RECORDS) - {"202"}
    with pytest.raises(TypeError):
        mitdb.SUBJECTS["202"] = "202"
