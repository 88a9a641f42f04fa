"""CNN1DClassifier from outside: what fit keeps, refuses and promises."""

import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from imblearn.pipeline import Pipeline
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from skorch.callbacks import Callback, EarlyStopping

from skecg import CNN1DClassifier, HybridSampler
from skecg.modules import CNN1D

SMALL = {"n_filters": (8, 8, 8), "n_hidden": 16, "random_state": 0}


@pytest.fixture(scope="module")
def beats():
    """Three classes of 60 that a small network tells apart."""
    rng = np.random.default_rng(0)
    y = np.repeat(["F", "N", "V"], 60)
    X = rng.normal(size=(180, 24)) + 4 * np.repeat(np.eye(3), 60, axis=0).repeat(8, 1)
    return X.astype(np.float32), y


def weights(clf):
    return {k: v.numpy() for k, v in clf.net_.module_.state_dict().items()}


def assert_same_weights(one, other):
    ours, theirs = weights(one), weights(other)
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs[name])


def test_defaults_are_the_studys():
    params = CNN1DClassifier().get_params()
    assert params["n_filters"] == (32, 64, 128, 256)
    assert (params["kernel_size"], params["max_epochs"]) == (5, 30)
    assert (params["batch_size"], params["lr"], params["optimizer"]) == (
        32,
        1e-3,
        "adam",
    )


@pytest.mark.parametrize("length", [1, 2, 3, 7, 16, 187])
@pytest.mark.parametrize("n_beats", [1, 3])
def test_network_takes_any_length(length, n_beats):
    network = CNN1D(n_samples=length)
    network(torch.zeros(n_beats, 1, length)).sum().backward()
    assert network.eval()(torch.zeros(2, 1, length)).shape == (2, 5)


def test_network_has_the_studys_size():
    assert sum(p.numel() for p in CNN1D().parameters()) == 590_533


def test_network_refuses_what_it_cannot_be():
    with pytest.raises(ValueError, match=r"kernel_size must be odd.*got 4"):
        CNN1D(kernel_size=4)
    for n_filters in ((), (0,), (-1,), (2.5,), ("a",)):
        with pytest.raises(ValueError, match="n_filters must hold a whole number"):
            CNN1D(n_filters=n_filters)


def test_learns_and_answers_in_the_users_labels(beats):
    X, y = beats
    clf = CNN1DClassifier(max_epochs=25, **SMALL).fit(X, y)
    assert clf.score(X, y) > 0.9
    assert set(clf.predict(X)) == {"F", "N", "V"}
    proba = clf.predict_proba(X)
    assert proba.dtype == np.float32
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-5)
    assert clf.n_parameters_ == sum(p.numel() for p in clf.net_.module_.parameters())


@pytest.mark.parametrize("convert", [pd.DataFrame, np.float64, np.asfortranarray])
def test_containers_make_no_difference(beats, convert):
    X, y = beats
    plain = CNN1DClassifier(max_epochs=1, **SMALL).fit(X, y)
    converted = CNN1DClassifier(max_epochs=1, **SMALL).fit(convert(X), y)
    assert_same_weights(plain, converted)


def test_one_feature_and_batches_of_one():
    X, y = np.arange(8.0).reshape(-1, 1), [0, 1] * 4
    clf = CNN1DClassifier(
        batch_size=1, max_epochs=1, validation_fraction=None, **SMALL
    ).fit(X, y)
    assert np.isfinite(clf.predict_proba(X)).all()


def test_history_and_best_epoch(beats):
    X, y = beats
    clf = CNN1DClassifier(max_epochs=6, **SMALL).fit(X, y)
    history = clf.history_
    assert history.epoch.tolist() == list(range(1, 7))
    ranked = history.sort_values(["valid_score", "valid_loss"], ascending=[False, True])
    assert clf.best_epoch_ == ranked.epoch.iloc[0]
    assert {"train_loss", "train_accuracy", "valid_loss", "valid_accuracy"} <= set(
        history
    )


