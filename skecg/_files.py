"""Atomic writing of files: a file is complete, or not replaced.

A file is written under a random work name in the same folder and renamed when it is
complete. Each run locks its work files. The kernel releases the locks when the process
dies, so that the next run can find and remove the work files of dead runs.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom
from pathlib import Path
from typing import Any

__all__ = [
    "WORK_NAME",
    "cleanup",
    "collect_strays",
    "expanded_path",
    "is_open_file_at",
    "lock_file",
    "remove_if_dead",
    "sync_folder",
    "whole_file",
    "work_folder",
    "work_names",
    "write_figure",
    "write_model",
    "write_text",
]

WORK_NAME = re.compile(r"\..+\.([0-9a-f]{16})\.skecg")


if sys.platform == "win32":

    def lock_file(descriptor: int, *, wait: bool = False) -> bool:
        """Lock the first byte of an open file; return True if it is locked."""
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def lock_file(descriptor: int, *, wait: bool = False) -> bool:
        """Lock an open file until it is closed; return True if it is locked.

        False means that another process holds the lock or that the file system does
        not support locks. In both cases the file must not be removed.
        """
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except OSError:
            return False
        return True


@contextmanager
def cleanup(step: Callable[[], None]) -> Iterator[None]:
    """Run a step after the block, or at SIGTERM before the process ends.

    SIGTERM is not handled outside the main thread or if the user has set a handler.

    Parameters
    ----------
    step : callable
        The step. It must be repeatable, because it runs again if SIGTERM or Ctrl-C
        interrupts it.
    """
    with _at_sigterm(step):
        try:
            yield
        finally:
            try:
                step()
            except (KeyboardInterrupt, SystemExit):
                step()
                raise


@contextmanager
def _at_sigterm(step: Callable[[], None]) -> Iterator[None]:
    outer = signal.getsignal(signal.SIGTERM)
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not (outer is signal.SIG_DFL or isinstance(outer, _Handler)):
        yield
        return
    try:
        signal.signal(signal.SIGTERM, _Handler(step, outer))
        yield
    finally:
        signal.signal(signal.SIGTERM, outer)


class _Handler:
    """Handler of SIGTERM that runs a step, and then the previous handler.

    It does not raise an exception to unwind the stack, because Python could raise it
    between two instructions, outside of all blocks that handle it.
    """

    def __init__(self, step: Callable[[], None], outer: Any) -> None:
        self._step = step
        self._outer = outer
        self._process = os.getpid()

    def __call__(self, number: int, frame: Any) -> None:
        signal.signal(number, signal.SIG_IGN)
        try:
            # A forked process inherits the handler, but does not own the files.
            if os.getpid() == self._process:
                self._step()
        finally:
            if isinstance(self._outer, _Handler):
                self._outer(number, frame)
            else:
                # Ends the process with the usual exit status of SIGTERM.
                signal.signal(number, signal.SIG_DFL)
                os.kill(os.getpid(), number)


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
        If it is no path, or the home folder is unknown.
    """
    try:
        found = Path(path)
    except TypeError as error:
        raise ValueError(
            f"{name} must be a path, got {path!r:.80}; pass it as text or as a "
            "pathlib.Path."
        ) from error
    if "\0" in str(found):
        raise ValueError(f"{name} must be a path, got {path!r:.80} with a null byte.")
    try:
        return found.expanduser()
    except RuntimeError as error:
        raise ValueError(
            f"{name} must be a path, but the home folder of {os.fspath(path)!r} is "
            "unknown; write the home folder in full instead of ~."
        ) from error


def _open_locked(path: Path) -> int:
    """Create a file and lock it."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        descriptor = os.open(path, flags, 0o666)
        lock_file(descriptor)
        if is_open_file_at(descriptor, path):
            return descriptor
        # Another run removed it as a stray file before it was locked.
        os.close(descriptor)


def is_open_file_at(descriptor: int, path: Path) -> bool:
    """Return whether a path still refers to an open file."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def work_names(folder: Path, name: str) -> tuple[Path, Path]:
    """Return a random work name, and the name of its lock."""
    token = secrets.token_hex(8)
    return folder / f".{name}.{token}.skecg", folder / f".lock.{token}.skecg"


