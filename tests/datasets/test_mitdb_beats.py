"""The records and the study's beats, against PhysioNet's own and published facts."""

import hashlib
import http.server
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from skecg import aami
from skecg.datasets import fetch_mitdb, fetch_mitdb_beats, get_data_home
from skecg.mitdb import BEAT_SYMBOLS, PACED

pytestmark = pytest.mark.real


def mirror():
    return Path(os.environ["SKECG_MIRROR"])


# ------------------------------------------------------------------ the records


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


def test_annotated_beats_are_the_published_ones(mitdb, wfdb):
    counts = Counter()
    for record in mitdb.records:
        symbols = wfdb.rdann(str(mitdb.path / record), "atr").symbol
        counts.update(s for s in symbols if s in BEAT_SYMBOLS)
    by_class = Counter()
    for symbol, n_beats in counts.items():
        by_class[aami.STUDY_MAPPING[symbol]] += n_beats
    assert counts.total() == 109_494
    assert [by_class[code] for code in range(5)] == [90_631, 2_781, 7_236, 803, 8_043]


def test_a_folder_serves_as_base_url(tmp_path, monkeypatch):
    folder = mirror()
    monkeypatch.delenv("SKECG_MIRROR")
    fetched = fetch_mitdb(tmp_path, base_url=folder, records=["100"])
    assert sorted(p.name for p in fetched.path.iterdir()) == [
        "100.atr",
        "100.dat",
        "100.hea",
    ]
    names = iter(["100"])
    again = fetch_mitdb(tmp_path, records=names, download_if_missing=False)
    pd.testing.assert_frame_equal(again.headers, fetched.headers)


def has_the_usual_mode(path, tmp_path):
    usual = tmp_path / "opened-as-usual"
    usual.touch()
    return path.stat().st_mode == usual.stat().st_mode


def test_who_may_read_other_files_may_read_these(tmp_path, server):
    fetch_mitdb(tmp_path, base_url=mirror(), records=["100"])
    path = fetch_mitdb(tmp_path, base_url=address(server), records=["101"]).path
    assert len(list(path.iterdir())) == 6
    assert all(has_the_usual_mode(file, tmp_path) for file in path.iterdir())


def test_damage_in_the_cache_is_mended_or_named(tmp_path):
    path = fetch_mitdb(tmp_path, records=["100"]).path / "100.dat"
    good = path.read_bytes()
    path.write_bytes(good[:-1])
    with pytest.raises(OSError, match=r"1 of 3 files.*100\.dat.*damaged"):
        fetch_mitdb(tmp_path, records=["100"], download_if_missing=False)
    fetch_mitdb(tmp_path, records=["100"])
    assert path.read_bytes() == good


def test_bad_arguments_are_named(tmp_path):
    with pytest.raises(ValueError, match="from '100' to '234', got '999'"):
        fetch_mitdb(tmp_path, records=["100", "999"])
    with pytest.raises(ValueError, match="got 100;"):
        fetch_mitdb(tmp_path, records=[100])
    with pytest.raises(ValueError, match="at least one record"):
        fetch_mitdb(tmp_path, records=[])
    with pytest.raises(ValueError, match=r"base_url .*must be an http\(s\)"):
        fetch_mitdb(tmp_path, base_url="ftp://example.org")
    with pytest.raises(ValueError, match=r"got \['100'\];"):
        fetch_mitdb(tmp_path, records=[["100"]])
    for argument in ("data_home", "base_url", "records", "download_if_missing"):
        with pytest.raises(ValueError, match=f"The '{argument}' parameter of"):
            fetch_mitdb(**{"data_home": tmp_path, argument: 5})
    with pytest.raises(ValueError, match="The 'data_home' parameter of"):
        get_data_home(5)
    assert not any(tmp_path.iterdir())


# ------------------------------------------------------------- a server of ours


