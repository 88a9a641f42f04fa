"""Atomic writing of report folders.

A report is a folder of files with a manifest of their digests. A new report is written
to a work folder inside the target folder, so that mount points and symlinks work. One
rename commits it. Then its files are moved to the target folder. SIGTERM and Ctrl-C
wait until all files are moved. If the run is killed before, the next run moves the
remaining files.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from skecg._files import (
    WORK_NAME,
    cleanup,
    collect_strays,
    is_open_file_at,
    lock_file,
    remove_if_dead,
    sync_folder,
    work_folder,
    work_names,
)

__all__ = [
    "MANIFEST",
    "FolderNotWrittenError",
    "check_report_folder",
    "file_sha256",
    "report_folder",
    "settle_report_folder",
]

MANIFEST = "manifest.json"
"""The file that lists the files of a report and their digests."""

_COMMITTED = ".committed.skecg"
_MUTEX = ".mutex.skecg"
# File names without separators, so that nothing outside the folder is ever deleted.
_FILE_NAME = re.compile(r"\w[\w.-]{0,99}", re.ASCII)
# Entries of a new file system, and files that an interrupted run may leave.
_NO_CONTENT = {"lost+found", _COMMITTED, _MUTEX}


class FolderNotWrittenError(OSError):
    """Error for a report that was not moved to its folder.

    Parameters
    ----------
    reason : str
        The message of the error that prevented it.
    kept : Path or None
        The folder with the files that were written, if they could be kept.
    """

    def __init__(self, reason: str, kept: Path | None) -> None:
        super().__init__(reason)
        self.kept = kept


def check_report_folder(target: Path, *, overwrite: bool) -> str | None:
    """Raise an error if a report cannot be written to a folder.

    Parameters
    ----------
    target : Path
        The folder. It need not exist.
    overwrite : bool
        Whether a report in it may be replaced.

    Returns
    -------
    str or None
        The identity of the report in the folder, for :func:`report_folder`; None if
        there is no report.

    Raises
    ------
    FileExistsError
        If the folder contains files that must not be replaced.
    OSError
        If it cannot be created or written to.
    """
    try:
        _try_to_write(target)
        settle_report_folder(target)
    except FileExistsError as error:
        if error.errno is None:  # Raised by this module, not by the system.
            raise
        raise _cannot_be_created(target, error) from error
    except OSError as error:
        raise _cannot_be_created(target, error) from error
    if not _has_content(target):
        return None
    manifest = _read_manifest(target)
    if manifest is None:
        raise FileExistsError(
            f"out must be a new folder, but {str(target)!r} contains files that are "
            "not a report with a manifest; choose another."
        )
    if not overwrite:
        raise FileExistsError(
            f"out must be a new folder, but {str(target)!r} contains a report; choose "
            "another, or overwrite it (overwrite=True, --overwrite)."
        )
    _refuse_changed(target, manifest["files"], manifest["files"])
    return str(manifest["id"])


def _cannot_be_created(target: Path, error: OSError) -> OSError:
    return OSError(
        f"out={str(target)!r} cannot be created ({error.strerror}); choose another "
        "folder."
    )


def _try_to_write(target: Path) -> None:
    """Create the folder and a work folder in it, and remove the new folders."""
    made = [path for path in (target, *target.parents) if not os.path.lexists(path)]
    # Test with a folder, because a full disk may have space when the report is written.
    probe, _ = work_names(target, "probe")

    def clean() -> None:
        for path in (probe, *made):
            with suppress(OSError):
                path.rmdir()

    with cleanup(clean):
        target.mkdir(parents=True, exist_ok=True)
        collect_strays(target)
        probe.mkdir()


def _has_content(target: Path) -> bool:
    try:
        names = set(os.listdir(target))
    except FileNotFoundError:
        return False
    return any(not WORK_NAME.fullmatch(name) for name in names - _NO_CONTENT)


@contextmanager
def report_folder(target: Path, seen: str | None) -> Iterator[Path]:
    """Create a work folder, and move its files to the report folder after the block.

    Parameters
    ----------
    target : Path
        The folder of the report. Files that no manifest lists are kept.
    seen : str or None
        The result of :func:`check_report_folder`. A report with another identity is not
        replaced.

    Yields
    ------
    Path
        The work folder.

    Raises
    ------
    FolderNotWrittenError
        If an exception prevented the report. The files written so far are kept beside
        the folder or in it. The exception is the cause.
    """
    with work_folder(target, "report") as part:
        try:
            yield part
            _add_manifest(part)
            _publish(part, target, seen)
        except Exception as error:
            reason = str(error)
            if not isinstance(error, OSError):
                reason = f"{type(error).__name__}: {reason}"
            raise FolderNotWrittenError(reason, _keep(part, target)) from error


def _add_manifest(part: Path) -> None:
    """Write the digests of all files, and wait until all files are on the disk."""
    digests = {}
    for path in sorted(part.iterdir()):
        with path.open("r+b") as file:
            os.fsync(file.fileno())
        digests[path.name] = file_sha256(path)
    manifest = {
        "written_by": "skecg",
        "id": secrets.token_hex(16),
        "files": digests,
    }
    with (part / MANIFEST).open("w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(manifest, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(part)


def _publish(part: Path, target: Path, seen: str | None) -> None:
    """Commit a complete report by one rename, and move its files."""
    move = partial(_move_committed, target)
    with _mutex(target):
        with cleanup(move):
            pass  # A killed run may have left a committed report.
        there = _read_manifest(target)
        if (there and there["id"]) != seen:
            raise FileExistsError(
                f"{str(target)!r} contains another report than before the run"
            )
        new = _read_manifest(part)
        if new is None:
            raise FileNotFoundError("the work folder of the report was removed")
        old = there["files"] if there else {}
        _refuse_changed(target, old, {*old, *new["files"], MANIFEST})
        with cleanup(move):
            os.replace(part, target / _COMMITTED)
            sync_folder(target)


@contextmanager
def _mutex(target: Path) -> Iterator[None]:
    """Allow only one process at a time to change the report in a folder."""
    path = target / _MUTEX
    descriptors: list[int] = []

    def release() -> None:
        with suppress(OSError):
            if not descriptors:
                # Interrupted after the file was opened and before it was recorded.
                remove_if_dead(path)
            elif lock_file(descriptors[0]) and is_open_file_at(descriptors[0], path):
                path.unlink()
        while descriptors:
            os.close(descriptors.pop())

    with cleanup(release):
        while not descriptors:
            descriptors.append(os.open(path, os.O_RDWR | os.O_CREAT, 0o666))
            is_locked = lock_file(descriptors[0], wait=True)
            # The previous run removes the file at its end; open a new one then.
            if is_locked and not is_open_file_at(descriptors[0], path):
                os.close(descriptors.pop())
        yield


def settle_report_folder(target: Path) -> None:
    """Finish the replacement of a report that a dead run has started.

    Parameters
    ----------
    target : Path
        The folder of the report.

    Raises
    ------
    FileExistsError
        If a file would be lost that was changed since or was not written by skecg.
    """
    committed = target / _COMMITTED
    is_folder = committed.is_dir()
    if is_folder:
        with _mutex(target), cleanup(partial(_move_committed, target)):
            pass
    # A folder that did not exist before belongs to another run.
    if os.path.lexists(committed) and committed.is_dir() == is_folder:
        raise FileExistsError(
            f"{str(committed)!r} contains files that are not a report of skecg; move "
            "it away."
        )


def _move_committed(target: Path) -> None:
    """Move the files of a committed report to the folder; repeatable after any step.

    The manifest is moved last. Until then, a file with a digest of the old or the new
    manifest is known to be written by skecg.
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
        sync_folder(target)
    # The folder is empty now, unless skecg did not create it.
    with suppress(OSError):
        committed.rmdir()


