"""pretrained and freeze: a new fit from a fitted network."""

import pickle
from functools import partial

import joblib
import numpy as np
import pytest
import torch
from imblearn.pipeline import Pipeline
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import Callback
from small_network import weights
from torch import nn

from skecg import (
    CNN1DClassifier,
    HybridSampler,
    NetworkClassifier,
    PriorAdjustedClassifier,
    ResidualCNNClassifier,
)

TINY = {
    "max_epochs": 3,
    "lr": 5e-3,
    "batch_size": 16,
    "validation_fraction": None,
    "random_state": 0,
}
CNN = {"n_filters": (4, 4), "n_hidden": 6, **TINY}
RESIDUAL = {"n_blocks": 1, "n_filters": 3, "n_hidden": 5, **TINY}


@pytest.fixture(scope="module")
def beats():
    rng = np.random.default_rng(0)
    y = np.repeat(["N", "S", "V"], 30)
    X = rng.normal(size=(90, 16)) + np.repeat([0, 2, -2], 30)[:, None]
    return X.astype(np.float32), y


@pytest.fixture(scope="module")
def cnn(beats):
    return CNN1DClassifier(**CNN).fit(*beats)


class FirstWeights(Callback):
    """Fill a dict with the weights that a training begins with."""

    def __init__(self, seen):
        self.seen = seen

    def on_train_begin(self, net, **kwargs):
        for name, value in net.module_.state_dict().items():
            self.seen[name] = value.clone().numpy()


def first_and_last(clf, X, y):
    seen = {}
    clf.set_params(callbacks=[FirstWeights(seen)]).fit(X, y)
    return seen, weights(clf)


@pytest.mark.parametrize("freeze", [False, True])
@pytest.mark.parametrize(
    "make",
    [partial(CNN1DClassifier, **CNN), partial(ResidualCNNClassifier, **RESIDUAL)],
    ids=["cnn", "residual"],
)
def test_a_fit_starts_from_the_weights_and_keeps_the_frozen(make, freeze, beats):
    X, y = beats
    source = make().fit(X, y)
    before = weights(source)
    clf = make(pretrained=FrozenEstimator(source), freeze=freeze)
    first, last = first_and_last(clf, X + 1, y)
    for name, value in before.items():
        np.testing.assert_array_equal(first[name], value)
        stays = freeze and not name.startswith("head.")
        assert np.array_equal(last[name], value) == stays, name
        # The source is read and never written to.
        np.testing.assert_array_equal(weights(source)[name], value)


def test_other_classes_start_the_output_layer_anew(cnn, beats):
    X, y = beats
    before = weights(cnn)
    for labels, n_classes in ((np.where(y == "N", "a", "b"), 2), (y + "!", 3)):
        clf = CNN1DClassifier(**CNN, pretrained=FrozenEstimator(cnn), freeze=True)
        first, last = first_and_last(clf, X, labels)
        assert first["head.3.weight"].shape == (n_classes, 6)
        assert not np.array_equal(first["head.3.bias"], before["head.3.bias"])
        np.testing.assert_array_equal(first["head.0.weight"], before["head.0.weight"])
        np.testing.assert_array_equal(
            last["blocks.0.1.running_mean"], before["blocks.0.1.running_mean"]
        )
        assert set(clf.predict(X)) <= set(labels)


def test_transfer_learns_what_a_cold_start_cannot_in_one_epoch(cnn, beats):
    X, y = beats
    grid = {"pretrained": [None, FrozenEstimator(cnn)]}
    one_epoch = CNN1DClassifier(**{**CNN, "max_epochs": 1, "lr": 1e-4})
    search = GridSearchCV(one_epoch, grid, cv=2).fit(X, y)
    assert search.best_params_["pretrained"].estimator is cnn
    cold, warm = search.cv_results_["mean_test_score"]
    assert warm > cold + 0.2


def test_survives_clone_and_pickle(cnn, beats, tmp_path):
    X, y = beats
    clf = CNN1DClassifier(**CNN, pretrained=FrozenEstimator(cnn), freeze=True)
    expected = clf.fit(X, y).predict_proba(X)
    again = clone(clf).fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(again, expected)
    joblib.dump(clf, tmp_path / "clf")
    loaded = joblib.load(tmp_path / "clf")
    np.testing.assert_allclose(loaded.predict_proba(X), expected, atol=1e-6)
    refitted = clone(pickle.loads(pickle.dumps(clf))).fit(X, y)
    np.testing.assert_allclose(refitted.predict_proba(X), expected, atol=1e-6)
    # A model that was fitted once is a model: it may be frozen in its turn.
    chained = CNN1DClassifier(**CNN, pretrained=FrozenEstimator(loaded)).fit(X, y)
    assert chained.score(X, y) > 0.8


