"""A folder that is there when it is finished, and not before."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["check_replaceable", "finished_folder"]


def check_replaceable(target: Path, overwrite: bool, mark: str) -> None:
    """Refuse a target whose replacement would lose something.

    Parameters
    ----------
    target : Path
        The folder to write.
    overwrite : bool
        Whether an older one may be replaced.
    mark : str
        The file by which an older one is known.

    Raises
    ------
    FileExistsError
        If the target exists and is neither empty nor an older one that may be
        replaced.
    OSError
        If it cannot be made.
    """
    try:
        _unfinished(target).mkdir(parents=True)
        _unfinished(target).rmdir()
    except OSError as error:
        raise OSError(
            f"out={str(target)!r} cannot be made ({error.strerror}); choose a folder "
            "that can."
        ) from error
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if not (target / mark).is_file():
        raise FileExistsError(
            f"out must be a new folder, and {str(target)!r} holds something that is no "
            "report; choose another."
        )
    if not overwrite:
        raise FileExistsError(
            f"out must be a new folder, and {str(target)!r} holds a report; choose "
            "another, or overwrite it (overwrite=True, --overwrite)."
        )


@contextmanager
def finished_folder(target: Path) -> Iterator[Path]:
    """Give a folder to write to, which becomes the target if all goes well.

    Parameters
    ----------
    target : Path
        The folder to make, or to replace.

    Yields
    ------
    Path
        A hidden folder beside it. It is removed when the block fails.
    """
    part = _unfinished(target)
    old = part.with_suffix(".old")
    part.mkdir(parents=True)
    try:
        yield part
        if target.exists():
            target.rename(old)
        part.rename(target)
    finally:
        # The old one goes when the new one stands in its place, and not before.
        if old.exists() and not target.exists():
            old.rename(target)
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _unfinished(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}.part")
