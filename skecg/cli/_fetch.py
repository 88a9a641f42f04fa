"""The verb ``skecg fetch``: download of PhysioNet databases to the data home."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(verbs: Any) -> None:
    """Add the verb to the command.

    Parameters
    ----------
    verbs : argparse action
        The command's subparsers.
    """
    parser = verbs.add_parser(
        "fetch",
        help="download a database of PhysioNet",
        description="Download the records of a database, compare each file with the "
        "SHA-256 that PhysioNet publishes, and print their folder. Intact existing "
        "files are not downloaded again. The environment variable SKECG_DATA sets the "
        "data home, and SKECG_MIRROR sets another server or folder as the source.",
    )
    parser.add_argument(
        "database",
        choices=("mitdb", "svdb"),
        help="mitdb: MIT-BIH Arrhythmia Database (98 MB); svdb: MIT-BIH "
        "Supraventricular Arrhythmia Database (54 MB)",
    )
    parser.add_argument(
        "--records", metavar="R,R,...", help="the records to fetch (default: all)"
    )
    parser.add_argument(
        "--json", action="store_true", help="print folder and records as JSON"
    )
    parser.set_defaults(
        run=run, stopped="complete files are kept, and the next run fetches the others."
    )


def run(arguments: argparse.Namespace) -> None:
    """Fetch the records and print their folder.

    Parameters
    ----------
    arguments : Namespace
        The parsed arguments.
    """
    from skecg import datasets
    from skecg.cli._output import json_text, show

    fetchers = {"mitdb": datasets.fetch_mitdb, "svdb": datasets.fetch_svdb}
    names = arguments.records and arguments.records.split(",")
    found = fetchers[arguments.database](names)
    if arguments.json:
        show(json_text({"path": str(found.path), "records": found.records}))
    else:
        show(f"{len(found.records)} records in {found.path}")