def collect_strays(folder: Path) -> None:
    """Remove the work files of dead runs from a folder.

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
                if remove_if_dead(folder / f".lock.{match[1]}.skecg"):
                    shutil.rmtree(path, ignore_errors=True)
            else:
                remove_if_dead(path)


def remove_if_dead(lock: Path) -> bool:
    """Remove the file of a dead run; return True if the file does not exist now."""
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        if not lock_file(descriptor):
            return False
        # Another run may have removed the file, and a third one created a new one.
        if not is_open_file_at(descriptor, lock):
            return False
        lock.unlink()
        return True
    finally:
        os.close(descriptor)


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[BufferedRandom]:
    """Open a file that replaces `path` when the block ends without an exception.

    Parameters
    ----------
    path : str or path
        The file to create or to replace. Its folder is created if it is missing. If it
        is a symlink, the file that it points to is replaced.

    Yields
    ------
    binary file
        The file to write to and to read from, under a work name.

    Raises
    ------
    OSError
        If the file cannot be created.
    ValueError
        If `path` is no path, or a folder.
    """
    target = Path(os.path.realpath(expanded_path("path", path)))
    if os.path.isdir(target):  # Path.is_dir raises if the name is too long.
        raise ValueError(
            f"path must be a file to write, and {os.fspath(path)!r} is a folder; add "
            "the name of a file."
        )
    with _said_of(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    collect_strays(target.parent)
    part, _ = work_names(target.parent, target.name)

    def clean() -> None:
        with suppress(OSError):
            part.unlink()

    with cleanup(clean):
        with _said_of(target):
            descriptor = _open_locked(part)
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            _sync(file)
            if os.name != "nt":
                # Rename it while it is locked, so that no other run removes it.
                os.replace(part, target)
        if os.name == "nt":
            os.replace(part, target)
    sync_folder(target.parent)


@contextmanager
def _said_of(target: Path) -> Iterator[None]:
    """Let an error tell the file that the user has named, not its work file."""
    try:
        yield
    except OSError as error:
        raise type(error)(
            f"path must be a file that can be written, and {str(target)!r:.200} cannot "
            f"({error.strerror}); choose another file or folder."
        ) from error


@contextmanager
def work_folder(folder: Path, name: str) -> Iterator[Path]:
    """Create a work folder, and remove it when the block ends.

    Parameters
    ----------
    folder : Path
        The parent folder. It is created if it is missing.
    name : str
        A part of the name of the work folder.

    Yields
    ------
    Path
        The work folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    collect_strays(folder)
    part, lock = work_names(folder, name)
    descriptors: list[int] = []

    def clean() -> None:
        shutil.rmtree(part, ignore_errors=True)
        while descriptors:
            os.close(descriptors.pop())
        with suppress(OSError):
            lock.unlink()

    with cleanup(clean):
        descriptors.append(_open_locked(lock))
        part.mkdir()
        yield part


def write_text(path: str | os.PathLike[str], text: str) -> Path:
    """Write a text file in UTF-8 atomically.

    Parameters
    ----------
    path : str or path
        The file to create or to replace.
    text : str
        The content. Bytes of file names that are not UTF-8 are written as escapes.

    Returns
    -------
    Path
        The file, with the home folder in place of ``~``.
    """
    with whole_file(path) as file:
        file.write(text.encode("utf-8", "backslashreplace"))
    return expanded_path("path", path)


def write_figure(path: str | os.PathLike[str], figure: Any, **options: Any) -> None:
    """Write a figure atomically.

    Parameters
    ----------
    path : str or path
        The file to create or to replace. Its suffix determines the format.
    figure : matplotlib Figure
        The figure.
    **options
        Arguments of ``savefig``.
    """
    with whole_file(path) as file:
        figure.savefig(file, format=Path(path).suffix[1:], **options)


def write_model(path: str | os.PathLike[str], model: Any) -> None:
    """Write a fitted model with joblib atomically.

    Parameters
    ----------
    path : str or path
        The file to create or to replace.
    model : estimator
        The model.
    """
    # Imported here, because most uses of this module do not need joblib.
    import joblib

    with whole_file(path) as file:
        joblib.dump(model, file)


def _sync(file: BufferedRandom) -> None:
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make renames durable, if the system allows a folder to be opened."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