def _refuse_changed(
    target: Path,
    old: Mapping[str, str],
    names: Iterable[str],
    new: Mapping[str, str] | None = None,
) -> None:
    """Raise an error for files with a digest of neither the old nor the new report."""
    for name in sorted(names):
        path = target / name
        if not os.path.lexists(path) or (name == MANIFEST and old):
            continue
        is_file = stat.S_ISREG(path.lstat().st_mode)
        ours = {old.get(name), (new or {}).get(name)}
        if not is_file or file_sha256(path) not in ours:
            raise FileExistsError(
                f"{str(path)!r} is not the file that skecg wrote and would be lost; "
                "move it away."
            )


def _read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder, or None if it is not one of skecg."""
    if not (folder / MANIFEST).is_file():  # Reading a pipe may never end.
        return None
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = manifest["files"]
        is_ours = (
            manifest["written_by"] == "skecg"
            and isinstance(manifest["id"], str)
            and all(_FILE_NAME.fullmatch(name) for name in files)
            and MANIFEST not in files
            and all(isinstance(digest, str) for digest in files.values())
        )
    # Deeply nested lists raise RecursionError.
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return manifest if is_ours else None


def file_sha256(path: Path) -> str:
    """Return the SHA-256 digest of a file, as in manifests."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keep(part: Path, target: Path) -> Path | None:
    """Rename the work folder of a failed report, so that its files are kept."""
    committed = target / _COMMITTED
    if not part.is_dir():
        # The report was committed; the next run moves the remaining files.
        return committed if committed.is_dir() else None
    if not any(part.iterdir()):
        return None
    name = f"{target.name}-{secrets.token_hex(4)}"
    # In the folder, if it is a mount point or its parent is read-only.
    for kept in (target.with_name(name), target / name):
        with suppress(OSError):
            os.rename(part, kept)
            return kept
    return None
