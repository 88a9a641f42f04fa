"""fetch_mitdb_beats: the public set in the study's layout, and its cache."""

import hashlib
import os
import shutil
import zipfile

import numpy as np
import pandas as pd
import pytest
from mirror_server import has_default_mode

from skecg.datasets import fetch_mitdb_beats
from skecg.datasets._fetch_mitdb_beats import _CACHE_NAME, _stored
from skecg.mitdb import PACED

pytestmark = pytest.mark.real

SHA256_OF_ALL = "950819ef7cc7c17c50f77ee127ddf3b179dfb9f4e5959c758f3fa04b0ea3784f"


@pytest.mark.parametrize(
    ("subset", "sizes", "sha256"),
    [
        (
            "train",
            [72_471, 2_223, 5_788, 641, 6_431],
            "9efde051b70cb8e2f048865d40043b5220da91ed8a2c23fe2f456edd3374cf80",
        ),
        (
            "test",
            [18_118, 556, 1_448, 162, 1_608],
            "cdc15b2f9bc2088f9ec66b4309318e4a5c163b584591c8768b4db9c2b6d1c6ce",
        ),
        (
            "all",
            [90_589, 2_779, 7_236, 803, 8_039],
            SHA256_OF_ALL,
        ),
    ],
)
def test_beats_are_those_of_the_public_files(mitdb, subset, sizes, sha256):
    beats = fetch_mitdb_beats(subset)
    assert np.bincount(beats.target).tolist() == sizes
    assert beats.data.dtype == np.float32
    # The digest is the same on every machine.
    assert hashlib.sha256(beats.data.tobytes()).hexdigest() == sha256
    # Every record is in both files, and 201 and 202 are one subject.
    assert len(set(beats.records)) == 48
    assert len(set(beats.groups)) == 47
    order = pd.DataFrame(
        {"y": beats.target, "record": beats.records, "peak": beats.r_peaks}
    )
    pd.testing.assert_frame_equal(order, order.sort_values(list(order), kind="stable"))


def test_rows_follow_from_the_records(mitdb, wfdb):
    """Cut 40 rows again with wfdb and plain Python."""
    beats = fetch_mitdb_beats("all")
    for row in np.random.default_rng(0).choice(len(beats.data), 40):
        path = str(mitdb.path / beats.records[row])
        signal = wfdb.rdrecord(path, physical=False).d_signal[:, 0]
        marks = wfdb.rdann(path, "atr")
        k = int(np.flatnonzero(marks.sample == beats.r_peaks[row])[0])
        assert marks.symbol[k] == beats.symbols[row]
        a, b, c = [*marks.sample.tolist(), len(signal)][k : k + 3]
        segment = [float(signal[i]) for i in range(a, b + int(0.2 * (c - b)), 3)]
        low, high = min(segment), max(segment)
        expected = [(value - low) / (high - low) for value in segment][:187]
        expected += [0.0] * (187 - len(expected))
        np.testing.assert_allclose(beats.data[row], expected, atol=1e-6)


def test_no_two_beats_are_alike(mitdb):
    """Compare every tenth beat with all beats; match_kaggle_rows depends on this."""
    from scipy.spatial import cKDTree

    X, _ = fetch_mitdb_beats("all", return_X_y=True)
    tree = cKDTree(X, balanced_tree=False, compact_nodes=False)
    distance, _ = tree.query(X[::10], k=2, p=np.inf, distance_upper_bound=0.05)
    assert distance[:, 1].min() > 0.016


def test_exclude_leaves_records_out(mitdb):
    beats = fetch_mitdb_beats(exclude=PACED)
    assert not set(beats.records) & set(PACED)
    assert beats.exclude == list(PACED)
    assert np.bincount(beats.target)[4] < 20
    with pytest.raises(ValueError, match="exclude must name MIT-BIH records"):
        fetch_mitdb_beats(exclude=["1"])
    with pytest.raises(ValueError, match="exclude must leave at least one record"):
        fetch_mitdb_beats(exclude=mitdb.records)
    with pytest.raises(ValueError, match="subset"):
        fetch_mitdb_beats("validation")


def test_cached_beats_need_no_records_and_a_damaged_cache_is_replaced(
    tmp_path, data_home, mitdb
):
    fetch_mitdb_beats()
    cache = next((data_home / "mitdb-beats").iterdir())
    alone = tmp_path / "mitdb-beats" / cache.name
    alone.parent.mkdir()
    shutil.copy(cache, alone)
    X, _ = fetch_mitdb_beats(
        data_home=tmp_path, return_X_y=True, download_if_missing=False
    )
    with alone.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"damage")
    with pytest.raises(OSError, match="144 of 144 files"):
        fetch_mitdb_beats(data_home=tmp_path, download_if_missing=False)
    again, _ = fetch_mitdb_beats(data_home=tmp_path, return_X_y=True)
    np.testing.assert_array_equal(again, X)
    assert [path.name for path in alone.parent.iterdir()] == [cache.name]
    assert has_default_mode(alone, tmp_path)


