"""Recordings in files and folders, and the names of their results."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["RecordingFile", "find_recordings"]

# Not .dat and .mat, which belong to a header, nor .txt, which is usually a document.
_IN_FOLDERS = {".csv", ".edf", ".hea", ".npy", ".parquet", ".pq", ".tsv"}
_SUFFIXES = _IN_FOLDERS | {".dat", ".mat", ".txt"}
_MAX_HEADER = 1 << 20


@dataclass(frozen=True)
class RecordingFile:
    """A recording to read.

    Parameters
    ----------
    path : Path
        Its file, or its WFDB record without suffix.
    name : str
        The name of its results, including the subfolders of the given folder.
    """

    path: Path
    name: str

    @property
    def without_suffix(self) -> Path:
        """The path without the suffix of a recording file."""
        is_known = self.path.suffix.lower() in _SUFFIXES
        return self.path.with_suffix("") if is_known else self.path

    def beside(self, extension: str) -> Path:
        """Return the path of the annotation file with this suffix."""
        record = self.without_suffix
        return record.with_name(f"{record.name}.{extension.lstrip('.')}")


def find_recordings(paths: Sequence[str], out: Path) -> list[RecordingFile]:
    """Find the recordings in files and folders.

    Parameters
    ----------
    paths : sequence of str
        Files, which need not exist, and folders, which are searched including their
        subfolders.
    out : Path
        The folder for the results, which is not searched.

    Returns
    -------
    list of RecordingFile
        The recordings without duplicates.

    Raises
    ------
    ValueError
        If there is none, two have the same name, or a folder is inside `out`.
    """
    found: dict[str, RecordingFile] = {}
    by_name: dict[str, RecordingFile] = {}
    for given in paths:
        for recording in _recordings_of(Path(given), Path(os.path.realpath(out))):
            place = os.path.realpath(recording.without_suffix)
            key = (
                place if _is_wfdb(recording.path) else os.path.realpath(recording.path)
            )
            if key in found:
                continue
            found[key] = recording
            other = by_name.setdefault(recording.name, recording)
            if other is not recording:
                raise ValueError(
                    f"RECORDING must have different names, but {other.path} and "
                    f"{recording.path} are both {recording.name!r}; pass a folder that "
                    "contains both, so that results keep the subfolders, or annotate "
                    "them into two folders."
                )
    if not found:
        raise ValueError(
            f"RECORDING must be recordings or folders with recordings, but {paths[0]} "
            "contains none; files in folders need one of the suffixes "
            f"{', '.join(sorted(_IN_FOLDERS))}."
        )
    if "failures" in by_name:
        raise ValueError(
            "RECORDING must not be named 'failures', because failures.csv lists the "
            f"recordings that failed, got {by_name['failures'].path}; rename it."
        )
    return list(found.values())


def _recordings_of(given: Path, out: Path) -> Iterator[RecordingFile]:
    if not given.is_dir():
        yield RecordingFile(given, _result_name([_stem(given.name)]))
        return
    if Path(os.path.realpath(given)).is_relative_to(out):
        raise ValueError(
            f"out must be a folder without recordings, but {given} is inside {out}; "
            "pass another folder, because results in CSV look like recordings."
        )
    for folder, folders, names in os.walk(given):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and Path(os.path.realpath(Path(folder, name))) != out
        )
        chosen = [
            name
            for name in sorted(names)
            if Path(name).suffix.lower() in _IN_FOLDERS and not name.startswith(".")
        ]
        segments = set(_segments(Path(folder, name) for name in chosen))
        inside = Path(folder).relative_to(given).parts
        for name in chosen:
            if name not in segments:
                yield RecordingFile(
                    Path(folder, name), _result_name([*inside, _stem(name)])
                )


def _is_wfdb(path: Path) -> bool:
    """Return whether a path may be one of several files of a WFDB record."""
    return path.suffix.lower() in {".hea", ".dat", ".mat"} or (
        path.suffix.lower() not in _SUFFIXES
    )


def _stem(name: str) -> str:
    path = Path(name)
    return path.stem if path.suffix.lower() in _SUFFIXES else name


def _result_name(parts: Iterable[str]) -> str:
    """Return a name of letters, digits, hyphens and underscores, as WFDB requires."""
    *folders, stem = parts
    return "/".join([*folders, re.sub(r"[^-\w]", "_", stem, flags=re.ASCII) or "_"])


def _segments(headers: Iterable[Path]) -> Iterator[str]:
    """Yield the header names of segments, which are parts of other records."""
    for path in headers:
        if path.suffix.lower() != ".hea" or not path.is_file():
            continue
        with path.open("rb") as file:
            text = file.read(_MAX_HEADER).decode("latin-1")
        lines = [line.split() for line in text.splitlines() if line[:1] != "#"]
        lines = [line for line in lines if line]
        # WFDB's header(5): "name/number of segments", then a line per segment.
        if lines and "/" in lines[0][0]:
            yield from (f"{line[0]}.hea" for line in lines[1:])
