"""Report folders are written whole or not at all, also by killed runs."""

import json
import os
import shutil
import signal
from pathlib import Path

import pytest
from killed_runs import (
    DIES_AT,
    GETS_SIGTERM,
    names_while_a_run_waits,
    run,
    terminate_at_each_step,
)

from skecg._files import collect_strays, write_text
from skecg._report_folder import (
    MANIFEST,
    FolderNotWrittenError,
    check_report_folder,
    file_sha256,
    report_folder,
    settle_report_folder,
)

WRITES_A_REPORT = """
seen = _report_folder.check_report_folder(target, overwrite=True)
with _report_folder.report_folder(target, seen) as part:
    for name in ("a.txt", "b.txt", "new.txt"):
        _files.write_text(part / name, f"new {name}")
"""


def write_report(target, *, seen=None, **texts):
    with report_folder(target, seen) as part:
        for name, text in texts.items():
            write_text(part / f"{name}.txt", text)


def contents(folder):
    """Return the texts of a report's files, which must be those of its manifest."""
    files = {path.name: path for path in folder.iterdir()}
    manifest = json.loads(files.pop(MANIFEST).read_text())
    assert set(manifest["files"]) == set(files)
    for name, path in files.items():
        assert file_sha256(path) == manifest["files"][name]
    return {name: path.read_text() for name, path in files.items()}


