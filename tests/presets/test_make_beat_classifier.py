"""Presets: ordinary estimators, said by a table."""

import copy
import pickle

import numpy as np
import pytest
from imblearn.pipeline import Pipeline
from sklearn.base import clone

import skecg
from skecg import aami
from skecg.datasets import fetch_mitdb_beats, make_beats
from skecg.metrics import veb_f1
from skecg.mitdb import DS1, DS2, PACED
from skecg.presets import PRESETS, make_beat_classifier
from skecg.signal import names_of_features

# The presets for patients never seen, and the layouts that they read.
BETWEEN = {"inter_patient": "features", "inter_patient_causal": "causal_features"}


def test_the_studys_is_the_pipeline_of_its_parts():
    ours = make_beat_classifier("study", random_state=3)
    plain = Pipeline(
        [
            ("sampler", skecg.HybridSampler(random_state=3)),
            ("clf", skecg.CNN1DClassifier(random_state=3)),
        ]
    )
    assert repr(ours.get_params()) == repr(plain.get_params())


@pytest.mark.parametrize("name", ["fast", "recommended", "study"])
def test_each_learns_and_can_be_cloned_and_changed(name):
    X, y = make_beats(300, weights=[1] * 5, random_state=0, return_X_y=True)
    network = "clf__estimator" if name == "recommended" else "clf"
    settings = {"max_epochs": 5, "n_filters": (4, 8), "batch_size": 16}
    small = {f"{network}__{key}": value for key, value in settings.items()}
    if name == "study":
        small["sampler__sampling_strategy"] = 60
    model = make_beat_classifier(name, random_state=0, **small)
    again = clone(model)
    assert again.get_params()[f"{network}__n_filters"] == (4, 8)
    assert (model.fit(X, y).predict_proba(X) == again.fit(X, y).predict_proba(X)).all()
    assert model.score(X, y) > 0.5
    # The table is not what a user's change changes.
    plain = make_beat_classifier(name, random_state=3).get_params()
    assert plain[f"{network}__n_filters"] != (4, 8)
    assert plain[f"{network}__random_state"] == 3
    assert PRESETS[name].about


@pytest.mark.parametrize("name", PRESETS)
def test_a_recipe_is_not_changed_by_accident(name):
    with pytest.raises(TypeError, match="does not support item assignment"):
        PRESETS[name].steps["clf"] = None
    with pytest.raises(TypeError, match="does not support item assignment"):
        PRESETS[name].steps["clf"][1]["max_epochs"] = 1
    for again in (pickle.loads(pickle.dumps(PRESETS)), copy.deepcopy(PRESETS)):
        assert repr(again[name]) == repr(PRESETS[name])


def test_the_recommended_one_leans_towards_rare_classes():
    X, y = make_beats(
        600, weights=[20, 2, 2, 1, 2], noise=0.3, random_state=0, return_X_y=True
    )
    small = {"max_epochs": 4, "n_filters": (4, 8), "batch_size": 16}
    given = {f"clf__estimator__{key}": value for key, value in small.items()}
    model = make_beat_classifier("recommended", random_state=0, **given).fit(X, y)
    network = model["clf"].estimator_
    most = np.bincount(y).argmax()
    ours, plain = model.predict_proba(X), network.predict_proba(X)
    assert (ours[:, most] <= plain[:, most]).all()
    assert np.count_nonzero(model.predict(X) == most) <= np.count_nonzero(
        network.predict(X) == most
    )


@pytest.mark.parametrize("name", BETWEEN)
def test_those_for_new_patients_read_features_of_two_leads(name):
    names = names_of_features(["MLII", "V1"])
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, len(names))).astype(np.float32)
    y = rng.integers(0, 3, 600)
    X[y == 1, names.index("pre_rr_to_sinus")] -= 4
    X[y == 2, names.index("qrs_correlation_mean")] -= 4
    model = make_beat_classifier(name).fit(X, y)
    assert model.score(X, y) > 0.9
    assert PRESETS[name].is_causal is (name == "inter_patient_causal")
    # Other beats than those of its classes are nothing it learns from.
    y[:50] = aami.CLASSES.index("F")
    assert set(model.fit(X, y).predict(X)) <= {0, 1, 2}


def test_those_for_new_patients_refuse_rows_of_samples():
    X, y = make_beats(50, random_state=0, return_X_y=True)
    with pytest.raises(
        ValueError, match=r"rows of \d+ features, got shape \(50, 187\)"
    ):
        make_beat_classifier("inter_patient").fit(X, y)


@pytest.mark.real
@pytest.mark.parametrize("name", BETWEEN)
def test_those_for_new_patients_tell_ectopic_beats_of_two_patients(mitdb, name):
    learned, asked = ["106", "116", "208", "209"], ["119", "223"]
    everybody = {*DS1, *DS2, *PACED}
    beats = fetch_mitdb_beats(
        "all",
        layout=BETWEEN[name],
        leads=["MLII", ("V1", "V2", "V4", "V5")],
        exclude=sorted(everybody - {*learned, *asked}),
    )
    train = np.isin(beats.records, learned)
    test = np.isin(beats.records, asked)
    model = make_beat_classifier(name)
    model.fit(beats.data[train], beats.target[train])
    predicted = model.predict(beats.data[test])
    assert veb_f1(beats.target[test], predicted) > 0.8


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"preset": "best"}, "'preset' parameter of make_beat_classifier must be"),
        ({"clf__epochs": 3}, "Invalid parameter 'epochs' for estimator PriorAdj"),
        ({"max_epochs": 3}, "pass clf__estimator__max_epochs"),
        ({"preset": "study", "lr": 3}, "lr is a .* pass clf__lr"),
    ],
)
def test_what_is_not_there_is_named(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_beat_classifier(**given)
