"""A user's own estimator in the benchmark, beside ours."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

from benchmarks.__main__ import main
from benchmarks.cells import cell_path, cells_of, run_cell
from benchmarks.differences import paired_differences
from benchmarks.models import MODELS, Model, Shape
from benchmarks.own_model import add_own_model, protocols_for
from benchmarks.protocols import PROTOCOLS, Fold, Protocol
from benchmarks.tables import whole_cells, write_tables
from skecg.datasets import make_beats

ROOT = Path(__file__).parents[2]

MODULE = """
from sklearn.linear_model import RidgeClassifier
from sklearn.dummy import DummyClassifier

seen = []

def ridge():
    return RidgeClassifier()

def seeded(n_channels, random_state=None, *, n_aux_features=3, alpha=1.0):
    seen.append((n_channels, random_state, n_aux_features, alpha))
    return DummyClassifier(strategy="stratified", random_state=random_state)

def no_estimator():
    return 3

number = 3
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Make a module of one's own importable, and leave our models as they are."""
    name = f"own_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    known = dict(MODELS)
    yield name
    MODELS.clear()
    MODELS.update(known)
    sys.modules.pop(name, None)


@pytest.fixture
def made_protocol(monkeypatch):
    """Add a protocol of two folds by record on synthetic beats, and our model."""
    beats = make_beats(400, n_subjects=4, weights=[4, 1, 2, 1, 1], random_state=0)
    records = np.array(["100", "101", "103", "105"])[
        np.unique(beats.groups, return_inverse=True)[1]
    ]

    def folds(layout, seed):
        assert layout == "beats"
        for tested in (["100", "101"], ["103", "105"]):
            test = np.isin(records, tested)
            rows = np.arange((~test).sum())
            yield Fold(
                beats.data[~test],
                beats.target[~test],
                (rows[10:], rows[:10]),
                beats.data[test],
                beats.target[test],
                records[test],
                Shape(),
            )

    ours = Model("ours", lambda *_: DummyClassifier(), ("always-n",), draws=False)
    monkeypatch.setitem(MODELS, "always-n", ours)
    monkeypatch.setitem(
        PROTOCOLS,
        "made",
        Protocol("Made", "Synthetic beats", folds, 2, ("always-n",)),
    )
    return "made"


def run(results, protocol, *names):
    for model, fold, seed in cells_of(protocol, list(names), [0, 1]):
        run_cell(results, protocol, model, fold, seed, quick=False)


def test_an_own_model_is_tabled_beside_ours(tmp_path, module, made_protocol):
    name = add_own_model(f"{module}:ridge", "beats")
    run(tmp_path / "ours", made_protocol, "always-n")
    before = sorted((tmp_path / "ours").rglob("*"))
    run(tmp_path / "own", made_protocol, name)
    page = write_tables(tmp_path / "own", made_protocol, beside=tmp_path / "ours")
    assert sorted((tmp_path / "ours").rglob("*")) == before
    table = pd.read_csv(page.parent / "summary.csv", index_col="model")
    assert list(table.index) == ["ours", f"{module}:ridge, rows of beats"]
    assert table.accuracy.iloc[1] > 0.6 > table.accuracy.iloc[0]
    cells = whole_cells(tmp_path / "own", made_protocol, tmp_path / "ours")
    section = paired_differences(cells, made_protocol, name)
    assert section.startswith("## Differences from ours\n")
    difference = table.accuracy.iloc[1] - table.accuracy.iloc[0]
    assert f"| {difference:+.3f} (" in section
    assert f" --protocol {made_protocol} --model " in page.read_text()
    # Without a random_state, one seed is enough.
    assert sorted(path.name for path in page.parent.glob("*.json")) == [
        f"{name}-fold{fold}-seed0.json" for fold in (0, 1)
    ]


def test_the_factory_gets_what_its_signature_names(tmp_path, module, made_protocol):
    name = add_own_model(f"{module}:seeded", "beats")
    run(tmp_path, made_protocol, name)
    assert sys.modules[module].seen == [(1, seed, 0, 1.0) for seed in (0, 0, 1, 1)]
    assert cell_path(tmp_path, made_protocol, name, 1, 1).is_file()


def test_models_tested_on_other_beats_are_not_compared(tmp_path, module, made_protocol):
    name = add_own_model(f"{module}:ridge", "beats")
    run(tmp_path, made_protocol, "always-n", name)
    path = cell_path(tmp_path, made_protocol, name, 1, 0)
    cell = json.loads(path.read_text())
    cell["records"]["103"][0][0] += 1
    path.write_text(json.dumps(cell))
    cells = whole_cells(tmp_path, made_protocol)
    assert paired_differences(cells, made_protocol, name) == ""


def test_a_layout_has_the_protocols_of_the_models_that_read_it():
    beats, features = protocols_for("beats"), protocols_for("features")
    assert {"study", "public-by-patient", "inter-patient"} <= set(beats)
    assert "inter-patient" in features
    assert "study" not in features


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("{module}", "--model must be package.module:factory, got"),
        ("{module}:", "--model must be package.module:factory, got"),
        ("not_there:ridge", "cannot be imported .* install its package"),
        ("{module}:nothing", "has no function 'nothing'"),
        ("{module}:number", "has no function 'number'"),
    ],
)
def test_models_that_are_none_are_named(spec, message, module):
    with pytest.raises(SystemExit, match=message):
        add_own_model(spec.format(module=module), "beats")


def test_a_factory_of_no_estimator_is_named(module):
    name = add_own_model(f"{module}:no_estimator", "beats")
    with pytest.raises(SystemExit, match="got int without fit and predict"):
        MODELS[name].build(0, Shape(), False)


def test_the_command_asks_for_what_it_needs(module, monkeypatch, capsys):
    command = ["benchmarks", "accuracy"]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit):
        main()
    assert "accuracy needs --protocol, or --model for all" in capsys.readouterr().err
    own = ["--model", f"{module}:ridge", "--layout", "features", "--protocol", "study"]
    monkeypatch.setattr(sys, "argv", command + own)
    with pytest.raises(SystemExit, match="study has no rows of features; there are"):
        main()


@pytest.mark.real
def test_the_command_runs_an_own_model_on_real_records(tmp_path, module, mitdb):
    options = ["--model", f"{module}:ridge", "--protocol", "study-choice", "--quick"]
    finished = subprocess.run(
        [sys.executable, "-m", "benchmarks", "accuracy", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)])},
    )
    assert finished.returncode == 0, finished.stderr
    folder = tmp_path / "own-results-quick" / "study-choice"
    committed, table = (
        pd.read_csv(path / "summary.csv", index_col="model")
        for path in (ROOT / "docs/results/study-choice", folder)
    )
    own = f"{module}:ridge, rows of beats"
    assert set(table.index) == {*committed.index, own}
    pd.testing.assert_frame_equal(table.drop(index=own), committed, check_like=True)
    assert "## Differences from preset known_patients\n" in finished.stdout
