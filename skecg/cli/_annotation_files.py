"""Reading of WFDB annotation files, which may be damaged."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

__all__ = ["read_annotation_file"]


def read_annotation_file(path: Path) -> Any:
    """Read a WFDB annotation file.

    Parameters
    ----------
    path : Path
        The file. Its suffix is the name of the annotator.

    Returns
    -------
    wfdb.Annotation
        The annotations.

    Raises
    ------
    FileNotFoundError, ValueError
        If the file does not exist, or is not an annotation file.
    """
    from skecg.recordings._sources import size_of

    size_of(path)
    if len(path.suffix) < 2:
        raise ValueError(
            f"annotations must be in a file such as 100.atr, got {path.name!r} without "
            "a suffix; add the suffix of the file."
        )
    with warnings.catch_warnings():
        # wfdb 4.3 calls functions that pandas 3.1 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        import wfdb

        try:
            return wfdb.rdann(str(path.with_suffix("")), path.suffix[1:])
        # The parser may raise any exception for damaged files.
        except Exception as error:
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise ValueError(
                f"annotations must be in a WFDB annotation file, but {path} cannot be "
                f"read ({reason}); pass a file such as 100.atr."
            ) from error
