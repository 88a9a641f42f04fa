"""A fit that was interrupted continues, and ends with the very weights."""

import subprocess
import sys
from functools import partial
from typing import ClassVar

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, cross_val_score
from skorch.callbacks import (
    Callback,
    EarlyStopping,
    EpochScoring,
    Freezer,
    GradientNormClipping,
    LRScheduler,
    ProgressBar,
)
from small_network import SMALL, assert_same_weights

from skecg import CNN1DClassifier, NetworkClassifier, ResidualCNNClassifier
from skecg.augmentation import BeatAugmentation
from skecg.datasets import make_beats
from skecg.presets import make_beat_classifier

# Fits on five batches an epoch.
BRIEF = {**SMALL, "max_epochs": 4, "batch_size": 33}


class Interrupted(Exception):
    """What a fit is interrupted by."""


class Interrupt(Callback):
    """Raise at some moments, which are no part of a fit's configuration."""

    moments: ClassVar[set] = set()

    def meet(self, net, moment):
        epoch = len(net.history)
        batch = len(net.history[-1]["batches"])
        if (moment, epoch, batch) in self.moments:
            self.moments.remove((moment, epoch, batch))
            raise Interrupted

    def on_batch_end(self, net, training=False, **kwargs):
        if training:
            self.meet(net, "batch")

    def on_epoch_begin(self, net, **kwargs):
        self.meet(net, "begin")

    def on_epoch_end(self, net, **kwargs):
        self.meet(net, "end")


EVERYWHERE = [
    (moment, epoch, batch)
    for epoch in (1, 2, 3, 4)
    for moment, batch in [("begin", 0), ("batch", 3), ("end", 6)]
]
SOME = [("begin", 2, 0), ("batch", 3, 2), ("end", 3, 6)]


def fit_with_interrupts(make, X, y, moments=SOME, **options):
    """Fit again and again, by new classifiers, until nothing interrupts."""
    Interrupt.moments = set(moments)
    for n_fits in range(1, len(moments) + 2):
        clf = make()
        try:
            clf.fit(X, y, **options)
        except Interrupted:
            continue
        assert not Interrupt.moments, "some moments did not come"
        return clf, n_fits
    raise AssertionError("the fit does not end")


def assert_same_fit(one, other):
    assert_same_weights(one, other)
    assert one.best_epoch_ == other.best_epoch_
    np.testing.assert_array_equal(one.class_prior_, other.class_prior_)
    tables = [clf.history_.drop(columns="duration") for clf in (one, other)]
    pd.testing.assert_frame_equal(*tables, check_exact=True)


PLATEAU = LRScheduler("ReduceLROnPlateau", monitor="train_loss", patience=0, factor=0.5)
TRAININGS = {
    "adamw, one cycle": {"optimizer": "adamw", "lr_schedule": "one_cycle"},
    "sgd, step": {"optimizer": "sgd", "lr_schedule": "step"},
    "amsgrad": {"optimizer": partial(torch.optim.Adam, amsgrad=True)},
    "nothing held out": {"validation_fraction": None},
    "patience": {"patience": 3, "validation_scoring": "loss"},
    "augment": {"augment": BeatAugmentation()},
    "bfloat16": {"precision": "bfloat16"},
    "weights": {"class_weight": "balanced", "label_smoothing": 0.1},
    "progress": {"verbose": 1},
}
CALLBACKS = {
    "plateau": PLATEAU,
    "milestones": LRScheduler("MultiStepLR", milestones=[1, 3], gamma=0.1),
    "warm restarts": LRScheduler("WarmRestartLR", base_period=2, max_lr=0.01),
    "stopping": EarlyStopping("train_loss", patience=9, load_best=True),
    "freezer": Freezer("head.*", at=2),
    "clipping": GradientNormClipping(0.5),
    "bar": ProgressBar(),
    "scoring": EpochScoring("accuracy", name="hits", on_train=True),
}


def test_interrupts_everywhere_change_no_bit(three_classes, tmp_path):
    X, y = three_classes
    make = partial(CNN1DClassifier, callbacks=[Interrupt()], **BRIEF)
    with_folder = partial(make, checkpoint_dir=tmp_path)
    clf, n_fits = fit_with_interrupts(with_folder, X, y, EVERYWHERE)
    assert n_fits == len(EVERYWHERE) + 1
    assert_same_fit(clf, make().fit(X, y))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", TRAININGS)