def test_keeps_the_weights_of_the_best_epoch(beats):
    X, y = beats
    scores = iter([0.1, 0.9, 0.3, 0.2])
    best = CNN1DClassifier(
        max_epochs=4, validation_scoring=lambda est, X, y: next(scores), **SMALL
    ).fit(X, y)
    assert best.best_epoch_ == 2
    stopped = CNN1DClassifier(
        max_epochs=2, validation_scoring=lambda est, X, y: next(grows), **SMALL
    )
    grows = iter([0.1, 0.2])
    assert_same_weights(best, stopped.fit(X, y))


def test_scorer_sees_labels_and_may_ask_for_other_rows(beats):
    X, y = beats
    seen = []

    def scorer(estimator, X_val, y_val):
        seen.append((set(y_val), set(estimator.predict(X_val[:3])) | {"N"}))
        return estimator.score(X_val, y_val)

    CNN1DClassifier(max_epochs=1, validation_scoring=scorer, **SMALL).fit(X, y)
    assert seen[0][0] == {"F", "N", "V"}
    assert seen[0][1] <= {"F", "N", "V"}


def test_loss_chooses_the_epoch(beats):
    X, y = beats
    clf = CNN1DClassifier(max_epochs=4, validation_scoring="loss", **SMALL).fit(X, y)
    assert clf.best_epoch_ == clf.history_.epoch[clf.history_.valid_loss.argmin()]


def test_too_few_rows_hold_nothing_out_and_say_so(beats):
    X, y = beats
    rows = np.r_[0:20, 60:80]
    with pytest.warns(UserWarning, match=r"Nothing is held out.*2 distinct rows"):
        clf = CNN1DClassifier(max_epochs=2, **SMALL).fit(X[rows], y[rows])
    assert clf.best_epoch_ == 2
    assert clf.history_.valid_score.isna().all()


def test_given_validation_rows_are_not_trained_on(beats):
    X, y = beats
    one = CNN1DClassifier(max_epochs=1, **SMALL).fit(X, y, X_val=X[:20], y_val=y[:20])
    other = CNN1DClassifier(max_epochs=1, **SMALL).fit(X, y, X_val=X[9:], y_val=y[9:])
    assert_same_weights(one, other)
    bare = CNN1DClassifier(max_epochs=1, validation_fraction=None, **SMALL).fit(X, y)
    assert_same_weights(one, bare)


def test_bad_input_gets_one_clear_sentence(beats):
    X, y = beats
    clf = CNN1DClassifier(max_epochs=1, **SMALL)
    with pytest.raises(ValueError, match="X_val was given without y_val"):
        clf.fit(X, y, X_val=X)
    with pytest.raises(ValueError, match=r"y_val holds \['Q'\]"):
        clf.fit(X, y, X_val=X[:1], y_val=["Q"])
    with pytest.raises(ValueError, match="X_val has 2 rows but y_val 1"):
        clf.fit(X, y, X_val=X[:2], y_val=["N"])
    with pytest.raises(ValueError, match=r"24 features.*n_channels=5"):
        CNN1DClassifier(n_channels=5).fit(X, y)
    with pytest.raises(ValueError, match="device='warp' is not a device"):
        CNN1DClassifier(device="warp").fit(X, y)
    with pytest.raises(ValueError, match="at least two classes"):
        clf.fit(X[:60], y[:60])


def test_same_seed_same_weights_and_nobody_elses_state(beats):
    X, y = beats
    torch.manual_seed(7)
    np.random.seed(7)
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    one, other = (CNN1DClassifier(max_epochs=2, **SMALL).fit(X, y) for _ in range(2))
    assert_same_weights(one, other)
    pickle.loads(pickle.dumps(one))
    assert torch.equal(before[0], torch.get_rng_state())
    np.testing.assert_array_equal(before[1], np.random.get_state()[1])


def test_threads_side_by_side_fit_as_alone(beats):
    X, y = beats
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


def test_class_prior_is_what_training_saw(beats):
    X, y = beats
    rows = np.r_[0:60, 60:80, 120:180]
    params = {**SMALL, "max_epochs": 1, "validation_fraction": None}
    plain = CNN1DClassifier(**params).fit(X[rows], y[rows])
    np.testing.assert_allclose(plain.class_prior_, [60 / 140, 20 / 140, 60 / 140])
    balanced = CNN1DClassifier(class_weight="balanced", **params).fit(X[rows], y[rows])
    np.testing.assert_allclose(balanced.class_prior_, [1 / 3] * 3)


