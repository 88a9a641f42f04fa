"""The same seed gives the same weights, and a pickle the same answers."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.exceptions import InconsistentVersionWarning
from small_network import SMALL, assert_same_weights

from skecg import CNN1DClassifier, NetworkClassifier
from skecg.classification.network._seed import seeded
from skecg.modules import CNN1D, ContextNetwork, ResidualCNN

STORED_MODEL = Path(__file__).parents[2] / "data" / "cnn1d-format-1.joblib"


def test_same_seed_same_weights_and_nobody_elses_state(three_classes):
    X, y = three_classes
    torch.manual_seed(7)
    np.random.seed(7)
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    one, other = (CNN1DClassifier(max_epochs=2, **SMALL).fit(X, y) for _ in range(2))
    assert_same_weights(one, other)
    pickle.loads(pickle.dumps(one))
    assert torch.equal(before[0], torch.get_rng_state())
    np.testing.assert_array_equal(before[1], np.random.get_state()[1])


def test_threads_side_by_side_fit_as_alone(three_classes):
    X, y = three_classes
    seeds = [1, 2, 3, 4]

    def fit(seed):
        params = {**SMALL, "random_state": seed}
        return CNN1DClassifier(max_epochs=2, **params).fit(X, y)

    before = torch.get_rng_state()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(fit, seeds))
    assert torch.equal(before, torch.get_rng_state())
    for seed, clf in zip(seeds, together, strict=True):
        assert_same_weights(clf, fit(seed))


def test_pickle_holds_arrays_and_answers_alike(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=2, **SMALL).fit(X, y)
    stored = pickle.dumps(clf)
    assert b"torch" not in stored
    loaded = pickle.loads(stored)
    np.testing.assert_array_equal(loaded.predict_proba(X), clf.predict_proba(X))
    pd.testing.assert_frame_equal(loaded.history_, clf.history_)
    assert len(stored) < 4 * clf.n_parameters_ + 10_000


def test_a_model_loads_while_another_thread_fits(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=1, **SMALL).fit(X, y)
    stored = pickle.dumps(clf)
    with ThreadPoolExecutor(1) as pool, seeded(0, torch.device("cpu")):
        loaded = pool.submit(pickle.loads, stored).result(timeout=60)
    assert_same_weights(loaded, clf)


@pytest.mark.parametrize("kind", [CNN1D, ContextNetwork, ResidualCNN])
def test_weights_fill_all_that_a_network_holds(kind):
    """So that it can be built without values where it is loaded."""
    network = kind()
    buffers = {name for name, _ in network.named_buffers()}
    assert buffers <= network.state_dict().keys()


class Shifted(torch.nn.Module):
    """Holds what is stored with no weights: a buffer and a tensor beside."""

    def __init__(self, n_samples, n_classes):
        super().__init__()
        self.layer = torch.nn.Linear(n_samples, n_classes)
        self.register_buffer("scale", torch.full((n_samples,), 0.5), persistent=False)
        self.shift = torch.ones(n_samples)

    def forward(self, beats):
        return self.layer(beats.flatten(1) * self.scale + self.shift)


def test_a_network_of_ones_own_is_stored_with_weights_alone(three_classes):
    X, y = three_classes
    clf = NetworkClassifier(Shifted, max_epochs=1, random_state=0).fit(X, y)
    loaded = pickle.loads(pickle.dumps(clf))
    np.testing.assert_array_equal(loaded.predict_proba(X), clf.predict_proba(X))


def test_model_of_a_missing_device_loads_onto_the_cpu(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=1, **SMALL).fit(X, y)
    stored = pickle.dumps(clf.set_params(device="warp"))
    with pytest.warns(UserWarning, match="device='warp' is not available"):
        loaded = pickle.loads(stored)
    np.testing.assert_array_equal(loaded.predict(X), clf.predict(X))


def test_a_fit_is_stored_as_it_was_whatever_parameters_are_set_later(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=1, **SMALL).fit(X, y)
    proba = clf.predict_proba(X)
    clf.set_params(n_filters=(4,), n_channels=2)
    np.testing.assert_array_equal(clf.predict_proba(X), proba)
    loaded = pickle.loads(pickle.dumps(clf))
    assert loaded.n_filters == (4,)
    np.testing.assert_array_equal(loaded.predict_proba(X), proba)


@pytest.mark.filterwarnings(
    f"ignore::{InconsistentVersionWarning.__module__}.InconsistentVersionWarning"
)
def test_models_of_the_first_format_still_load():
    model, X, proba = joblib.load(STORED_MODEL)
    np.testing.assert_allclose(model.predict_proba(X), proba, atol=1e-4)
    assert model.best_epoch_ == len(model.history_) == 3


def test_a_fit_leaves_cudnn_on_and_seeds_no_device_but_its_own(
    three_classes, monkeypatch
):
    X, y = three_classes
    seen = []

    def scorer(estimator, X, y):
        cudnn = torch.backends.cudnn
        seen.append((cudnn.enabled, cudnn.deterministic, cudnn.allow_tf32))
        return 0.5

    monkeypatch.setattr(
        torch.cuda, "manual_seed_all", lambda seed: pytest.fail("seeds a device")
    )
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        clf = CNN1DClassifier(max_epochs=1, validation_scoring=scorer, **SMALL)
        clf.fit(X, y).set_params(validation_scoring="loss")
        pickle.loads(pickle.dumps(clf))
    assert seen == [(True, True, False)]


def test_a_model_is_ready_to_predict_before_it_is_asked(three_classes):
    """Threads that ask at once would each change what the others read."""
    clf = CNN1DClassifier(max_epochs=1, **SMALL).fit(*three_classes)
    for model in (clf, pickle.loads(pickle.dumps(clf))):
        assert not any(part.training for part in model.net_.module_.modules())
