"""The benchmarks do not read the test beats before the end of the fit."""

import json

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from benchmarks.cells import run_cell
from benchmarks.models import MODELS, Model, Shape
from benchmarks.protocols import PROTOCOLS, Fold, Protocol

SEAL = {"is_broken": False}


class Sealed:
    """An array that raises when it is read before the fit has ended."""

    def __init__(self, array):
        self._array = array

    def _opened(self):
        if not SEAL["is_broken"]:
            raise AssertionError("The test part was read before the last step.")
        return self._array

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self._opened(), dtype=dtype)

    def __getitem__(self, index):
        return self._opened()[index]

    def __len__(self):
        return len(self._opened())

    @property
    def shape(self):
        return self._opened().shape


class BreaksTheSeal(DummyClassifier):
    """Opens the test part as the last thing that its fit does."""

    def fit(self, X, y):
        super().fit(X, y)
        SEAL["is_broken"] = True
        return self


@pytest.fixture
def one_fold(monkeypatch):
    SEAL["is_broken"] = False
    rng = np.random.default_rng(0)
    X, y = rng.random((40, 3)), np.arange(40) % 5
    fold = Fold(
        X,
        y,
        (np.arange(30), np.arange(30, 40)),
        Sealed(X),
        Sealed(y),
        np.repeat(["100", "101"], 20),
        Shape(),
    )
    protocol = Protocol("Sealed", "-", lambda *_: iter([fold]), 1, ("sealed",))
    monkeypatch.setitem(PROTOCOLS, "sealed", protocol)
    return fold


def measure(monkeypatch, tmp_path, build):
    monkeypatch.setitem(MODELS, "sealed", Model("sealed", build, ("sealed",)))
    run_cell(tmp_path, "sealed", "sealed", 0, 0, quick=False)


def test_a_cell_reads_the_test_part_after_the_fit(one_fold, monkeypatch, tmp_path):
    measure(monkeypatch, tmp_path, lambda seed, shape, quick: BreaksTheSeal())
    (path,) = (tmp_path / "sealed").iterdir()
    assert json.loads(path.read_text())["n_test"] == 40


def test_the_seal_holds_where_a_fit_does_not_end_it(one_fold, monkeypatch, tmp_path):
    with pytest.raises(AssertionError, match="before the last step"):
        measure(monkeypatch, tmp_path, lambda seed, shape, quick: DummyClassifier())
