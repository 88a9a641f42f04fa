"""``skecg fetch``: databases of PhysioNet in the data home."""

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
        help="fetch a database of PhysioNet",
        description="Fetch the records of a database, compare each file with the "
        "SHA-256 that PhysioNet publishes, and print their folder. Files that are "
        "there and intact are not fetched again. The environment variable SKECG_DATA "
        "names the data home, and SKECG_MIRROR another server or folder.",
    )
    parser.add_argument(
        "database",
        choices=("mitdb", "svdb"),
        help="MIT-BIH Arrhythmia Database (98 MB) or MIT-BIH Supraventricular "
        "Arrhythmia Database (54 MB)",
    )
    parser.add_argument(
        "--records", metavar="R,R,...", help="the records to fetch (default: all)"
    )
    parser.add_argument(
        "--json", action="store_true", help="print folder and records as JSON"
    )
    parser.set_defaults(
        run=run, stopped="complete files are kept, and a new call fetches the others."
    )


def run(arguments: argparse.Namespace) -> None:
    """Fetch the records and print their folder.

    Parameters
    ----------
    arguments : Namespace
        What the user asked for.
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
