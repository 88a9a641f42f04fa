"""The rows of the table: measurements and targets."""

import datetime
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import joblib
import torch

from benchmarks.speed.loading import fetching, importing
from benchmarks.speed.prediction import latency, prediction, prediction_of_a_million
from benchmarks.speed.profiles import GROUPS, profiles
from benchmarks.speed.quality import precision, quality, quality_ratios
from benchmarks.speed.rounds import Ratio, Values
from benchmarks.speed.training import (
    LOWER,
    fit_memory,
    sampler_memory,
    sampler_time,
    search,
    training,
)
from skecg._files import write_text

__all__ = ["ROWS", "Row", "run_row"]

_PACKAGES = ("skecg", "torch", "skorch", "scikit-learn", "numpy", "onnxruntime")


@dataclass(frozen=True)
class Row:
    """A measurement.

    Attributes
    ----------
    title, unit : str
        The name and the unit in the table.
    measure : callable
        Takes the number of rounds and `quick`.
    ratios : tuple of Ratio
        The ratios in the table.
    """

    title: str
    unit: str
    measure: Callable[[int, bool], Values]
    ratios: tuple[Ratio, ...]


_SIZES = ("128", "1,000", "10,000", "100,000")

ROWS = {
    "training": Row(
        "training throughput",
        "beats/s",
        training,
        (
            Ratio("skecg", "plain skorch", at_least=1.5),
            Ratio("skecg", "hand-written loop", at_least=1.2),
            Ratio(LOWER, "plain skorch", at_least=3),
            Ratio("skecg, fast preset", "plain skorch", at_least=3),
        ),
    ),
    "profile": Row(
        "a training step",
        "ms",
        profiles,
        tuple(
            Ratio(f"{group}, skecg", f"{group}, obvious")
            for group in (*GROUPS, "all else")
        ),
    ),
    "quality": Row("time to the study's quality", "s", quality, quality_ratios()),
    "precision": Row(
        "a fit of the fast preset",
        "s",
        precision,
        (Ratio("fast preset, bfloat16", "fast preset, float32"),),
    ),
    "prediction": Row(
        "prediction throughput",
        "beats/s",
        prediction,
        tuple(
            Ratio(
                f"skecg, {size} beats",
                f"{other}, {size} beats",
                at_least=1.0 if other == "best torch chunks" else None,
            )
            for size in _SIZES
            for other in ("best torch chunks", "ONNX Runtime", "torch.compile")
        ),
    ),
    "prediction-flat": Row(
        "prediction throughput of more beats",
        "beats/s",
        prediction_of_a_million,
        (Ratio("1,000,000 beats", "100,000 beats", at_least=0.95),),
    ),
    "latency": Row(
        "one beat at a time",
        "us",
        latency,
        (
            Ratio("predict_proba", "bare module", at_most=1.3),
            Ratio("predict_proba", "ONNX Runtime"),
            Ratio("OnnxBeatClassifier", "its bare session", at_most=1.2),
        ),
    ),
    "search": Row(
        "a grid search", "s", search, (Ratio("n_jobs=2", "n_jobs=1", at_most=1.0),)
    ),
    "sampler-time": Row(
        "rebalancing",
        "s",
        sampler_time,
        (Ratio("HybridSampler", "two samplers", at_most=1.0),),
    ),
    "sampler-memory": Row(
        "peak memory of rebalancing",
        "MiB",
        sampler_memory,
        (Ratio("HybridSampler", "two samplers", at_most=1.0),),
    ),
    "import": Row("import", "s", importing, (Ratio("skecg", "sklearn", at_most=1.1),)),
    "memory": Row(
        "peak memory of a fit of 87,554 beats",
        "MiB",
        fit_memory,
        (Ratio("X and fit", "X", at_most=3.0),),
    ),
    "fetch": Row(
        "the study's beats from the records, the first time",
        "s",
        fetching,
        (Ratio("fetch_mitdb_beats", "wfdb alone", at_most=2.0),),
    ),
}
"""Mapping from the name on the command line to the row."""


def run_row(results: Path, name: str, rounds: int, quick: bool) -> None:
    """Run the measurement of a row and write its file."""
    values = ROWS[name].measure(rounds, quick)
    root = Path(__file__).parents[2]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    facts = {
        "row": name,
        "quick": quick,
        "date": datetime.date.today().isoformat(),
        "commit": commit.stdout.strip(),
        "processor": _processor(),
        "cores": joblib.cpu_count(),
        "torch_threads": torch.get_num_threads(),
        "omp_num_threads": os.environ.get("OMP_NUM_THREADS"),
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in _PACKAGES},
        },
        "unit": ROWS[name].unit,
        "values": {
            contestant: [float(f"{value:.5g}") for value in measured]
            for contestant, measured in values.items()
        },
    }
    write_text(results / "speed" / f"{name}.json", json.dumps(facts, indent=1) + "\n")


def _processor() -> str:
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
