"""Presets: ordinary pipelines from an immutable table."""

import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import Pipeline
from sklearn.base import clone

import skecg
from skecg import aami
from skecg.datasets import fetch_mitdb_beats, make_beats
from skecg.metrics import veb_f1
from skecg.mitdb import DS1, DS2, PACED
from skecg.modules import ContextNetwork
from skecg.presets import PRESETS, make_beat_classifier
from skecg.signal import get_layout

NEW_PATIENTS = ["new_patients", "new_patients_causal"]
NETWORKS = ["new_patients_network", "new_patients_network_causal"]


def test_the_studys_is_the_pipeline_of_its_parts():
    ours = make_beat_classifier("study", random_state=3)
    plain = Pipeline(
        [
            ("sampler", skecg.HybridSampler(random_state=3)),
            ("clf", skecg.CNN1DClassifier(layout=get_layout("study"), random_state=3)),
        ]
    )
    assert repr(ours.get_params()) == repr(plain.get_params())


@pytest.mark.parametrize("name", ["known_patients_fast", "known_patients", "study"])
def test_each_learns_and_can_be_cloned_and_changed(name):
    X, y = make_beats(300, weights=[1] * 5, random_state=0, return_X_y=True)
    network = "clf__estimator" if name == "known_patients" else "clf"
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


def test_presets_cannot_be_changed():
    with pytest.raises(TypeError, match="does not support item assignment"):
        PRESETS["study"] = None
    for preset in PRESETS.values():
        with pytest.raises(FrozenInstanceError):
            preset.layout = None
        with pytest.raises(FrozenInstanceError):
            preset.layout.n_leads = 3
        assert preset.make() is not preset.make()
        assert pickle.loads(pickle.dumps(preset)) == preset


def test_without_a_name_all_presets_are_listed():
    with pytest.raises(ValueError, match="preset must be one of these") as caught:
        make_beat_classifier()
    lines = str(caught.value).splitlines()[1:]
    assert [line.split("'")[1] for line in lines] == list(PRESETS)


def test_known_patients_favours_rare_classes():
    X, y = make_beats(
        600, weights=[20, 2, 2, 1, 2], noise=0.3, random_state=0, return_X_y=True
    )
    small = {"max_epochs": 4, "n_filters": (4, 8), "batch_size": 16}
    given = {f"clf__estimator__{key}": value for key, value in small.items()}
    model = make_beat_classifier("known_patients", random_state=0, **given).fit(X, y)
    network = model["clf"].estimator_
    most = np.bincount(y).argmax()
    ours, plain = model.predict_proba(X), network.predict_proba(X)
    assert (ours[:, most] <= plain[:, most]).all()
    assert np.count_nonzero(model.predict(X) == most) <= np.count_nonzero(
        network.predict(X) == most
    )


@pytest.mark.parametrize("name", NEW_PATIENTS)
def test_presets_for_new_patients_read_features_of_two_leads(name):
    names = get_layout("features").feature_names(["MLII", "V1"])
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, len(names))).astype(np.float32)
    y = rng.integers(0, 3, 600)
    X[y == 1, names.index("pre_rr_to_sinus")] -= 4
    X[y == 2, names.index("qrs_correlation_mean")] -= 4
    model = make_beat_classifier(name).fit(X, y)
    assert model.score(X, y) > 0.9
    assert PRESETS[name].layout.is_causal is (name == "new_patients_causal")
    # Beats of other classes are left out of the training.
    y[:50] = aami.CLASSES.index("F")
    assert set(model.fit(X, y).predict(X)) <= {0, 1, 2}


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_for_new_patients_read_beats_with_those_around(name):
    layout = PRESETS[name].layout
    assert layout.is_causal is (name == "new_patients_network_causal")
    beats = make_beats(300, layout=layout, weights=[3, 0, 1, 0, 0], random_state=0)
    model = make_beat_classifier(name, random_state=0, clf__batch_size=64)
    assert model["clf"].module is ContextNetwork and model["clf"].layout == layout
    again = clone(model).fit(beats.data, beats.target)
    proba = model.fit(beats.data, beats.target).predict_proba(beats.data)
    np.testing.assert_array_equal(again.predict_proba(beats.data), proba)
    assert model.score(beats.data, beats.target) > 0.9


@pytest.mark.parametrize("codes", [[0, 1, 2, 3, 4], [0, 2], [0, 1, 2, aami.NOT_A_BEAT]])
def test_networks_for_new_patients_take_all_classes(codes):
    """Those of a data set, some of them, and peaks that are no beats."""
    X = np.random.default_rng(0).normal(size=(60, 537)).astype(np.float32)
    y = np.resize(codes, 60)
    model = make_beat_classifier("new_patients_network", clf__max_epochs=1)
    assert model.fit(X, y).classes_.tolist() == codes


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("n_columns", [42 + 12, 102, 186])
def test_rows_of_another_layout_are_refused(name, n_columns):
    X, y = np.zeros((60, n_columns), dtype=np.float32), np.repeat([0, 1, 2], 20)
    with pytest.raises(ValueError, match=f"Rows of .* have .*, got {n_columns};"):
        make_beat_classifier(name).fit(X, y)


@pytest.mark.parametrize("is_causal", [False, True])
def test_column_names_of_another_layout_are_refused(is_causal):
    """Both layouts of features have as many columns."""
    model = make_beat_classifier(NEW_PATIENTS[is_causal])
    own, other = (
        pd.DataFrame(
            np.random.default_rng(0).normal(size=(60, 42)),
            columns=get_layout("features", is_causal=causal).feature_names(["a", "b"]),
        )
        for causal in (is_causal, not is_causal)
    )
    y = np.repeat([0, 1, 2], 20)
    with pytest.raises(ValueError, match="has the column names of"):
        model.fit(other, y)
    with pytest.raises(ValueError, match="feature names should match"):
        model.fit(own, y).predict(other)
    with (
        pytest.warns(UserWarning, match="fitted without feature names"),
        pytest.raises(ValueError, match="has the column names of"),
    ):
        model.fit(own.to_numpy(), y).predict(other)


@pytest.mark.real
@pytest.mark.parametrize("name", NEW_PATIENTS)
def test_presets_for_new_patients_tell_ectopic_beats_of_two_patients(mitdb, name):
    learned, asked = ["106", "116", "208", "209"], ["119", "223"]
    everybody = {*DS1, *DS2, *PACED}
    beats = fetch_mitdb_beats(
        "all",
        layout=PRESETS[name].layout,
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
        ({"preset": "best"}, "preset must be one of these, got 'best'"),
        (
            {"preset": "known_patients", "clf__epochs": 3},
            "Invalid parameter 'epochs' for estimator PriorAdj",
        ),
        (
            {"preset": "known_patients", "max_epochs": 3},
            "pass clf__estimator__max_epochs",
        ),
        ({"preset": "study", "lr": 3}, "lr must .* pass clf__lr"),
    ],
)
def test_what_is_not_there_is_named(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_beat_classifier(**given)
