"""transform: the network in front of other estimators."""

import threading

import numpy as np
import pandas as pd
import pytest
import torch
from imblearn.pipeline import Pipeline
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from torch import nn

from skecg import (
    CNN1DClassifier,
    HybridSampler,
    NetworkClassifier,
    ResidualCNNClassifier,
)

TINY = {
    "n_filters": (4, 4),
    "n_hidden": 6,
    "max_epochs": 8,
    "lr": 5e-3,
    "validation_fraction": None,
    "random_state": 0,
}


@pytest.fixture(scope="module")
def beats():
    rng = np.random.default_rng(0)
    y = np.repeat(["N", "S", "V"], 40)
    X = rng.normal(size=(120, 16)) + np.repeat([0, 2, -2], 40)[:, None]
    return X.astype(np.float32), y


@pytest.fixture(scope="module")
def fitted(beats):
    return CNN1DClassifier(**TINY).fit(*beats)


@pytest.mark.parametrize(
    "clf",
    [
        CNN1DClassifier(**TINY),
        CNN1DClassifier(n_channels=2, n_aux_features=2, **TINY),
        ResidualCNNClassifier(
            n_blocks=1,
            n_filters=3,
            n_hidden=5,
            max_epochs=1,
            validation_fraction=None,
        ),
    ],
)
def test_the_output_layer_makes_the_probabilities_of_it(clf, beats):
    X, y = beats
    clf = clone(clf).fit(X, y)
    features = clf.transform(X)
    last = clf.net_.module_.head[-1]
    assert features.shape == (120, last.in_features)
    assert features.dtype == np.float32
    logits = last(torch.from_numpy(features))
    np.testing.assert_allclose(
        logits.softmax(dim=1).detach(), clf.predict_proba(X), atol=1e-6
    )


def test_names_and_pandas(fitted, beats):
    X, _ = beats
    names = [f"cnn1dclassifier{i}" for i in range(6)]
    assert fitted.get_feature_names_out().tolist() == names
    frame = clone(fitted).set_output(transform="pandas").fit(*beats).transform(X)
    assert isinstance(frame, pd.DataFrame)
    assert list(frame) == names
    np.testing.assert_array_equal(frame, fitted.transform(X))


def test_in_front_of_another_classifier(beats):
    X, y = beats
    pipeline = Pipeline(
        [
            ("sampler", HybridSampler(random_state=0)),
            ("network", CNN1DClassifier(**TINY)),
            ("logistic", LogisticRegression()),
        ]
    ).fit(X, y)
    assert pipeline.score(X, y) > 0.8
    assert pipeline[:-1].transform(X).shape == (120, 6)


def test_a_beat_is_read_alone_as_it_is_among_others(fitted, beats):
    X, _ = beats
    many = np.tile(X, (5, 1))
    alone = np.concatenate([fitted.transform(row[None]) for row in X[:20]])
    np.testing.assert_allclose(fitted.transform(many)[:20], alone, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        fitted.transform(X.astype(np.float64)), fitted.transform(X), atol=1e-6
    )


def test_threads_read_their_own_rows(fitted, beats):
    X, _ = beats
    expected = [fitted.transform(X[k : k + 10]) for k in range(0, 120, 10)]
    found = [None] * 12

    def read(k):
        for _ in range(5):
            found[k] = fitted.transform(X[10 * k : 10 * k + 10])

    threads = [threading.Thread(target=read, args=(k,)) for k in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(np.array(found), np.array(expected))


def test_not_fitted():
    with pytest.raises(NotFittedError):
        CNN1DClassifier().transform(np.zeros((2, 16)))


class OwnNet(nn.Module):
    """A user's own network, whose output layer has a name of its own."""

    def __init__(self, n_samples, n_classes):
        super().__init__()
        self.hidden = nn.Linear(n_samples, 7)
        self.answer = nn.Linear(7, n_classes)

    def forward(self, beats):
        return self.answer(self.hidden(beats.flatten(1)).tanh())


class NoLinear(nn.Module):
    """A network that ends in a convolution."""

    def __init__(self, n_classes):
        super().__init__()
        self.convolution = nn.Conv1d(1, n_classes, 3)

    def forward(self, beats):
        return self.convolution(beats).mean(dim=2)


class NotARow(NoLinear):
    """A network whose only dense layer reads more than a row a beat."""

    def __init__(self, n_classes):
        super().__init__(n_classes)
        self.scale = nn.Linear(1, 1)

    def forward(self, beats):
        return super().forward(self.scale(beats.mT).mT)


def own(module, beats):
    params = {"max_epochs": 1, "validation_fraction": None, "random_state": 0}
    return NetworkClassifier(module, **params).fit(*beats)


def test_a_users_own_network(beats):
    clf = own(OwnNet, beats)
    network = clf.net_.module_
    X = torch.from_numpy(beats[0])
    np.testing.assert_allclose(
        clf.transform(beats[0]), network.hidden(X).tanh().detach(), atol=1e-6
    )
    assert len(clf.get_feature_names_out()) == 7


def test_a_network_without_an_output_layer_is_named(beats):
    with pytest.raises(ValueError, match="module NoLinear must end with a torch"):
        own(NoLinear, beats).transform(beats[0])
    with pytest.raises(ValueError, match="'scale', must read one row of features"):
        own(NotARow, beats).transform(beats[0])


class OutDefinedFirst(nn.Module):
    """A network whose output layer is defined before the layer in front of it."""

    def __init__(self, n_samples, n_classes):
        super().__init__()
        self.out = nn.Linear(8, n_classes)
        self.hidden = nn.Linear(n_samples, 8)

    def forward(self, beats):
        return self.out(self.hidden(beats.flatten(1)).relu())


def test_the_output_layer_is_the_last_called_not_the_last_defined(beats):
    clf = own(OutDefinedFirst, beats)
    assert clf.transform(beats[0]).shape == (len(beats[0]), 8)
    assert len(clf.get_feature_names_out()) == 8
    X, y = beats
    params = {"max_epochs": 1, "validation_fraction": None, "random_state": 0}
    other = NetworkClassifier(
        OutDefinedFirst, pretrained=FrozenEstimator(clf), freeze=True, **params
    ).fit(X, np.where(y == y[0], "A", "B"))
    network, source = other.net_.module_, clf.net_.module_
    assert torch.equal(network.hidden.weight, source.hidden.weight)
    assert not torch.equal(network.out.weight, source.out.weight)


def test_rows_of_negative_stride_give_the_same_answers(beats):
    X, y = beats
    backwards = X[::-1]
    # A single validation row counts as contiguous, too.
    clf = CNN1DClassifier(**TINY)
    clf.fit(X, y, X_val=X[:1][::-1], y_val=y[:1])
    for n_rows in (1, 2, 120):
        rows = backwards[:n_rows]
        for ask in (clf.predict_proba, clf.transform):
            np.testing.assert_array_equal(ask(rows), ask(rows.copy()))


class InPlace(nn.Sequential):
    def __init__(self, n_samples, n_classes):
        super().__init__(nn.ReLU(inplace=True), nn.Flatten())
        self.append(nn.Linear(n_samples, n_classes))


@pytest.mark.parametrize("n_rows", [1, 120])
def test_a_network_that_changes_its_input_leaves_the_rows_alone(n_rows, beats):
    X, y = beats
    clf = NetworkClassifier(InPlace, max_epochs=1, validation_fraction=None).fit(X, y)
    rows = X[:n_rows].copy()
    for ask in (clf.predict, clf.predict_proba, clf.transform):
        ask(rows)
        np.testing.assert_array_equal(rows, X[:n_rows])
