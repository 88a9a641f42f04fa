"""CNN1DClassifier from outside: what its parameters do, and what fit refuses."""

import re
import sys
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from small_network import SMALL, assert_same_weights

from skecg import CNN1DClassifier


def test_defaults_are_the_studys():
    params = CNN1DClassifier().get_params()
    assert params["n_filters"] == (32, 64, 128, 256)
    assert (params["kernel_size"], params["max_epochs"]) == (5, 30)
    assert (params["batch_size"], params["lr"], params["optimizer"]) == (
        32,
        1e-3,
        "adam",
    )


def test_learns_and_answers_in_the_users_labels(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=25, **SMALL).fit(X, y)
    assert clf.score(X, y) > 0.9
    assert set(clf.predict(X)) == {"F", "N", "V"}
    proba = clf.predict_proba(X)
    assert proba.dtype == np.float32
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-5)
    assert clf.n_parameters_ == sum(p.numel() for p in clf.net_.module_.parameters())


@pytest.mark.parametrize("convert", [pd.DataFrame, np.float64, np.asfortranarray])
def test_containers_make_no_difference(three_classes, convert):
    X, y = three_classes
    plain = CNN1DClassifier(max_epochs=1, **SMALL).fit(X, y)
    converted = CNN1DClassifier(max_epochs=1, **SMALL).fit(convert(X), y)
    assert_same_weights(plain, converted)


def test_one_feature_and_batches_of_one():
    X, y = np.arange(8.0).reshape(-1, 1), [0, 1] * 4
    clf = CNN1DClassifier(
        batch_size=1, max_epochs=1, validation_fraction=None, **SMALL
    ).fit(X, y)
    assert np.isfinite(clf.predict_proba(X)).all()


def test_bad_input_gets_one_clear_sentence(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=1, **SMALL)
    with pytest.raises(ValueError, match="X_val was given without y_val"):
        clf.fit(X, y, X_val=X)
    with pytest.raises(ValueError, match=r"y_val contains \['Q'\]"):
        clf.fit(X, y, X_val=X[:1], y_val=["Q"])
    with pytest.raises(ValueError, match="X_val has 2 rows but y_val 1"):
        clf.fit(X, y, X_val=X[:2], y_val=["N"])
    with pytest.raises(ValueError, match=r"24 features.*n_channels=5"):
        CNN1DClassifier(n_channels=5).fit(X, y)
    with pytest.raises(ValueError, match="device='warp' is not available"):
        CNN1DClassifier(device="warp").fit(X, y)
    with pytest.raises(ValueError, match="at least two classes"):
        clf.fit(X[:60], y[:60])


def test_class_prior_is_what_training_saw(three_classes):
    X, y = three_classes
    rows = np.r_[0:60, 60:80, 120:180]
    params = {**SMALL, "max_epochs": 1, "validation_fraction": None}
    plain = CNN1DClassifier(**params).fit(X[rows], y[rows])
    np.testing.assert_allclose(plain.class_prior_, [60 / 140, 20 / 140, 60 / 140])
    balanced = CNN1DClassifier(class_weight="balanced", **params).fit(X[rows], y[rows])
    np.testing.assert_allclose(balanced.class_prior_, [1 / 3] * 3)


def test_warm_start_goes_on(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=5, warm_start=True, **SMALL).fit(X, y)
    first = clf.history_.train_loss.iloc[0]
    assert clf.fit(X, y).history_.train_loss.iloc[0] < first
    with pytest.raises(ValueError, match="warm_start continues with the classes"):
        clf.fit(X, np.where(y == "F", "Q", y))


@pytest.mark.parametrize(
    "class_weight", [{"F": 0, "N": 0, "V": 0}, {"F": np.nan}, {"F": -1}, {"F": np.inf}]
)
def test_class_weights_must_be_weights(three_classes, class_weight):
    X, y = three_classes
    with pytest.raises(ValueError, match="class_weight must give finite weights"):
        CNN1DClassifier(class_weight=class_weight, **SMALL).fit(X, y)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_training_that_diverges_keeps_the_last_fit(three_classes, optimizer):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=1, **SMALL).fit(X, y)
    proba = clf.predict_proba(X)
    # One step: the loss was finite before it, and only the weights show it.
    clf.set_params(
        optimizer=optimizer, lr=1e30, batch_size=300, validation_fraction=None
    )
    with pytest.raises(ValueError, match=r"diverged: the weights of epoch 1.*Lower lr"):
        clf.fit(X * 1e30, y)
    np.testing.assert_array_equal(clf.predict_proba(X), proba)


def test_augment_touches_training_beats_only(three_classes):
    X, y = three_classes
    shapes = []

    def augment(batch):
        shapes.append(tuple(batch.shape))
        return batch + 0.01 * torch.randn_like(batch)

    clf = CNN1DClassifier(max_epochs=1, augment=augment, **SMALL).fit(X, y)
    n_training = sum(shape[0] for shape in shapes)
    assert n_training == 162
    clf.predict(X)
    assert sum(shape[0] for shape in shapes) == n_training
    again = CNN1DClassifier(max_epochs=1, augment=augment, **SMALL).fit(X, y)
    assert_same_weights(clf, again)


@pytest.mark.parametrize(
    "params",
    [
        {"lr_schedule": "one_cycle"},
        {"lr_schedule": "step"},
        {"optimizer": "adamw"},
        {"optimizer": partial(torch.optim.SGD, momentum=0.9), "lr": 0.05},
        {"label_smoothing": 0.1},
    ],
)
def test_training_options_learn(three_classes, params):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=12, **params, **SMALL).fit(X, y)
    assert clf.score(X, y) > 0.8


def test_progress_is_a_bar_in_a_terminal(three_classes, capsys, monkeypatch):
    X, y = three_classes
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    CNN1DClassifier(max_epochs=2, verbose=1, **SMALL).fit(X, y)
    shown = capsys.readouterr().err
    assert "epoch 2" in shown
    assert "loss=" in shown
    assert "score=" in shown


def test_progress_is_one_line_per_epoch_elsewhere(three_classes, capsys):
    X, y = three_classes
    CNN1DClassifier(max_epochs=2, verbose=1, **SMALL).fit(X, y)
    one, two = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"epoch 1: loss \d\.\d+, score \d\.\d+", one)
    assert two.startswith("epoch 2: loss ")
