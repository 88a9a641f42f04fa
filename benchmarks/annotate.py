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

import skecg
from benchmarks.peaks import SVDB
from skecg import BeatAnnotator, mitdb
from skecg._files import write_text
from skecg.datasets import fetch_mitdb

__all__ = ["run_annotate"]

_TESTS = {
    "DS2 (read once)": ("mitdb", mitdb.DS2),
    "SVDB, 40 (settings chosen here)": ("svdb", SVDB),
}
_STATISTICS = ("qrs_f1", "veb_se", "veb_pp", "veb_f1", "sveb_se", "sveb_pp", "sveb_f1")
_BURDENS = ("208", "232")
_PACKAGES = ("skecg", "numpy", "scipy", "scikit-learn", "wfdb", "sleepecg")

# Runs in a process of its own, so that the memory is that of the annotation alone.
_DAY = """
import resource, sys, time
started = time.perf_counter()
import joblib, skecg
annotator = joblib.load(sys.argv[1]).set_params(n_jobs=2)
annotated = skecg.annotate(sys.argv[2], annotator)
annotated.to_wfdb(sys.argv[2] + "-out")
annotated.to_csv(sys.argv[2] + ".csv")
annotated.summary()
cpu = resource.getrusage(resource.RUSAGE_SELF)
print(time.perf_counter() - started, cpu.ru_utime + cpu.ru_stime, cpu.ru_maxrss / 1024)
print(len(annotated.table))
"""


def run_annotate(results: Path) -> None:
    """Fit to DS1, test, time a day, and write the page and its numbers."""
    started = time.process_time()
    recordings, annotations = _records("mitdb", mitdb.DS1)
    annotator = BeatAnnotator().fit(recordings, annotations, description="DS1")
    facts: dict[str, Any] = {
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in _PACKAGES},
        },
        "fit_cpu_seconds": round(time.process_time() - started, 1),
        "tests": {},
        "burdens": {},
    }
    for name, (database, records) in _TESTS.items():
        recordings, annotations = _records(database, records)
        for peaks in ("reference", "own"):
            report = annotator.evaluate(recordings, annotations, peaks=peaks)
            facts["tests"].setdefault(name, {})[peaks] = {
                "gross": report.gross.to_dict(),
                "pairings": report.pairings.to_dict(orient="index"),
            }
    for record in _BURDENS:
        pairings = facts["tests"]
        for name, (database, records) in _TESTS.items():
            if database == "mitdb" and record in records:
                pairings = facts["tests"][name]["own"]["pairings"][record]
                facts["burdens"][record] = _burden(pairings)
    if "208" not in facts["burdens"]:
        facts["burdens"]["208"] = _burden_by_folds("208")
    facts["day"] = _time_day(annotator)
    folder = results / "annotate"
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "results.json", json.dumps(facts, indent=1) + "\n")
    write_text(folder / "README.md", _page(facts))