def test_as_frame_and_description(mitdb):
    frame = fetch_mitdb_beats("test", as_frame=True)
    assert frame.frame.shape == (21_892, 188)
    assert isinstance(frame.data, pd.DataFrame)
    for words in ("ODC-By", "Moody", "Kachuee", "every record"):
        assert words in frame.DESCR


def test_mappings_differ_in_the_escape_beats(mitdb):
    study = fetch_mitdb_beats("all")
    ec57 = fetch_mitdb_beats("all", mapping="ec57")
    moved = np.isin(study.symbols, ["e", "j"])
    assert moved.sum() > 200
    sizes = np.bincount(study.target)
    sizes[:2] += np.array([-1, 1]) * moved.sum()
    np.testing.assert_array_equal(np.bincount(ec57.target), sizes)
    assert (np.diff(ec57.target) >= 0).all()
    assert ec57.mapping == "ec57"


def digest(X):
    return hashlib.sha256(X.tobytes()).hexdigest()


def flip_a_bit(cache):
    content = bytearray(cache.read_bytes())
    # In the shape of the samples: 187 columns become 183.
    place = content.index(b", 187)") + 4
    content[place] ^= 4
    cache.write_bytes(content)


def use_other_arrays(cache):
    np.savez(cache, foo=np.zeros(10))


def use_ten_rows(cache):
    with np.load(cache) as stored:
        rows = {name: stored[name][:10] for name in stored.files if name != "sha256"}
        rows["sha256"] = stored["sha256"]
    np.savez(cache, **rows)


def use_a_zip_of_text(cache):
    with zipfile.ZipFile(cache, "w") as file:
        file.writestr("sha256", "text")
        file.writestr("data", "text")


def use_no_digest(cache):
    with np.load(cache) as stored:
        rows = {name: stored[name] for name in stored.files if name != "sha256"}
    rows["target"] = rows["target"][::-1]
    np.savez(cache, **rows)


@pytest.fixture
def cut_once(monkeypatch, mitdb, data_home):
    """Count the cuts of the records, and take the beats of the cache for them."""
    fetch_mitdb_beats()
    columns = _stored(data_home / _CACHE_NAME)
    cuts = []

    def cut(*_):
        cuts.append(1)
        return dict(columns)

    monkeypatch.setattr("skecg.datasets._fetch_mitdb_beats.cut_study", cut)
    return cuts


@pytest.mark.parametrize(
    "damage",
    [
        flip_a_bit,
        use_other_arrays,
        use_ten_rows,
        use_a_zip_of_text,
        use_no_digest,
        lambda cache: cache.write_bytes(b""),
        lambda cache: cache.write_bytes(b"PK" + bytes(1000)),
    ],
)
def test_a_cache_of_anything_else_is_made_again(tmp_path, data_home, cut_once, damage):
    cache = tmp_path / _CACHE_NAME
    cache.parent.mkdir()
    shutil.copy(data_home / _CACHE_NAME, cache)
    (tmp_path / "mitdb").symlink_to(data_home / "mitdb")
    damage(cache)
    X, _ = fetch_mitdb_beats("all", return_X_y=True, data_home=tmp_path)
    assert cut_once == [1]
    assert digest(X) == SHA256_OF_ALL
    fetch_mitdb_beats("all", data_home=tmp_path)
    assert cut_once == [1]


@pytest.mark.parametrize("fault", ["read-only", "full"])
def test_a_cache_that_cannot_be_written_is_warned_of_once(
    tmp_path, data_home, cut_once, monkeypatch, fault
):
    (tmp_path / "mitdb").symlink_to(data_home / "mitdb")
    if fault == "read-only":
        # Root may write to folders that are read-only, so a file is in the way.
        (tmp_path / "mitdb-beats").touch()
        message = "cannot be cached"
    else:

        def fail(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("skecg._files.os.fsync", fail)
        message = "No space left on device"
    with pytest.warns(UserWarning, match=message):
        X, _ = fetch_mitdb_beats("all", return_X_y=True, data_home=tmp_path)
    assert digest(X) == SHA256_OF_ALL
    fetch_mitdb_beats(data_home=tmp_path)  # warnings are errors here
    assert cut_once == [1, 1]
    assert sorted(os.listdir(tmp_path)) == ["mitdb", "mitdb-beats"]
    assert fault == "read-only" or not any((tmp_path / "mitdb-beats").iterdir())


def test_strays_of_killed_runs_are_collected_by_the_next_call(tmp_path, data_home):
    fetch_mitdb_beats()
    for folder in ("mitdb/1.0.0", "mitdb-beats"):
        shutil.copytree(data_home / folder, tmp_path / folder)
    (tmp_path / "mitdb-beats" / ".x.0123456789abcdef.skecg").touch()
    fetch_mitdb_beats(data_home=tmp_path)
    assert not list(tmp_path.rglob("*.skecg"))
