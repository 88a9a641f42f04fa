"""Calls do not depend on torch's defaults and modes, and leave them as they were."""

import pickle
import threading
from contextlib import contextmanager
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from small_network import SMALL, assert_same_weights
from torch import nn

from skecg import CNN1DClassifier, NetworkClassifier
from skecg._torch_defaults import torch_defaults
from skecg.augmentation import BeatAugmentation
from skecg.datasets import make_beats
from skecg.inspection import beat_saliency
from skecg.modules import ContextNetwork
from skecg.plotting import ArchitectureDisplay

X, Y = make_beats(400, weights=[1, 0, 1, 0, 1], random_state=0, return_X_y=True)
OPTIONS = {**SMALL, "max_epochs": 2, "augment": BeatAugmentation()}
CONTEXT = make_beats(
    90, layout="context", weights=[1, 0, 1, 0, 1], random_state=0, return_X_y=True
)


class Net(nn.Module):
    """A user's network that creates a tensor in each pass."""

    def __init__(self, n_samples, n_classes):
        super().__init__()
        self.out = nn.Linear(n_samples, n_classes)

    def forward(self, beats):
        return self.out(beats.flatten(1) + torch.ones(1))


@contextmanager
def default_dtype():
    torch.set_default_dtype(torch.float64)
    try:
        yield
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


@contextmanager
def default_device():
    torch.set_default_device("meta")
    try:
        yield
        assert torch.get_default_device().type == "meta"
    finally:
        torch.set_default_device(None)


STATES = {
    "default dtype": default_dtype,
    "default device": default_device,
    "device": lambda: torch.device("meta"),
    "no_grad": torch.no_grad,
    "inference_mode": torch.inference_mode,
    "autocast": lambda: torch.autocast("cpu", dtype=torch.bfloat16),
}
in_each_state = pytest.mark.parametrize("state", STATES.values(), ids=STATES)


def fitted(kind):
    if kind == "CNN1D":
        return CNN1DClassifier(**OPTIONS).fit(X, Y)
    options = {"max_epochs": 2, "random_state": 0}
    if kind == "own network":
        return NetworkClassifier(Net, **options).fit(X, Y)
    small = partial(ContextNetwork, n_filters=8, n_embedding=4, n_hidden=8)
    options |= {"layout": "context", "validation_fraction": None}
    return NetworkClassifier(small, **options).fit(*CONTEXT)


@pytest.fixture(scope="module", params=["CNN1D", "own network", "ContextNetwork"])
def plain(request):
    rows = CONTEXT[0] if request.param == "ContextNetwork" else X
    return fitted(request.param), request.param, rows


@in_each_state
def test_a_fit_has_its_own_defaults_and_modes(plain, state):
    clf, kind, _ = plain
    with state():
        again = fitted(kind)
    assert_same_weights(again, clf)


@in_each_state
def test_predictions_have_their_own_defaults_and_modes(plain, state):
    clf, _, rows = plain
    stored = pickle.dumps(clf)
    with state():
        loaded = pickle.loads(stored)
        assert pickle.dumps(clf) == stored
        got = [
            (one.predict(rows), one.predict_proba(rows), one.transform(rows))
            for one in (clf, loaded)
        ]
        names = clf.get_feature_names_out()
    for labels, proba, units in got:
        np.testing.assert_array_equal(labels, clf.predict(rows))
        np.testing.assert_array_equal(proba, clf.predict_proba(rows))
        np.testing.assert_array_equal(units, clf.transform(rows))
    assert len(names) == got[0][2].shape[1]


@in_each_state
@pytest.mark.parametrize("method", ["integrated_gradients", "grad_cam", "occlusion"])
def test_saliency_has_its_own_defaults_and_modes(method, state):
    clf = CNN1DClassifier(**OPTIONS).fit(X, Y)
    with state():
        maps = beat_saliency(clf, X[:3], method=method, n_steps=4)
    expected = beat_saliency(clf, X[:3], method=method, n_steps=4)
    np.testing.assert_array_equal(maps, expected)


@in_each_state
def test_the_architecture_is_drawn_in_any_state(plain, state):
    clf, _, _ = plain
    with state():
        drawn = ArchitectureDisplay.from_estimator(clf)
    assert drawn.stages == ArchitectureDisplay.from_estimator(clf).stages
    plt.close("all")


@in_each_state
def test_augmentation_does_not_depend_on_defaults(state):
    beats = torch.from_numpy(X[:50]).float().unsqueeze(1)

    def augment(dtype):
        torch.default_generator.manual_seed(0)
        return BeatAugmentation()(beats.to(dtype))

    for dtype in (torch.float32, torch.float64):
        with state():
            augmented = augment(dtype)
        assert augmented.dtype == dtype
        assert torch.equal(augmented, augment(dtype))


def test_threads_share_the_default_dtype_until_the_last_is_done():
    inside, leave = threading.Event(), threading.Event()

    def hold():
        with torch_defaults():
            inside.set()
            leave.wait(10)

    with default_dtype():
        other = threading.Thread(target=hold)
        with torch_defaults():
            other.start()
            assert inside.wait(10)
        assert torch.get_default_dtype() == torch.float32
        leave.set()
        other.join()