def test_strays_of_dead_runs_are_collected_and_those_of_live_runs_stay(tmp_path):
    stray = tmp_path / ".report.0123456789abcdef.skecg"
    before, after = names_while_a_run_waits(
        tmp_path, "report_folder(folder, None)", stray.mkdir, collect_strays
    )
    assert before - after == {stray.name}
    assert len(after) == 2  # The work folder and its lock.
    collect_strays(tmp_path)
    collect_strays(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_sigterm_leaves_no_work_files(tmp_path):
    code = GETS_SIGTERM.format(writer="report_folder(folder, None)")
    assert run(code, tmp_path).returncode == -signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_a_run_killed_at_any_step_leaves_the_old_or_the_new_report(tmp_path):
    old = {"a.txt": "old a", "b.txt": "old b", "old.txt": "old"}
    new = {name: f"new {name}" for name in ("a.txt", "b.txt", "new.txt")}
    found = []
    for step in range(1, 200):
        target = tmp_path / str(step)
        write_report(target, a="old a", b="old b", old="old")
        (target / "thesis.txt").write_text("years of work")
        finished = run(DIES_AT + WRITES_A_REPORT, step, target)
        settle_report_folder(target)
        collect_strays(target)
        (target / ".mutex.skecg").unlink(missing_ok=True)
        thesis = target / "thesis.txt"
        assert thesis.read_text() == "years of work"
        thesis.unlink()
        found.append(contents(target))
        assert found[-1] in (old, new), step
        # The next run works.
        seen = check_report_folder(target, overwrite=True)
        write_report(target, seen=seen, next="next")
        assert contents(target) == {"next.txt": "next"}
        shutil.rmtree(target)
        if finished.returncode == 0:
            break
        assert finished.returncode == -signal.SIGKILL, finished.stderr
    assert step > 30
    assert found[0] == old
    assert found[-1] == new
    # Once it is committed, the report is the new one.
    assert sorted(found, key=lambda x: x == new) == found


def test_sigterm_at_any_step_leaves_the_old_or_the_new_report(tmp_path):
    """The report is whole at once, and not after the next run alone."""
    write_report(tmp_path / "old", a="old a", b="old b", old="old")
    old = {"a.txt": "old a", "b.txt": "old b", "old.txt": "old"}
    new = {name: f"new {name}" for name in ("a.txt", "b.txt", "new.txt")}
    folders = terminate_at_each_step(WRITES_A_REPORT, tmp_path)
    found = [contents(folder) for folder in folders]
    assert found == sorted(found, key=[old, new].index)
    assert found[0] == old
    assert found[-1] == new


def test_ctrl_c_waits_until_a_committed_report_is_in_its_place(tmp_path, monkeypatch):
    target = tmp_path / "report"
    write_report(target, a="old a", b="old b")
    seen = check_report_folder(target, overwrite=True)
    replace, names = os.replace, []

    def interrupted(source, place):
        names.append(Path(place).name)
        if names[-2:] == [".committed.skecg", "a.txt"]:
            raise KeyboardInterrupt
        replace(source, place)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_report(target, seen=seen, a="new a", b="new b")
    assert contents(target) == {"a.txt": "new a", "b.txt": "new b"}


@pytest.mark.parametrize("k", range(1, 7))
def test_a_rename_that_fails_keeps_the_new_files_and_no_mixture(
    tmp_path, monkeypatch, k
):
    target = tmp_path / "report"
    write_report(target, a="old a", b="old b")
    seen = check_report_folder(target, overwrite=True)
    replace, calls = os.replace, []

    def replace_some(*arguments):
        # The first two calls write the staged files.
        calls.append(arguments)
        if len(calls) == k:
            raise PermissionError(13, "not now")
        replace(*arguments)

    monkeypatch.setattr(os, "replace", replace_some)
    with pytest.raises(FolderNotWrittenError, match="not now") as caught:
        write_report(target, seen=seen, a="new a", b="new b")
    monkeypatch.undo()
    kept = caught.value.kept
    if k > 3:  # The third commits the report.
        assert kept.parent == target
        settle_report_folder(target)
        assert contents(target) == {"a.txt": "new a", "b.txt": "new b"}
        return
    assert contents(target) == {"a.txt": "old a", "b.txt": "old b"}
    if k == 1:
        assert kept is None
    if k == 3:
        assert contents(kept) == {"a.txt": "new a", "b.txt": "new b"}


def test_an_overwritten_report_loses_its_files_and_no_other(tmp_path):
    target = tmp_path / "report"
    write_report(target, a="1", b="1")
    (target / "thesis.txt").write_text("years of work")
    (target / "folder").mkdir()
    with pytest.raises(FileExistsError, match="contains a report"):
        check_report_folder(target, overwrite=False)
    write_report(target, seen=check_report_folder(target, overwrite=True), a="2")
    names = {path.name for path in target.iterdir()}
    assert names == {"a.txt", MANIFEST, "thesis.txt", "folder"}
    assert (target / "a.txt").read_text() == "2"


def test_files_that_were_changed_or_put_there_meanwhile_stay(tmp_path):
    target = tmp_path / "report"
    write_report(target, a="1")
    seen = check_report_folder(target, overwrite=True)
    (target / "b.txt").write_text("mine")
    with pytest.raises(
        FolderNotWrittenError, match=r"b\.txt' is not the file"
    ) as error:
        write_report(target, seen=seen, a="2", b="2")
    assert (target / "a.txt").read_text() == "1"
    assert (target / "b.txt").read_text() == "mine"
    assert contents(error.value.kept) == {"a.txt": "2", "b.txt": "2"}
    (target / "a.txt").write_text("edited")
    with pytest.raises(FileExistsError, match=r"a\.txt' is not the file"):
        check_report_folder(target, overwrite=True)


def test_the_files_of_another_program_are_no_report(tmp_path):
    (tmp_path / "report.json").write_text("{}")
    for manifest in (
        "{}",
        "[]",
        "[" * 100_000,
        *(
            f'{{"written_by": "skecg", "id": "1", "files": {{"{name}": "1"}}}}'
            for name in ("../x", "", ".", "a\\u0000", "\\ud800", "x" * 300)
        ),
    ):
        (tmp_path / MANIFEST).write_text(manifest)
        with pytest.raises(FileExistsError, match="files that are not a report"):
            check_report_folder(tmp_path, overwrite=True)


@pytest.mark.parametrize("overwrite", [False, True])
def test_two_runs_to_one_folder_both_keep_their_report(tmp_path, overwrite):
    target = tmp_path / "report"
    if overwrite:
        write_report(target, a="0")
    first, second = (check_report_folder(target, overwrite=overwrite) for _ in "12")
    write_report(target, seen=first, a="1")
    with pytest.raises(FolderNotWrittenError, match="another report") as error:
        write_report(target, seen=second, a="2")
    assert contents(target) == {"a.txt": "1"}
    assert contents(error.value.kept) == {"a.txt": "2"}


def test_a_symlink_to_a_folder_stays(tmp_path):
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to("real")
    for text in ("1", "2"):
        seen = check_report_folder(link, overwrite=True)
        write_report(link, seen=seen, a=text)
    assert link.is_symlink()
    assert contents(tmp_path / "real") == {"a.txt": "2"}


def test_the_folder_is_neither_renamed_nor_replaced(tmp_path, monkeypatch):
    """A mount point cannot be; nor can its parent be written to."""
    target = tmp_path / "mount"
    (target / "lost+found").mkdir(parents=True)
    before = target.stat().st_ino

    def inside(step):
        def move(source, place):
            if not {target} <= {*Path(source).parents} & {*Path(place).parents}:
                raise OSError(16, "Device or resource busy")
            step(source, place)

        return move

    for step in ("replace", "rename"):
        monkeypatch.setattr(os, step, inside(getattr(os, step)))
    for text in ("1", "2"):
        seen = check_report_folder(target, overwrite=True)
        write_report(target, seen=seen, a=text)
    assert target.stat().st_ino == before
    assert (target / "a.txt").read_text() == "2"
    # What cannot be kept beside the folder is kept in it.
    with pytest.raises(FolderNotWrittenError) as error:
        write_report(target, seen="another", a="3")
    assert error.value.kept.parent == target
    assert contents(error.value.kept) == {"a.txt": "3"}


def test_a_check_leaves_nothing_behind(tmp_path):
    assert check_report_folder(tmp_path / "new" / "report", overwrite=False) is None
    assert list(tmp_path.iterdir()) == []


def test_a_committed_folder_of_others_is_refused_before_the_run(tmp_path):
    committed = tmp_path / ".committed.skecg"
    committed.mkdir()
    (committed / "a.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="not a report of skecg; move it away"):
        check_report_folder(tmp_path, overwrite=True)
    assert (committed / "a.txt").read_text() == "mine"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.parametrize("name", [MANIFEST, ".committed.skecg"])
def test_a_pipe_in_place_of_a_file_is_refused_before_the_run(tmp_path, name):
    write_report(tmp_path, a="old")
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    # A writer, without which reading would wait for ever.
    descriptor = os.open(tmp_path / name, os.O_RDWR | os.O_NONBLOCK)
    try:
        with pytest.raises(FileExistsError, match="not a report"):
            check_report_folder(tmp_path, overwrite=True)
    finally:
        os.close(descriptor)
    assert (tmp_path / "a.txt").read_text() == "old"
