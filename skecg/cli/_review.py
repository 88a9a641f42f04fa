"""The verb ``skecg review``: a page with questions about a few beats."""

from __future__ import annotations

import argparse
import shlex
import sys
from typing import Any

from skecg.cli._model import add_model_option, load_model
from skecg.cli._reading import (
    READ_OPTIONS,
    add_read_options,
    annotated_by,
    made_from_of,
)

_DESCRIPTION = """\
Annotate a recording, and write a page on which a person classifies a few beats. Each of
these beats represents a group of similar beats, so that a dozen answers correct
hundreds of beats.

The page is one HTML file. It opens in a browser without a network, and saves the
answers to a file. 'skecg annotate --answers' applies them."""

_EPILOG = """\
example:
  skecg review night.edf --html night.html
  skecg annotate night.edf --answers night.answers.json --out found

exit status: 0 the page is written, 2 invalid arguments or data."""


def add_parser(verbs: Any) -> None:
    """Add the verb to the command.

    Parameters
    ----------
    verbs : argparse action
        The command's subparsers.
    """
    parser = verbs.add_parser(
        "review",
        help="write a page for a person to check a few beats of a recording",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "recording",
        metavar="RECORDING",
        help="a file in WFDB, EDF, CSV, Parquet or .npy format",
    )
    parser.add_argument(
        "--html", required=True, metavar="PAGE", help="the page to write"
    )
    parser.add_argument(
        "--questions",
        type=int,
        default=12,
        metavar="N",
        help="the number of questions (default: 12)",
    )
    add_model_option(parser)
    add_read_options(parser)
    parser.add_argument(
        "--json", action="store_true", help="print the path and the counts as JSON"
    )
    parser.set_defaults(run=run, stopped="no page was written.")


def run(arguments: argparse.Namespace) -> None:
    """Annotate the recording and write the page.

    Parameters
    ----------
    arguments : Namespace
        The parsed arguments.
    """
    from pathlib import Path

    from skecg._files import expanded_path, write_text
    from skecg.cli._option_names import with_option_names
    from skecg.cli._output import json_text, show
    from skecg.cli._recording_files import find_recordings
    from skecg.review import ReviewSession
    from skecg.review._review_page import review_page

    if arguments.questions < 1:
        raise ValueError(f"questions must be at least 1, got {arguments.questions}.")
    page = expanded_path("html", arguments.html)
    if page.is_dir():
        raise ValueError(f"html must be a file, but {page} is a folder; pass another.")
    if Path(arguments.recording).is_dir():
        raise ValueError(
            f"RECORDING must be one recording, but {arguments.recording} is a folder; "
            "pass a file in it."
        )
    (recording,) = find_recordings([arguments.recording], page)
    if page.resolve() == recording.path.resolve():
        raise ValueError(
            f"html must be another file than the recording, got {page} for both; "
            "choose another name."
        )
    if page.exists() and page.suffix.lower() not in (".html", ".htm"):
        # It may be the model, the R peaks or a file of the recording.
        raise ValueError(
            f"html must be a new file or a page to replace, and {page} is a file with "
            "another ending; pass such as night.html."
        )
    model, annotator = load_model(arguments.model)
    made_from = made_from_of(arguments, model, annotator)
    print(f"Annotating {recording.name} ...", file=sys.stderr)
    try:
        annotated = annotated_by(annotator, recording, made_from)
    except ValueError as error:
        raise ValueError(with_option_names(str(error), READ_OPTIONS)) from error
    session = ReviewSession(annotated, arguments.questions)
    text = review_page(
        session,
        name=recording.name,
        made_from=made_from,
        command=_command(arguments, recording.name),
    )
    write_text(page, text)
    n_beats = len(annotated.table)
    if arguments.json:
        facts = {
            "recording": recording.name,
            "page": str(page),
            "n_beats": n_beats,
            "n_questions": session.n_questions,
        }
        show(json_text(facts))
    else:
        show(
            f"{page} asks {session.n_questions} questions about {n_beats:,} beats; "
            "open it in a browser"
        )


def _command(arguments: argparse.Namespace, name: str) -> str:
    """Return the command line that applies the answers."""
    words = ["skecg", "annotate", arguments.recording]
    words += ["--answers", f"{name}.answers.json", "--out", "found"]
    for option in ("model", "r_peaks", "fs", "units", "leads"):
        value = getattr(arguments, option)
        if value is not None:
            words += [f"--{option.replace('_', '-')}", f"{value}"]
    return shlex.join(words)