def test_every_way_to_train_continues(name, three_classes, tmp_path):
    X, y = three_classes
    params = {**BRIEF, **TRAININGS[name]}
    make = partial(CNN1DClassifier, callbacks=[Interrupt()], **params)
    clf, _ = fit_with_interrupts(partial(make, checkpoint_dir=tmp_path), X, y)
    assert_same_fit(clf, make().fit(X, y))


@pytest.mark.parametrize("name", CALLBACKS)
def test_callbacks_of_skorch_continue(name, three_classes, tmp_path):
    X, y = three_classes
    callbacks = [Interrupt(), CALLBACKS[name]]
    make = partial(CNN1DClassifier, callbacks=callbacks, **BRIEF)
    clf, _ = fit_with_interrupts(partial(make, checkpoint_dir=tmp_path), X, y)
    assert_same_fit(clf, make().fit(X, y))


def test_a_fit_continues_and_does_not_begin_again(three_classes, tmp_path):
    X, y = three_classes
    epochs = []

    class Note(Callback):
        def on_epoch_begin(self, net, **kwargs):
            epochs.append(len(net.history))

    make = partial(CNN1DClassifier, checkpoint_dir=tmp_path, **BRIEF)
    make = partial(make, callbacks=[Note(), Interrupt()])
    fit_with_interrupts(make, X, y, [("batch", 3, 2), ("end", 4, 6)])
    assert epochs == [1, 2, 3, 3, 4, 4]


def test_patience_stops_a_continued_fit_at_the_same_epoch(three_classes, tmp_path):
    X, y = three_classes
    scores = {1: 0.5, 2: 0.7, 3: 0.6}

    def scorer(estimator, X_val, y_val):
        return scores.get(int(estimator.predict_others.args[0].history[-1]["epoch"]), 0)

    params = {**BRIEF, "max_epochs": 9, "patience": 3, "validation_scoring": scorer}
    make = partial(CNN1DClassifier, callbacks=[Interrupt()], **params)
    moments = [("batch", 2, 1), ("batch", 4, 2), ("end", 4, 6)]
    with_folder = partial(make, checkpoint_dir=tmp_path)
    clf, _ = fit_with_interrupts(with_folder, X, y, moments)
    assert len(clf.history_) == 5
    assert clf.best_epoch_ == 2
    assert_same_fit(clf, make().fit(X, y))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", [ResidualCNNClassifier, NetworkClassifier])
def test_every_network_classifier_continues(kind, three_classes, tmp_path):
    X, y = three_classes
    arguments = (PlainNetwork,) if kind is NetworkClassifier else ()
    params = {"max_epochs": 3, "batch_size": 33, "random_state": 0}
    make = partial(kind, *arguments, callbacks=[Interrupt()], **params)
    with_folder = partial(make, checkpoint_dir=str(tmp_path))
    clf, _ = fit_with_interrupts(with_folder, X, y)
    assert_same_fit(clf, make().fit(X, y))


class PlainNetwork(torch.nn.Sequential):
    def __init__(self, n_samples, n_classes):
        layers = [torch.nn.Flatten(), torch.nn.Dropout(0.2)]
        super().__init__(*layers, torch.nn.Linear(n_samples, n_classes))


def test_the_preset_for_new_patients_continues(tmp_path):
    beats = make_beats(90, layout="context", weights=[1, 0, 1, 0, 1], random_state=0)

    def make(folder=None):
        pipeline = make_beat_classifier("new_patients_network", random_state=0)
        return pipeline.set_params(
            clf__checkpoint_dir=folder,
            clf__callbacks=[Interrupt()],
            clf__max_epochs=3,
            clf__batch_size=32,
        )

    moments = [("batch", 1, 2), ("begin", 2, 0), ("batch", 3, 1), ("end", 3, 3)]
    resumed, _ = fit_with_interrupts(
        partial(make, tmp_path), beats.data, beats.target, moments
    )
    whole = make().fit(beats.data, beats.target)
    assert_same_fit(resumed["clf"], whole["clf"])


