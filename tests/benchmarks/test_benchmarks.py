"""Quick runs of the accuracy benchmark on the real records."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sklearn

from benchmarks.cells import _write, cell_path, cells_of
from benchmarks.kills import SCENARIOS
from benchmarks.protocols import PROTOCOLS
from skecg.mitdb import DS1

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]


def bench(results, *models):
    command = [sys.executable, "-m", "benchmarks", "accuracy", "--quick"]
    options = ["--protocol", "study", "--results", str(results), "--models", *models]
    finished = subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def _matrix(cell):
    return np.sum(list(cell["records"].values()), axis=0)


def test_cells_are_written_once_and_tables_follow_from_them(tmp_path, mitdb):
    models = ["boosting", "forest", "known_patients_fast", "known_patients", "cnn1d"]
    shown = bench(tmp_path, *models)
    folder = tmp_path / "study"
    names = [*models, "cnn1d-prior"]
    paths = [folder / f"{name}-fold0-seed0.json" for name in names]
    cells = [json.loads(path.read_text()) for path in paths]
    summary = pd.read_csv(folder / "summary.csv")
    for cell in cells:
        matrix = _matrix(cell)
        assert matrix.sum() == cell["n_test"] == 21_892
        assert len(cell["records"]) == 48
        # Quick runs learn from little, and still from something.
        accuracy = np.trace(matrix) / matrix.sum()
        assert accuracy > 0.6
        assert f"{accuracy:.4f}" in shown
        assert np.isclose(summary.accuracy, accuracy, atol=1e-4).any()
        assert cell["peak_memory_mib"] >= cell["memory_before_mib"]
    assert cells[-1]["best_epoch"] in (1, 2)
    card = (folder / "card-known_patients_fast.md").read_text()
    assert (
        f"| accuracy | {np.trace(fast := _matrix(cells[2])) / fast.sum():.4f} |" in card
    )
    assert (folder / "card-known_patients_fast.png").stat().st_size > 1_000

    before = [path.read_bytes() for path in paths]
    assert shown.count("there already") == 0
    assert bench(tmp_path, *models).count("there already") == 5
    assert [path.read_bytes() for path in paths] == before


def test_killed_writes_leave_nothing_half_written(mitdb):
    """Run the short form of `python -m benchmarks kills`."""
    command = [sys.executable, "-m", "benchmarks", "kills", "--kills", "2"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
    lines = [line.split(":") for line in finished.stdout.splitlines()]
    signals = ("SIGKILL", "SIGTERM")
    assert [start for start, _ in lines] == [
        f"{name}, {number}" for name in SCENARIOS for number in signals
    ]
    assert all("killed 2" in counts for _, counts in lines)


def test_a_cell_is_written_under_a_name_of_its_own(tmp_path):
    """A fixed work name is a folder here, as another program may have made it."""
    path = cell_path(tmp_path, "study", "model", 0, 0)
    path.with_suffix(".part").mkdir(parents=True)
    _write(path, {"model": "model"})
    assert json.loads(path.read_text()) == {"model": "model"}


def test_the_folds_that_choose_do_not_read_ds2(protocols_share_cuts):
    folds = list(PROTOCOLS["inter-patient-folds"].folds("features", 0))
    records = [set(fold.records_test) for fold in folds]
    assert set().union(*records) == set(DS1)
    assert sum(map(len, records)) == len(DS1)
    assert len({len(fold.y_train) + len(fold.y_test) for fold in folds}) == 1


def test_differences_are_from_the_median_beat_of_each_recording(protocols_share_cuts):
    fold = next(PROTOCOLS["inter-patient-folds"].folds("differences", 0))
    assert (fold.shape.n_channels, fold.shape.n_aux_features) == (4, 6)
    beats = fold.X_test[:, :-6].reshape(-1, 2, 2, 96)
    for record in np.unique(fold.records_test):
        windows, differences = beats[fold.records_test == record].swapaxes(0, 1)
        usual = windows - differences
        np.testing.assert_allclose(usual, usual[:1].repeat(len(usual), 0), atol=1e-5)
        np.testing.assert_allclose(np.median(differences, axis=0), 0, atol=1e-5)


def test_a_seed_that_changes_nothing_is_no_cell():
    models = ["boosting", "new_patients"]
    once = [("new_patients", 0, 0)]
    each = [("boosting", 0, seed) for seed in (0, 1)]
    assert sorted(cells_of("inter-patient", models, [0, 1])) == [*each, *once]
    drawn = list(cells_of("inter-patient-folds", ["new_patients"], [0, 1]))
    assert len(drawn) == len(set(drawn)) == 10


@pytest.mark.parametrize(
    ("protocol", "model", "layout", "seed"),
    [
        ("inter-patient-folds", "new_patients", "features", 3),
        ("public-by-patient", "known_patients_fast", "beats", 0),
    ],
)
def test_stored_cells_are_those_of_the_folds(
    protocol, model, layout, seed, protocols_share_cuts
):
    folder = ROOT / "docs/results" / protocol
    for k, fold in enumerate(PROTOCOLS[protocol].folds(layout, seed)):
        path = folder / f"{model}-fold{k}-seed{seed}.json"
        cell = json.loads(path.read_text())
        if cell["versions"]["scikit-learn"] != sklearn.__version__:
            pytest.skip("Another version of scikit-learn deals subjects otherwise")
        assert set(cell["records"]) == set(fold.records_test)
