"""save_model and load_model: every model comes back as it was."""

import hashlib
import json
import os
import pickle
import threading
from functools import partial

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from annotated import fitted_annotator, mixed_recording
from imblearn.pipeline import Pipeline
from safe_files import small_beats, small_pipeline, take_apart
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from small_network import SMALL

from skecg import (
    CascadeClassifier,
    CNN1DClassifier,
    HybridSampler,
    NetworkClassifier,
    ResidualCNNClassifier,
    load_model,
    make_beat_classifier,
    save_model,
)
from skecg.augmentation import BeatAugmentation
from skecg.metrics import ec57_veb_f1_scorer
from skecg.modules import ContextNetwork
from skecg.persistence import read_card
from skecg.presets import PRESETS


def stored(model, folder, **options):
    save_model(model, folder / "model.skops", **options)
    return load_model(folder / "model.skops")


def assert_same(model, again, X):
    one, other = model.predict_proba(X), again.predict_proba(X)
    assert one.dtype == other.dtype
    assert one.tobytes() == other.tobytes()
    assert repr(model) == repr(again)
    assert model.classes_.dtype == again.classes_.dtype


@pytest.mark.parametrize("preset", PRESETS)
def test_each_preset_predicts_the_same_bits(preset, tmp_path):
    layout = PRESETS[preset].layout
    options = {"weights": [3, 1, 1, 0, 0]} if "new_patients" in preset else {}
    beats = small_beats(layout=layout, **options)
    model = make_beat_classifier(preset, random_state=0)
    cheap = {
        "module": partial(ContextNetwork, n_members=1, n_filters=8, n_hidden=8),
        "max_epochs": 1,
        "batch_size": 64,
        "n_filters": (4, 4, 4),
        "validation_fraction": None,
    }
    known = model.get_params()
    changed = {x: cheap[x.split("__")[-1]] for x in known if x.split("__")[-1] in cheap}
    if "boosters" in PRESETS[preset].about:
        for _, stage in model["clf"].stages:
            stage.set_params(histgradientboostingclassifier__max_iter=3)
    model.set_params(**changed).fit(beats.data, beats.target)
    again = stored(model, tmp_path)
    assert_same(model, again, beats.data)
    assert repr(clone(again)) == repr(clone(model))


@pytest.mark.parametrize(
    "layout", ["features", "causal_features", "context", "causal_context", "centered"]
)
def test_an_annotator_annotates_the_same(layout, tmp_path):
    if "context" in layout:
        small = partial(ContextNetwork, n_members=1, n_filters=8, n_hidden=8)
        classifier = NetworkClassifier(
            small, layout=layout, max_epochs=1, batch_size=256, validation_fraction=None
        )
    else:
        classifier = make_pipeline(StandardScaler(), LogisticRegression(tol=0.1))
    annotator = fitted_annotator(classifier=classifier, layout=layout)
    again = stored(annotator, tmp_path)
    recording, _ = mixed_recording(pattern="NNNNVNNANN", seed=7)
    pd.testing.assert_frame_equal(
        again.annotate(recording).table, annotator.annotate(recording).table
    )
    assert again.card_ == annotator.card_
    # One network for one and for two leads stays one.
    assert (again.models_[1] is again.models_[2]) == (
        annotator.models_[1] is annotator.models_[2]
    )
    card = read_card(tmp_path / "model.skops")
    assert card["description"] == "made-up beats"
    assert card["n_beats"]["V"] == annotator.card_.n_beats["V"]
    assert len(card["data_sha256"]) == 64
    assert card["classes"] == annotator.class_names_
    assert repr(layout)[1:-1] in card["layout"]


def test_labels_of_strings_names_of_columns_and_clones(tmp_path):
    beats = small_beats(as_frame=True)
    X = beats.data
    y = beats.target.map(dict(enumerate(beats.target_names)))
    model = small_pipeline().fit(X, y)
    again = stored(model, tmp_path)
    assert_same(model, again, X)
    assert again.classes_.tolist() == ["F", "N", "Q", "S", "V"]
    network = again["clf"].estimator_
    assert network.feature_names_in_.tolist() == list(X)
    pd.testing.assert_frame_equal(network.history_, model["clf"].estimator_.history_)
    refitted = clone(again).fit(X, y)
    assert_same(refitted, model, X)


