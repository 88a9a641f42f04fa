"""scikit-learn's own tools on the pipeline, each on real objects."""

import subprocess
import sys

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from imblearn.pipeline import Pipeline
from sklearn import set_config
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier, StackingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    HalvingGridSearchCV,
    cross_val_predict,
    cross_validate,
    learning_curve,
)
from sklearn.preprocessing import StandardScaler

from skecg import CNN1DClassifier, HybridSampler


@pytest.fixture(scope="module")
def beats():
    """Three imbalanced classes, twelve subjects."""
    rng = np.random.default_rng(0)
    y = np.repeat(["N", "S", "V"], [120, 60, 60])
    shift = {"N": 0, "S": 2, "V": -2}
    X = rng.normal(size=(240, 16)) + np.array([shift[label] for label in y])[:, None]
    return X.astype(np.float32), y, np.tile(np.arange(12), 20)


@pytest.fixture
def pipeline():
    return Pipeline(
        [
            ("sampler", HybridSampler(random_state=0)),
            (
                "clf",
                CNN1DClassifier(
                    n_filters=(8, 8),
                    n_hidden=16,
                    max_epochs=5,
                    lr=5e-3,
                    validation_fraction=None,
                    random_state=0,
                ),
            ),
        ]
    )


def test_grid_search_over_sampler_and_classifier(pipeline, beats):
    X, y, _ = beats
    grid = {"sampler__sampling_strategy": ["auto", 50], "clf__lr": [1e-9, 5e-3]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
    assert search.best_params_["clf__lr"] == 5e-3
    assert search.best_score_ > 0.8


def _threads(estimator, X, y):
    return torch.get_num_threads()


def test_parallel_search_shares_the_cores_and_changes_nothing(pipeline, beats):
    X, y, _ = beats
    grid = {"clf__lr": [1e-3, 5e-3]}
    alone = GridSearchCV(pipeline, grid, cv=2, refit=False).fit(X, y)
    scoring = {"accuracy": "accuracy", "threads": _threads}
    both = GridSearchCV(
        pipeline, grid, cv=2, n_jobs=2, scoring=scoring, refit=False
    ).fit(X, y)
    np.testing.assert_allclose(
        both.cv_results_["mean_test_accuracy"],
        alone.cv_results_["mean_test_score"],
        atol=0.02,
    )
    allowed = max(joblib.cpu_count() // 2, 1)
    assert (both.cv_results_["mean_test_threads"] <= allowed).all()


def test_halving_search(pipeline, beats):
    X, y, _ = beats
    search = HalvingGridSearchCV(
        pipeline,
        {"clf__lr": [1e-9, 5e-3], "clf__batch_size": [16, 32]},
        resource="clf__max_epochs",
        min_resources=1,
        max_resources=4,
        cv=3,
        random_state=0,
    ).fit(X, y)
    assert search.best_params_["clf__lr"] == 5e-3


def test_cross_validation_by_group(pipeline, beats):
    X, y, groups = beats
    scores = cross_validate(pipeline, X, y, groups=groups, cv=GroupKFold(3))
    assert (scores["test_score"] > 0.8).all()
    proba = cross_val_predict(pipeline, X, y, cv=3, method="predict_proba")
    assert proba.shape == (240, 3)


def test_report(pipeline, beats):
    X, y, _ = beats
    predicted = pipeline.fit(X, y).predict(X)
    report = classification_report(y, predicted, output_dict=True)
    assert {"N", "S", "V"} < set(report)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda inner: CalibratedClassifierCV(inner, cv=2),
        lambda inner: StackingClassifier([("cnn", inner)], LogisticRegression(), cv=2),
        lambda inner: BaggingClassifier(inner, n_estimators=2, random_state=0),
        lambda inner: Pipeline([("scale", StandardScaler()), ("cnn", inner)]),
    ],
    ids=["calibrated", "stacking", "bagging", "scaled"],
)
def test_meta_estimators(pipeline, beats, wrap):
    X, y, _ = beats
    assert wrap(pipeline).fit(X, y).score(X, y) > 0.8


def test_permutation_importance_and_learning_curve(pipeline, beats):
    X, y, _ = beats
    fitted = clone(pipeline).fit(X, y)
    found = permutation_importance(fitted, X, y, n_repeats=1, random_state=0)
    assert found.importances_mean.shape == (16,)
    sizes, _, scores = learning_curve(
        pipeline, X, y, cv=2, train_sizes=[0.5, 1.0], shuffle=True, random_state=0
    )
    assert len(sizes) == len(scores) == 2


def test_pandas_output_of_a_neighbour(pipeline, beats):
    X, y, _ = beats
    frame = pd.DataFrame(X, columns=[f"s{i}" for i in range(16)])
    set_config(transform_output="pandas")
    try:
        scaled = Pipeline([("scale", StandardScaler()), *clone(pipeline).steps])
        scaled.fit(frame, y)
        assert list(scaled[-1].feature_names_in_) == list(frame)
    finally:
        set_config(transform_output="default")


def test_dumped_model_answers_alike_in_a_fresh_process(pipeline, beats, tmp_path):
    X, y, _ = beats
    pipeline.fit(X, y)
    joblib.dump(pipeline, tmp_path / "model.joblib")
    np.save(tmp_path / "X.npy", X)
    code = (
        "import sys, joblib, numpy as np; folder = sys.argv[1];"
        "model = joblib.load(folder + '/model.joblib');"
        "np.save(folder + '/p.npy', model.predict_proba(np.load(folder + '/X.npy')))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    np.testing.assert_allclose(
        np.load(tmp_path / "p.npy"), pipeline.predict_proba(X), atol=1e-6
    )
