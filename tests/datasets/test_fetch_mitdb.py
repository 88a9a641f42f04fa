"""fetch_mitdb: headers, annotations and arguments, on the real records."""

from collections import Counter

import pandas as pd
import pytest
from mirror_server import mirror

from skecg import aami
from skecg.datasets import fetch_mitdb
from skecg.mitdb import BEAT_SYMBOLS

pytestmark = pytest.mark.real


def test_records_and_headers(mitdb):
    assert len(mitdb.records) == len(mitdb.headers) == 48
    headers = mitdb.headers.set_index("record")
    assert (headers.fs == 360).all()
    assert (headers.n_samples == 650_000).all()
    assert headers.leads["100"] == ("MLII", "V5")
    assert headers.leads["114"] == ("V5", "MLII")
    assert all("MLII" not in headers.leads[name] for name in ("102", "104"))
    assert (headers.age["100"], headers.sex["100"]) == (69, "M")
    assert set(headers.sex) == {"M", "F"}
    assert "ODC-By" in mitdb.DESCR
    listed = (mirror() / "mitdb/1.0.0/RECORDS").read_text().split()
    assert mitdb.records == listed


def test_annotated_beats_have_the_published_counts(mitdb, wfdb):
    counts = Counter()
    for record in mitdb.records:
        symbols = wfdb.rdann(str(mitdb.path / record), "atr").symbol
        counts.update(s for s in symbols if s in BEAT_SYMBOLS)
    by_class = Counter()
    for symbol, n_beats in counts.items():
        by_class[aami.STUDY_MAPPING[symbol]] += n_beats
    assert counts.total() == 109_494
    assert [by_class[code] for code in range(5)] == [90_631, 2_781, 7_236, 803, 8_043]


def test_base_url_can_be_a_folder(tmp_path, monkeypatch):
    folder = mirror()
    monkeypatch.delenv("SKECG_MIRROR")
    fetched = fetch_mitdb(["100"], data_home=tmp_path, base_url=folder)
    assert sorted(p.name for p in fetched.path.iterdir()) == [
        "100.atr",
        "100.dat",
        "100.hea",
    ]
    names = iter(["100"])
    again = fetch_mitdb(names, data_home=tmp_path, download_if_missing=False)
    pd.testing.assert_frame_equal(again.headers, fetched.headers)


def test_errors_name_the_argument(tmp_path):
    with pytest.raises(ValueError, match="from '100' to '234', got '999'"):
        fetch_mitdb(["100", "999"], data_home=tmp_path)
    with pytest.raises(ValueError, match="got 100;"):
        fetch_mitdb([100], data_home=tmp_path)
    with pytest.raises(ValueError, match="at least one record"):
        fetch_mitdb([], data_home=tmp_path)
    with pytest.raises(ValueError, match=r"base_url .*must be an http\(s\)"):
        fetch_mitdb(data_home=tmp_path, base_url="ftp://example.org")
    with pytest.raises(ValueError, match=r"got \['100'\];"):
        fetch_mitdb([["100"]], data_home=tmp_path)
    for argument in ("data_home", "base_url", "records", "download_if_missing"):
        with pytest.raises(ValueError, match=f"The '{argument}' parameter of"):
            fetch_mitdb(**{"data_home": tmp_path, argument: 5})
    assert not any(tmp_path.iterdir())