def test_a_network_goes_on_training(tmp_path, beats):
    clf = CNN1DClassifier(
        **SMALL, max_epochs=1, warm_start=True, validation_fraction=None
    )
    clf.fit(beats.data, beats.target)
    again = stored(clf, tmp_path).fit(beats.data, beats.target)
    assert_same(clf.fit(beats.data, beats.target), again, beats.data)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ResidualCNNClassifier(
            n_blocks=1, n_filters=4, n_hidden=4, random_state=0
        ),
        lambda: CNN1DClassifier(
            n_filters=(4, 4, 4),
            n_hidden=8,
            optimizer=partial(torch.optim.AdamW, weight_decay=0.1),
            augment=BeatAugmentation(stretch=0.1, layout="study"),
            validation_scoring=ec57_veb_f1_scorer,
            class_weight={np.int64(k): np.float32(1.5) for k in range(5)},
            device=torch.device("cpu"),
            random_state=np.int64(3),
        ),
    ],
    ids=["residual", "parameters of many types"],
)
def test_networks_with_many_parameters(make, tmp_path, beats):
    model = make().set_params(max_epochs=1, validation_fraction=None)
    model.fit(beats.data, beats.target)
    again = stored(model, tmp_path)
    assert_same(model, again, beats.data)
    refits = [clone(x).fit(beats.data, beats.target) for x in (model, again)]
    assert_same(*refits, beats.data)


@pytest.mark.parametrize("n_epochs", [0, 1])
def test_a_folder_of_checkpoints_is_stored_as_text(n_epochs, tmp_path, beats):
    clf = CNN1DClassifier(**SMALL, checkpoint_dir=tmp_path / "checkpoints")
    if n_epochs:
        clf.set_params(max_epochs=n_epochs, validation_fraction=None)
        clf.fit(beats.data, beats.target)
    # A path of pathlib is of one operating system.
    for again in (stored(clf, tmp_path), pickle.loads(pickle.dumps(clf))):
        assert again.checkpoint_dir == str(tmp_path / "checkpoints")
    assert clf.checkpoint_dir == tmp_path / "checkpoints"


def test_nested_estimators(tmp_path, beats, model):
    X, y = beats.data, beats.target
    search = GridSearchCV(
        CascadeClassifier(
            [
                (2, LogisticRegression()),
                (
                    1,
                    make_pipeline(
                        StandardScaler(), HistGradientBoostingClassifier(max_iter=2)
                    ),
                ),
            ],
            remainder=0,
        ),
        {"stages": [[(2, LogisticRegression(C=c))] for c in (0.1, 1.0)]},
        scoring={"veb": ec57_veb_f1_scorer, "accuracy": "accuracy"},
        refit="veb",
        cv=2,
    ).fit(X, np.where(y > 2, 0, y))
    again = stored(search, tmp_path)
    assert_same(search, again, X)
    assert again.best_params_["stages"][0][1].C == search.best_params_["stages"][0][1].C
    for name, column in search.cv_results_.items():
        if not name.startswith("param"):
            np.testing.assert_array_equal(again.cv_results_[name], column)
    calibrated = CalibratedClassifierCV(FrozenEstimator(model)).fit(X, y)
    assert_same(calibrated, stored(calibrated, tmp_path), X)


def test_keys_that_are_no_text_stay_what_they_are(tmp_path, beats):
    weight = {False: 1.5, True: 4}
    model = HistGradientBoostingClassifier(max_iter=2, class_weight=weight)
    model.fit(beats.data, beats.target == 2)
    again = stored(model, tmp_path)
    assert again.class_weight == weight
    assert [type(key) for key in again.class_weight] == [bool, bool]
    sampler = HybridSampler(sampling_strategy={np.int64(2): 5, np.int64(0): 7})
    keys = list(stored(sampler, tmp_path).sampling_strategy)
    assert keys == [2, 0] and {type(key) for key in keys} == {np.int64}


