"""beat_saliency: properties of saliency maps, and a pattern of known position."""

import pickle
import sys
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from imblearn.pipeline import Pipeline
from scipy.stats import spearmanr
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from torch import nn

from skecg import (
    CNN1DClassifier,
    HybridSampler,
    NetworkClassifier,
    PriorAdjustedClassifier,
    ResidualCNNClassifier,
)
from skecg.inspection import beat_saliency

METHODS = ["integrated_gradients", "grad_cam", "occlusion"]
N_SAMPLES, WIDTH = 48, 6
TINY = {
    "n_filters": (8, 8),
    "n_hidden": 8,
    "max_epochs": 6,
    "lr": 5e-3,
    "dropout": 0,
    "head_dropout": 0,
    "validation_fraction": None,
    "random_state": 0,
}


@pytest.fixture(scope="module")
def planted():
    """Noise, and a bump at a random place in each beat of class V."""
    rng = np.random.default_rng(0)
    X = 0.2 * rng.normal(size=(400, N_SAMPLES))
    y = np.tile(["N", "V"], 200)
    places = rng.integers(4, N_SAMPLES - WIDTH - 4, 400)
    for row, place, label in zip(X, places, y, strict=True):
        row[place : place + WIDTH] += 1.5 * (label == "V")
    return X.astype(np.float32), y, places


@pytest.fixture(scope="module")
def fitted(planted):
    clf = CNN1DClassifier(**TINY).fit(*planted[:2])
    assert clf.score(*planted[:2]) > 0.95
    return clf


def logits(clf, X):
    clf.net_.module_.eval()
    return clf.net_.infer(torch.tensor(X, dtype=torch.float32)).detach().numpy()


def randomised(clf, seed):
    """Return a copy with new random weights in every layer."""
    other = pickle.loads(pickle.dumps(clf))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        for layer in other.net_.module_.modules():
            if hasattr(layer, "reset_parameters"):
                layer.reset_parameters()
    return other


@pytest.mark.parametrize("method", METHODS)
def test_finds_the_bump_in_beats_of_class_v(fitted, planted, method):
    X, y, places = planted
    rows = np.flatnonzero(y == "V")[:50]
    maps = beat_saliency(fitted, X[rows], method=method, target="V", window=WIDTH)
    assert maps.shape == (50, N_SAMPLES)
    assert maps.dtype == np.float32
    samples = np.arange(N_SAMPLES)
    inside = (samples >= places[rows, None]) & (samples < places[rows, None] + WIDTH)
    # By chance, an eighth of the peaks would lie there.
    assert inside[np.arange(50), maps.argmax(axis=1)].mean() > 0.8
    assert maps[inside].mean() > 4 * np.abs(maps[~inside]).mean()


@pytest.mark.parametrize("method", METHODS)
def test_maps_depend_on_the_weights(fitted, planted, method):
    """The sanity check of Adebayo et al. 2018."""
    X, y, _ = planted
    beats = X[y == "V"][:20]
    saliency = partial(beat_saliency, X=beats, method=method, target="V")
    maps = saliency(fitted)
    np.testing.assert_array_equal(maps, saliency(fitted))
    ranks = [
        # A rectified map may be constant, and has no rank correlation then.
        spearmanr(*pair)[0] if np.ptp(pair[1]) else 0
        for seed in range(5)
        for pair in zip(maps, saliency(randomised(fitted, seed)), strict=True)
    ]
    assert np.mean(ranks) < 0.5


@pytest.mark.parametrize("baseline", [0.0, 0.3, "mean"])
def test_integrated_gradients_are_complete(fitted, planted, baseline):
    X, y, _ = planted
    baseline = X.mean(axis=0) if baseline == "mean" else baseline
    maps = beat_saliency(fitted, X[:80], target=y[:80], baseline=baseline, n_steps=300)
    codes = (y[:80] == "V").astype(int)
    nothing = np.broadcast_to(baseline, (1, N_SAMPLES))
    rise = (logits(fitted, X[:80]) - logits(fitted, nothing))[range(80), codes]
    np.testing.assert_allclose(maps.sum(axis=1), rise, atol=0.02 * np.abs(rise).max())


