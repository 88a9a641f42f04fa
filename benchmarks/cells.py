"""Cells: one measurement per protocol, model, fold and seed, each in one file."""

import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from sklearn.metrics import confusion_matrix

from benchmarks.models import MODELS, Model
from benchmarks.protocols import PROTOCOLS, Fold
from skecg import aami
from skecg._files import collect_strays, write_text

__all__ = ["cell_path", "cells_of", "run_cell", "run_missing"]

_PACKAGES = ("skecg", "torch", "scikit-learn", "numpy")
_QUICK_BEATS = 3_000


def cell_path(results: Path, protocol: str, name: str, fold: int, seed: int) -> Path:
    """Return the path of a cell's file."""
    return results / protocol / f"{name}-fold{fold}-seed{seed}.json"


def run_missing(
    results: Path,
    protocol: str,
    models: list[str],
    seeds: list[int],
    quick: bool,
    own: Sequence[str] = (),
) -> None:
    """Run the cells that have no file yet, each in a separate process.

    A separate process gives the peak memory of the cell, and a crash does not stop
    other cells. `own` contains the command-line options that name a model of the user.
    """
    collect_strays(results / protocol)
    for model, fold, seed in cells_of(protocol, models, seeds):
        paths = _paths(results, protocol, model, fold, seed)
        if all(path.is_file() for path in paths):
            print(f"{paths[0].name}: there already")
            continue
        cell = [protocol, model, str(fold), str(seed)]
        command = [sys.executable, "-m", "benchmarks", "cell", *cell]
        options = ["--results", str(results), *(["--quick"] if quick else []), *own]
        subprocess.run([*command, *options], check=True)


def cells_of(
    protocol: str, models: list[str], seeds: list[int]
) -> Iterator[tuple[str, int, int]]:
    """Yield model, fold and seed of each cell; one seed for deterministic models."""
    chosen = PROTOCOLS[protocol]
    for seed in seeds:
        for model in models:
            if seed == seeds[0] or chosen.draws_folds or MODELS[model].draws:
                yield from ((model, fold, seed) for fold in range(chosen.n_folds))


def run_cell(
    results: Path, protocol: str, model: str, fold: int, seed: int, quick: bool
) -> None:
    """Fit and predict, and write the results."""
    contestant = MODELS[model]
    folds = PROTOCOLS[protocol].folds(contestant.layout, seed)
    part = next(islice(folds, fold, None))
    rows, fit_params = np.arange(len(part.y_train)), {}
    if contestant.is_network:
        rows, held_out = part.held_out
        fit_params = {
            "clf__X_val": part.X_train[held_out],
            "clf__y_val": part.y_train[held_out],
        }
    if quick:
        rows = np.random.default_rng(seed).permutation(rows)[:_QUICK_BEATS]
    estimator = contestant.build(seed, part.shape, quick)
    memory_before = _peak_memory()
    started = time.perf_counter()
    estimator.fit(part.X_train[rows], part.y_train[rows], **fit_params)
    fitted = time.perf_counter()
    answers = list(_answers(estimator, part, contestant))
    facts = {
        "protocol": protocol,
        "fold": fold,
        "seed": seed,
        "quick": quick,
        "n_train": len(rows),
        "n_test": len(part.y_test),
        **(_epochs(estimator) if contestant.is_network else {}),
        "fit_seconds": round(fitted - started, 2),
        "predict_seconds": round((time.perf_counter() - fitted) / len(answers), 2),
        "memory_before_mib": memory_before,
        "peak_memory_mib": _peak_memory(),
        "cores": joblib.cpu_count(),
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in _PACKAGES},
        },
    }
    for name, predicted in answers:
        path = cell_path(results, protocol, name, fold, seed)
        _write(path, {"model": name, **facts, "records": _by_record(part, predicted)})
        accuracy = np.mean(predicted == part.y_test)
        print(f"{path.name}: accuracy {accuracy:.4f}, {facts['fit_seconds']:.0f} s")


def _answers(
    estimator: Any, part: Fold, contestant: Model
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the predictions; of a network, without and with the adjusted prior."""
    if not contestant.is_network:
        yield contestant.variants[0], estimator.predict(part.X_test)
        return
    as_trained, adjusted = contestant.variants
    yield as_trained, estimator.estimator_.predict(part.X_test)
    yield adjusted, estimator.predict(part.X_test)


def _epochs(estimator: Any) -> dict[str, int]:
    """Return the training time of a network, and its best epoch."""
    clf = estimator.estimator_[-1]
    return {"n_epochs": len(clf.history_), "best_epoch": clf.best_epoch_}


def _by_record(part: Fold, predicted: np.ndarray) -> dict[str, list[list[int]]]:
    """Return the confusion matrix of each record, from which figures are computed."""
    codes = range(len(aami.CLASSES))
    return {
        record: confusion_matrix(
            part.y_test[part.records_test == record],
            predicted[part.records_test == record],
            labels=codes,
        ).tolist()
        for record in np.unique(part.records_test).tolist()
    }


def _write(path: Path, cell: dict[str, Any]) -> None:
    write_text(path, json.dumps(cell) + "\n")


def _peak_memory() -> int:
    # Linux counts in KiB, macOS in bytes.
    unit = 1024 if sys.platform == "linux" else 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return round(peak / 2**20)


def _paths(
    results: Path, protocol: str, model: str, fold: int, seed: int
) -> list[Path]:
    return [
        cell_path(results, protocol, name, fold, seed)
        for name in MODELS[model].variants
    ]
