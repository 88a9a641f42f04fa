"""The command line of the benchmarks."""

import argparse
import signal
from pathlib import Path

from benchmarks.cards import write_cards
from benchmarks.cells import run_cell, run_missing
from benchmarks.databases.contestants import CONTESTANTS as ANNOTATORS
from benchmarks.databases.contestants import PROTOCOL as DATABASES
from benchmarks.databases.contestants import add_own_annotator
from benchmarks.differences import paired_differences
from benchmarks.fuzz import READERS, run_fuzz
from benchmarks.kills import SCENARIOS, run_kills
from benchmarks.models import MODELS
from benchmarks.own_model import LAYOUTS, add_own_model, protocols_for
from benchmarks.picture import write_picture
from benchmarks.protocols import PROTOCOLS
from benchmarks.review.cells import PARTS
from benchmarks.review.cells import PROTOCOL as REVIEW
from benchmarks.tables import whole_cells, write_tables
from skecg._files import write_text

_RESULTS = Path(__file__).parents[1] / "docs" / "results"


def main() -> None:
    """Run a verb of the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)

    accuracy = verbs.add_parser("accuracy", help="fit, test and write the tables")
    accuracy.add_argument(
        "--protocol",
        choices=[*PROTOCOLS, DATABASES, REVIEW],
        help="default with --model: all",
    )
    accuracy.add_argument("--models", nargs="+", choices={**MODELS, **ANNOTATORS})
    accuracy.add_argument("--seeds", nargs="+", type=int, default=[0])
    accuracy.add_argument("--jobs", type=int, default=1, help="processes for databases")
    accuracy.add_argument(
        "--stability",
        action="store_true",
        help="databases: classes under small changes",
    )

    accuracy.add_argument(
        "--parts", nargs="+", choices=PARTS, default=PARTS, help="for review"
    )

    cell = verbs.add_parser("cell", help="one measurement; accuracy calls it")
    cell.add_argument("protocol", choices=[*PROTOCOLS, DATABASES, REVIEW])
    cell.add_argument("name", help="name of a model")
    cell.add_argument("fold", type=int)
    cell.add_argument("seed", type=int)

    for verb in (accuracy, cell):
        verb.add_argument(
            "--model", metavar="PACKAGE.MODULE:FACTORY", help="an estimator of your own"
        )
        verb.add_argument(
            "--layout", choices=LAYOUTS, default="beats", help="rows for --model"
        )

    speed = verbs.add_parser("speed", help="measure ratios and write their table")
    speed.add_argument("rows", nargs="*", help="names of rows (default: all)")
    speed.add_argument("--rounds", type=int, default=5)

    kills = verbs.add_parser("kills", help="kill writes and check the files")
    kills.add_argument("scenarios", nargs="*", choices=[[], *SCENARIOS])
    kills.add_argument("--kills", type=int, default=100)
    kills.add_argument(
        "--signals", nargs="+", choices=["KILL", "TERM"], default=["KILL", "TERM"]
    )
    kills.add_argument("--seed", type=int, default=0)

    fuzz = verbs.add_parser("fuzz", help="read damaged recordings and count outcomes")
    fuzz.add_argument("readers", nargs="*", choices=[[], *READERS])
    fuzz.add_argument(
        "--seconds", type=float, default=300, help="CPU seconds per reader"
    )
    fuzz.add_argument("--seed", type=int, default=0)

    peaks = verbs.add_parser("peaks", help="detect R peaks and write their table")
    peaks.add_argument(
        "detectors", nargs="*", help="detectors (default: those without results)"
    )
    peaks.add_argument(
        "--times", type=int, default=0, help="rounds of timing (default: none)"
    )

    annotate = verbs.add_parser("annotate", help="annotate whole recordings")
    annotate.add_argument(
        "--only-day", action="store_true", help="only measure the time for a day"
    )

    ship = verbs.add_parser("ship", help="copy fitted annotators into the package")
    ship.add_argument(
        "--weights", type=Path, help="folder of files that 'skecg train' wrote"
    )

    accuracy.add_argument("--results", type=Path, default=None)
    for verb in (cell, speed, peaks, annotate, ship):
        verb.add_argument("--results", type=Path, default=_RESULTS)
    for verb in (accuracy, cell, speed):
        verb.add_argument(
            "--quick", action="store_true", help="trial run with few beats and epochs"
        )
    given = parser.parse_args()
    if getattr(given, "protocol", None) == DATABASES:
        _databases(given)
        return
    if getattr(given, "protocol", None) == REVIEW:
        _review(given)
        return
    if given.verb == "cell":
        if given.model is not None:
            add_own_model(given.model, given.layout)
        if given.name not in MODELS:
            parser.error(f"no model is called {given.name}; there are {[*MODELS]}")
        cell_of = (given.protocol, given.name, given.fold, given.seed)
        run_cell(given.results, *cell_of, quick=given.quick)
        return
    if given.verb == "kills":
        signals = [signal.Signals[f"SIG{name}"] for name in given.signals]
        run_kills(given.scenarios or list(SCENARIOS), given.kills, given.seed, signals)
        return
    if given.verb == "fuzz":
        if not run_fuzz(given.readers or list(READERS), given.seconds, given.seed):
            raise SystemExit(1)
        return
    if given.verb == "speed":
        _speed(given)
        return
    if given.verb == "peaks":
        _peaks(given)
        return
    if given.verb == "annotate":
        # Imported here, because only this verb needs it.
        from benchmarks.annotate import run_annotate

        run_annotate(given.results, only_day=given.only_day)
        return
    if given.verb == "ship":
        from benchmarks.ship import run_ship

        run_ship(given.weights, given.results)
        return
    if given.model is not None:
        _accuracy_of_own(given)
        return
    if given.protocol is None:
        parser.error("accuracy needs --protocol, or --model for all protocols")
    results = given.results or _RESULTS
    models = given.models or list(PROTOCOLS[given.protocol].models)
    foreign = sorted(set(models) - set(MODELS))
    if foreign:
        raise SystemExit(f"{foreign} run with --protocol {DATABASES} alone.")
    run_missing(results, given.protocol, models, given.seeds, given.quick)
    print(write_tables(results, given.protocol).read_text(encoding="utf-8"))
    write_cards(results, given.protocol)
    write_picture(results)


def _databases(given: argparse.Namespace) -> None:
    from benchmarks.databases.cells import run_cell, run_missing
    from benchmarks.databases.page import write_page
    from benchmarks.databases.stability import run_stability

    results = given.results or (_own_results(given) if given.model else _RESULTS)
    own = [] if given.model is None else [add_own_annotator(given.model)]
    is_cell = given.verb == "cell"
    models = [given.name] if is_cell else own + (given.models or [])
    unknown = sorted(set(models) - set(ANNOTATORS))
    if unknown:
        raise SystemExit(
            f"--protocol {DATABASES} compares the annotators {[*ANNOTATORS]}, got "
            f"{unknown}."
        )
    if is_cell:
        run_cell(results, given.name, given.fold, given.seed, quick=given.quick)
        return
    if given.stability:
        run_stability(results, given.quick)
    else:
        run_missing(
            results,
            models or [*ANNOTATORS],
            given.seeds,
            given.jobs,
            given.quick,
            ["--model", given.model] if own else [],
        )
    # Quick cells lack most records, so they are not compared with other cells.
    beside = _RESULTS if own and not given.quick else None
    print(write_page(results, beside).read_text(encoding="utf-8"))


def _review(given: argparse.Namespace) -> None:
    from benchmarks.review.cells import run_missing, run_part
    from benchmarks.review.page import write_page

    results = given.results or _RESULTS
    if given.verb == "cell":
        run_part(results, given.name, given.quick)
        return
    run_missing(results, given.parts, given.jobs, given.quick)
    print(write_page(results).read_text(encoding="utf-8"))


def _accuracy_of_own(given: argparse.Namespace) -> None:
    """Evaluate a user's model by one or all protocols, and compare with ours."""
    name = add_own_model(given.model, given.layout)
    fitting = protocols_for(given.layout)
    if given.protocol not in (None, *fitting):
        raise SystemExit(
            f"--protocol {given.protocol} has no rows of {given.layout}; there are "
            f"{fitting}."
        )
    # Do not change our results, and separate quick cells from others.
    results = given.results or _own_results(given)
    own = ["--model", given.model, "--layout", given.layout]
    models = [name, *(given.models or [])]
    for protocol in [given.protocol] if given.protocol else fitting:
        run_missing(results, protocol, models, given.seeds, given.quick, own)
        page = write_tables(results, protocol, beside=_RESULTS)
        differences = paired_differences(
            whole_cells(results, protocol, _RESULTS), protocol, name
        )
        text = page.read_text(encoding="utf-8")
        write_text(page, f"{text}\n{differences}" if differences else text)
        print(page.read_text(encoding="utf-8"))


def _own_results(given: argparse.Namespace) -> Path:
    return Path("own-results-quick" if given.quick else "own-results")


def _speed(given: argparse.Namespace) -> None:
    # Imported here, because only this verb needs packages such as ONNX Runtime.
    from benchmarks.speed import ROWS, run_row, write_report

    unknown = sorted(set(given.rows) - set(ROWS))
    if unknown:
        raise SystemExit(f"No row is called {unknown}; there are {list(ROWS)}.")
    for name in given.rows or ROWS:
        run_row(given.results, name, given.rounds, given.quick)
    print(write_report(given.results).read_text(encoding="utf-8"))


def _peaks(given: argparse.Namespace) -> None:
    from benchmarks.peaks import CONTESTANTS, run_peaks, time_peaks, write_peaks

    unknown = sorted(set(given.detectors) - set(CONTESTANTS))
    if unknown:
        raise SystemExit(f"No detector is called {unknown}: {list(CONTESTANTS)}.")
    folder = given.results / "peaks"
    missing = [name for name in CONTESTANTS if not (folder / f"{name}.json").is_file()]
    for name in given.detectors or missing:
        run_peaks(given.results, name)
    if given.times:
        time_peaks(given.results, given.times)
    print(write_peaks(given.results).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
