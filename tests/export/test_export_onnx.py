"""Models in ONNX files predict as before, or are not exported."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from imblearn.pipeline import Pipeline
from onnx_files import largest_difference, small_boosting, write_small_boosting
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from skecg import (
    CascadeClassifier,
    CNN1DClassifier,
    HybridSampler,
    NetworkClassifier,
    OnnxBeatClassifier,
    PriorAdjustedClassifier,
    ResidualCNNClassifier,
    export_onnx,
)
from skecg.datasets import make_beats
from skecg.modules import ContextNetwork
from skecg.presets import PRESETS
from skecg.signal import get_layout

FAST = {"max_epochs": 1, "validation_fraction": None, "random_state": 0}


@pytest.fixture
def through_onnx(tmp_path):
    """Return a function that exports a model and reads it."""

    def exported(model, X, **options):
        path = tmp_path / "model.onnx"
        export_onnx(model, path, X, **options)
        return OnnxBeatClassifier(path)

    return exported


@pytest.fixture(scope="module")
def beats():
    return make_beats(200, weights=[1] * 5, random_state=0, return_X_y=True)


class Small(nn.Module):
    """A user's network with auxiliary features."""

    def __init__(self, n_samples, n_classes, n_aux_features):
        super().__init__()
        self.layer = nn.Linear(n_samples + n_aux_features, n_classes)

    def forward(self, beats, aux):
        return self.layer(torch.cat([beats.amax(dim=1), aux], dim=1))


class Changing(nn.Module):
    """A network that an exporter sees otherwise than its user."""

    def __init__(self, n_samples, n_classes, by):
        super().__init__()
        self.layer = nn.Linear(n_samples, n_classes)
        self.by = by

    def forward(self, beats):
        logits = self.layer(beats.flatten(1))
        if torch.compiler.is_exporting():
            logits = logits * self.by
        return logits


class Unexportable(nn.Module):
    """A network with a branch of Python, which depends on the batch."""

    def __init__(self, n_samples, n_classes):
        super().__init__()
        self.layer = nn.Linear(n_samples, n_classes)

    def forward(self, beats):
        logits = self.layer(beats.flatten(1))
        return logits if beats.mean() > 0 else -logits


def test_networks_predict_as_before(through_onnx, beats):
    X, y = beats
    clf = CNN1DClassifier(n_filters=(8, 16, 8), n_hidden=16, **FAST).fit(X, y)
    light = through_onnx(clf, X, description="made-up beats")
    many = np.tile(X, (3, 1)) + np.float32(0.01)
    for rows in (X, X[:1], X.astype(np.float64), many):
        assert largest_difference(clf, light, rows) < 1e-6
    assert light.predict_proba(X).dtype == np.float32
    with pytest.raises(ValueError, match=r"too large for float32, 1e\+300"):
        light.predict(np.full((1, 187), 1e300))


def test_residual_networks_and_letters(through_onnx, beats):
    X, y = beats
    letters = np.array(["N", "S", "V", "F", "Q"])[y]
    clf = ResidualCNNClassifier(n_blocks=2, n_filters=4, n_hidden=8, **FAST)
    light = through_onnx(clf.fit(X, letters), X)
    assert largest_difference(clf, light, X) < 1e-6
    np.testing.assert_array_equal(light.predict(X), clf.predict(X))
    assert light.predict(X).dtype == clf.predict(X).dtype


def test_users_networks_with_auxiliary_features(through_onnx):
    beats = make_beats(150, layout="centered", random_state=0)
    clf = NetworkClassifier(Small, layout=beats.layout, **FAST)
    clf.fit(beats.data, beats.target)
    light = through_onnx(clf, beats.data)
    assert light.layout_ == beats.layout
    assert largest_difference(clf, light, beats.data) < 1e-6