def test_warm_starts_and_transfers_continue(three_classes, tmp_path):
    X, y = three_classes
    source = CNN1DClassifier(**{**BRIEF, "max_epochs": 1}).fit(X, y)
    for start in ("warm", "pretrained"):
        params = {**BRIEF, "callbacks": [Interrupt()], "random_state": 1}

        def make(folder, start=start, params=params):
            if start == "pretrained":
                frozen = {"pretrained": FrozenEstimator(source), "freeze": True}
                return CNN1DClassifier(checkpoint_dir=folder, **frozen, **params)
            clf = CNN1DClassifier(warm_start=True, **{**BRIEF, "max_epochs": 1})
            return clf.fit(X, y).set_params(checkpoint_dir=folder, **params)

        clf, _ = fit_with_interrupts(partial(make, tmp_path), X, y)
        assert_same_fit(clf, make(None).fit(X, y))


def test_ones_own_held_out_rows(three_classes, tmp_path):
    X, y = three_classes
    make = partial(CNN1DClassifier, callbacks=[Interrupt()], **BRIEF)
    held_out = {"X_val": X[::7], "y_val": y[::7]}
    moments = [("batch", 2, 3), ("begin", 4, 0)]
    with_folder = partial(make, checkpoint_dir=tmp_path)
    clf, _ = fit_with_interrupts(with_folder, X, y, moments, **held_out)
    assert_same_fit(clf, make().fit(X, y, **held_out))


def test_an_unseeded_fit_continues_with_the_seed_it_drew(three_classes, tmp_path):
    X, y = three_classes
    held_out = []

    class NoteHeldOut(Callback):
        def on_train_begin(self, net, **kwargs):
            held_out.append(dict(net.callbacks_)["best_epoch"].X_val.tobytes())

    make = partial(
        CNN1DClassifier,
        checkpoint_dir=tmp_path,
        callbacks=[NoteHeldOut(), Interrupt()],
        **{**BRIEF, "random_state": None},
    )
    for _ in range(2):
        fit_with_interrupts(make, X, y, [("batch", 2, 1), ("batch", 4, 1)])
        assert list(tmp_path.iterdir()) == []
    # The seed determines the held-out rows. A complete fit is not continued.
    assert len(held_out) == 6
    assert len(set(held_out[:3])) == len(set(held_out[3:])) == 1
    assert held_out[0] != held_out[3]


def test_a_callback_restores_what_it_counts_and_what_it_fills(three_classes, tmp_path):
    X, y = three_classes

    class Count(Callback):
        def __init__(self, losses):
            self.losses = losses
            self.count_ = 0

        def on_epoch_end(self, net, **kwargs):
            self.count_ += 1
            self.losses.append(net.history[-1]["train_loss"])
            net.history.record("count", self.count_)

    def fit(folder):
        losses = []

        def make():
            losses.clear()  # A new process begins with an empty list.
            callbacks = [Count(losses), Interrupt()]
            return CNN1DClassifier(checkpoint_dir=folder, callbacks=callbacks, **BRIEF)

        moments = SOME if folder else []
        clf, _ = fit_with_interrupts(make, X, y, moments)
        return clf, losses

    (clf, losses), (whole, expected) = fit(tmp_path), fit(None)
    assert_same_fit(clf, whole)
    assert clf.history_["count"].tolist() == [1, 2, 3, 4]
    assert losses == expected


def test_a_callback_with_a_state_dict_stores_that(three_classes, tmp_path):
    X, y = three_classes

    class Average(Callback):
        def on_train_begin(self, net, **kwargs):
            self.held_ = object()
            self.mean_ = torch.zeros(())

        def on_epoch_end(self, net, **kwargs):
            self.held_ = iter([self.held_])
            weight = net.module_.state_dict()["head.0.weight"]
            self.mean_ = 0.5 * self.mean_ + 0.5 * weight.mean()
            net.history.record("mean", float(self.mean_))

        def state_dict(self):
            return {"mean": self.mean_}

        def load_state_dict(self, state):
            self.mean_ = state["mean"]

    make = partial(CNN1DClassifier, callbacks=[Average(), Interrupt()], **BRIEF)
    clf, _ = fit_with_interrupts(partial(make, checkpoint_dir=tmp_path), X, y)
    assert_same_fit(clf, make().fit(X, y))