class Server(http.server.ThreadingHTTPServer):
    """Serves the mirror, and behaves badly as `faults` says for a file name."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.faults = {}
        self.asked = []
        self.may_go_on = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.rsplit("/", 1)[1]
        self.server.asked.append(name)
        body = (mirror() / self.path.lstrip("/")).read_bytes()
        faults = self.server.faults.get(name, [])
        fault = faults.pop(0) if faults else None
        if fault == "status 500":
            self.send_error(500)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if fault == "wrong bytes":
            body = body[::-1]
        elif fault == "truncated":
            body = body[: len(body) // 2]
            self.close_connection = True
        elif fault == "hangs":
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            threading.Event().wait(30)
            return
        elif fault == "waits":
            self.server.may_go_on.wait(30)
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = Server()
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def address(server):
    return f"http://127.0.0.1:{server.server_port}"


def same_as_mirror(folder):
    files = sorted(folder.iterdir())
    for path in files:
        assert path.read_bytes() == (mirror() / "mitdb/1.0.0" / path.name).read_bytes()
    return [path.name for path in files]


@pytest.mark.parametrize("fault", ["status 500", "wrong bytes", "truncated"])
def test_a_fault_that_passes_is_retried(tmp_path, server, fault):
    server.faults["100.dat"] = [fault]
    path = fetch_mitdb(tmp_path, base_url=address(server), records=["100"]).path
    assert same_as_mirror(path) == ["100.atr", "100.dat", "100.hea"]
    assert Counter(server.asked) == {"100.hea": 1, "100.dat": 2, "100.atr": 1}


def test_a_fault_that_stays_is_named_and_leaves_nothing_half(tmp_path, server):
    server.faults["100.dat"] = ["wrong bytes", "truncated", "status 500", "truncated"]
    with pytest.raises(OSError, match=r"Could not fetch 100\.dat of MIT-BIH intact"):
        fetch_mitdb(tmp_path, base_url=address(server), records=["100"])
    assert same_as_mirror(tmp_path / "mitdb/1.0.0") == ["100.hea"]
    # The server is well again: only what is missing is asked for.
    server.asked.clear()
    fetch_mitdb(tmp_path, base_url=address(server), records=["100"])
    assert server.asked == ["100.dat", "100.atr"]


def wait_until_asked(server, name, process):
    waiting = threading.Event()
    while process.poll() is None and name not in server.asked:
        waiting.wait(0.05)


def test_an_aborted_run_goes_on_with_what_it_has(tmp_path, server):
    server.faults["101.dat"] = ["hangs"]
    code = (
        "import signal, sys; from skecg.datasets import fetch_mitdb;"
        # Also where the tests run in the background, which ignores it.
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "fetch_mitdb(sys.argv[1], base_url=sys.argv[2], records=['100', '101'])"
    )
    command = [sys.executable, "-c", code, str(tmp_path), address(server)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        wait_until_asked(server, "101.dat", process)
        process.send_signal(signal.SIGINT)
        assert b"KeyboardInterrupt" in process.communicate(timeout=30)[1]
    kept = same_as_mirror(tmp_path / "mitdb/1.0.0")
    assert kept == ["100.atr", "100.dat", "100.hea", "101.hea"]
    server.asked.clear()
    fetch_mitdb(tmp_path, base_url=address(server), records=["100", "101"])
    assert server.asked == ["101.dat", "101.atr"]


def test_a_process_leaves_alone_what_another_has_brought(tmp_path, server):
    # The other process has found all three files missing and waits for the first.
    # Whatever else it asks for, it does not get.
    server.faults = {"100.hea": ["waits"]}
    server.faults |= {name: ["status 500"] * 9 for name in ("100.dat", "100.atr")}
    code = (
        "import sys; from skecg.datasets import fetch_mitdb;"
        "fetch_mitdb(sys.argv[1], base_url=sys.argv[2], records=['100'])"
    )
    command = [sys.executable, "-c", code, str(tmp_path), address(server)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        wait_until_asked(server, "100.hea", process)
        folder = fetch_mitdb(tmp_path, base_url=mirror(), records=["100"]).path
        brought = {name: (folder / name).stat() for name in ("100.dat", "100.atr")}
        server.may_go_on.set()
        errors = process.communicate(timeout=60)[1]
        assert process.returncode == 0, errors
    assert server.asked == ["100.hea"]
    assert same_as_mirror(folder) == ["100.atr", "100.dat", "100.hea"]
    for name, before in brought.items():
        assert os.path.samestat((folder / name).stat(), before)


# -------------------------------------------------------------------- the beats


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
            "950819ef7cc7c17c50f77ee127ddf3b179dfb9f4e5959c758f3fa04b0ea3784f",
        ),
    ],
)
def test_beats_are_the_public_sets(mitdb, subset, sizes, sha256):
    beats = fetch_mitdb_beats(subset)
    assert np.bincount(beats.target).tolist() == sizes
    assert beats.data.dtype == np.float32
    # The same on every machine.
    assert hashlib.sha256(beats.data.tobytes()).hexdigest() == sha256
    # Every record is on both sides, and 201 and 202 are one man.
    assert len(set(beats.records)) == 48
    assert len(set(beats.groups)) == 47
    order = pd.DataFrame(
        {"y": beats.target, "record": beats.records, "peak": beats.r_peaks}
    )
    pd.testing.assert_frame_equal(order, order.sort_values(list(order), kind="stable"))


def test_rows_follow_from_the_records_by_the_rules(mitdb, wfdb):
    """Cut a few rows again, in another way than the package does."""
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
    """What matching rests on, in every tenth beat against all."""
    from scipy.spatial import cKDTree

    X, _ = fetch_mitdb_beats("all", return_X_y=True)
    tree = cKDTree(X, balanced_tree=False, compact_nodes=False)
    distance, _ = tree.query(X[::10], k=2, p=np.inf, distance_upper_bound=0.05)
    assert distance[:, 1].min() > 0.016


def test_records_can_be_left_out(mitdb):
    beats = fetch_mitdb_beats(exclude=PACED)
    assert not set(beats.records) & set(PACED)
    assert beats.exclude == list(PACED)
    assert np.bincount(beats.target)[4] < 20
    with pytest.raises(ValueError, match="exclude must name MIT-BIH records"):
        fetch_mitdb_beats(exclude=["1"])
    with pytest.raises(ValueError, match="exclude leaves no record"):
        fetch_mitdb_beats(exclude=mitdb.records)
    with pytest.raises(ValueError, match="subset"):
        fetch_mitdb_beats("validation")


def test_kept_beats_need_no_records_and_damaged_ones_are_made_again(
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
    mended, _ = fetch_mitdb_beats(data_home=tmp_path, return_X_y=True)
    np.testing.assert_array_equal(mended, X)
    assert [path.name for path in alone.parent.iterdir()] == [cache.name]
    assert has_the_usual_mode(alone, tmp_path)


def test_return_forms(mitdb):
    frame = fetch_mitdb_beats("test", as_frame=True)
    assert frame.frame.shape == (21_892, 188)
    assert isinstance(frame.data, pd.DataFrame)
    for words in ("ODC-By", "Moody", "Kachuee", "every record"):
        assert words in frame.DESCR


# ------------------------------------------------------------ the centred layout

LEADS = ["MLII", ("V1", "V2", "V4", "V5")]


def test_centered_beats_are_every_annotated_beat(mitdb):
    beats = fetch_mitdb_beats("all", layout="centered", leads=LEADS, exclude=PACED)
    assert beats.data.shape == (100_733, 2 * 96 + 6)
    assert (beats.n_channels, beats.n_aux_features) == (2, 6)
    assert beats.feature_names[0] == "MLII_sample_0"
    # The R peak, in millivolts, stands where the layout says.
    normal = np.median(beats.data[beats.symbols == "N"], axis=0)[:96]
    assert abs(int(np.argmax(normal)) - 36) <= 1
    assert 0.5 < normal.max() < 2
    # Half of the S beats come early, and few of the normal ones.
    is_early = beats.data[:, beats.feature_names.index("pre_rr_to_local")] < 0.9
    assert is_early[beats.target == 1].mean() > 3 * is_early[beats.target == 0].mean()


@pytest.mark.parametrize("subset", ["train", "test"])
def test_centered_subsets_are_the_public_ones(mitdb, subset):
    centered = fetch_mitdb_beats(
        subset, layout="centered", leads=[("MLII", "V5")], rr=None
    )
    study = fetch_mitdb_beats(subset)
    for name in ("target", "records", "r_peaks", "symbols"):
        np.testing.assert_array_equal(centered[name], study[name])


@pytest.mark.parametrize("layout", ["features", "causal_features"])
def test_features_have_a_row_for_every_centered_beat(mitdb, layout):
    others = [name for name in mitdb.records if name not in ("106", "118")]
    common = {"subset": "all", "leads": [("MLII", "V5"), "V1"], "exclude": others}
    beats = fetch_mitdb_beats(layout=layout, as_frame=True, **common)
    centered = fetch_mitdb_beats(layout="centered", **common)
    for name in ("target", "records", "r_peaks", "symbols"):
        np.testing.assert_array_equal(beats[name], centered[name])
    assert (beats.n_channels, beats.n_aux_features) == (0, 42)
    assert np.isfinite(beats.data.to_numpy()).all()
    # 106 has ventricular beats alone, 118 nearly all of the premature others.
    by_class = beats.data.groupby(beats.target).median()
    assert by_class.loc[1, "pre_rr_to_sinus"] < 0.85
    assert by_class.loc[2, "qrs_correlation_mean"] < 0.8
    assert by_class.loc[0, "qrs_correlation_mean"] > 0.9


@pytest.mark.parametrize("leads", [["V5", "MLII"], ["MLII", "V5"]])
def test_leads_go_by_name(mitdb, wfdb, leads):
    """In 114 the second signal is MLII; the rows hold them as they are asked for."""
    others = [name for name in mitdb.records if name != "114"]
    beats = fetch_mitdb_beats(
        "all", layout="centered", leads=leads, exclude=others, rr=None
    )
    record = wfdb.rdrecord(str(mitdb.path / "114"))
    assert record.sig_name == ["V5", "MLII"]
    window = beats.r_peaks[0] + 3 * np.arange(-36, 60)
    for k, lead in enumerate(leads):
        ours = beats.data[0, 96 * k : 96 * k + 96]
        theirs = record.p_signal[window, record.sig_name.index(lead)]
        assert np.corrcoef(ours, theirs)[0, 1] > 0.95


def test_leads_are_refused(mitdb):
    with pytest.raises(ValueError, match="MLII, which record 102 lacks: it has V5 and"):
        fetch_mitdb_beats(layout="centered", leads=["MLII"])
    with pytest.raises(ValueError, match="leads must name leads in the centred"):
        fetch_mitdb_beats(layout="centered")
    with pytest.raises(ValueError, match="leads must name leads in the centred"):
        fetch_mitdb_beats(leads=["MLII"])
    # Record 100 has MLII and V5.
    for leads in (["MLII", ("MLII", "V5")], ["MLII", "MLII"]):
        with pytest.raises(ValueError, match=r"two of .* are MLII in record 100"):
            fetch_mitdb_beats(layout="centered", leads=leads)
    for lead in (0, None, (), ("MLII", 0), b"MLII"):
        with pytest.raises(ValueError, match="leads must hold names such as 'MLII', "):
            fetch_mitdb_beats(layout="centered", leads=[lead])
    with pytest.raises(ValueError, match="leads must name one lead at least"):
        fetch_mitdb_beats(layout="centered", leads=[])


def test_escape_beats_by_either_mapping(mitdb):
    study = fetch_mitdb_beats("all")
    ec57 = fetch_mitdb_beats("all", mapping="ec57")
    moved = np.isin(study.symbols, ["e", "j"])
    assert moved.sum() > 200
    sizes = np.bincount(study.target)
    sizes[:2] += np.array([-1, 1]) * moved.sum()
    np.testing.assert_array_equal(np.bincount(ec57.target), sizes)
    assert (np.diff(ec57.target) >= 0).all()
    assert ec57.mapping == "ec57"
