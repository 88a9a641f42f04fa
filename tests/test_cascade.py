"""A cascade of binary classifiers, against the same questions asked by hand."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

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
    with pytest.raises(ValueError, match=r"y must hold every class .* lacks \[2\]"):
        cascade().fit(X[y < 2], y[y < 2])
    twice = CascadeClassifier([(1, LogisticRegression())], remainder=1)
    with pytest.raises(ValueError, match="must name each class once"):
        twice.fit(X, y)
