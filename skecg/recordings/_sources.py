"""Checks of files, and conversion of parser errors to errors of one sentence."""

from __future__ import annotations

import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["damaged", "parsing", "size_of"]


_HARMLESS = (
    DeprecationWarning,
    FutureWarning,
    PendingDeprecationWarning,
    ResourceWarning,
)


def size_of(path: Path) -> int:
    """Return the size of a regular file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    int
        The size, in bytes.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If it is not a regular file. Opening a FIFO would block, and a device has no
        end.
    """
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"path must be a file, but {path} does not exist; check its name and "
            "folder."
        ) from error
    except (OSError, ValueError) as error:  # The name contains a NUL, or is too long.
        raise ValueError(
            f"path must be a file, but {str(path)[:200]!r} cannot be found ({error}); "
            "check its name and folder."
        ) from error
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
        raise ValueError(
            f"path must be a regular file, but {path} is {kind}; pass the file of a "
            "recording."
        )
    return status.st_size


def damaged(path: Path, reason: object) -> ValueError:
    """Return the error for a file that cannot be read.

    Parameters
    ----------
    path : Path
        The file.
    reason : object
        The reason: an exception, or a clause.

    Returns
    -------
    ValueError
        The error, whose message is one sentence.
    """
    # Keep the first sentence, without unprintable bytes that a parser may quote.
    text = " ".join(str(reason).split()).partition(". ")[0][:200].rstrip(".")
    text = "".join(x if x.isprintable() else "?" for x in text)
    text = text or type(reason).__name__
    return ValueError(
        f"path must be an intact recording, but {path.name} cannot be read: {text}; "
        "restore the file from its source."
    )


@contextmanager
def parsing(path: Path) -> Iterator[None]:
    """Convert all errors and warnings of a library's parser to one error.

    Parameters
    ----------
    path : Path
        The file that is parsed.

    Yields
    ------
    None
        Nothing.

    Raises
    ------
    ValueError
        If the parser raises or warns.
    """
    try:
        with warnings.catch_warnings():
            # Warnings about the file, such as edfio's about truncation, become errors.
            # Warnings about deprecated calls do not concern the file.
            warnings.simplefilter("error")
            for harmless in _HARMLESS:
                warnings.simplefilter("ignore", harmless)
            yield
    except ImportError:
        raise
    except Exception as error:
        # For damaged bytes, a parser may raise any error.
        raise damaged(path, error) from error
