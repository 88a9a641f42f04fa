"""Files and folders that are written whole or not at all.

A file is written under a random work name beside its place and renamed when it is
complete. A run holds a lock on its work files. The kernel releases the lock when the
process dies, so the next run knows which work files belong to dead runs and removes
them.

A report is a folder of files with a manifest of their digests. A new report is staged
in a work folder inside its place, so that mount points and symlinks work, and one
rename commits it. The files are then moved to their places; a run that dies while
doing so is finished by the next one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import stat
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BufferedRandom
from pathlib import Path
from typing import Any

__all__ = [
    "MANIFEST",
    "FolderNotWrittenError",
    "check_report_folder",
    "collect_strays",
    "report_folder",
    "settle_report_folder",
    "whole_file",
    "write_figure",
    "write_text",
]

MANIFEST = "manifest.json"
"""The file that lists the files of a report and their digests."""

_COMMITTED = ".committed.skecg"
_MUTEX = ".mutex.skecg"
_WORK_NAME = re.compile(r"\..+\.([0-9a-f]{16})\.skecg")
# What a new file system contains, and what a run of ours may have left.
_NO_CONTENT = {"lost+found", _COMMITTED, _MUTEX}


if sys.platform == "win32":

    def _lock(descriptor: int, *, wait: bool = False) -> bool:
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _lock(descriptor: int, *, wait: bool = False) -> bool:
        """Lock an open file until it is closed; return whether that worked.

        False means that another process holds the lock or that the file system
        supports none. In both cases the file is not for us to remove.
        """
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:
            return False
        return True


class _TerminatedError(SystemExit):
    """SIGTERM, raised as an exception so that work files are removed."""


@contextmanager
def _cleanup_on_sigterm() -> Iterator[None]:
    """Raise an exception on SIGTERM inside the block, and end the process after it.

    This changes nothing where the user handles SIGTERM, or outside the main thread.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def stop(number: int, _: Any) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise _TerminatedError(128 + number)

    try:
        signal.signal(signal.SIGTERM, stop)
        yield
    except _TerminatedError:
        # The exit status is then that of any process that SIGTERM ends.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
        raise
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _open_locked(path: Path) -> int:
    """Create a file and lock it."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        descriptor = os.open(path, flags, 0o666)
        _lock(descriptor)
        if _is_open_file_at(descriptor, path):
            return descriptor
        # Another run took it for a stray before it was locked.
        os.close(descriptor)


def _is_open_file_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _work_names(folder: Path, name: str) -> tuple[Path, Path]:
    """Return a random work name, and the name of a lock for it."""
    token = secrets.token_hex(8)
    return folder / f".{name}.{token}.skecg", folder / f".lock.{token}.skecg"


def collect_strays(folder: Path) -> None:
    """Remove the work files that dead runs have left in a folder.

    Parameters
    ----------
    folder : Path
        The folder. Nothing happens if it does not exist or cannot be read.
    """
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        match = _WORK_NAME.fullmatch(name)
        if match is None:
            continue
        path = folder / name
        with suppress(OSError):
            if stat.S_ISDIR(path.lstat().st_mode):
                # A run creates the lock before the folder and removes it after.
                if _is_dead(folder / f".lock.{match[1]}.skecg"):
                    shutil.rmtree(path, ignore_errors=True)
            else:
                _is_dead(path)


def _is_dead(lock: Path) -> bool:
    """Remove a file whose run is dead; return whether there is none any more."""
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        if not _lock(descriptor):
            return False
        lock.unlink()
        return True
    finally:
        os.close(descriptor)


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[BufferedRandom]:
    """Open a file that takes its place when the block ends without an exception.

    Parameters
    ----------
    path : str or path
        The file to create or to replace. Its folder is made if it is missing. A
        symlink stays, and the file that it points to is replaced.

    Yields
    ------
    binary file
        The file to write to and to read from, under a work name.
    """
    target = Path(os.path.realpath(path))
    target.parent.mkdir(parents=True, exist_ok=True)
    collect_strays(target.parent)
    part, _ = _work_names(target.parent, target.name)
    with _cleanup_on_sigterm():
        try:
            with os.fdopen(_open_locked(part), "w+b") as file:
                yield file
                _sync(file)
                if os.name != "nt":
                    # Renamed while it is locked, so that no run collects it.
                    os.replace(part, target)
            if os.name == "nt":
                os.replace(part, target)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
    _sync_folder(target.parent)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file in UTF-8, whole or not at all.

    Parameters
    ----------
    path : str or path
        The file to create or to replace.
    text : str
        Its content. Bytes of a file name that is not UTF-8 are written as escapes.
    """
    with whole_file(path) as file:
        file.write(text.encode("utf-8", "backslashreplace"))


