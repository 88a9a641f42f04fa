"""fetch_svdb and fetch_svdb_beats, on the real records."""

from collections import Counter

import numpy as np
import pytest
from mirror_server import address, mirror
from wfdb_records import BEAT_SYMBOLS

from skecg import aami, svdb
from skecg.datasets import (
    fetch_mitdb,
    fetch_mitdb_beats,
    fetch_svdb,
    fetch_svdb_beats,
    load_wfdb_beats,
)
from skecg.datasets._fetch_svdb import _SVDB

pytestmark = pytest.mark.real

# In 804, a beat and another mark are at one sample; 860 has a beat at its end.
RECORDS = ["804", "860"]


def test_every_file_of_every_record_has_physionets_checksum():
    lines = (mirror() / "svdb/1.0.0/SHA256SUMS.txt").read_text().splitlines()
    published = dict(reversed(line.split()) for line in lines)
    pinned = {name: sha256 for name, (sha256, _) in _SVDB.files.items()}
    suffixes = (".hea", ".dat", ".atr")
    assert list(pinned) == [
        name + suffix for name in svdb.RECORDS for suffix in suffixes
    ]
    assert pinned.items() <= published.items()
    assert tuple((mirror() / "svdb/1.0.0/RECORDS").read_text().split()) == svdb.RECORDS


def test_records_and_headers():
    fetched = fetch_svdb(iter(RECORDS))
    assert fetched.records == fetched.headers.record.to_list() == RECORDS
    assert (fetched.headers.n_samples == 230_400).all()
    for words in ("ODC-By", "Greenwald", "ECG1"):
        assert words in fetched.DESCR


def test_absent_and_damaged_files_are_named(tmp_path, server):
    # The mirror may lack a record.
    folder = tmp_path / "mirror/svdb/1.0.0"
    folder.mkdir(parents=True)
    for suffix in (".hea", ".dat", ".atr"):
        content = (mirror() / f"svdb/1.0.0/800{suffix}").read_bytes()
        (folder / f"800{suffix}").write_bytes(content)
    given = {"data_home": tmp_path, "base_url": tmp_path / "mirror"}
    with pytest.raises(OSError, match=r"1 of 2 records of SVDB, .*: 801; .*: 800"):
        fetch_svdb(["800", "801"], **given)
    path = fetch_svdb(["800"], **given).path
    good = (path / "800.atr").read_bytes()
    (path / "800.atr").write_bytes(good[:-1])
    with pytest.raises(OSError, match=r"1 of 3 files of SVDB .*damaged .*800\.atr"):
        fetch_svdb_beats(["800"], download_if_missing=False, **given)
    (folder / "800.atr").write_bytes(good[::-1])
    with pytest.raises(OSError, match=r"Could not fetch 800\.atr of SVDB intact"):
        fetch_svdb(["800"], **given)
    server.faults["800.atr"] = ["wrong bytes"]
    fetch_svdb(["800"], data_home=tmp_path, base_url=address(server))
    assert (path / "800.atr").read_bytes() == good
    assert server.requested == ["800.atr", "800.atr"]


def test_errors_name_the_records(tmp_path):
    for fetch in (fetch_svdb, fetch_svdb_beats):
        with pytest.raises(
            ValueError, match=r"SVDB records .*'800' to '894', got '100'"
        ):
            fetch(["100"], data_home=tmp_path)
        with pytest.raises(ValueError, match=r"at least one record.* for all 78"):
            fetch([], data_home=tmp_path)
    with pytest.raises(ValueError, match="leads contains MLII, but record 804 has"):
        fetch_svdb_beats(["804"], layout="centered", leads=["MLII"])
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("mapping", ["study", "ec57"])
def test_beats_are_those_that_wfdb_counts(wfdb, mapping):
    beats = fetch_svdb_beats(RECORDS, layout="centered", mapping=mapping)
    codes = aami.EC57_MAPPING if mapping == "ec57" else aami.STUDY_MAPPING
    path = fetch_svdb(RECORDS).path
    for record in RECORDS:
        marks = wfdb.rdann(str(path / record), "atr")
        inside = zip(marks.sample, marks.symbol, strict=True)
        symbols = [s for at, s in inside if s in BEAT_SYMBOLS and at < 230_400]
        is_record = beats.records == record
        assert Counter(symbols) == Counter(beats.symbols[is_record].tolist())
        expected = Counter(codes[s] for s in symbols)
        assert expected == Counter(beats.target[is_record].tolist())
    assert beats.n_dropped["past_end"] == 1
    assert sum(beats.n_dropped.values()) == 1
    assert set(beats.groups) == set(RECORDS)
    assert (beats.n_channels, beats.n_aux_features) == (2, 6)
    # The R peak is at the position that the layout defines.
    normal = np.median(beats.data[beats.symbols == "N"], axis=0)[:96]
    assert abs(int(np.argmax(np.abs(normal))) - 36) <= 2


def test_default_layout_is_the_studys(wfdb):
    beats = fetch_svdb_beats(["804"], as_frame=True)
    assert beats.frame.shape[1] == 188
    # The first signal, by default.
    first = fetch_svdb_beats(["804"], leads=["ECG1"], return_X_y=True)[0]
    np.testing.assert_array_equal(beats.data, first)
    second = fetch_svdb_beats(["804"], leads=[1], return_X_y=True)[0]
    assert (np.abs(first - second).mean(axis=1) > 0.01).mean() > 0.9


def test_mitdb_as_a_folder_gives_the_beats_of_fetch_mitdb_beats(mitdb):
    """Both go through one code path, from signals of other units in the study's."""
    records = ["100", "114"]
    path = fetch_mitdb(records).path
    for layout, leads in (("centered", [("MLII", "V5")]), ("study", None)):
        beats = load_wfdb_beats(path, records=records, layout=layout, leads=leads)
        others = [name for name in mitdb.records if name not in records]
        expected = fetch_mitdb_beats("all", layout=layout, leads=leads, exclude=others)
        np.testing.assert_allclose(beats.data, expected.data, atol=1e-6)
        for name in ("target", "records", "r_peaks", "symbols", "groups"):
            np.testing.assert_array_equal(beats[name], expected[name])
