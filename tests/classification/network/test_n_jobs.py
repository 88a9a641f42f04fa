"""Processes share the cores and the data, and keep nothing from fit to fit."""

import os

import cloudpickle
import joblib
import numpy as np
import pandas as pd
import psutil
import pytest
import torch
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import GridSearchCV

from skecg import CNN1DClassifier
from skecg.datasets import make_beats

MIB = 2**20


@pytest.fixture(scope="module")
def beats():
    """More than the megabyte from which joblib shares an array by a file."""
    X, y = make_beats(500, weights=[6, 1, 1, 1, 1], random_state=0, return_X_y=True)
    X, y = np.tile(X, (4, 1)), np.tile(y, 4)
    assert X.nbytes > MIB
    return X, y


def _classifier(kind=CNN1DClassifier, **params):
    small = {"n_filters": (4, 4), "n_hidden": 8, "max_epochs": 1, "batch_size": 128}
    return kind(validation_fraction=None, random_state=0, **{**small, **params})


class _Witness(CNN1DClassifier):
    """Notes what a worker sees while it fits."""

    def fit(self, X, y):
        self.came_as_ = type(X)
        self.threads_ = torch.get_num_threads()
        self.process_ = os.getpid()
        return super().fit(X, y)


def test_a_worker_reads_the_data_from_a_file_and_has_its_share_of_the_cores(beats):
    members = [(name, _classifier(_Witness)) for name in "abcd"]
    fitted = VotingClassifier(members, n_jobs=2).fit(*beats).estimators_
    assert all(issubclass(clf.came_as_, np.memmap) for clf in fitted)
    allowed = max(joblib.cpu_count() // 2, 1)
    assert all(clf.threads_ <= allowed for clf in fitted)
    assert os.getpid() not in {clf.process_ for clf in fitted}


def _shared_file(estimator, X, y):
    """Score by the file of joblib's that this process has mapped."""
    maps = {m.path for m in psutil.Process().memory_maps() if "joblib_memm" in m.path}
    (path,) = filter(os.path.exists, maps)
    return {"size": os.stat(path).st_size, "number": os.stat(path).st_ino}


def test_a_search_writes_the_data_once_for_all_its_workers(beats):
    X, y = beats
    search = GridSearchCV(
        _classifier(),
        {"lr": [1e-3, 5e-3]},
        cv=2,
        n_jobs=2,
        scoring=_shared_file,
        refit=False,
    ).fit(X, y)
    shared = pd.DataFrame(search.cv_results_).filter(regex="^split._test")
    assert (shared.filter(like="size") >= X.nbytes).all(axis=None)
    assert (shared.filter(like="size") < 1.01 * X.nbytes).all(axis=None)
    assert np.unique(shared.filter(like="number")).size == 1


@pytest.mark.parametrize("n_beats", [200, 2000])
def test_what_travels_is_the_weights_and_none_of_the_beats(beats, n_beats):
    X, y = beats
    clf = _classifier(n_filters=(32, 64), n_hidden=128)
    assert len(cloudpickle.dumps(clf)) < 2_000
    clf.fit(X[:n_beats], y[:n_beats])
    weights = sum(w.nbytes for w in clf.net_.module_.state_dict().values())
    assert weights < len(cloudpickle.dumps(clf)) < weights + 10_000


def _fit_and_measure(clf, X, y):
    clf.fit(X, y)
    return os.getpid(), psutil.Process().memory_info().rss / MIB


def test_a_workers_memory_does_not_grow_from_fit_to_fit(beats):
    """A fit that left its beats or its weights behind would leave 1.4 MiB or more."""
    X, y = beats
    clf = _classifier(n_hidden=1024, batch_size=512)
    jobs = [joblib.delayed(_fit_and_measure)(clf, X, y) for _ in range(48)]
    memory = {}
    for process, used in joblib.Parallel(n_jobs=2, batch_size=1)(jobs):
        memory.setdefault(process, []).append(used)
    # The first fits load code and fill caches; the worker that ran more says more.
    settled = max(memory.values(), key=len)[10:]
    assert len(settled) >= 14
    # What the system lends for a while comes on top of what is kept.
    assert min(settled[-5:]) - min(settled[:5]) < 8
