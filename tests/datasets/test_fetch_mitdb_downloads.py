"""fetch_mitdb: faulty servers, damaged files and interrupted downloads."""

import os
import signal
import subprocess
import sys
from collections import Counter

import pytest
from mirror_server import (
    address,
    has_default_mode,
    mirror,
    names_of_intact_files,
    wait_until_requested,
)

from skecg.datasets import fetch_mitdb

pytestmark = pytest.mark.real


def test_files_have_default_permissions(tmp_path, server):
    fetch_mitdb(["100"], data_home=tmp_path, base_url=mirror())
    path = fetch_mitdb(
        data_home=tmp_path, base_url=address(server), records=["101"]
    ).path
    assert len(list(path.iterdir())) == 6
    assert all(has_default_mode(file, tmp_path) for file in path.iterdir())


def test_damaged_files_are_fetched_again_or_named(tmp_path):
    path = fetch_mitdb(["100"], data_home=tmp_path).path / "100.dat"
    good = path.read_bytes()
    path.write_bytes(good[:-1])
    with pytest.raises(OSError, match=r"1 of 3 files.*damaged.*100\.dat"):
        fetch_mitdb(["100"], data_home=tmp_path, download_if_missing=False)
    fetch_mitdb(["100"], data_home=tmp_path)
    assert path.read_bytes() == good


@pytest.mark.parametrize("fault", ["status 500", "wrong bytes", "truncated"])
def test_a_request_that_fails_once_is_repeated(tmp_path, server, fault):
    server.faults["100.dat"] = [fault]
    path = fetch_mitdb(
        data_home=tmp_path, base_url=address(server), records=["100"]
    ).path
    assert names_of_intact_files(path) == ["100.atr", "100.dat", "100.hea"]
    assert Counter(server.requested) == {"100.hea": 1, "100.dat": 2, "100.atr": 1}


def test_a_persistent_fault_is_named_and_leaves_no_partial_file(tmp_path, server):
    server.faults["100.dat"] = ["wrong bytes", "truncated", "wrong bytes", "truncated"]
    with pytest.raises(OSError, match=r"Could not fetch 100\.dat of MIT-BIH intact"):
        fetch_mitdb(["100"], data_home=tmp_path, base_url=address(server))
    assert names_of_intact_files(tmp_path / "mitdb/1.0.0") == ["100.hea"]
    # The server has recovered: only the missing files are requested.
    server.requested.clear()
    fetch_mitdb(["100"], data_home=tmp_path, base_url=address(server))
    assert server.requested == ["100.dat", "100.atr"]


def test_a_run_after_an_interrupted_one_fetches_only_missing_files(tmp_path, server):
    server.faults["101.dat"] = ["hangs"]
    code = (
        "import signal, sys; from skecg.datasets import fetch_mitdb;"
        # A process in the background ignores SIGINT by default.
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "fetch_mitdb(['100', '101'], data_home=sys.argv[1], base_url=sys.argv[2])"
    )
    command = [sys.executable, "-c", code, str(tmp_path), address(server)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        wait_until_requested(server, "101.dat", process)
        process.send_signal(signal.SIGINT)
        assert b"KeyboardInterrupt" in process.communicate(timeout=30)[1]
    kept = names_of_intact_files(tmp_path / "mitdb/1.0.0")
    assert kept == ["100.atr", "100.dat", "100.hea", "101.hea"]
    server.requested.clear()
    fetch_mitdb(["100", "101"], data_home=tmp_path, base_url=address(server))
    assert server.requested == ["101.dat", "101.atr"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_download_leaves_nothing_after_the_next_call(tmp_path, server, number):
    fetch_mitdb(["100"], data_home=tmp_path, base_url=mirror())
    server.faults["101.hea"] = ["hangs"]
    code = (
        "import sys; from skecg.datasets import fetch_mitdb;"
        "fetch_mitdb(['101'], data_home=sys.argv[1], base_url=sys.argv[2])"
    )
    command = [sys.executable, "-c", code, str(tmp_path), address(server)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        wait_until_requested(server, "101.hea", process)
        process.send_signal(number)
        assert process.wait(timeout=30) == -number
    folder = tmp_path / "mitdb/1.0.0"
    names = ["100.atr", "100.dat", "100.hea"]
    left = sorted(set(os.listdir(folder)) - set(names))
    # A work folder and its lock.
    assert len(left) == (2 if number == signal.SIGKILL else 0)
    # The next call need not fetch anything.
    fetch_mitdb(["100"], data_home=tmp_path, download_if_missing=False)
    assert names_of_intact_files(folder) == names


def test_keeps_files_that_another_process_has_fetched(tmp_path, server):
    # The other process has found all three files missing and waits for the first.
    # The server refuses its further requests.
    server.faults = {"100.hea": ["waits"]}
    server.faults |= {name: ["status 500"] * 9 for name in ("100.dat", "100.atr")}
    code = (
        "import sys; from skecg.datasets import fetch_mitdb;"
        "fetch_mitdb(['100'], data_home=sys.argv[1], base_url=sys.argv[2])"
    )
    command = [sys.executable, "-c", code, str(tmp_path), address(server)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        wait_until_requested(server, "100.hea", process)
        folder = fetch_mitdb(
            data_home=tmp_path, base_url=mirror(), records=["100"]
        ).path
        fetched = {name: (folder / name).stat() for name in ("100.dat", "100.atr")}
        server.may_continue.set()
        errors = process.communicate(timeout=60)[1]
        assert process.returncode == 0, errors
    assert server.requested == ["100.hea"]
    assert names_of_intact_files(folder) == ["100.atr", "100.dat", "100.hea"]
    for name, before in fetched.items():
        assert os.path.samestat((folder / name).stat(), before)
