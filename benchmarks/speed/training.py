"""Rows for training: throughput, memory and search."""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from functools import partial

import numpy as np
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from benchmarks.speed.obvious import hand_written_fit, plain_skorch
from benchmarks.speed.rounds import Values, alternate, seconds
from skecg import CNN1DClassifier, HybridSampler, make_beat_classifier

__all__ = [
    "LOWER",
    "fit_memory",
    "sampler_memory",
    "sampler_time",
    "search",
    "training",
]

LOWER = "skecg, 256 beats a step, bfloat16"

STUDY_COUNTS = (72_471, 2_223, 5_788, 641, 6_431)
"""Beats of each class in the study's training set."""


def made_up(n_beats: int) -> tuple[np.ndarray, np.ndarray]:
    """Return noise in the study's shape; speed does not depend on values."""
    rng = np.random.default_rng(0)
    X = rng.random((n_beats, 187), dtype=np.float32)
    return X, rng.integers(0, 5, n_beats)


def training(rounds: int, quick: bool) -> Values:
    """Beats per second in an epoch."""
    X, y = made_up(320 if quick else 9_600)

    def rate(fit: Callable[[], object]) -> Callable[[], float]:
        return lambda: len(X) / seconds(fit)

    ours = CNN1DClassifier(max_epochs=1, validation_fraction=None, random_state=0)
    lower = clone(ours).set_params(batch_size=256, precision="auto")
    fast = make_beat_classifier(
        "known_patients_fast", clf__max_epochs=1, random_state=0
    )
    return alternate(
        {
            "plain skorch": rate(lambda: plain_skorch(max_epochs=1).fit(X, y)),
            "hand-written loop": rate(lambda: hand_written_fit(X, y, 1)),
            "skecg": rate(lambda: ours.fit(X, y)),
            LOWER: rate(lambda: lower.fit(X, y)),
            "skecg, fast preset": rate(lambda: fast.fit(X, y)),
        },
        rounds,
    )


def search(rounds: int, quick: bool) -> Values:
    """Time in seconds of a grid search with four candidates and three folds."""
    X, y = made_up(300 if quick else 3_000)
    grid = {"lr": [3e-4, 1e-3, 3e-3, 1e-2]}

    def run(n_jobs: int) -> float:
        clf = CNN1DClassifier(max_epochs=1, random_state=0)
        return seconds(lambda: GridSearchCV(clf, grid, cv=3, n_jobs=n_jobs).fit(X, y))

    run(2)  # start the workers before timing
    return alternate({"n_jobs=2": lambda: run(2), "n_jobs=1": lambda: run(1)}, rounds)


def _study_set(quick: bool) -> tuple[np.ndarray, np.ndarray]:
    counts = np.array(STUDY_COUNTS) // (50 if quick else 1)
    y = np.repeat(np.arange(5), counts)
    return np.random.default_rng(0).random((len(y), 187), dtype=np.float32), y


def _samplers() -> dict[str, Callable[[np.ndarray, np.ndarray], object]]:
    def in_a_row(X: np.ndarray, y: np.ndarray) -> object:
        size = {label: min(10_000, np.count_nonzero(y == label)) for label in range(5)}
        under = RandomUnderSampler(sampling_strategy=size, random_state=0)
        over = RandomOverSampler(
            sampling_strategy=dict.fromkeys(range(5), 10_000), random_state=0
        )
        return over.fit_resample(*under.fit_resample(X, y))

    ours = HybridSampler(10_000, random_state=0)
    return {"HybridSampler": ours.fit_resample, "two samplers": in_a_row}


def sampler_time(rounds: int, quick: bool) -> Values:
    """Time in seconds to rebalance the study's training set."""
    X, y = _study_set(quick)
    return alternate(
        {
            name: partial(seconds, partial(run, X, y))
            for name, run in _samplers().items()
        },
        rounds,
    )


def sampler_memory(rounds: int, quick: bool) -> Values:
    """Additional peak memory of rebalancing the study's training set in MiB."""
    X, y = _study_set(quick)

    def peak(run: Callable[[np.ndarray, np.ndarray], object]) -> float:
        tracemalloc.start()
        run(X, y)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most / 2**20

    return alternate(
        {name: partial(peak, run) for name, run in _samplers().items()},
        1,
    )


_FIT = """
import re, sys
from pathlib import Path
import numpy as np
from skecg import CNN1DClassifier
def peak():
    # Linux; what getrusage says of a child includes what its parent once held.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) / 1024
n_beats = int(sys.argv[1])
rng = np.random.default_rng(0)
clf = CNN1DClassifier(max_epochs=1, random_state=0)
clf.fit(rng.random((320, 187), dtype=np.float32), np.arange(320) % 5)
before = peak()
X = rng.random((n_beats, 187), dtype=np.float32)
clf.fit(X, np.arange(n_beats) % 5)
print(X.nbytes / 2**20, peak() - before)
"""


def fit_memory(rounds: int, quick: bool) -> Values:
    """Size of the study's training set, and additional memory of a fit, in MiB."""
    n_beats = 2_000 if quick else 87_554
    command = [sys.executable, "-c", _FIT, str(n_beats)]
    finished = subprocess.run(command, check=True, capture_output=True, text=True)
    bytes_of_X, added = map(float, finished.stdout.split())
    return {"X": [bytes_of_X], "X and fit": [added]}
