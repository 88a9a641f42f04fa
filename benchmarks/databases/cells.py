"""Cells: annotators fitted to four folds and tested on the fifth."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.cells import cell_path
from benchmarks.databases.contestants import CONTESTANTS, PROTOCOL
from benchmarks.databases.fitted import fitted_annotator, records_of
from benchmarks.databases.folds import N_FOLDS, read_records
from skecg import BeatAnnotator, Recording, read_recording
from skecg._files import collect_strays, write_text

__all__ = ["PEAKS", "run_cell", "run_missing"]

PEAKS = ("reference", "own")
"""The kinds of R peaks: those of the reference and those of the detector."""

_PACKAGES = ("skecg", "torch", "scikit-learn", "numpy", "scipy", "sleepecg")


def run_missing(
    results: Path,
    models: Sequence[str],
    draws: Sequence[int],
    jobs: int,
    quick: bool,
    own: Sequence[str] = (),
) -> None:
    """Run the cells that have no file yet, each in a process with one thread.

    With one thread, `jobs` processes can run at a time, and the sums of a network do
    not depend on the number of cores. `own` contains the command-line options that name
    an annotator of the user.
    """
    collect_strays(results / PROTOCOL)
    cells = [(m, fold, d) for d in draws for m in models for fold in range(N_FOLDS)]
    threads = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}

    def run(cell: tuple[str, int, int]) -> None:
        model, fold, draw = cell
        paths = _paths(results, model, fold, draw)
        if all(path.is_file() for path in paths):
            print(f"{paths[0].name}: there already", flush=True)
            return
        command = [sys.executable, "-m", "benchmarks", "cell", PROTOCOL]
        options = ["--results", str(results), *(["--quick"] if quick else []), *own]
        subprocess.run(
            [*command, model, str(fold), str(draw), *options],
            check=True,
            env={**os.environ, **threads},
        )

    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(run, cell) for cell in cells]
        try:
            for future in futures:
                future.result()
        except BaseException:
            # Otherwise an interrupted command would still run the remaining cells.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def run_cell(results: Path, model: str, fold: int, draw: int, quick: bool) -> None:
    """Fit, test with both kinds of R peaks, and write the pairings of each record."""
    train, test = records_of(fold, draw, quick)
    annotator, fit_seconds = fitted_annotator(model, fold, draw, quick)
    paths, annotations = read_records(test)
    recordings = [read_recording(path) for path in paths]
    for k, path in enumerate(_paths(results, model, fold, draw)):
        started = time.perf_counter()
        read = [_first_lead(recording) for recording in recordings] if k else recordings
        records = _pairings(annotator, read, annotations)
        facts = {
            "protocol": PROTOCOL,
            "model": CONTESTANTS[model].variants(model)[k],
            "fold": fold,
            "seed": draw,
            "quick": quick,
            "trained_on": train,
            "fit_seconds": fit_seconds,
            "test_seconds": round(time.perf_counter() - started, 1),
            "cores": os.cpu_count(),
            "machine": platform.machine(),
            "versions": {
                "python": platform.python_version(),
                **{package: version(package) for package in _PACKAGES},
            },
            "records": records,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, json.dumps(facts) + "\n")
        print(f"{path.name}: fitted in {fit_seconds:.0f} s", flush=True)


def _pairings(
    annotator: BeatAnnotator, recordings: list[Recording], annotations: list[Any]
) -> dict[str, dict[str, dict[str, int]]]:
    """Return the nonzero pairings of each record by the kind of R peaks."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for peaks in PEAKS:
        report = annotator.evaluate(recordings, annotations, peaks=peaks)
        for record, row in report.pairings.iterrows():
            pairings = {name: int(n) for name, n in row.items() if n}
            found.setdefault(str(record), {})[peaks] = pairings
    return found


def _first_lead(recording: Recording) -> Recording:
    return Recording(
        recording.signal[:, :1],
        recording.fs,
        leads=recording.leads[:1],
        name=recording.name,
    )


def _paths(results: Path, model: str, fold: int, draw: int) -> list[Path]:
    return [
        cell_path(results, PROTOCOL, name, fold, draw)
        for name in CONTESTANTS[model].variants(model)
    ]
