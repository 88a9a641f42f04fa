"""The verb ``skecg annotate``: beats, tables and summaries of recordings."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skecg.cli._model import add_model_option, load_model
from skecg.cli._reading import add_read_options, made_from_of

if TYPE_CHECKING:
    from skecg.cli._annotate_one import Outcome
    from skecg.cli._answers_file import Answers
    from skecg.cli._recording_files import RecordingFile

_DESCRIPTION = """\
Detect the beats of recordings, classify them as N, S (supraventricular), V
(ventricular), F (fusion) or Q (unreadable), and summarise the rhythm.

Each recording NAME gets three files in DIR:
  NAME.skecg  the beats, as a WFDB annotation file
  NAME.csv    one row per beat: time, class, probabilities, interval, quality
  NAME.json   the summary: counts, burden, runs, pauses, unreadable minutes, beats that
              --answers changed, confirmed and removed; it is written last
and with --html
  NAME.html   a report for the browser, in one file
A recording that has all its files from the same model is skipped, so that you can
repeat a run that was stopped. If a recording cannot be annotated, the run continues
with the others; DIR/failures.csv lists the failed recordings of the last run and the
reason."""

_EPILOG = """\
examples:
  skecg annotate night.edf --out found --html
  skecg annotate recordings/ --out found --jobs 4
  skecg annotate mitdb/100 --out found --r-peaks atr
  skecg annotate night.edf --out found --answers night.answers.json