def test_a_frozen_body_is_left_alone_at_every_step(cnn, beats):
    """Its statistics stay, beats are augmented, and scorers see evaluation mode."""
    X, y = beats
    augmented, answers = [], []

    def augment(batch):
        augmented.append(len(batch))
        return batch

    class Ask(Callback):
        def on_batch_end(self, net, training=False, **kwargs):
            answers.append([net.predict_proba(X[:5]) for _ in range(2)])

    clf = CNN1DClassifier(
        **{**CNN, "max_epochs": 1},
        pretrained=FrozenEstimator(cnn),
        freeze=True,
        augment=augment,
        callbacks=[Ask()],
    )
    clf.fit(X, y)
    assert sum(augmented) == 90
    for one, other in answers:
        np.testing.assert_array_equal(one, other)
    assert int(weights(clf)["blocks.0.1.num_batches_tracked"]) == int(
        weights(cnn)["blocks.0.1.num_batches_tracked"]
    )


def test_a_warm_start_goes_on_from_its_own_last_fit(cnn, beats):
    X, y = beats
    clf = CNN1DClassifier(**CNN, pretrained=FrozenEstimator(cnn), warm_start=True)
    last = weights(clf.fit(X, y))
    first, _ = first_and_last(clf.set_params(freeze=True), X, y)
    for name, value in last.items():
        np.testing.assert_array_equal(first[name], value)


def test_what_stands_around_the_network_is_seen_through(cnn, beats):
    X, y = beats
    pipeline = Pipeline([("sampler", HybridSampler()), ("clf", clone(cnn))])
    adjusted = PriorAdjustedClassifier(pipeline).fit(X, y)
    search = GridSearchCV(clone(cnn), {"lr": [1e-3]}, cv=2).fit(X, y)
    for source, inside in (
        (pipeline.fit(X, y), pipeline[-1]),
        (adjusted, adjusted.estimator_[-1]),
        (search, search.best_estimator_),
    ):
        clf = CNN1DClassifier(**CNN, pretrained=FrozenEstimator(source))
        first, _ = first_and_last(clf, X, y)
        for name, value in weights(inside).items():
            np.testing.assert_array_equal(first[name], value)


class OwnNet(nn.Module):
    """A network without a head of its own."""

    def __init__(self, n_samples, n_classes):
        super().__init__()
        self.first = nn.Linear(n_samples, 8)
        self.last = nn.Linear(8, n_classes)

    def forward(self, beats):
        return self.last(self.first(beats.flatten(1)).relu())


def test_a_users_own_network_keeps_all_but_its_output_layer(beats):
    X, y = beats
    source = NetworkClassifier(OwnNet, **TINY).fit(X, y)
    clf = NetworkClassifier(
        OwnNet, **TINY, pretrained=FrozenEstimator(source), freeze=True
    ).fit(X, y == "N")
    network = clf.net_.module_
    assert torch.equal(network.first.weight, source.net_.module_.first.weight)
    assert network.last.out_features == 2


def test_what_cannot_be_transferred_is_named(cnn, beats):
    X, y = beats
    frozen = FrozenEstimator(cnn)
    with pytest.raises(TypeError, match=r"FrozenEstimator, .* got CNN1DClassifier"):
        CNN1DClassifier(**CNN, pretrained=cnn).fit(X, y)
    with pytest.raises(NotFittedError):
        CNN1DClassifier(**CNN, pretrained=FrozenEstimator(CNN1DClassifier())).fit(X, y)
    with pytest.raises(ValueError, match=r"blocks\.0\.0\.weight is \(4, 1, 1, 5\)"):
        CNN1DClassifier(**{**CNN, "n_filters": (5, 4)}, pretrained=frozen).fit(X, y)
    with pytest.raises(ValueError, match=r"another architecture: stem\.weight is miss"):
        ResidualCNNClassifier(**RESIDUAL, pretrained=frozen).fit(X, y)
    with pytest.raises(ValueError, match=r"head\.0\.weight is \(6, 16\) there and"):
        CNN1DClassifier(**CNN, pretrained=frozen).fit(X[:, :12], y)
    with pytest.raises(ValueError, match=r"freeze=True keeps .* pass pretrained"):
        CNN1DClassifier(**CNN, freeze=True).fit(X, y)
    other = FrozenEstimator(LogisticRegression().fit(X, y))
    with pytest.raises(TypeError, match=r"pretrained must be .* got LogisticRegr"):
        CNN1DClassifier(**CNN, pretrained=other).fit(X, y)
    scaled = Pipeline([("scale", StandardScaler()), ("clf", clone(cnn))]).fit(X, y)
    with pytest.raises(ValueError, match=r"transformed by \['StandardScaler'\]"):
        CNN1DClassifier(**CNN, pretrained=FrozenEstimator(scaled)).fit(X, y)
