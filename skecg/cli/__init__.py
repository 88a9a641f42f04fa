"""The ``skecg`` command, or ``python -m skecg``: one file for each verb."""

import argparse
import sys
from collections.abc import Sequence

import skecg
from skecg.cli import _study

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the ``skecg`` command.

    Parameters
    ----------
    argv : sequence of str or None, default=None
        The arguments; None takes those of the process.

    Returns
    -------
    int
        The exit status: 0 if all went well, 2 if the arguments or the data are
        wrong, 130 if the user stopped it.

    Examples
    --------
    >>> from skecg.cli import main
    >>> main(["study", "--data", "no-such-file.csv"])
    2
    """
    parser = argparse.ArgumentParser(
        prog="skecg",
        description="Classify heartbeats in the ECG: from beats to a trained network "
        "and a report on how well it does.",
        epilog="'skecg VERB --help' shows what a verb takes.",
    )
    parser.add_argument("--version", action="version", version=skecg.__version__)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    _study.add_parser(verbs)
    arguments = parser.parse_args(argv)
    try:
        arguments.run(arguments)
    except (ValueError, OSError) as error:
        print(f"skecg: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("skecg: stopped; no report was written.", file=sys.stderr)
        return 130
    return 0