def test_ctrl_c_keeps_the_best_epoch_and_the_checkpoint(three_classes, tmp_path):
    X, y = three_classes

    class PressCtrlC(Callback):
        is_due = True

        def on_batch_end(self, net, **kwargs):
            if type(self).is_due and len(net.history) == 3:
                type(self).is_due = False
                raise KeyboardInterrupt

    params = {**BRIEF, "callbacks": [PressCtrlC()]}
    clf = CNN1DClassifier(checkpoint_dir=tmp_path, **params)
    with pytest.raises(KeyboardInterrupt):
        clf.fit(X, y)
    assert len(clf.history_) == 2
    assert len(list(tmp_path.iterdir())) == 1
    assert_same_fit(clf.fit(X, y), CNN1DClassifier(**params).fit(X, y))
    assert list(tmp_path.iterdir()) == []


def test_a_search_shares_a_folder(three_classes, tmp_path):
    X, y = three_classes
    params = {**BRIEF, "max_epochs": 2, "validation_fraction": 0.2}
    clf = CNN1DClassifier(checkpoint_dir=tmp_path, **params)
    grid = {"lr": [1e-3, 1e-2]}
    search = GridSearchCV(clf, grid, cv=2, n_jobs=2, error_score="raise")
    with joblib.parallel_config(backend="threading"):
        search.fit(X, y)
    alone = GridSearchCV(clf.set_params(checkpoint_dir=None), grid, cv=2).fit(X, y)
    assert_same_fit(search.best_estimator_, alone.best_estimator_)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_fold_continues_when_its_turn_comes(three_classes, tmp_path):
    X, y = three_classes
    params = {**BRIEF, "validation_fraction": 0.2, "callbacks": [InSecondFit()]}
    InSecondFit.n_fits = 9
    expected = cross_val_score(CNN1DClassifier(**params), X, y, cv=3)
    clf = CNN1DClassifier(checkpoint_dir=tmp_path, **params)
    InSecondFit.n_fits = 0
    with pytest.raises(Interrupted):
        cross_val_score(clf, X, y, cv=3, error_score="raise")
    (left,) = tmp_path.iterdir()
    # The first fold, which is complete, is fitted again.
    with pytest.warns(UserWarning, match=f"{left.name}.*another X;") as caught:
        scores = cross_val_score(clf, X, y, cv=3, error_score="raise")
    assert len(caught) == 1
    np.testing.assert_array_equal(scores, expected)
    assert list(tmp_path.iterdir()) == []


class InSecondFit(Callback):
    n_fits = 0

    def on_train_begin(self, net, **kwargs):
        type(self).n_fits += 1

    def on_epoch_begin(self, net, **kwargs):
        if self.n_fits == 2 and len(net.history) == 3:
            raise Interrupted


KILLED = """
import os, random, signal, sys, time
import numpy as np, torch
from skecg import CNN1DClassifier

torch.set_num_threads(1)  # A fork has none of the threads of its parent.
folder, seed = sys.argv[1:]
rng = np.random.default_rng(0)
y = np.repeat(["F", "N", "V"], 60)
X = rng.normal(size=(180, 24)).astype(np.float32)

def fit(folder=None):
    return CNN1DClassifier(
        n_filters=(8, 8), n_hidden=16, max_epochs=8, lr_schedule="one_cycle",
        checkpoint_dir=folder, random_state=0,
    ).fit(X, y)

fit()  # The first fit of a process imports much.
started = time.perf_counter()
whole = fit()
seconds = time.perf_counter() - started
draws = random.Random(int(seed))
n_kills = n_continued = 0
while n_kills < 4:
    process = os.fork()
    if not process:
        fit(folder)
        os._exit(0)
    time.sleep(draws.uniform(0.1, 0.8) * seconds)
    os.kill(process, signal.SIGKILL)
    n_kills += os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL
    n_continued += any(name.endswith(".checkpoint") for name in os.listdir(folder))
clf = fit(folder)
ours, theirs = (c.net_.module_.state_dict() for c in (clf, whole))
same = all(torch.equal(ours[name], theirs[name]) for name in theirs)
print(same, clf.best_epoch_ == whole.best_epoch_, n_continued > 0, os.listdir(folder))
"""


@pytest.mark.skipif(not hasattr(sys, "abiflags"), reason="needs fork")
def test_kill_9_at_random_moments_changes_no_bit(tmp_path):
    command = [sys.executable, "-c", KILLED, str(tmp_path), "0"]
    finished = subprocess.run(command, capture_output=True, text=True)
    assert finished.stderr == ""
    assert finished.stdout.split() == ["True", "True", "True", "[]"]
