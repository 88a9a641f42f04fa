"""The verb ``skecg study``: training, test and report of the study's network."""

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
        "study",
        help="train the study's network and write a report",
        description="Train the study's network on resampled beats, test it, and write "
        "the report, figures and model to a folder.",
    )
    parser.add_argument(
        "--data",
        default="synthetic",
        metavar="synthetic|mitdb|PATH",
        help="synthetic beats (the default), MIT-BIH in the public split, or a file of "
        "the public heartbeat set such as mitbih_train.csv",
    )
    parser.add_argument(
        "--out",
        default="study-report",
        metavar="DIR",
        help="folder to write (default: study-report)",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="use fewer beats and epochs, for a trial run of one or two minutes",
    )
    parser.add_argument("--seed", type=int, default=0, help="random seed (default: 0)")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace an existing report"
    )
    parser.set_defaults(run=run, stopped="no report was written.")


def run(arguments: argparse.Namespace) -> None:
    """Run the study, and print the report and its path.

    Parameters
    ----------
    arguments : Namespace
        The parsed arguments.
    """
    # Imported here, because torch takes a second to load, which would delay --help.
    from skecg.cli._output import show
    from skecg.study import run_study

    result = run_study(
        arguments.data,
        arguments.out,
        quick=arguments.quick,
        random_state=arguments.seed,
        overwrite=arguments.overwrite,
        verbose=1,
    )
    show((result.folder / "report.txt").read_text(encoding="utf-8"))
    show(f"accuracy {result.summary['accuracy']:.4f}")
    show(f"macro F1 {result.summary['macro_f1']:.4f}")
    show(f"report   {result.folder / 'report.html'}")