def write_figure(path: str | os.PathLike[str], figure: Any, **options: Any) -> None:
    """Write a figure, whole or not at all.

    Parameters
    ----------
    path : str or path
        The file to create or to replace. Its suffix is the format.
    figure : matplotlib Figure
        The figure.
    **options
        Arguments of ``savefig``.
    """
    with whole_file(path) as file:
        figure.savefig(file, format=Path(path).suffix[1:], **options)


def _sync(file: BufferedRandom) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make renames durable, where the system can open a folder for that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class FolderNotWrittenError(OSError):
    """A report that is not in its place.

    Parameters
    ----------
    reason : str
        Why it is not.
    kept : Path or None
        The folder with the files that were written, if they could be kept.
    """

    def __init__(self, reason: str, kept: Path | None) -> None:
        super().__init__(reason)
        self.kept = kept


def check_report_folder(target: Path, *, overwrite: bool) -> str | None:
    """Refuse a folder to which no report can be written.

    Parameters
    ----------
    target : Path
        The folder. It need not exist.
    overwrite : bool
        Whether a report in it may be replaced.

    Returns
    -------
    str or None
        The identity of the report that is there, for :func:`report_folder`.

    Raises
    ------
    FileExistsError
        If the folder holds files that must not be replaced.
    OSError
        If it cannot be made or written to.
    """
    try:
        _try_to_write(target)
        settle_report_folder(target)
    except FileExistsError as error:
        if error.errno is None:  # One of our own messages.
            raise
        raise _cannot_be_made(target, error) from error
    except OSError as error:
        raise _cannot_be_made(target, error) from error
    if not _has_content(target):
        return None
    manifest = _read_manifest(target)
    if manifest is None:
        raise FileExistsError(
            f"out must be a new folder, and {str(target)!r} holds something that is no "
            "report with a manifest; choose another."
        )
    if not overwrite:
        raise FileExistsError(
            f"out must be a new folder, and {str(target)!r} holds a report; choose "
            "another, or overwrite it (overwrite=True, --overwrite)."
        )
    _refuse_changed(target, manifest["files"], manifest["files"])
    return str(manifest["id"])


def _cannot_be_made(target: Path, error: OSError) -> OSError:
    return OSError(
        f"out={str(target)!r} cannot be made ({error.strerror}); choose a folder "
        "that can."
    )


def _try_to_write(target: Path) -> None:
    """Make the folder and a work folder in it, and remove what was made."""
    made = [path for path in (target, *target.parents) if not os.path.lexists(path)]
    target.mkdir(parents=True, exist_ok=True)
    try:
        collect_strays(target)
        # A folder, as a full disk is no reason to refuse a later write.
        probe, _ = _work_names(target, "probe")
        probe.mkdir()
        probe.rmdir()
    finally:
        for path in made:
            with suppress(OSError):
                path.rmdir()


def _has_content(target: Path) -> bool:
    try:
        names = set(os.listdir(target))
    except FileNotFoundError:
        return False
    return any(not _WORK_NAME.fullmatch(name) for name in names - _NO_CONTENT)


@contextmanager
def report_folder(target: Path, seen: str | None) -> Iterator[Path]:
    """Give a folder to write a report to, whose files then move to their places.

    Parameters
    ----------
    target : Path
        The folder of the report. Files in it that no report listed stay.
    seen : str or None
        What :func:`check_report_folder` returned. The report is not replaced if
        there is another one by now.

    Yields
    ------
    Path
        The work folder.

    Raises
    ------
    FolderNotWrittenError
        If an exception prevented the report. What was written by then is kept
        beside the folder or in it. The exception is the cause.
    """
    target.mkdir(parents=True, exist_ok=True)
    collect_strays(target)
    part, lock = _work_names(target, "report")
    with _cleanup_on_sigterm():
        descriptor = None
        try:
            descriptor = _open_locked(lock)
            part.mkdir()
            try:
                yield part
                _add_manifest(part)
                _publish(part, target, seen)
            except Exception as error:
                reason = str(error)
                if not isinstance(error, OSError):
                    reason = f"{type(error).__name__}: {reason}"
                raise FolderNotWrittenError(reason, _keep(part, target)) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
            if descriptor is not None:
                os.close(descriptor)
            with suppress(OSError):
                lock.unlink()


