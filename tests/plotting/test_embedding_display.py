"""EmbeddingDisplay: two components of the representation, by class."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from imblearn.pipeline import Pipeline
from matplotlib.colors import to_hex
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from skecg import CNN1DClassifier
from skecg.plotting import (
    CLASS_COLORS,
    EmbeddingDisplay,
)


def test_draws_principal_components_by_class(two_lead_network):
    clf, X, y = two_lead_network
    display = EmbeddingDisplay.from_estimator(clf, X, y)
    expected = PCA(2).fit_transform(clf.transform(X))
    np.testing.assert_allclose(display.points, expected, atol=1e-5)
    normal, ventricular = display.scatters_
    np.testing.assert_allclose(ventricular.get_offsets(), display.points[y == 2])
    assert (
        to_hex(normal.get_facecolor()[0], keep_alpha=False).upper()
        == (CLASS_COLORS["N"])
    )
    # The rarer class is drawn over the other.
    assert ventricular.zorder > normal.zorder
    texts = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert texts == ["N", "V"]


def test_uses_transformer_predicted_classes_and_given_axes(two_lead_network):
    clf, X, y = two_lead_network
    scaled = Pipeline(
        [("scale", StandardScaler()), ("clf", CNN1DClassifier(**clf.get_params()))]
    ).fit(X, y)
    _, ax = plt.subplots()
    display = EmbeddingDisplay.from_estimator(scaled, X, reducer=PCA(2), ax=ax)
    assert display.ax_ is ax
    np.testing.assert_array_equal(display.y, scaled.predict(X))
    expected = PCA(2).fit_transform(scaled.transform(X))
    np.testing.assert_allclose(display.points, expected, atol=1e-5)


def test_errors_name_the_argument(two_lead_network):
    clf, X, y = two_lead_network
    draw = EmbeddingDisplay.from_estimator
    with pytest.raises(ValueError, match=r"two columns, got shape \(80, 3\)"):
        draw(clf, X, y, reducer=PCA(3))
    with pytest.raises(ValueError, match="must name the 2 classes of y, got 1 names"):
        draw(clf, X, y, display_labels=["normal"])
    with pytest.raises(ValueError, match="inconsistent numbers"):
        draw(clf, X, y[1:])
    with pytest.raises(TypeError, match="must be a skecg network classifier"):
        draw(LogisticRegression().fit(X, y), X, y)
