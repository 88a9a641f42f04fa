"""A cascade of binary classifiers, against the same questions asked by hand."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from imblearn.pipeline import Pipeline
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skecg import HybridSampler, make_beat_classifier
from skecg.classification import CascadeClassifier


@pytest.fixture
def beats():
    rng = np.random.default_rng(0)
    y = rng.choice([0, 1, 2, 3], 600, p=[0.7, 0.1, 0.1, 0.1])
    return rng.normal(size=(600, 3)) + 2 * np.eye(4, 3)[y], y


def cascade():
    return CascadeClassifier(
        [(2, LogisticRegression()), (1, LogisticRegression())], remainder=0
    )


def test_probabilities_are_those_of_the_questions_in_turn(beats):
    X, y = beats
    clf = cascade().fit(X, y)
    known = y < 3
    v, s = (
        LogisticRegression().fit(X[known], y[known] == label).predict_proba(X)[:, 1]
        for label in (2, 1)
    )
    proba = clf.predict_proba(X)
    np.testing.assert_allclose(
        proba, np.column_stack([(1 - v) * (1 - s), (1 - v) * s, v])
    )
    np.testing.assert_array_equal(clf.predict(X), proba.argmax(axis=1))


def test_other_classes_are_left_out_and_never_predicted(beats):
    X, y = beats
    clf = cascade().fit(X, y)
    assert clf.classes_.tolist() == [0, 1, 2]
    without = cascade().fit(X[y < 3], y[y < 3])
    np.testing.assert_array_equal(clf.predict_proba(X), without.predict_proba(X))


def test_frames_keep_their_names(beats):
    X, y = beats
    frame = pd.DataFrame(X, columns=list("abc"))
    clf = cascade().fit(frame, y)
    assert clf.estimators_[0].feature_names_in_.tolist() == list("abc")
    np.testing.assert_array_equal(clf.predict(frame), cascade().fit(X, y).predict(X))


def test_classes_must_be_there_and_be_named_once(beats):
    X, y = beats
    with pytest.raises(ValueError, match=r"y must contain every class .* lacks \[2\]"):
        cascade().fit(X[y < 2], y[y < 2])
    twice = CascadeClassifier([(1, LogisticRegression())], remainder=1)
    with pytest.raises(ValueError, match="must name each class once"):
        twice.fit(X, y)
    with pytest.raises(ValueError, match="stages must contain at least one pair"):
        CascadeClassifier([], remainder=0).fit(X, y)


def test_routes_metadata_to_the_stages(beats):
    X, y = beats
    weights = np.random.default_rng(0).uniform(1, 9, len(y))
    with pytest.raises(ValueError, match="only supported if enable_metadata_routing"):
        cascade().fit(X, y, sample_weight=weights)
    with sklearn.config_context(enable_metadata_routing=True):
        asks = LogisticRegression().set_fit_request(sample_weight=True)
        ignores = LogisticRegression().set_fit_request(sample_weight=False)
        clf = CascadeClassifier([(2, asks), (1, ignores)], remainder=0)
        clf.fit(X, y, sample_weight=weights)
    known = y < 3
    weighted = LogisticRegression().fit(X[known], y[known] == 2, weights[known])
    np.testing.assert_array_equal(clf.estimators_[0].coef_, weighted.coef_)
    plain = LogisticRegression().fit(X[known], y[known] == 1)
    np.testing.assert_array_equal(clf.estimators_[1].coef_, plain.coef_)


def test_parameters_of_a_stage_have_its_label_in_front():
    clf = cascade()
    assert clf.get_params()["2__C"] == 1
    assert "2__C" not in clf.get_params(deep=False)
    clf.set_params(**{"2__C": 0.01, "remainder": 3})
    assert [estimator.C for _, estimator in clf.stages] == [0.01, 1]
    assert clf.remainder == 3
    dummy = DummyClassifier()
    assert clf.set_params(**{"1": dummy}).stages[1] == (1, dummy)
    copy = clone(clf)
    assert copy.get_params()["2__C"] == 0.01
    assert [label for label, _ in copy.stages] == [2, 1]
    with pytest.raises(ValueError, match="Invalid parameter '3'"):
        clf.set_params(**{"3__C": 1})


def test_a_search_reaches_into_the_stages(beats):
    X, y = beats
    stage = make_pipeline(StandardScaler(), LogisticRegression())
    clf = CascadeClassifier([("V", stage)], remainder="N")
    labels = np.where(y == 2, "V", "N")
    grid = {"V__logisticregression__C": [1e-6, 1.0]}
    search = GridSearchCV(clf, grid, cv=3).fit(X, labels)
    assert search.best_params_ == {"V__logisticregression__C": 1.0}
    assert stage["logisticregression"].C == 1


def test_a_presets_stages_can_be_set_and_leave_the_table_alone():
    name = "clf__1__histgradientboostingclassifier__max_iter"
    changed = make_beat_classifier("new_patients", **{name: 7})
    assert changed.get_params()[name] == 7
    assert make_beat_classifier("new_patients").get_params()[name] == 100


def test_predicts_with_the_fitted_stages(beats):
    X, y = beats
    clf = cascade().fit(X, y)
    predicted = clf.predict(X)
    clf.set_params(stages=clf.stages[::-1], remainder=4)
    np.testing.assert_array_equal(clf.predict(X), predicted)
    with pytest.raises(ValueError, match="y must contain every class"):
        clf.fit(X, y)
    np.testing.assert_array_equal(clf.predict(X), predicted)


@pytest.mark.parametrize("package", ["polars", "pyarrow"])
def test_stages_know_the_names_of_other_frames(beats, package):
    frames = pytest.importorskip(package)
    X, y = beats
    columns = dict(zip("abc", X.T, strict=True))
    frame = frames.DataFrame(columns) if package == "polars" else frames.table(columns)
    clf = cascade().fit(frame, y)
    for fitted in (clf, *clf.estimators_):
        assert fitted.feature_names_in_.tolist() == list("abc")
    expected = cascade().fit(X, y).predict_proba(X)
    np.testing.assert_allclose(clf.predict_proba(frame), expected)


@pytest.mark.parametrize("label", ["remainder", "stages", "layout", "V__1"])
def test_labels_that_parameters_are_named_after_are_refused(label):
    clf = CascadeClassifier([(label, LogisticRegression())], remainder="N")
    X = np.repeat([[0.0], [1.0]], 5, axis=0)
    with pytest.raises(ValueError, match=f"'{label}'"):
        clf.fit(X, np.repeat(["N", label], 5))


def test_weights_of_the_rows_before_a_sampler_are_refused():
    X = np.random.default_rng(0).normal(size=(90, 3))
    y = np.repeat(["N", "V"], 45)
    with sklearn.config_context(enable_metadata_routing=True):
        last = LogisticRegression().set_fit_request(sample_weight=True)
        stage = Pipeline([("sampler", HybridSampler()), ("clf", last)])
        clf = CascadeClassifier([("V", stage)], remainder="N")
        with pytest.raises(ValueError, match="each row before HybridSampler"):
            clf.fit(X, y, sample_weight=np.ones(90))