def test_warm_start_goes_on(beats):
    X, y = beats
    clf = CNN1DClassifier(max_epochs=5, warm_start=True, **SMALL).fit(X, y)
    first = clf.history_.train_loss.iloc[0]
    assert clf.fit(X, y).history_.train_loss.iloc[0] < first
    with pytest.raises(ValueError, match="warm_start goes on with the classes"):
        clf.fit(X, np.where(y == "F", "Q", y))


def test_patience_and_skorch_early_stopping_stop_quietly(beats):
    X, y = beats
    flat = {"validation_scoring": lambda est, X, y: 0.5}
    clf = CNN1DClassifier(max_epochs=30, patience=2, **flat, **SMALL).fit(X, y)
    assert len(clf.history_) < 6
    stop = EarlyStopping("valid_score", patience=2, sink=lambda message: None)
    clf = CNN1DClassifier(max_epochs=30, callbacks=[stop], **flat, **SMALL).fit(X, y)
    assert len(clf.history_) < 6


class PressCtrlC(Callback):
    def __init__(self, epoch, moment):
        self.epoch = epoch
        self.moment = moment

    def on_batch_end(self, net, **kwargs):
        if self.moment == "batch" and net.history[-1]["epoch"] == self.epoch:
            os.kill(os.getpid(), signal.SIGINT)

    def on_epoch_end(self, net, **kwargs):
        if self.moment == "epoch" and net.history[-1]["epoch"] == self.epoch:
            os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def ctrl_c():
    """Python's own answer to Ctrl-C, which a run in the background lacks."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("moment", ["batch", "epoch"])
def test_ctrl_c_leaves_the_best_epoch_and_goes_on_up(beats, moment):
    X, y = beats
    clf = CNN1DClassifier(
        max_epochs=9, callbacks=[PressCtrlC(3, moment)], verbose=0, **SMALL
    )
    with pytest.raises(KeyboardInterrupt):
        clf.fit(X, y)
    assert 1 <= clf.best_epoch_ <= 3
    assert clf.predict(X).shape == y.shape


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_before_the_first_epoch_leaves_nothing_fitted(beats):
    X, y = beats
    clf = CNN1DClassifier(callbacks=[PressCtrlC(1, "batch")], **SMALL)
    with pytest.raises(KeyboardInterrupt):
        clf.fit(X, y)
    assert not hasattr(clf, "net_")


def test_a_training_that_fails_leaves_nothing_fitted(beats):
    X, y = beats
    clf = CNN1DClassifier(augment=lambda batch: batch / batch.undefined, **SMALL)
    with pytest.raises(AttributeError, match="undefined"):
        clf.fit(X, y)
    with pytest.raises(NotFittedError):
        clf.predict(X)


def test_a_refit_that_fails_keeps_no_net_under_new_labels(beats):
    X, y = beats
    clf = CNN1DClassifier(max_epochs=1, **SMALL).fit(X, y)
    with pytest.raises(ValueError, match="kernel_size"):
        clf.set_params(kernel_size=4).fit(X, np.where(y == "F", "Q", y))
    with pytest.raises(NotFittedError):
        clf.predict(X)


def test_a_warm_start_that_fails_keeps_what_it_had(beats):
    X, y = beats
    clf = CNN1DClassifier(max_epochs=2, warm_start=True, **SMALL).fit(X, y)
    before = clf.predict_proba(X)
    with pytest.raises(ZeroDivisionError):
        clf.set_params(augment=lambda batch: 1 / 0).fit(X, y)
    np.testing.assert_array_equal(clf.predict_proba(X), before)
    with pytest.raises(ValueError, match="parameters were changed since"):
        clf.set_params(augment=None, n_hidden=8).fit(X, y)
    np.testing.assert_array_equal(clf.predict_proba(X), before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_in_a_warm_start_keeps_what_it_had(beats):
    X, y = beats
    clf = CNN1DClassifier(max_epochs=2, warm_start=True, **SMALL).fit(X, y)
    before = clf.predict_proba(X)
    with pytest.raises(KeyboardInterrupt):
        clf.set_params(callbacks=[PressCtrlC(1, "batch")]).fit(X, y)
    np.testing.assert_array_equal(clf.predict_proba(X), before)


@pytest.mark.parametrize("fraction", [0.95, 0.995])
def test_every_class_keeps_rows_to_learn_from(fraction):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(66, 9)), np.repeat([0, 1], [6, 60])
    clf = CNN1DClassifier(max_epochs=1, validation_fraction=fraction, **SMALL)
    assert (clf.fit(X, y).class_prior_ > 0).all()


@pytest.mark.parametrize(
    "class_weight", [{"F": 0, "N": 0, "V": 0}, {"F": np.nan}, {"F": -1}, {"F": np.inf}]
)
def test_class_weights_must_be_weights(beats, class_weight):
    X, y = beats
    with pytest.raises(ValueError, match="class_weight must give finite weights"):
        CNN1DClassifier(class_weight=class_weight, **SMALL).fit(X, y)


def test_a_training_that_diverges_says_so(beats):
    X, y = beats
    clf = CNN1DClassifier(optimizer="sgd", lr=1e30, max_epochs=2, **SMALL)
    with pytest.warns(ConvergenceWarning, match="The training diverged.*Lower lr"):
        clf.fit(X, y)


def test_own_module_and_aux_features(beats):
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

    X, y = beats
    params = {"n_channels": 2, "n_aux_features": 2, "random_state": 0}
    own = CNN1DClassifier(module=partial(OwnNet, scale=2.0), **params).fit(X, y)
    assert own.score(X, y) > 0.9
    ours = CNN1DClassifier(**{**SMALL, **params}, max_epochs=8).fit(X, y)
    assert ours.score(X, y) > 0.9


def test_augment_touches_training_beats_only(beats):
    X, y = beats
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
def test_training_options_learn(beats, params):
    X, y = beats
    clf = CNN1DClassifier(max_epochs=12, **params, **SMALL).fit(X, y)
    assert clf.score(X, y) > 0.8


def test_progress_shows_loss_and_score(beats, capsys):
    X, y = beats
    CNN1DClassifier(max_epochs=2, verbose=1, **SMALL).fit(X, y)
    shown = capsys.readouterr().err
    assert "epoch 2" in shown
    assert "loss=" in shown
    assert "score=" in shown


def test_pickle_holds_arrays_and_answers_alike(beats):
    X, y = beats
    clf = CNN1DClassifier(max_epochs=2, **SMALL).fit(X, y)
    stored = pickle.dumps(clf)
    assert b"torch" not in stored
    loaded = pickle.loads(stored)
    np.testing.assert_array_equal(loaded.predict_proba(X), clf.predict_proba(X))
    pd.testing.assert_frame_equal(loaded.history_, clf.history_)
    assert len(stored) < 4 * clf.n_parameters_ + 10_000


def test_model_of_a_missing_device_loads_onto_the_processor(beats):
    X, y = beats
    clf = CNN1DClassifier(max_epochs=1, **SMALL).fit(X, y)
    stored = pickle.dumps(clf.set_params(device="warp"))
    with pytest.warns(UserWarning, match="device='warp' is not there"):
        loaded = pickle.loads(stored)
    np.testing.assert_array_equal(loaded.predict(X), clf.predict(X))


def test_held_out_score_of_noise_behind_a_sampler_stays_at_chance():
    means = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        X, y = rng.normal(size=(600, 16)), np.repeat([0, 1], [540, 60])
        pipeline = Pipeline(
            [
                ("sampler", HybridSampler(random_state=seed)),
                (
                    "clf",
                    CNN1DClassifier(
                        n_filters=(8, 8),
                        n_hidden=16,
                        max_epochs=8,
                        validation_fraction=0.2,
                        validation_scoring="balanced_accuracy",
                        random_state=seed,
                    ),
                ),
            ]
        ).fit(X, y)
        means.append(pipeline[-1].history_.valid_score.mean())
    assert abs(np.mean(means) - 0.5) < 0.05


def test_import_is_cheap():
    code = (
        "import sys, skecg; print('torch' in sys.modules, 'matplotlib' in sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert shown.stdout.split() == ["False", "False"]