def test_the_ensemble_of_new_patients_and_its_polarity(through_onnx):
    layout = get_layout("causal_context")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 537)).astype(np.float32)
    X[::3, 63:126] = 0  # a lead that is not there
    small = partial(ContextNetwork, n_members=2, n_filters=8, n_embedding=4, n_hidden=8)
    clf = NetworkClassifier(small, layout=layout, **FAST).fit(X, np.arange(200) % 3)
    light = through_onnx(clf, X)
    assert light.layout_ == layout
    assert largest_difference(clf, light, X) < 1e-6
    turned = X.copy()
    turned[:, :63] *= -1
    turned[:, 411:474] *= -1
    np.testing.assert_allclose(
        light.predict_proba(turned), clf.predict_proba(turned), atol=1e-6
    )


def test_adjusted_priors_of_frozen_networks_in_pipelines(through_onnx, beats):
    X, y = beats
    network = CNN1DClassifier(n_filters=(4,), n_hidden=8, **FAST)
    pipeline = Pipeline([("sampler", HybridSampler(random_state=0)), ("clf", network)])
    fitted = FrozenEstimator(pipeline.fit(X, y))
    prior = [0.9, 0.1, 0, 0, 0]
    clf = PriorAdjustedClassifier(
        fitted, prior=prior, trained_prior=[0.2] * 5, strength=0.7
    ).fit(X, y)
    light = through_onnx(clf, X)
    assert largest_difference(clf, light, X) < 1e-6
    assert (light.predict_proba(X)[:, 2:] == 0).all()


@pytest.mark.parametrize("name", ["new_patients", "new_patients_causal"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_boosters_of_new_patients_on_rows_of_each_type(through_onnx, name, dtype):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 42)).astype(dtype)
    y = np.digitize(X[:, 3] + X[:, 20], [-1, 1])
    clf = PRESETS[name].make().fit(X, y)
    light = through_onnx(clf, X)
    assert light.layout_ == PRESETS[name].layout
    # Rows at thresholds, of the other type, and of none of the training set.
    for rows in (X, X.astype(np.float32), rng.normal(size=(2000, 42))):
        assert largest_difference(clf, light, rows) < 1e-12


def test_missing_values_of_boosters(through_onnx):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 4))
    X[rng.random(X.shape) < 0.2] = np.nan
    y = np.isnan(X[:, 0]) | (X[:, 1] > 1)
    clf = HistGradientBoostingClassifier(max_iter=10).fit(X, y)
    light = through_onnx(clf, X)
    assert light.classes_.dtype == np.bool_
    never_missing = rng.normal(size=(300, 4))
    for rows in (X, never_missing, X[np.isnan(X).any(axis=1)][:1]):
        assert largest_difference(clf, light, rows) < 1e-12
    clf = HistGradientBoostingClassifier(max_iter=3).fit(never_missing, y)
    assert largest_difference(clf, through_onnx(clf, X), X) < 1e-12


def test_thresholds_decide_as_in_scikit_learn(through_onnx):
    # A float32 threshold would be 0.1 rounded up, which is above the value.
    X = np.array([[0.1], [0.1 + 1e-17], [np.nextafter(0.1, 1)], [0.5]] * 30)
    y = X[:, 0] > 0.1
    clf = HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=1).fit(X, y)
    np.testing.assert_array_equal(through_onnx(clf, X).predict(X), clf.predict(X))


def test_trees_of_a_leaf_alone(through_onnx):
    X = np.zeros((40, 2))
    clf = HistGradientBoostingClassifier(max_iter=2).fit(X, np.arange(40) % 4 == 0)
    assert largest_difference(clf, through_onnx(clf, X), X) < 1e-12


def test_a_cascade_of_boosters_and_networks(through_onnx, beats):
    X, y = beats
    network = CNN1DClassifier(n_filters=(4,), n_hidden=8, **FAST)
    boosting = HistGradientBoostingClassifier(max_iter=3, max_leaf_nodes=4)
    clf = CascadeClassifier([(2, network), (1, boosting)], remainder=0).fit(X, y)
    light = through_onnx(clf, X)
    assert light.classes_.tolist() == [0, 1, 2]
    assert largest_difference(clf, light, X) < 1e-6


