"""NetworkClassifier: a user's own module, and the skorch net that it keeps."""

from functools import partial

import numpy as np
import pytest
import torch
from scipy.special import softmax
from skorch.callbacks import EpochScoring
from small_network import SMALL

from skecg import CNN1DClassifier, NetworkClassifier


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
    with pytest.raises(ValueError, match=r"got a network Linear.*; pass Linear itself"):
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
