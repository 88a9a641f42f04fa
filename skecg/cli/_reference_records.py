"""Recordings with reference annotations, for training and testing."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from skecg import mitdb, svdb

__all__ = ["ReferenceRecords", "add_data_options", "reference_records"]


@dataclass(frozen=True)
class _Part:
    """Default records of a database, with a title."""

    records: tuple[str, ...]
    title: str


@dataclass(frozen=True)
class _Database:
    """A database with its records for training and for testing."""

    title: str
    train: _Part
    test: _Part


_DATABASES = {
    "mitdb": _Database(
        "MIT-BIH Arrhythmia Database", _Part(mitdb.DS1, "DS1"), _Part(mitdb.DS2, "DS2")
    ),
    "svdb": _Database(
        "MIT-BIH Supraventricular Arrhythmia Database",
        _Part(svdb.EVEN_RECORDS, "the records with even numbers"),
        _Part(svdb.ODD_RECORDS, "the records with odd numbers"),
    ),
}


@dataclass(frozen=True)
class ReferenceRecords:
    """Recordings with reference annotations.

    Parameters
    ----------
    paths : list of Path
        The records.
    annotations : list of wfdb.Annotation
        Their annotations.
    description : str
        The description of the records.
    """

    paths: list[Path]
    annotations: list[Any]
    description: str


def add_data_options(parser: argparse.ArgumentParser, default: str | None) -> None:
    """Add the options that choose the records.

    Parameters
    ----------
    parser : ArgumentParser
        The parser of a verb.
    default : str or None
        The default of ``--data``.
    """
    parser.add_argument(
        "--data",
        default=default,
        metavar="mitdb|svdb|mitdb,svdb|PATH",
        help="databases of PhysioNet, which are downloaded, or a folder of annotated "
        "WFDB records" + (f" (default: {default})" if default else ""),
    )
    parser.add_argument(
        "--records",
        metavar="R,R,...",
        help="the records to read (default for mitdb: DS1 in 'train' and DS2 in "
        "'evaluate', the published lists of patients without pacemakers; for svdb: "
        "the records with even numbers in 'train' and odd numbers in 'evaluate'; for "
        "a folder: all records)",
    )
    parser.add_argument(
        "--annotations",
        default="atr",
        metavar="EXT",
        help="suffix of the reference annotations in a folder (default: atr)",
    )


def reference_records(
    arguments: argparse.Namespace, part: Literal["train", "test"]
) -> ReferenceRecords:
    """Return the records that the options select.

    Parameters
    ----------
    arguments : Namespace
        The arguments with the options of :func:`add_data_options`.
    part : {"train", "test"}
        Selects the default records of a database, such as DS1 or DS2 of MIT-BIH.

    Returns
    -------
    ReferenceRecords
        The records.

    Raises
    ------
    ValueError, OSError
        If the data are unknown, missing or lack annotations.
    """
    names = arguments.records and arguments.records.split(",")
    sources = arguments.data.split(",")
    if len(sources) > 1 and (names or not set(sources) <= set(_DATABASES)):
        raise ValueError(
            "data must be one folder, one database, or several databases without "
            f"--records, got {arguments.data!r}; combine only "
            f"{' and '.join(_DATABASES)}."
        )
    parts = [_records_of(source, names, arguments, part) for source in sources]
    return ReferenceRecords(
        [path for found in parts for path in found.paths],
        [marks for found in parts for marks in found.annotations],
        " and ".join(found.description for found in parts),
    )


def _records_of(
    source: str,
    names: list[str] | None,
    arguments: argparse.Namespace,
    part: Literal["train", "test"],
) -> ReferenceRecords:
    """Return the records of one database or folder."""
    from skecg import datasets
    from skecg._files import expanded_path
    from skecg.cli._annotation_files import read_annotation_file

    extension = arguments.annotations.lstrip(".")
    if source in _DATABASES:
        database = _DATABASES[source]
        listed = database.train if part == "train" else database.test
        chosen = names or listed.records
        fetch = datasets.fetch_mitdb if source == "mitdb" else datasets.fetch_svdb
        folder = fetch(chosen).path
        what = f"records {', '.join(names)}" if names else listed.title
        title, extension = f"{database.title}, {what}", "atr"
    else:
        folder = expanded_path("data", source)
        if not folder.is_dir():
            raise ValueError(
                f"data must be {' or '.join(map(repr, _DATABASES))} or an existing "
                f"folder of WFDB records, got {source!r}."
            )
        chosen = names or sorted(
            path.stem
            for path in folder.glob("*.hea")
            if path.with_suffix(f".{extension}").exists()
        )
        title = folder.name
    if not chosen:
        raise ValueError(
            f"data must be a folder with annotated WFDB records, but {folder} has no "
            f".hea file with a .{extension} file beside it; check --annotations."
        )
    paths = [folder / name for name in chosen]
    annotations = [
        read_annotation_file(path.with_name(f"{path.name}.{extension}"))
        for path in paths
    ]
    return ReferenceRecords(paths, annotations, title)
