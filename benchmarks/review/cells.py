"""Cells: the records of one part, reviewed by all strategies."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.databases.fitted import fitted_annotator, records_of
from benchmarks.databases.folds import DATABASES, N_FOLDS, read_records
from benchmarks.review.strategies import reviewed
from skecg import BeatAnnotator, load_pretrained, mitdb, read_recording
from skecg._files import collect_strays, write_text
from skecg.annotation import AnnotatedRecording
from skecg.annotation._reference import Reference
from skecg.metrics import compare_annotations
from skecg.review._simulate_review import reference_labels

__all__ = ["PARTS", "PROTOCOL", "database_of", "run_missing", "run_part"]

PROTOCOL = "review"
"""The name of the protocol on the command line."""

PARTS = (*(f"fold{fold}" for fold in range(N_FOLDS)), "DS2")
"""The parts: the folds of the protocol "databases", each with an annotator fitted to
the other folds, and DS2 with the pretrained annotator, which was not fitted to it."""

_NETWORK, _DRAW = "new_patients_network", 1
_PACKAGES = ("skecg", "torch", "scikit-learn", "numpy", "scipy")


def database_of(record: str) -> str:
    """Return the name of the database of a record in the tables."""
    for name, records in DATABASES.items():
        if record in records:
            return name
    return "DS2"


def run_missing(results: Path, parts: Iterable[str], jobs: int, quick: bool) -> None:
    """Evaluate the parts that have no file yet, each in a process with one thread."""
    collect_strays(results / PROTOCOL)
    threads = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}

    def run(part: str) -> None:
        if _path(results, part).is_file():
            print(f"{part}: there already", flush=True)
            return
        command = [sys.executable, "-m", "benchmarks", "cell", PROTOCOL, part]
        options = ["0", "0", "--results", str(results), *(["--quick"] * quick)]
        environment = {**os.environ, **threads}
        subprocess.run([*command, *options], check=True, env=environment)

    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(run, part) for part in parts]
        try:
            for future in futures:
                future.result()
        except BaseException:
            # Otherwise an interrupted command would still run the remaining parts.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def run_part(results: Path, part: str, quick: bool) -> None:
    """Review the records of a part by all strategies, and write their pairings."""
    annotator, records = _annotator(part, quick)
    found, seconds = {}, 0.0
    for record in records:
        (path,), (marks,) = (
            read_records([record]) if part != "DS2" else _records_of_ds2([record])
        )
        recording = read_recording(path)
        fs, n_samples = recording.fs, recording.n_samples
        peaks, _ = Reference(marks, fs, n_samples, mapping=annotator.mapping).beats
        annotated = annotator.annotate(recording, peaks)
        started = time.perf_counter()
        found[record] = _pairings(annotated, marks, annotator.mapping)
        seconds += time.perf_counter() - started
        print(f"{part} {record}", flush=True)
    facts = {
        "protocol": PROTOCOL,
        "part": part,
        "quick": quick,
        "model": "pretrained new_patients" if part == "DS2" else f"{_NETWORK}, {part}",
        "seconds": round(seconds, 1),
        "machine": platform.machine(),
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in _PACKAGES},
        },
        "records": found,
    }
    path = _path(results, part)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(facts) + "\n")


def _pairings(
    annotated: AnnotatedRecording, marks: Any, mapping: Any
) -> dict[str, dict[str, dict[str, int]]]:
    """Return the nonzero pairings by strategy and number of answers."""
    labels = reference_labels(annotated, marks, mapping)
    found: dict[str, dict[str, dict[str, int]]] = {}
    for strategy, n_questions, result in reviewed(annotated, labels):
        report = compare_annotations(
            marks,
            result.annotations,
            fs=annotated.recording.fs,
            sig_len=annotated.recording.n_samples,
            start=0,
            mapping=mapping,
        )
        counts = found.setdefault(strategy, {}).setdefault(str(n_questions), {})
        for name, n in report.pairings.iloc[0].items():
            if n:
                counts[str(name)] = counts.get(str(name), 0) + int(n)
    return found


def _annotator(part: str, quick: bool) -> tuple[BeatAnnotator, list[str]]:
    """Return the annotator of a part, and its records, to which it was not fitted."""
    if part == "DS2":
        return load_pretrained("new_patients"), list(mitdb.DS2)[: 1 if quick else None]
    fold = PARTS.index(part)
    annotator, _ = fitted_annotator(_NETWORK, fold, _DRAW, quick)
    return annotator, records_of(fold, _DRAW, quick)[1]


def _records_of_ds2(records: list[str]) -> tuple[list[str], list[Any]]:
    import wfdb

    paths = [str(_ds2_folder() / record) for record in records]
    return paths, [wfdb.rdann(path, "atr") for path in paths]


@cache
def _ds2_folder() -> Path:
    from skecg.datasets import fetch_mitdb

    return Path(fetch_mitdb(mitdb.DS2).path)


def _path(results: Path, part: str) -> Path:
    return results / PROTOCOL / f"{part}.json"