def _add_manifest(part: Path) -> None:
    """Write the digests of all files, and wait until all are on the disk."""
    digests = {}
    for path in sorted(part.iterdir()):
        with path.open("r+b") as file:
            os.fsync(file.fileno())
        digests[path.name] = _sha256(path)
    manifest = {
        "written_by": "skecg",
        "id": secrets.token_hex(16),
        "files": digests,
    }
    with (part / MANIFEST).open("w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(manifest, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(part)


def _publish(part: Path, target: Path, seen: str | None) -> None:
    """Commit a complete report with one rename, and move its files."""
    with _mutex(target):
        _move_committed(target)
        there = _read_manifest(target)
        if (there and there["id"]) != seen:
            raise FileExistsError(
                f"{str(target)!r} holds another report than before the run"
            )
        new = _read_manifest(part)
        if new is None:
            raise FileNotFoundError("the work folder of the report was removed")
        old = there["files"] if there else {}
        _refuse_changed(target, old, {*old, *new["files"], MANIFEST})
        os.replace(part, target / _COMMITTED)
        _sync_folder(target)
        _move_committed(target)


@contextmanager
def _mutex(target: Path) -> Iterator[None]:
    """Let one process at a time change the report in a folder."""
    path = target / _MUTEX
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            is_locked = _lock(descriptor, wait=True)
            # The run before us removes the file when it is done.
            if not is_locked or _is_open_file_at(descriptor, path):
                break
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(descriptor)


def settle_report_folder(target: Path) -> None:
    """Finish the replacement of a report that a dead run has begun.

    Parameters
    ----------
    target : Path
        The folder of the report.

    Raises
    ------
    FileExistsError
        If a file was changed since, and would be lost.
    """
    if (target / _COMMITTED).is_dir():
        with _mutex(target):
            _move_committed(target)


def _move_committed(target: Path) -> None:
    """Move the files of a committed report to their places; any step may be the last.

    The manifest moves last. Until then, the digests of the old and of the new one tell
    our files from others.
    """
    committed = target / _COMMITTED
    new = _read_manifest(committed)
    if new is not None:
        there = _read_manifest(target)
        old = there["files"] if there else {}
        _refuse_changed(target, old, {*old, *new["files"]}, new["files"])
        for name in sorted(set(old) - set(new["files"])):
            (target / name).unlink(missing_ok=True)
        for name in [*sorted(new["files"]), MANIFEST]:
            if (committed / name).exists():
                os.replace(committed / name, target / name)
        _sync_folder(target)
    # Empty by now, unless it is no folder of ours.
    with suppress(OSError):
        committed.rmdir()


def _refuse_changed(
    target: Path,
    old: Mapping[str, str],
    names: Iterable[str],
    new: Mapping[str, str] | None = None,
) -> None:
    """Refuse files whose digest is neither in the old nor in the new report."""
    for name in sorted(names):
        path = target / name
        if not os.path.lexists(path) or (name == MANIFEST and old):
            continue
        is_file = stat.S_ISREG(path.lstat().st_mode)
        ours = {old.get(name), (new or {}).get(name)}
        if not is_file or _sha256(path) not in ours:
            raise FileExistsError(
                f"{str(path)!r} is not the file that skecg wrote, and would be lost; "
                "move it away."
            )


def _read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return a manifest that we wrote, or None."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = manifest["files"]
        # Nothing outside the folder is ever deleted.
        is_ours = (
            manifest["written_by"] == "skecg"
            and isinstance(manifest["id"], str)
            and all(Path(name).name == name != MANIFEST for name in files)
            and all(isinstance(digest, str) for digest in files.values())
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return manifest if is_ours else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keep(part: Path, target: Path) -> Path | None:
    """Give the files of a report that cannot be in its place a name to be found by."""
    committed = target / _COMMITTED
    if not part.is_dir():
        # It was committed; the next run moves the files that did not move.
        return committed if committed.is_dir() else None
    if not any(part.iterdir()):
        return None
    name = f"{target.name}-{secrets.token_hex(4)}"
    # Beside the folder or, where it is a mount point or that is read-only, in it.
    for kept in (target.with_name(name), target / name):
        with suppress(OSError):
            os.rename(part, kept)
            return kept
    return None
