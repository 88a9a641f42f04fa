"""Download, verification and cache of PhysioNet databases."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from tqdm import tqdm

from skecg._files import collect_strays
from skecg.datasets._data_home import get_data_home
from skecg.datasets._source import AbsentFile, Source

__all__ = ["Database", "header_row"]

_PHYSIONET = "https://physionet.org/files"
_SUFFIXES = (".hea", ".dat", ".atr")


@dataclass(frozen=True)
class Database:
    """A PhysioNet database in WFDB format.

    Parameters
    ----------
    name : str
        The name shown in messages.
    module : str
        The module that lists the records of the database.
    folder : str
        The path of its files on PhysioNet's server and in the data home.
    records : tuple of str
        The names of all records, in ascending order.
    """

    name: str
    module: str
    folder: str
    records: tuple[str, ...]

    @property
    def files(self) -> Mapping[str, tuple[str, int]]:
        """The SHA-256 and maximum size of every file, by file name."""
        return _registry(f"_{self.folder.partition('/')[0]}_sha256.txt")

    def checked_records(self, argument: str, records: Iterable[str]) -> tuple[str, ...]:
        """Check an argument with record names, and return them without duplicates."""
        names = (records,) if isinstance(records, str) else tuple(records)
        for name in names:
            if not isinstance(name, str) or name not in self.records:
                raise ValueError(
                    f"{argument} must name {self.name} records as strings, from "
                    f"{self.records[0]!r} to {self.records[-1]!r}, got {name!r}; "
                    f"{self.module}.RECORDS lists the {len(self.records)} names."
                )
        return tuple(dict.fromkeys(names))

    def fetch(
        self,
        records: Iterable[str] | None,
        data_home: str | os.PathLike[str] | None,
        base_url: str | os.PathLike[str] | None,
        download_if_missing: bool,
    ) -> tuple[Path, list[str]]:
        """Fetch records and return their folder and names.

        Parameters
        ----------
        records : iterable of str or None
            The records; None fetches all.
        data_home, base_url, download_if_missing
            See :func:`skecg.datasets.fetch_mitdb`.

        Returns
        -------
        path : Path
            The folder with the files.
        records : list of str
            The names of the records.

        Raises
        ------
        ValueError
            If a record is unknown, `records` is empty, or `base_url` is neither a URL
            nor a folder.
        OSError
            If a file is missing and cannot be fetched, or `download_if_missing` is
            False.
        """
        names = (
            self.records
            if records is None
            else self.checked_records("records", records)
        )
        if not names:
            raise ValueError(
                "records must name at least one record, got none; pass None for all "
                f"{len(self.records)}."
            )
        mirror = base_url or os.environ.get("SKECG_MIRROR") or _PHYSIONET
        source = Source.from_url(mirror)
        path = get_data_home(data_home) / self.folder
        wanted = {n + s: self.files[n + s] for n in names for s in _SUFFIXES}
        self._complete(path, wanted, source, download_if_missing)
        return path, list(names)

    def _complete(
        self,
        path: Path,
        wanted: Mapping[str, tuple[str, int]],
        source: Source,
        download_if_missing: bool,
    ) -> None:
        """Fetch every missing or damaged file of `wanted`, or raise OSError."""
        collect_strays(path)
        lacking = [
            name
            for name, (sha256, _) in wanted.items()
            if not _is_good(path / name, sha256)
        ]
        if not lacking:
            return
        if not download_if_missing:
            raise OSError(
                f"{len(lacking)} of {len(wanted)} files of {self.name} are missing or "
                f"damaged in {path}, the first is {lacking[0]}; pass "
                "download_if_missing=True to fetch them."
            )
        absent = []
        # None shows no bar where the output is no terminal.
        with tqdm(lacking, desc=self.name, unit="file", disable=None) as progress:
            for name in progress:
                sha256, size = wanted[name]
                if _is_good(path / name, sha256):
                    continue  # Another process has fetched it in the meantime.
                try:
                    source.fetch(
                        f"{self.folder}/{name}", path / name, size=size, sha256=sha256
                    )
                except AbsentFile:
                    # Fetch the other files first: the user may need only those.
                    absent.append(name)
                except OSError as error:
                    raise OSError(
                        f"Could not fetch {name} of {self.name} intact from "
                        f"{source.name}: {error}; call again to continue with this "
                        "file."
                    ) from error
        if absent:
            raise self._absent_error(wanted, absent, source)

    def _absent_error(
        self, wanted: Iterable[str], absent: Iterable[str], source: Source
    ) -> OSError:
        """Return an error that lists the absent and the available records."""
        missing = list(dict.fromkeys(Path(name).stem for name in absent))
        names = dict.fromkeys(Path(name).stem for name in wanted)
        there = [name for name in names if name not in missing]
        help_ = (
            f"pass only the available ones as records (--records): {','.join(there)}"
            if there
            else "set SKECG_MIRROR to a server or folder that has them"
        )
        return OSError(
            f"Could not fetch {len(missing)} of {len(names)} records of {self.name}, "
            f"because {source.name} does not have them: {','.join(missing)}; {help_}."
        )


def header_row(header: Any, record: str) -> dict[str, Any]:
    """Return the leads, rate and length in a record's header, as a table row."""
    return {
        "record": record,
        "leads": tuple(header.sig_name),
        "fs": header.fs,
        "n_samples": header.sig_len,
    }


@cache
def _registry(file: str) -> Mapping[str, tuple[str, int]]:
    """Read the SHA-256, from PhysioNet's SHA256SUMS.txt, and the size of every file.

    The size is an upper limit if PhysioNet does not publish it.
    """
    text = files("skecg.datasets").joinpath(file).read_text("ascii")
    lines = (line.split() for line in text.splitlines())
    return {name: (sha256, int(size)) for sha256, name, size in lines}


def _is_good(path: Path, sha256: str) -> bool:
    """Return whether a file exists and has the published digest."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False
