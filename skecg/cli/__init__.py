"""The ``skecg`` command, also ``python -m skecg``, with one file per verb."""

import argparse
import sys
from collections.abc import Sequence

import skecg
from skecg.cli import _annotate, _evaluate, _fetch, _info, _review, _study, _train
from skecg.cli._option_names import with_option_names

__all__ = ["main"]

_EXAMPLES = """\
examples:
  skecg annotate night.edf --out found  find and classify the beats of a recording
  skecg evaluate --data mitdb           test the model on patients of MIT-BIH
  skecg train --out model.skops         fit another model

'skecg VERB --help' describes the arguments of a verb."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the ``skecg`` command.

    Parameters
    ----------
    argv : sequence of str or None, default=None
        The arguments; None takes those of the command line.

    Returns
    -------
    int
        The exit status: 0 on success, 1 if some recordings could not be annotated, 2 if
        the arguments or the data are invalid, 130 if the user stopped the command.

    Examples
    --------
    >>> from skecg.cli import main
    >>> main(["study", "--data", "no-such-file.csv"])
    2
    """
    parser = argparse.ArgumentParser(
        prog="skecg",
        description="Classify the heartbeats of an ECG: train a model, annotate\n"
        "recordings, and evaluate the annotations.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=skecg.__version__)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for verb in (_annotate, _review, _train, _evaluate, _info, _fetch, _study):
        verb.add_parser(verbs)
    arguments = parser.parse_args(argv)
    try:
        return arguments.run(arguments) or 0
    except (ValueError, OSError, ImportError) as error:
        print(f"skecg: {with_option_names(str(error), ())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"skecg: stopped; {arguments.stopped}", file=sys.stderr)
        return 130
