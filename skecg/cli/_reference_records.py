"""Recordings with reference annotations, for training and for tests."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from skecg import mitdb

__all__ = ["ReferenceRecords", "add_data_options", "reference_records"]

_DATABASES = ("mitdb", "svdb")


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
        What they are.
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
        metavar="mitdb|svdb|PATH",
        help="a database of PhysioNet, which is fetched, or a folder of annotated WFDB "
        "records" + (f" (default: {default})" if default else ""),
    )
    parser.add_argument(
        "--records",
        metavar="R,R,...",
        help="the records to read (default: for mitdb DS1 in 'train' and DS2 in "
        "'evaluate', the published lists of patients without pacemakers; else all)",
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
    """Return the records that the options choose.

    Parameters
    ----------
    arguments : Namespace
        The arguments with the options of :func:`add_data_options`.
    part : {"train", "test"}
        Whether DS1 or DS2 is the default for MIT-BIH.

    Returns
    -------
    ReferenceRecords
        The records.

    Raises
    ------
    ValueError, OSError
        If the data are unknown, missing or without annotations.
    """
    from skecg import datasets
    from skecg._files import expanded_path
    from skecg.cli._annotation_files import read_annotation_file

    names = arguments.records and arguments.records.split(",")
    extension = arguments.annotations.lstrip(".")
    if arguments.data == "mitdb":
        chosen = names or (mitdb.DS1 if part == "train" else mitdb.DS2)
        folder = datasets.fetch_mitdb(chosen).path
        title = "MIT-BIH Arrhythmia Database"
        listed = "DS1" if part == "train" else "DS2"
        title += f", records {', '.join(names)}" if names else f", {listed}"
        extension = "atr"
    elif arguments.data == "svdb":
        found = datasets.fetch_svdb(names)
        folder, chosen = found.path, found.records
        title = "MIT-BIH Supraventricular Arrhythmia Database"
        title += f", records {', '.join(names)}" if names else ""
        extension = "atr"
    else:
        folder = expanded_path("data", arguments.data)
        if not folder.is_dir():
            raise ValueError(
                f"data must be {' or '.join(map(repr, _DATABASES))} or an existing "
                f"folder of WFDB records, got {arguments.data!r}."
            )
        chosen = names or sorted(
            path.stem
            for path in folder.glob("*.hea")
            if path.with_suffix(f".{extension}").exists()
        )
        title = folder.name
    if not chosen:
        raise ValueError(
            f"data must be a folder with annotated WFDB records, and {folder} has no "
            f".hea file with a .{extension} file beside it."
        )
    paths = [folder / name for name in chosen]
    annotations = [
        read_annotation_file(path.with_name(f"{path.name}.{extension}"))
        for path in paths
    ]
    return ReferenceRecords(paths, annotations, title)
