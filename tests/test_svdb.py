import pytest

from skecg import svdb
from skecg.datasets import fetch_svdb


def test_records_are_subjects_of_their_own():
    assert len(svdb.RECORDS) == 78
    assert list(svdb.RECORDS) == sorted(svdb.RECORDS)
    assert dict(svdb.SUBJECTS) == {record: record for record in svdb.RECORDS}
    with pytest.raises(TypeError):
        svdb.SUBJECTS["801"] = "800"


def test_even_records_are_40_of_the_78():
    assert len(svdb.EVEN_RECORDS) == 40
    assert svdb.EVEN_RECORDS[:7] == ("800", "802", "804", "806", "808", "810", "812")
    assert set(svdb.EVEN_RECORDS) < set(svdb.RECORDS)


@pytest.mark.real
def test_leads_and_rate_are_those_of_the_headers():
    headers = fetch_svdb(["800", "820", "894"]).headers
    assert set(headers.leads) == {svdb.LEADS}
    assert set(headers.fs) == {svdb.FS}