@pytest.mark.parametrize(
    "value",
    [
        True,
        np.float32(0.1),
        np.str_("a"),
        np.bool_(False),
        np.datetime64("2020-01-01"),
        float("nan"),
        -0.0,
        10**30,
        "\ud800",
        b"\x00\xff",
        (1, [2, {"a": (None,)}]),
        {1, 2},
        frozenset({1, 2}),
        range(3, 9, 2),
        slice(1, None, 2),
        np.arange(6).reshape(2, 3).T,
        np.array(["a", None, 1.5], dtype=object),
        np.zeros((0, 3)),
        np.ma.masked_array([1.0, 2.0], [True, False]),
        np.dtype("float16"),
        np.log1p,
    ],
    ids=repr,
)
def test_values_in_attributes(value, tmp_path):
    again = stored(HybridSampler(random_state=value), tmp_path).random_state
    assert type(again) is type(value)
    assert repr(again) == repr(value)


@pytest.mark.parametrize(
    "value, message",
    [
        (pd.Timestamp("2020-01-01"), "Timestamp|function missing"),
        (pd.Series([1]), "Series|RangeIndex|tuple is used as"),
        ({None: 1}, "NoneType is used as the type of a key"),
        ({(1, 2): 1}, "keys must be"),
        ({1: 2, "1": 3}, "two keys of a dict become the same text '1'"),
        ({True: 2, "true": 3}, "two keys of a dict become the same text 'true'"),
        (np.random.Generator(np.random.MT19937(0)), "other than PCG64"),
        (lambda: 0, "<lambda>"),
        (os.system, "system"),
        (partial(os.system, "true"), r"system is inside a functools\.partial"),
        (partial(CNN1DClassifier, lr=1), "is inside a functools.partial"),
        (threading.Lock(), "lock"),
    ],
)
def test_values_that_would_be_lost_are_refused(value, message, tmp_path):
    path = tmp_path / "model.skops"
    path.write_text("the old file")
    with pytest.raises(
        ValueError, match=r"this HybridSampler is refused: .*" + message
    ):
        save_model(HybridSampler(random_state=value), path)
    assert [x.name for x in tmp_path.iterdir()] == ["model.skops"]
    assert path.read_text() == "the old file"


def test_a_model_that_contains_itself_is_refused(tmp_path):
    model = HybridSampler()
    model.itself = [model]
    with pytest.raises(ValueError, match="is refused: "):
        save_model(model, tmp_path / "model.skops")


class Small(torch.nn.Sequential):
    def __init__(self, n_samples, n_classes):
        super().__init__(torch.nn.Flatten(), torch.nn.Linear(n_samples, n_classes))


@pytest.mark.parametrize(
    "make, name",
    [
        (
            lambda: NetworkClassifier(
                Small, n_channels=1, max_epochs=1, validation_fraction=None
            ),
            f"{__name__}.Small",
        ),
        (
            lambda: RandomForestClassifier(2, random_state=0),
            "sklearn.tree._tree.Tree",
        ),
    ],
)
def test_other_names_need_trust_on_both_sides(make, name, tmp_path, beats):
    model = make().fit(beats.data, beats.target)
    path = tmp_path / "model.skops"
    with pytest.raises(ValueError, match=rf"{name}.*pass trusted=\['{name}'\]"):
        save_model(model, path)
    save_model(model, path, trusted=[name])
    with pytest.raises(ValueError, match=rf"{name}.*pass trusted=\['{name}'\]"):
        load_model(path)
    assert_same(model, load_model(path, trusted=[name]), beats.data)