exit status: 0 all recordings are annotated, 1 some failed, 2 invalid arguments."""

# joblib dispatches two recordings per process.
_UNDER_WAY = 2
_DIED = (
    "the process that annotated this recording died, probably because it ran out of "
    "memory; split the recording, or use a machine with more memory"
)


def add_parser(verbs: Any) -> None:
    """Add the verb to the command.

    Parameters
    ----------
    verbs : argparse action
        The command's subparsers.
    """
    parser = verbs.add_parser(
        "annotate",
        help="detect and classify the beats of recordings",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "recordings",
        nargs="+",
        metavar="RECORDING",
        help="a file in WFDB, EDF, CSV, Parquet or .npy format, or a folder, which is "
        "searched including its subfolders",
    )
    parser.add_argument(
        "--out", required=True, metavar="DIR", help="folder for the results"
    )
    add_model_option(parser)
    add_read_options(parser)
    parser.add_argument(
        "--answers",
        metavar="FILE",
        help="apply the answers that were saved on the page of 'skecg review'; pass "
        "only the recording of that review",
    )
    workers = parser.add_mutually_exclusive_group()
    workers.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="annotate recordings on the workers of this Dask scheduler, such as "
        "tcp://host:8786; all files must have the same paths on the workers",
    )
    workers.add_argument(
        "--jobs",
        type=int,
        default=1,
        metavar="N",
        help="number of processes that annotate recordings in parallel, or of threads "
        "if there is one recording (default: 1)",
    )
    parser.add_argument(
        "--html",
        action="store_true",
        help="also write a report of each recording as one HTML file for the browser",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print the summaries as JSON, one line per recording, instead of a table",
    )
    parser.set_defaults(
        run=run, stopped="finished recordings are kept, and the next run skips them."
    )


def run(arguments: argparse.Namespace) -> int:
    """Annotate the recordings and print their summaries.

    Parameters
    ----------
    arguments : Namespace
        The parsed arguments.

    Returns
    -------
    int
        0 if all recordings are annotated, else 1.
    """
    from skecg._files import expanded_path
    from skecg.cli._answers_file import read_answers
    from skecg.cli._output import json_text, show
    from skecg.cli._recording_files import find_recordings

    if arguments.jobs < 1:
        raise ValueError(f"jobs must be at least 1, got {arguments.jobs}.")
    out = expanded_path("out", arguments.out)
    if out.exists() and not out.is_dir():
        raise ValueError(f"out must be a folder, but {out} is a file; pass another.")
    recordings = find_recordings(arguments.recordings, out)
    if arguments.answers is not None and len(recordings) > 1:
        raise ValueError(
            "answers must be used with one recording, the recording of the review, got "
            f"{len(recordings)} recordings; pass only that one."
        )
    _check_inputs_stay(recordings, out, arguments.r_peaks)
    model, annotator = load_model(arguments.model)
    made_from = made_from_of(arguments, model, annotator)
    answers = None
    if arguments.answers is not None:
        answers = read_answers(arguments.answers, made_from)
        made_from["answers"] = answers.digest
    out.mkdir(parents=True, exist_ok=True)
    outcomes: list[Outcome] = []
    for outcome in _shown(
        _annotate(recordings, annotator, out, arguments, made_from, answers),
        len(recordings),
    ):
        outcomes.append(outcome)
        if arguments.json:
            show(json_text(_line(outcome)))
    # Workers may finish in any order, so restore the order of the arguments.
    place = {recording.name: i for i, recording in enumerate(recordings)}
    outcomes.sort(key=lambda outcome: place[outcome.recording.name])
    failed = [outcome for outcome in outcomes if outcome.summary is None]
    _write_failures(out / "failures.csv", failed)
    if not arguments.json:
        _show_table([x.summary for x in outcomes if x.summary is not None])
    if failed:
        print(
            f"skecg: {len(failed)} of {len(outcomes)} recordings failed; see "
            f"{out / 'failures.csv'}.",
            file=sys.stderr,
        )
    return 1 if failed else 0


def _check_inputs_stay(
    recordings: list[RecordingFile], out: Path, r_peaks: str | None
) -> None:
    """Refuse results that would replace a recording or its R peaks."""
    inputs = {recording.path.resolve() for recording in recordings}
    if r_peaks is not None:
        inputs |= {recording.beside(r_peaks).resolve() for recording in recordings}
    for recording in recordings:
        for suffix in (".skecg", ".csv", ".json"):
            target = out / f"{recording.name}{suffix}"
            if target.resolve() in inputs:
                raise ValueError(
                    f"out must be another folder, because the result {target} would "
                    "replace an input."
                )


def _annotate(
    recordings: list[RecordingFile],
    annotator: Any,
    out: Path,
    arguments: argparse.Namespace,
    made_from: dict[str, Any],
    answers: Answers | None,
) -> Iterator[Outcome]:
    """Yield the outcome of each recording when it is finished."""
    from skecg.cli._annotate_one import Outcome, annotate_one
    from skecg.cli._result_files import ResultFiles

    waiting = {}
    for recording in recordings:
        files = ResultFiles(out, recording.name, arguments.html)
        summary = files.finished(made_from)
        if summary is None:
            waiting[recording.name] = recording
        else:
            yield Outcome(recording, summary, is_skipped=True)
    one = partial(
        annotate_one,
        annotator,
        out=out,
        made_from=made_from,
        answers=answers,
        with_html=arguments.html,
    )
    if arguments.dask is not None:
        annotator.set_params(n_jobs=1)
        yield from _on_dask(one, list(waiting.values()), arguments.dask)
        return
    if min(arguments.jobs, len(waiting)) <= 1:
        annotator.set_params(n_jobs=arguments.jobs)
        yield from map(one, waiting.values())
        return
    annotator.set_params(n_jobs=1)
    while waiting:
        for outcome in _in_processes(one, list(waiting.values()), arguments.jobs):
            del waiting[outcome.recording.name]
            yield outcome
        # A process died, which stopped all others. Repeat the recordings that may have
        # been in progress one at a time, to find the one that failed.
        for recording in list(waiting.values())[: _UNDER_WAY * arguments.jobs]:
            found = list(_in_processes(one, [recording], 2))
            del waiting[recording.name]
            yield from found or [Outcome(recording, error=_DIED)]


def _on_dask(
    one: Callable[[RecordingFile], Outcome],
    recordings: list[RecordingFile],
    address: str,
) -> Iterator[Outcome]:
    """Yield the outcomes from a Dask cluster when they are finished."""
    try:
        from distributed import Client, KilledWorker, as_completed
    except ImportError as error:
        raise ImportError(
            "--dask needs Dask; install it with pip install 'skecg[distributed]'."
        ) from error
    from skecg.cli._annotate_one import Outcome

    with Client(address, timeout=10) as client:
        # Each call writes files, so Dask must not merge equal calls.
        waiting = {client.submit(one, x, pure=False): x for x in recordings}
        for future in as_completed(list(waiting)):
            try:
                yield future.result()
            except KilledWorker:
                yield Outcome(waiting[future], error=_DIED)


def _in_processes(
    one: Callable[[RecordingFile], Outcome],
    recordings: list[RecordingFile],
    n_jobs: int,
) -> Iterator[Outcome]:
    """Yield outcomes when they are finished, until a process dies."""
    from concurrent.futures.process import BrokenProcessPool

    from joblib import Parallel, delayed

    with (
        suppress(BrokenProcessPool),
        Parallel(n_jobs, return_as="generator_unordered") as parallel,
    ):
        yield from parallel(delayed(one)(recording) for recording in recordings)


def _shown(outcomes: Iterator[Outcome], total: int) -> Iterator[Outcome]:
    """Show progress: a bar in a terminal, otherwise a line per recording."""
    from tqdm import tqdm

    is_terminal = sys.stderr.isatty()
    with tqdm(total=total, unit="recording", disable=not is_terminal) as bar:
        for number, outcome in enumerate(outcomes, 1):
            text = outcome.error and f"failed: {outcome.error}"
            if outcome.summary is not None:
                text = f"{outcome.summary['n_beats']:,} beats"
            if outcome.is_skipped:
                text += ", finished before"
            line = f"{number}/{total} {outcome.recording.name}: {text}"
            if not is_terminal:
                print(line, file=sys.stderr, flush=True)
            elif outcome.error:
                bar.write(line, file=sys.stderr)
            bar.update()
            yield outcome


def _line(outcome: Outcome) -> dict[str, Any]:
    """Return the JSON object of a recording for --json."""
    if outcome.summary is not None:
        return {**outcome.summary, "is_skipped": outcome.is_skipped}
    recording = outcome.recording
    return {
        "recording": recording.name,
        "source": str(recording.path),
        "error": outcome.error,
    }


def _write_failures(path: Path, failed: list[Outcome]) -> None:
    import pandas as pd

    from skecg._files import write_text

    if not failed:
        with suppress(FileNotFoundError):
            path.unlink()
        return
    rows = [(x.recording.name, str(x.recording.path), x.error) for x in failed]
    table = pd.DataFrame(rows, columns=["recording", "source", "error"])
    write_text(path, table.to_csv(index=False, lineterminator="\n"))


def _show_table(summaries: list[dict[str, Any]]) -> None:
    import pandas as pd

    from skecg.cli._output import plain, show

    if not summaries:
        return
    # Convert to plain values, because summaries of skipped recordings are JSON.
    rows = [
        {
            "recording": found["recording"],
            "hours": found["duration"] / 3600,
            "beats": f"{found['n_beats']:,}",
            "rate": found["mean_rate"],
            "V": found["counts"]["V"],
            "V %": found["burden"]["V"]["percent"],
            "S": found["counts"]["S"],
            "S %": found["burden"]["S"]["percent"],
            "V runs": len(found["runs"]),
            "pauses": len(found["pauses"]),
            "unreadable min": sum(found["unreadable"].values()),
            # Answers are those of one recording, so all rows have these or none.
            **{f"beats {name}": n for name, n in found.get("answers", {}).items()},
        }
        for found in map(plain, summaries)
    ]
    table = pd.DataFrame(rows)
    numbers = ["rate", "V %", "S %", "unreadable min"]
    table[numbers] = table[numbers].astype(float)
    # An excerpt of a minute has more than 0 hours.
    table["hours"] = table["hours"].map("{:.2f}".format)
    show(table.to_string(index=False, na_rep="-", float_format="{:.1f}".format))
