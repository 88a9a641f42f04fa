"""What a fit leaves when Ctrl-C or an error ends it: the old model or the new one."""

import os
import signal

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError
from skorch.callbacks import Callback
from small_network import SMALL

from skecg import CNN1DClassifier


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


class FailAtTheEnd(Callback):
    def on_train_end(self, net, **kwargs):
        raise OSError("disk full")


@pytest.fixture
def ctrl_c():
    """Python's own answer to Ctrl-C, which a run in the background lacks."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("moment", ["batch", "epoch"])
def test_ctrl_c_leaves_the_best_epoch_and_goes_on_up(three_classes, moment):
    X, y = three_classes
    clf = CNN1DClassifier(
        max_epochs=9, callbacks=[PressCtrlC(3, moment)], verbose=0, **SMALL
    )
    with pytest.raises(KeyboardInterrupt):
        clf.fit(X, y)
    assert 1 <= clf.best_epoch_ <= 3
    assert clf.predict(X).shape == y.shape


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_before_the_first_epoch_leaves_nothing_fitted(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(callbacks=[PressCtrlC(1, "batch")], **SMALL)
    with pytest.raises(KeyboardInterrupt):
        clf.fit(X, y)
    assert not hasattr(clf, "net_")


def test_a_training_that_fails_leaves_nothing_fitted(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(augment=lambda batch: batch / batch.undefined, **SMALL)
    with pytest.raises(AttributeError, match="undefined"):
        clf.fit(X, y)
    with pytest.raises(NotFittedError):
        clf.predict(X)


def test_a_refit_that_fails_keeps_the_last_fit(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=1, **SMALL).fit(X, y)
    before, answers = dict(vars(clf)), clf.predict_proba(X)
    with pytest.raises(ValueError, match="kernel_size"):
        clf.set_params(kernel_size=4).fit(X[:, :12], np.where(y == "F", "Q", y))
    after = dict(vars(clf))
    assert after.pop("kernel_size") == 4
    assert before.pop("kernel_size") == 5
    assert after.keys() == before.keys()
    assert all(after[name] is before[name] for name in before)
    np.testing.assert_array_equal(clf.predict_proba(X), answers)


def test_a_refit_is_not_visible_before_it_is_complete(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=2, **SMALL).fit(X, y)
    answers = clf.predict_proba(X)
    seen = []

    def scorer(estimator, X_val, y_val):
        seen.append(clf.predict_proba(X))
        return 0.5

    clf.set_params(validation_scoring=scorer, random_state=1).fit(X, y)
    assert len(seen) == 2
    for proba in seen:
        np.testing.assert_array_equal(proba, answers)
    assert not np.array_equal(clf.predict_proba(X), answers)
    # Predictions during a refit do not change its training.
    alone = CNN1DClassifier(max_epochs=2, **{**SMALL, "random_state": 1})
    alone.set_params(validation_scoring=lambda *_: 0.5).fit(X, y)
    np.testing.assert_array_equal(clf.predict_proba(X), alone.predict_proba(X))


def test_a_warm_start_that_fails_keeps_what_it_had(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=2, warm_start=True, **SMALL).fit(X, y)
    before = clf.predict_proba(X)
    with pytest.raises(ZeroDivisionError):
        clf.set_params(augment=lambda batch: 1 / 0).fit(X, y)
    np.testing.assert_array_equal(clf.predict_proba(X), before)
    with pytest.raises(ValueError, match="parameters were changed since"):
        clf.set_params(augment=None, n_hidden=8).fit(X, y)
    np.testing.assert_array_equal(clf.predict_proba(X), before)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"augment": lambda batch: 1 / 0}, ZeroDivisionError),
        ({"n_hidden": 8}, ValueError),
        ({"callbacks": [FailAtTheEnd()]}, OSError),
        ({"callbacks": [PressCtrlC(1, "batch")]}, KeyboardInterrupt),
    ],
)
def test_a_warm_start_that_comes_to_nothing_keeps_the_prior(
    three_classes, params, error
):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=1, warm_start=True, **SMALL).fit(X, y)
    before, answers = clf.class_prior_, clf.predict_proba(X)
    other = {"class_weight": {"F": 3, "N": 1, "V": 1}}
    with pytest.raises(error):
        clf.set_params(**other, **params).fit(X, y)
    np.testing.assert_array_equal(clf.class_prior_, before)
    np.testing.assert_array_equal(clf.predict_proba(X), answers)
    clf.set_params(augment=None, callbacks=[PressCtrlC(1, "epoch")], n_hidden=16)
    with pytest.raises(KeyboardInterrupt):
        clf.fit(X, y)
    # Here an epoch of the new fit is kept, and with it what it learned under.
    np.testing.assert_allclose(clf.class_prior_, [0.6, 0.2, 0.2])


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_in_a_warm_start_keeps_what_it_had(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=2, warm_start=True, **SMALL).fit(X, y)
    before = clf.predict_proba(X)
    with pytest.raises(KeyboardInterrupt):
        clf.set_params(callbacks=[PressCtrlC(1, "batch")]).fit(X, y)
    np.testing.assert_array_equal(clf.predict_proba(X), before)


def test_a_training_that_cannot_begin_leaves_nothing_fitted(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(
        optimizer=torch.optim.Adagrad, lr_schedule="one_cycle", **SMALL
    )
    with pytest.raises(ValueError, match="momentum"):
        clf.fit(X, y)
    with pytest.raises(NotFittedError):
        clf.predict(X)
