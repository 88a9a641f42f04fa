"""On a cluster of processes, one of them killed, the answers are those of one core."""

import os
import re
import signal
from itertools import chain
from pathlib import Path
from uuid import uuid4

import dask.array as da
import joblib
import numpy as np
import pytest
import torch
from distributed import Client, LocalCluster
from imblearn.pipeline import Pipeline
from sklearn.base import clone
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_validate

from skecg import CNN1DClassifier, HybridSampler
from skecg.datasets import make_beats

GRID = {"clf__lr": [1e-3, 5e-3]}
# The log loss shows every digit of the probabilities.
SCORING = "neg_log_loss"
N_SPLITS = 3
N_FITS = 2 * N_SPLITS


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        local_directory=str(tmp_path_factory.mktemp("dask")),
    ) as cluster:
        yield cluster


@pytest.fixture
def client(cluster):
    """Two living workers; one that a test killed comes back first."""
    with Client(cluster) as client:
        client.wait_for_workers(2, timeout=60)
        # Dask is not to thin out the copies of the data that the workers hold.
        client.amm.stop()
        yield client


@pytest.fixture(scope="module", autouse=True)
def one_thread_here():
    """As in a worker: sums over another number of threads end in other digits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def beats():
    return make_beats(200, weights=[6, 1, 1, 1, 1], random_state=0, return_X_y=True)


@pytest.fixture(scope="module")
def pipeline():
    clf = CNN1DClassifier(
        n_filters=(8, 8),
        n_hidden=16,
        max_epochs=2,
        batch_size=64,
        validation_fraction=None,
        random_state=0,
    )
    return Pipeline([("sampler", HybridSampler(random_state=0)), ("clf", clf)])


@pytest.fixture(scope="module")
def local_search(pipeline, beats):
    return GridSearchCV(pipeline, GRID, cv=N_SPLITS, scoring=SCORING).fit(*beats)


@pytest.fixture(scope="module")
def fitted(pipeline, beats):
    return pipeline.fit(*beats)[-1]


class _KillsItsWorkerOnce:
    """Kills the process that it runs in, once three calls of all have been made.

    By then some tasks are done, and two run. Every call leaves a file in `folder`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _call(self):
        (self.folder / f"call-{uuid4()}").touch()
        if self.n_calls >= 3:
            try:
                (self.folder / "killed").touch(exist_ok=False)
            except FileExistsError:
                return
            os.kill(os.getpid(), signal.SIGKILL)

    @property
    def n_calls(self):
        return len(list(self.folder.glob("call-*")))

    @property
    def has_killed(self):
        return (self.folder / "killed").exists()


class _KillingScorer(_KillsItsWorkerOnce):
    def __call__(self, estimator, X, y):
        self._call()
        return get_scorer(SCORING)(estimator, X, y)


class _KillingReader(_KillsItsWorkerOnce):
    def __call__(self, block):
        self._call()
        return block


def _assert_same_search(search, expected, n_splits=N_SPLITS):
    assert search.best_params_ == expected.best_params_
    scores = [name for name in expected.cv_results_ if name.endswith("test_score")]
    assert len(scores) == n_splits + 3
    for name in scores:
        assert (search.cv_results_[name] == expected.cv_results_[name]).all(), name


def test_workers_compute_on_one_thread(client):
    threads = client.run(torch.get_num_threads)
    assert list(threads.values()) == [1, 1]
    assert len(set(client.run(os.getpid).values()) - {os.getpid()}) == 2


def test_search_is_the_same_to_the_last_digit(client, pipeline, beats, local_search):
    with joblib.parallel_config(backend="dask"):
        search = GridSearchCV(pipeline, GRID, cv=N_SPLITS, scoring=SCORING).fit(*beats)
    _assert_same_search(search, local_search)
    X, _ = beats
    assert (search.predict_proba(X) == local_search.predict_proba(X)).all()


def test_cross_validation_is_the_same_to_the_last_digit(client, pipeline, beats):
    def run():
        return cross_validate(
            pipeline, *beats, cv=4, scoring=SCORING, return_estimator=True
        )

    here = run()
    with joblib.parallel_config(backend="dask"):
        there = run()
    assert (here["test_score"] == there["test_score"]).all()
    for mine, theirs in zip(here["estimator"], there["estimator"], strict=True):
        ours, weights = (e[-1].net_.module_.state_dict() for e in (mine, theirs))
        assert all(torch.equal(ours[name], weights[name]) for name in ours)