def test_the_metadata(tmp_path):
    preset = PRESETS["new_patients"]
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 42))
    clf = preset.make().fit(X, np.digitize(X[:, 3] + X[:, 20], [-1, 1]))
    export_onnx(clf, tmp_path / "m.onnx", X, description="made up")
    model = onnx.load(tmp_path / "m.onnx")
    onnx.checker.check_model(model, full_check=True)
    stored = {entry.key: entry.value for entry in model.metadata_props}
    facts = json.loads(stored["skecg"])
    assert facts["format"] == 1
    assert facts["layout"] == {
        "name": "features",
        "options": {"n_leads": 2},
        "fs": preset.layout.fs,
    }
    (output,) = facts["outputs"]
    assert output["classes"] == [0, 1, 2]
    assert output["columns"] == preset.layout.feature_names(["lead_0", "lead_1"])
    assert facts["card"]["description"] == "made up"
    assert "onnxruntime" in facts["card"]["versions"]
    assert len(stored["skecg_sha256"]) == 64


def test_a_model_gives_the_same_file_each_time_and_names_no_path(tmp_path):
    clf, X = write_small_boosting(tmp_path / "a.onnx")
    export_onnx(clf, tmp_path / "b.onnx", X, description="made-up beats")
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()
    rows, y = make_beats(60, weights=[1] * 5, random_state=0, return_X_y=True)
    network = NetworkClassifier(partial(Changing, by=1), **FAST).fit(rows, y)
    export_onnx(network, tmp_path / "c.onnx", rows)
    content = (tmp_path / "c.onnx").read_bytes()
    assert Path(__file__).stem.encode() not in content
    assert torch.__file__.encode() not in content


@pytest.mark.parametrize(
    ("by", "message"),
    [
        (1.1, r"of 60 rows of X, \d+ get a probability .* more than 1e-05, first"),
        (float("nan"), "60 get a probability"),
    ],
)
def test_nothing_is_written_if_onnx_runtime_differs(tmp_path, by, message):
    X, y = make_beats(60, weights=[1] * 5, random_state=0, return_X_y=True)
    clf = NetworkClassifier(partial(Changing, by=by), **FAST).fit(X, y)
    with pytest.raises(ValueError, match=message):
        export_onnx(clf, tmp_path / "model.onnx", X)
    assert not list(tmp_path.iterdir())


def test_networks_that_torch_cannot_export_are_refused(tmp_path):
    X, y = make_beats(60, weights=[1] * 5, random_state=0, return_X_y=True)
    clf = NetworkClassifier(Unexportable, max_epochs=1, validation_fraction=None)
    with pytest.raises(ValueError, match=r"torch\.onnx can export, but Unexportable"):
        export_onnx(clf.fit(X, y), tmp_path / "model.onnx", X)


def test_models_of_other_kinds_are_refused(tmp_path):
    path = tmp_path / "model.onnx"
    clf, X = small_boosting()
    y = clf.predict(X)
    linear = LogisticRegression(max_iter=2000).fit(X, y)
    with pytest.raises(ValueError, match="to be exported, but contains Logis"):
        export_onnx(linear, path, X)
    scaled = make_pipeline(StandardScaler(), clf).fit(X, y)
    with pytest.raises(ValueError, match="but contains StandardScaler"):
        export_onnx(scaled, path, X)
    categories = HistGradientBoostingClassifier(max_iter=2, categorical_features=[0])
    whole = X.round()
    with pytest.raises(ValueError, match="no categorical features"):
        export_onnx(categories.fit(whole, y), path, whole)
    with pytest.raises(ValueError, match=r"predict_proba, or .* got StandardScaler"):
        export_onnx(scaled[0], path, X)
    with pytest.raises(NotFittedError):
        export_onnx(CNN1DClassifier(), path, X)
    with pytest.raises(ValueError, match="29 features"):
        export_onnx(clf, path, X[:, 1:])
    assert not path.exists()