@pytest.mark.parametrize("method", METHODS)
def test_leads_and_auxiliary_features(planted, method):
    """Only the second lead has the bump; the last two columns are not explained."""
    X, y, _ = planted
    rng = np.random.default_rng(1)
    noise, aux = rng.normal(size=X.shape) * 0.2, rng.normal(size=(len(X), 2))
    both = np.hstack([noise, X, aux])
    clf = CNN1DClassifier(n_channels=2, n_aux_features=2, **TINY).fit(both, y)
    beats = both[y == "V"][:30]
    maps = beat_saliency(clf, beats, method=method, target="V", n_steps=200)
    first, second = maps.reshape(30, 2, N_SAMPLES).swapaxes(0, 1)
    if method == "grad_cam":
        np.testing.assert_array_equal(first, second)
        return
    assert second.max(axis=1).mean() > 3 * first.max(axis=1).mean()
    if method == "integrated_gradients":
        nothing = np.hstack([np.zeros((30, 2 * N_SAMPLES)), beats[:, -2:]])
        rise = (logits(clf, beats) - logits(clf, nothing))[:, 1]
        np.testing.assert_allclose(
            maps.sum(axis=1), rise, atol=0.02 * np.abs(rise).max()
        )


def test_occlusion_is_the_decrease_of_the_logit(fitted, planted):
    X, _, _ = planted
    maps = beat_saliency(
        fitted, X[:2], method="occlusion", target="V", window=1, baseline=0.5
    )
    for beat, found in zip(X[:2], maps, strict=True):
        covered = np.where(np.eye(N_SAMPLES), 0.5, beat)
        fall = logits(fitted, beat[None])[0, 1] - logits(fitted, covered)[:, 1]
        np.testing.assert_allclose(found, fall, atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_explains_networks_inside_pipelines_and_adjusted_priors(
    fitted, planted, method
):
    X, y, _ = planted
    alone = beat_saliency(fitted, X[:5], method=method)
    adjusted = PriorAdjustedClassifier(FrozenEstimator(fitted), prior=[1, 1e-9])
    adjusted.fit(X, y)
    # It always predicts N, and explains its predictions.
    np.testing.assert_array_equal(
        beat_saliency(adjusted, X[:5], method=method),
        beat_saliency(fitted, X[:5], method=method, target="N"),
    )
    scale = StandardScaler().fit(X)
    pipeline = Pipeline([("scale", scale), ("s", HybridSampler()), ("clf", fitted)])
    baseline = scale.inverse_transform(np.zeros((1, N_SAMPLES)))[0]
    np.testing.assert_allclose(
        beat_saliency(
            FrozenEstimator(pipeline),
            scale.inverse_transform(X[:5]),
            method=method,
            baseline=baseline,
        ),
        alone,
        atol=1e-4,
    )


def test_frames_lists_and_batches(fitted, planted):
    X, y, _ = planted
    maps = beat_saliency(fitted, X[:70], n_steps=5)
    for k in (0, 69):
        np.testing.assert_allclose(
            beat_saliency(fitted, X[k : k + 1].tolist(), n_steps=5)[0],
            maps[k],
            atol=1e-5,
        )
    frame = pd.DataFrame(X, columns=[f"s{k}" for k in range(N_SAMPLES)])
    named = CNN1DClassifier(**TINY).fit(frame, y)
    np.testing.assert_allclose(
        beat_saliency(named, frame[:3], n_steps=5), maps[:3], atol=1e-5
    )


def test_layers_for_grad_cam(planted):
    X, y, _ = planted
    clf = ResidualCNNClassifier(
        n_blocks=1, n_filters=4, n_hidden=4, max_epochs=1, validation_fraction=None
    ).fit(X, y)
    by_name = [
        beat_saliency(clf, X[:3], method="grad_cam", layer=layer)
        for layer in (None, "blocks.0", "stem")
    ]
    np.testing.assert_array_equal(by_name[0], by_name[1])
    assert by_name[2].shape == (3, N_SAMPLES)
    with pytest.raises(ValueError, match=r"layer must name .* 'nowhere'; .*stem, blo"):
        beat_saliency(clf, X, method="grad_cam", layer="nowhere")
    with pytest.raises(ValueError, match=r"layer 'head\.0' gives no map"):
        beat_saliency(clf, X, method="grad_cam", layer="head.0")


class OneDimensional(nn.Module):
    """A custom network with one-dimensional convolutions."""

    def __init__(self, n_samples, n_classes):
        super().__init__()
        self.convolution = nn.Conv1d(1, 4, 5, padding=2)
        self.rectify = nn.ReLU(inplace=True)
        self.answer = nn.Linear(4, n_classes)

    def forward(self, beats):
        return self.answer(self.rectify(self.convolution(beats)).amax(dim=2))


class Dense(nn.Linear):
    """A network of one layer and no convolution."""

    def __init__(self, n_samples, n_classes):
        super().__init__(n_samples, n_classes)

    def forward(self, beats):
        return super().forward(beats.flatten(1))


def test_custom_networks(planted):
    X, y, _ = planted
    params = {"max_epochs": 1, "validation_fraction": None, "random_state": 0}
    own = NetworkClassifier(OneDimensional, **params).fit(X, y)
    assert beat_saliency(own, X[:2], method="grad_cam").shape == (2, N_SAMPLES)
    dense = NetworkClassifier(Dense, **params).fit(X, y)
    # The integrated gradient of a linear model is the weight times the value.
    weight = dense.net_.module_.weight.detach().numpy()[1]
    np.testing.assert_allclose(
        beat_saliency(dense, X[:2], target="V"), X[:2] * weight, atol=1e-5
    )
    with pytest.raises(ValueError, match="module Dense has none; use anot"):
        beat_saliency(dense, X[:2], method="grad_cam")


def test_errors_name_the_argument(fitted, planted):
    X, y, _ = planted
    for arguments, message in (
        ({"target": "S"}, r"target must name classes .*\['N', 'V'\]; got \['S'\]"),
        ({"target": ["N"]}, r"class for each of the 3 beats, got shape \(1,\)"),
        ({"method": "smooth"}, "'method' parameter"),
        ({"baseline": [0.0]}, r"a row of 48 values, .*; got shape \(1,\)"),
        ({"baseline": np.full(48, np.nan)}, "NaN"),
        ({"window": 49, "method": "occlusion"}, r"at most 48, .* got 49"),
    ):
        with pytest.raises(ValueError, match=message):
            beat_saliency(fitted, X[:3], **arguments)
    with pytest.raises(ValueError, match="is expecting 48 features"):
        beat_saliency(fitted, X[:3, 1:])
    with pytest.raises(TypeError, match=r"network classifier, .* LogisticRegression"):
        beat_saliency(LogisticRegression().fit(X, y), X)
    with pytest.raises(NotFittedError):
        beat_saliency(clone(fitted), X)


def test_import_error_names_captum(fitted, planted, monkeypatch):
    monkeypatch.setitem(sys.modules, "captum", None)
    with pytest.raises(ImportError, match="pip install captum"):
        beat_saliency(fitted, planted[0])


def test_numbers_as_strings_are_numbers(fitted, planted):
    clf, X = fitted, planted[0]
    rows = X[:3].astype(str).astype(np.float32)
    np.testing.assert_array_equal(
        beat_saliency(clf, rows.astype(str)), beat_saliency(clf, rows)
    )
