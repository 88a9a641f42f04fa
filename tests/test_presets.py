"""Presets: ordinary estimators, said by a table."""

import pytest
from imblearn.pipeline import Pipeline
from sklearn.base import clone

import skecg
from skecg.datasets import make_beats
from skecg.presets import PRESETS, make_beat_classifier


def test_the_studys_is_the_pipeline_of_its_parts():
    ours = make_beat_classifier("study", random_state=3)
    plain = Pipeline(
        [
            ("sampler", skecg.HybridSampler(random_state=3)),
            ("clf", skecg.CNN1DClassifier(random_state=3)),
        ]
    )
    assert repr(ours.get_params()) == repr(plain.get_params())


@pytest.mark.parametrize("name", PRESETS)
def test_each_learns_and_can_be_cloned_and_changed(name):
    X, y = make_beats(300, weights=[1] * 5, random_state=0, return_X_y=True)
    small = {"clf__max_epochs": 5, "clf__n_filters": (4, 8), "clf__batch_size": 16}
    if name == "study":
        small["sampler__sampling_strategy"] = 60
    model = make_beat_classifier(name, random_state=0, **small)
    again = clone(model)
    assert again.get_params()["clf__n_filters"] == (4, 8)
    assert (model.fit(X, y).predict_proba(X) == again.fit(X, y).predict_proba(X)).all()
    assert model.score(X, y) > 0.5
    # The table is not what a user's change changes.
    assert make_beat_classifier(name).get_params()["clf__n_filters"] != (4, 8)
    assert PRESETS[name].about


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"preset": "best"}, "'preset' parameter of make_beat_classifier must be"),
        ({"clf__epochs": 3}, "Invalid parameter 'epochs' for estimator CNN1D"),
    ],
)
def test_what_is_not_there_is_named(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_beat_classifier(**given)
