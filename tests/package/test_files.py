"""Files are written whole or not at all, also by killed runs."""

import os
import signal
import threading

import pytest
from killed_runs import (
    DIES_AT,
    GETS_SIGTERM,
    names_while_a_run_waits,
    run,
    terminate_at_each_step,
)

from skecg import _files
from skecg._files import collect_strays, whole_file, write_text

WRITES_A_FILE = "_files.write_text(target / 'cell.json', 'new')\n"


def test_a_file_is_there_when_it_is_complete(tmp_path):
    path = tmp_path / "folder" / "x.txt"
    with whole_file(path) as file:
        file.write(b"half")
        assert not path.exists()
    assert path.read_bytes() == b"half"
    with pytest.raises(KeyboardInterrupt), whole_file(path) as file:
        raise KeyboardInterrupt
    assert [p.name for p in path.parent.iterdir()] == ["x.txt"]
    assert path.read_bytes() == b"half"


def test_texts_are_utf_8_in_any_locale_and_take_any_file_name(tmp_path):
    name = "mein \N{LATIN SMALL LETTER U WITH DIAERESIS}bel.csv"
    odd = os.fsdecode(b"caf\xe9.csv")
    code = (
        "import sys; from skecg._files import write_text;"
        f"write_text(sys.argv[1], {(name + odd)!a})"
    )
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    environment["PYTHONCOERCECLOCALE"] = "0"
    assert run(code, tmp_path / "x", env=environment).stderr == ""
    text = (tmp_path / "x").read_text(encoding="utf-8")
    assert text == f"{name}caf\\udce9.csv"


def test_a_symlink_to_a_file_stays(tmp_path):
    (tmp_path / "real").write_text("old")
    link = tmp_path / "link"
    link.symlink_to("real")
    write_text(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_strays_of_dead_runs_are_collected_and_those_of_live_runs_stay(tmp_path):
    stray = tmp_path / ".x.0123456789abcdef.skecg"
    (tmp_path / ".x.mine.skecg").touch()
    before, after = names_while_a_run_waits(
        tmp_path, "whole_file(folder / 'y')", stray.touch, collect_strays
    )
    assert before - after == {stray.name}
    assert len(after) == 2
    write_text(tmp_path / "z", "")
    assert set(os.listdir(tmp_path)) == {"z", ".x.mine.skecg"}


def test_a_collector_that_comes_before_the_lock_costs_nothing(tmp_path, monkeypatch):
    lock = _files.lock_file

    def lock_later(descriptor, **options):
        monkeypatch.setattr(_files, "lock_file", lock)
        collect_strays(tmp_path)
        return lock(descriptor, **options)

    monkeypatch.setattr(_files, "lock_file", lock_later)
    write_text(tmp_path / "x", "whole")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_sigterm_leaves_no_work_file(tmp_path):
    code = GETS_SIGTERM.format(writer="whole_file(folder / 'x')")
    assert run(code, tmp_path).returncode == -signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_sigterm_at_any_step_leaves_the_old_or_the_new_file(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "cell.json").write_text("old")
    folders = terminate_at_each_step(WRITES_A_FILE, tmp_path)
    for folder in folders:
        assert [path.name for path in folder.iterdir()] == ["cell.json"]
    found = [(folder / "cell.json").read_text() for folder in folders]
    assert found == sorted(found, key=["old", "new"].index)
    assert set(found) == {"old", "new"}


def test_sigterm_ends_a_run_that_loses_the_exception(tmp_path):
    """Python ignores exceptions of destructors."""
    code = GETS_SIGTERM.format(
        writer="""whole_file(folder / 'x'):
    class Destroyed:
        def __del__(self):
            os.kill(os.getpid(), signal.SIGTERM)
    Destroyed()
if False"""
    )
    assert run(code, tmp_path).returncode == -signal.SIGTERM


def test_sigterm_between_two_blocks_leaves_no_work_file(tmp_path):
    """At the start of contextlib's __exit__, no block would handle an exception."""
    code = """
import os, signal, sys
from pathlib import Path
from skecg._files import whole_file

def send(frame, event, _):
    if event == "call" and frame.f_code.co_name == "__exit__":
        sys.setprofile(None)
        os.kill(os.getpid(), signal.SIGTERM)

try:
    with whole_file(Path(sys.argv[1]) / "x"):
        sys.setprofile(send)
except SystemExit:
    os._exit(7)
"""
    assert run(code, tmp_path).returncode == -signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_sigterm_of_a_fork_leaves_the_files_of_its_parent(tmp_path):
    code = GETS_SIGTERM.format(
        writer="""whole_file(folder / 'x') as file:
    child = os.fork()
    if child:
        assert os.waitpid(child, 0)[1] == signal.SIGTERM
        file.write(b'whole')
        os._exit(9 if len(os.listdir(folder)) == 1 else 8)
    os.kill(os.getpid(), signal.SIGTERM)
if False"""
    )
    assert run(code, tmp_path).returncode == 9


def test_a_handler_of_sigterm_and_other_threads_stay_as_they_are(tmp_path):
    handlers = []
    with whole_file(tmp_path / "x"):
        handlers.append(signal.getsignal(signal.SIGTERM))
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    thread = threading.Thread(target=write_text, args=(tmp_path / "y", "text"))
    thread.start()
    thread.join()
    assert (tmp_path / "y").read_text() == "text"
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with whole_file(tmp_path / "x"):
            handlers.append(signal.getsignal(signal.SIGTERM))
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    assert callable(handlers[0])
    assert handlers[1] is signal.SIG_IGN


def test_a_run_killed_at_any_step_leaves_the_old_or_the_new_file(tmp_path):
    for step in range(1, 20):
        (tmp_path / "cell.json").write_text("old")
        finished = run(DIES_AT + WRITES_A_FILE, step, tmp_path)
        collect_strays(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["cell.json"]
        assert (tmp_path / "cell.json").read_text() in ("old", "new")
        if finished.returncode == 0:
            break
        assert finished.returncode == -signal.SIGKILL, finished.stderr
    assert step > 3
