"""Files that are written whole or not at all.

A file is written under a random work name beside its place and renamed when it is
complete. A run holds a lock on its work files. The kernel releases the lock when the
process dies, so the next run knows which work files belong to dead runs and removes
them.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom
from pathlib import Path
from typing import Any

__all__ = [
    "WORK_NAME",
    "cleanup_on_sigterm",
    "collect_strays",
    "expanded_path",
    "is_open_file_at",
    "lock_file",
    "open_locked",
    "sync_folder",
    "whole_file",
    "work_names",
    "write_figure",
    "write_text",
]

WORK_NAME = re.compile(r"\..+\.([0-9a-f]{16})\.skecg")


if sys.platform == "win32":

    def lock_file(descriptor: int, *, wait: bool = False) -> bool:
        """Lock the first byte of an open file; return whether that worked."""
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def lock_file(descriptor: int, *, wait: bool = False) -> bool:
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
def cleanup_on_sigterm() -> Iterator[None]:
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


def expanded_path(name: str, path: str | os.PathLike[str]) -> Path:
    """Replace a leading ``~`` by the home folder.

    Parameters
    ----------
    name : str
        The name of the argument, for the message.
    path : str or path
        The argument.

    Returns
    -------
    Path
        The path.

    Raises
    ------
    ValueError
        If the home folder is unknown.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise ValueError(
            f"{name} must be a path, and the home folder of {os.fspath(path)!r} is "
            "unknown; write out the folder that ~ stands for."
        ) from error


def open_locked(path: Path) -> int:
    """Create a file and lock it."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        descriptor = os.open(path, flags, 0o666)
        lock_file(descriptor)
        if is_open_file_at(descriptor, path):
            return descriptor
        # Another run took it for a stray before it was locked.
        os.close(descriptor)


def is_open_file_at(descriptor: int, path: Path) -> bool:
    """Tell whether a path still leads to an open file."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def work_names(folder: Path, name: str) -> tuple[Path, Path]:
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
        match = WORK_NAME.fullmatch(name)
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
        if not lock_file(descriptor):
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
    part, _ = work_names(target.parent, target.name)
    with cleanup_on_sigterm():
        try:
            with os.fdopen(open_locked(part), "w+b") as file:
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
    sync_folder(target.parent)


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


def sync_folder(folder: Path) -> None:
    """Make renames durable, where the system can open a folder for that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