def _folds_on_every_worker(X, y, n_splits):
    """Splits, and a way to run them in which no worker has the only copy of a row."""
    folds = list(StratifiedKFold(n_splits).split(X, y))
    scatter = [X, y, *chain.from_iterable(folds)]
    return folds, joblib.parallel_config(backend="dask", scatter=scatter)


def test_search_outlives_a_killed_worker(
    client, pipeline, beats, local_search, tmp_path
):
    scorer = _KillingScorer(tmp_path)
    folds, on_dask = _folds_on_every_worker(*beats, N_SPLITS)
    with on_dask:
        search = GridSearchCV(pipeline, GRID, cv=folds, scoring=scorer).fit(*beats)
    assert scorer.has_killed
    assert scorer.n_calls > N_FITS  # the fit that was cut off ran once more
    _assert_same_search(search, local_search)


def test_cross_validation_outlives_a_killed_worker(client, pipeline, beats, tmp_path):
    scorer = _KillingScorer(tmp_path)
    folds, on_dask = _folds_on_every_worker(*beats, 6)
    here = cross_validate(pipeline, *beats, cv=folds, scoring=SCORING)
    with on_dask:
        there = cross_validate(pipeline, *beats, cv=folds, scoring=scorer)
    assert scorer.has_killed
    assert scorer.n_calls > len(folds)
    assert (here["test_score"] == there["test_score"]).all()


def _predict(clf, X):
    return X.map_blocks(
        clf.predict_proba, dtype=np.float32, chunks=(X.chunks[0], len(clf.classes_))
    )


@pytest.mark.parametrize("rows", [1, 64, (512, 599, 89)], ids=["1", "64", "uneven"])
def test_prediction_by_chunk_is_the_same_to_the_last_digit(client, fitted, beats, rows):
    X = np.tile(beats[0], (6, 1))
    if rows == 1:
        X = X[:20]
    chunked = da.from_array(X, chunks=(rows, -1))
    proba = _predict(fitted, chunked)
    assert proba.shape == (len(X), 5)
    blocks = np.split(X, np.cumsum(chunked.chunks[0])[:-1])
    alike = np.concatenate([fitted.predict_proba(block) for block in blocks])
    assert (proba.compute() == alike).all()


def test_prediction_outlives_a_killed_worker(client, fitted, beats, tmp_path):
    X = np.tile(beats[0], (8, 1))
    reader = _KillingReader(tmp_path)
    # Told what comes out, dask does not try the reader here.
    chunked = da.from_array(X, chunks=(100, -1)).map_blocks(reader, meta=X[:0])
    proba = _predict(fitted, chunked).compute()
    assert reader.has_killed
    assert reader.n_calls > chunked.numblocks[0]
    alike = [fitted.predict_proba(block) for block in np.split(X, 16)]
    assert (proba == np.concatenate(alike)).all()


def test_the_scaling_page_runs(cluster, tmp_path, monkeypatch):
    """Its blocks, one after another, on the cluster here in place of its own."""
    page = (Path(__file__).parents[2] / "docs/guide/scale.md").read_text()
    code = "\n".join(re.findall("```python\n(.*?)```", page, re.S))
    # The workers do not stand in this folder.
    for folder in ("beats", "probabilities"):
        code = code.replace(f'"{folder}"', repr(str(tmp_path / folder)))
    names = {}
    exec(code.replace("tcp://scheduler:8786", cluster.scheduler_address), names)
    names["client"].close()
    X, y, search = names["X"], names["y"], names["search"]
    alone = clone(search).fit(X, y)
    _assert_same_search(search, alone, n_splits=2)
    alone = cross_validate(names["pipeline"], X, y, cv=2)
    assert (names["scores"]["test_score"] == alone["test_score"]).all()
    proba = da.from_npy_stack(str(tmp_path / "probabilities"))
    alike = [search.predict_proba(block) for block in np.split(X, 4)]
    assert (proba.compute(scheduler="sync") == np.concatenate(alike)).all()
