"""NetworkClassifier: a user's own module, and the skorch net that it keeps."""

import copy
import pickle
from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest
import torch
from scipy.special import softmax
from sklearn.base import clone
from skorch.callbacks import EpochScoring
from small_network import SMALL, assert_same_weights

from skecg import CNN1DClassifier, NetworkClassifier
from skecg.modules import CNN1D


def test_own_module_and_aux_features(three_classes):
    class OwnNet(torch.nn.Module):
        def __init__(self, n_channels, n_samples, n_classes, n_aux_features, scale):
            super().__init__()
            width = n_channels * n_samples + n_aux_features
            self.layer = torch.nn.Linear(width, n_classes)
            self.scale = scale

        def forward(self, beats, aux):
            assert beats.shape[1:] == (2, 11)
            assert aux.shape[1] == 2
            return self.layer(torch.cat([beats.flatten(1), aux], 1)) * self.scale

    X, y = three_classes
    params = {"n_channels": 2, "n_aux_features": 2, "random_state": 0}
    own = NetworkClassifier(partial(OwnNet, scale=2.0), **params).fit(X, y)
    assert own.score(X, y) > 0.9


def test_a_network_in_place_of_its_class_is_named(three_classes):
    X, y = three_classes
    with pytest.raises(ValueError, match=r"the network Linear.*; pass Linear itself"):
        NetworkClassifier(torch.nn.Linear(1, 3)).fit(X, y)


@pytest.mark.parametrize("n_outputs", [2, 7])
def test_a_network_of_other_outputs_than_classes_is_named(n_outputs, three_classes):
    class Short(torch.nn.Module):
        def __init__(self, n_samples):
            super().__init__()
            self.layer = torch.nn.Linear(n_samples, n_outputs)

        def forward(self, beats):
            return self.layer(beats.flatten(1))

    X, y = three_classes
    message = rf"a logit for each of 3 classes, got shape \(\d+, {n_outputs}\)"
    with pytest.raises(ValueError, match=message):
        NetworkClassifier(Short).fit(X, y)


def test_the_skorch_net_predicts_as_the_classifier(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=2, **SMALL).fit(X, y)
    net = clf.net_
    proba = clf.predict_proba(X)
    for rows in (X, torch.from_numpy(X), X.astype(np.float64)):
        np.testing.assert_allclose(net.predict_proba(rows), proba, atol=1e-6)
    np.testing.assert_array_equal(clf.classes_[net.predict(X)], clf.predict(X))
    logits = net.forward(X).numpy()
    np.testing.assert_allclose(softmax(logits, axis=1), proba, atol=1e-6)
    codes = np.searchsorted(clf.classes_, y)
    assert net.score(X, codes) == clf.score(X, y)


@pytest.mark.parametrize("on_train", [True, False])
@pytest.mark.parametrize("use_caching", [True, False])
def test_scoring_callbacks_of_skorch_work(three_classes, on_train, use_caching):
    X, y = three_classes
    scoring = EpochScoring(
        "accuracy",
        lower_is_better=False,
        on_train=on_train,
        name="ours",
        use_caching=use_caching,
    )
    clf = CNN1DClassifier(max_epochs=3, callbacks=[scoring], **SMALL).fit(X, y)
    assert clf.history_.ours.between(0, 1).all()
    if not on_train:
        np.testing.assert_allclose(clf.history_.ours, clf.history_.valid_accuracy)


def test_module_is_required():
    with pytest.raises(TypeError, match="module"):
        NetworkClassifier()


@dataclass
class Factory:
    """Returns a network; a dataclass, as a user may write it."""

    width: int = 3

    def __call__(self, n_samples, n_classes):
        return torch.nn.Sequential(
            torch.nn.Flatten(),
            torch.nn.Linear(n_samples, self.width),
            torch.nn.Linear(self.width, n_classes),
        )


class Named(NetworkClassifier):
    """A subclass with a module and a required parameter of its own."""

    def __init__(self, note, *, random_state=None):
        super().__init__(Factory(width=5), max_epochs=1, random_state=random_state)
        self.note = note


@pytest.mark.parametrize(
    "clf",
    [
        NetworkClassifier(Factory(width=4), max_epochs=1, random_state=0),
        Named("mine", random_state=0),
    ],
)
def test_own_modules_and_subclasses_are_copied_and_stored(clf, three_classes):
    X, y = three_classes
    assert repr(pickle.loads(pickle.dumps(clf))) == repr(clf)
    proba = clone(clf).fit(X, y).predict_proba(X)
    fitted = clf.fit(X, y)
    for copied in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):
        np.testing.assert_array_equal(copied.predict_proba(X), proba)


def test_a_subclass_of_ours_with_its_own_buffer_predicts_with_it(three_classes):
    X, y = three_classes

    class Scaled(CNN1D):
        def __init__(self, **settings):
            super().__init__(**settings)
            self.register_buffer("scale", torch.tensor(2.0), persistent=False)

        def forward(self, beats):
            return super().forward(beats * self.scale)

    clf = CNN1DClassifier(max_epochs=1, **SMALL)
    clf.module = Scaled
    assert clf.fit(X, y).net_.module_.scale == 2


def test_a_list_changed_after_the_fit_does_not_change_what_is_stored(three_classes):
    X, y = three_classes
    widths = [4]
    clf = CNN1DClassifier(n_filters=widths, max_epochs=1, random_state=0).fit(X, y)
    widths.append(8)
    loaded = pickle.loads(pickle.dumps(clf))
    np.testing.assert_array_equal(loaded.predict_proba(X), clf.predict_proba(X))


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (lambda n_classes: None, "must return a torch.nn.Module, got NoneType"),
        (
            lambda n_classes, width: None,
            r"argument: 'width'.* functools",
        ),
        (dict.fromkeys, "must return a torch.nn.Module|module must take"),
    ],
)
def test_modules_that_cannot_be_built_are_named(module, message, three_classes):
    with pytest.raises(ValueError, match=message):
        NetworkClassifier(module).fit(*three_classes)


def test_a_batch_is_at_most_all_rows():
    X, y = np.random.default_rng(0).normal(size=(40, 20)), np.repeat([0, 1], 20)
    options = {**SMALL, "max_epochs": 2, "validation_fraction": None}
    whole = CNN1DClassifier(batch_size=40, **options).fit(X, y)
    assert_same_weights(CNN1DClassifier(batch_size=10**30, **options).fit(X, y), whole)


@pytest.mark.parametrize(
    "weight", [1e39, 1e-300, 10**400], ids=["1e39", "1e-300", "int"]
)
def test_class_weights_outside_float32_are_refused(weight):
    X, y = np.random.default_rng(0).normal(size=(40, 20)), np.repeat([0, 1], 20)
    options = {**SMALL, "validation_fraction": None}
    clf = CNN1DClassifier(class_weight={0: weight, 1: 1.0}, **options)
    with pytest.raises(ValueError, match="class_weight must give"):
        clf.fit(X, y)
