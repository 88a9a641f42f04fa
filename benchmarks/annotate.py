"""Whole recordings: beats found and classified, and the cost of a day."""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import wfdb
from scipy.signal import resample_poly

from benchmarks.peaks import SVDB
from skecg import BeatAnnotator, Recording, mitdb, read_recording
from skecg._files import write_text
from skecg.metrics import EC57Report

__all__ = ["run_annotate"]

_TESTS = {
    "DS2 (read once)": ("mitdb", mitdb.DS2),
    "SVDB, 40 (settings chosen here)": ("svdb", SVDB),
}
_STATISTICS = ("qrs_f1", "veb_se", "veb_pp", "veb_f1", "sveb_se", "sveb_pp", "sveb_f1")
_PACKAGES = ("skecg", "numpy", "scipy", "scikit-learn", "wfdb", "sleepecg")

# Runs in a process of its own, so that the memory is that of the annotation alone.
_DAY = """
import sys, time
started = time.perf_counter()
import joblib, skecg
annotator = joblib.load(sys.argv[1]).set_params(n_jobs=2)
annotated = skecg.annotate(sys.argv[2], annotator)
annotated.to_wfdb(sys.argv[2] + "-out")
annotated.to_csv(sys.argv[2] + ".csv")
annotated.summary()
# ru_maxrss would include the process that this one was forked from.
status = open("/proc/self/status").read()
peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
print(time.perf_counter() - started, time.process_time(), peak)
print(len(annotated.table))
"""


def run_annotate(results: Path, *, only_day: bool = False) -> None:
    """Fit to DS1, test, time a day, and write the page and its numbers.

    With `only_day`, the stored figures of the tests stay, so that DS2 is not read.
    """
    folder = results / "annotate"
    recordings, annotations = _records("mitdb", mitdb.DS1)
    started = time.process_time()
    annotator = BeatAnnotator().fit(recordings, annotations, description="DS1")
    seconds = round(time.process_time() - started, 1)
    if only_day:
        facts = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    else:
        facts = _test(annotator)
    facts["fit_cpu_seconds"], facts["day"] = seconds, _time_day(annotator)
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "results.json", json.dumps(facts, indent=1) + "\n")
    write_text(folder / "README.md", _page(facts))


def _test(annotator: BeatAnnotator) -> dict[str, Any]:
    """Return the figures of the annotator on DS2 and SVDB, and of 208 by itself."""
    facts: dict[str, Any] = {
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in _PACKAGES},
        },
        "tests": {},
        "burdens": {},
    }
    for name, (database, records) in _TESTS.items():
        recordings, annotations = _records(database, records)
        for peaks in ("reference", "own"):
            report = annotator.evaluate(recordings, annotations, peaks=peaks)
            facts["tests"][f"{name}, {peaks} R peaks"] = _counted(report)
    first = [
        Recording(x.signal[:, :1], x.fs, leads=x.leads[:1], name=x.name)
        for x in map(read_recording, recordings)
    ]
    # The last test is of SVDB.
    report = annotator.evaluate(first, annotations, peaks="own")
    facts["tests"][f"{name}, own R peaks, first lead alone"] = _counted(report)
    burdens = facts["tests"]["DS2 (read once), own R peaks"]["pairings"]
    facts["burdens"] = {"232, fitted to DS1": _burden(burdens["232"])}
    # 208 is in DS1.
    others = [record for record in mitdb.DS1 if record != "208"]
    fold = BeatAnnotator().fit(*_records("mitdb", others))
    counted = _counted(fold.evaluate(*_records("mitdb", ["208"]), peaks="own"))
    burden = _burden(counted["pairings"]["208"])
    facts["burdens"]["208, fitted to DS1 without it"] = burden
    return facts


def _records(database: str, records: Sequence[str]) -> tuple[list[str], list[Any]]:
    """Return the paths and annotations of records in the folder SKECG_MIRROR."""
    folder = Path(os.environ["SKECG_MIRROR"]) / database / "1.0.0"
    paths = [str(folder / record) for record in records]
    return paths, [wfdb.rdann(path, "atr") for path in paths]


def _counted(report: EC57Report) -> dict[str, Any]:
    return {
        "gross": {name: float(report.gross[name]) for name in _STATISTICS},
        "pairings": {
            str(record): {name: int(n) for name, n in row.items() if n}
            for record, row in report.pairings.iterrows()
        },
    }


def _burden(pairings: dict[str, int]) -> dict[str, int]:
    """Return the V of the reference and those of the annotator, F counted apart."""
    return {
        "reference V": sum(n for name, n in pairings.items() if name[0] == "V"),
        "annotated V": sum(n for name, n in pairings.items() if name[1] == "v"),
        "of these F in the reference": pairings.get("Fv", 0),
    }


def _time_day(annotator: BeatAnnotator) -> dict[str, float]:
    """Annotate a day, joined from DS1's records at 250 Hz, in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        parts: list[np.ndarray] = []
        while sum(map(len, parts)) < 86_400 * 250:
            path = _records("mitdb", [mitdb.DS1[len(parts) % len(mitdb.DS1)]])[0][0]
            parts.append(resample_poly(wfdb.rdrecord(path).p_signal, 25, 36, axis=0))
        wfdb.wrsamp(
            "day",
            fs=250,
            units=["mV", "mV"],
            sig_name=["MLII", "V1"],
            p_signal=np.concatenate(parts)[: 86_400 * 250],
            fmt=["16", "16"],
            write_dir=folder,
        )
        parts.clear()
        model = Path(folder) / "model.joblib"
        joblib.dump(annotator, model)
        command = [sys.executable, "-c", _DAY, str(model), str(Path(folder) / "day")]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    times, n_beats = done.stdout.split("\n")[:2]
    wall, cpu, memory = map(float, times.split())
    return {
        "wall_seconds": round(wall, 1),
        "cpu_seconds": round(cpu, 1),
        "peak_mib": round(memory),
        "beats": int(n_beats),
        "load_of_the_machine": round(os.getloadavg()[0], 1),
        "cores": os.cpu_count() or 0,
    }


def _page(facts: dict[str, Any]) -> str:
    """Return the page of the results."""
    rows = [
        [name, *(f"{found['gross'][key]:.4f}" for key in _STATISTICS)]
        for name, found in facts["tests"].items()
    ]
    burdens = [
        [name, *(str(n) for n in found.values())]
        for name, found in facts["burdens"].items()
    ]
    day = facts["day"]
    return "\n".join(
        [
            "# annotate\n\nWritten by `tox run -e bench -- annotate`, which reads the "
            "folder `SKECG_MIRROR`. `BeatAnnotator()` is fitted to DS1; "
            "`compare_annotations` compares whole records (`start=0`, "
            "`mapping='study'`), gross over all beats.\n",
            _table([["test", *_STATISTICS], *rows]),
            "\n## Burden of V\n",
            _table([["record", *next(iter(facts["burdens"].values()))], *burdens]),
            "\n## A day\n\n24 h, two leads, 250 Hz: from a WFDB file to annotations, "
            f"CSV and summary with `n_jobs=2`: {day['wall_seconds']} s, of which "
            f"{day['cpu_seconds']} s CPU, on {day['cores']} cores under a load of "
            f"{day['load_of_the_machine']}; peak memory {day['peak_mib']} MiB; "
            f"{day['beats']:,} beats. The fit to DS1 took {facts['fit_cpu_seconds']} s "
            "CPU.\n",
        ]
    )


def _table(rows: list[list[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