def test_the_card_states_what_is_known(tmp_path, beats, model):
    path = tmp_path / "model.skops"
    mine = {"protocol": "none", "scores": {"VEB F1": np.float32(0.5)}, "n": [1]}
    save_model(model, path, card=mine, training_data=beats)
    card = read_card(path)
    assert card["protocol"] == "none" and card["n"] == [1]
    assert card["scores"] == {"VEB F1": 0.5}
    assert card["layout"] is None and card["classes"] == [0, 1, 2, 3, 4]
    assert {"python", "numpy", "scikit-learn", "skecg", "skops"} <= set(
        card["versions"]
    )
    data = card["training_data"]
    assert data["n_rows"] == 200 and sum(data["n_rows_by_class"].values()) == 200
    assert data["description"] == beats.DESCR
    digest = hashlib.sha256()
    for x in (beats.data, beats.target):
        digest.update(f"{x.dtype.str} {x.shape}\n".encode() + x.tobytes())
    assert data["sha256"] == digest.hexdigest()
    # The rows themselves are not stored.
    _, entries = take_apart(path)
    assert not any(len(content) >= beats.data.nbytes for content in entries.values())
    assert json.loads(entries["card.json"]) == card


@pytest.mark.parametrize(
    "options, message",
    [
        ({"card": "text"}, "card must be a dict"),
        ({"card": {1: 2}}, "card must be a dict"),
        ({"card": {"a": object()}}, "card must be a dict"),
        ({"training_data": np.zeros((3, 2))}, "training_data must be a Bunch"),
        ({"training_data": (np.zeros(3), np.zeros(3))}, "training_data must contain"),
        ({"trusted": "a.B"}, "trusted must be a list of full names"),
        ({"trusted": [Small]}, "trusted must be a list of full names"),
    ],
)
def test_wrong_arguments_are_named(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        save_model(HybridSampler(), tmp_path / "model.skops", **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("model", [HybridSampler, {"a": 1}, None, np.zeros(3)])
def test_only_estimators_are_models(model, tmp_path):
    with pytest.raises(ValueError, match="model must be an estimator"):
        save_model(model, tmp_path / "model.skops")


def test_the_same_model_gives_the_same_bytes(tmp_path, model, model_file):
    save_model(model, tmp_path / "model.skops")
    assert take_apart(tmp_path / "model.skops")[0] == take_apart(model_file)[0]


def test_a_link_stays_and_its_target_is_replaced(tmp_path, model_file):
    (tmp_path / "real.skops").write_text("old")
    (tmp_path / "link.skops").symlink_to("real.skops")
    save_model(HybridSampler(), tmp_path / "link.skops")
    assert (tmp_path / "link.skops").is_symlink()
    assert repr(load_model(tmp_path / "real.skops")) == "HybridSampler()"
    assert repr(load_model(tmp_path / "link.skops")) == "HybridSampler()"


def test_a_model_of_a_missing_device_loads_on_the_cpu(tmp_path, beats):
    clf = CNN1DClassifier(**SMALL, max_epochs=1, validation_fraction=None)
    clf.fit(beats.data, beats.target)
    expected = clf.predict_proba(beats.data)
    if torch.cuda.is_available():
        pytest.skip("This machine has the device.")
    clf.device = "cuda"
    save_model(clf, tmp_path / "model.skops")
    with pytest.warns(UserWarning, match="loading the model on the CPU"):
        again = load_model(tmp_path / "model.skops")
    assert again.device == "cuda"
    np.testing.assert_array_equal(again.predict_proba(beats.data), expected)


def test_pickles_keep_working(tmp_path, model, beats):
    joblib.dump(model, tmp_path / "model.joblib")
    assert_same(model, joblib.load(tmp_path / "model.joblib"), beats.data)
    with pytest.raises(ValueError, match=r"looks like a pickle; .* use joblib\.load"):
        load_model(tmp_path / "model.joblib")


def test_pipelines_of_other_parts(tmp_path, beats):
    from imblearn.over_sampling import RandomOverSampler

    model = Pipeline(
        [
            ("sampler", RandomOverSampler(random_state=0)),
            ("scale", StandardScaler()),
            ("clf", LogisticRegression(max_iter=20, tol=1.0)),
        ]
    ).fit(beats.data, beats.target)
    assert_same(model, stored(model, tmp_path), beats.data)
