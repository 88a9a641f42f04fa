"""The displays of saliency and representation, read back from the axes."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import Pipeline
from matplotlib.colors import to_hex
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from skecg import CNN1DClassifier, PriorAdjustedClassifier
from skecg.inspection import beat_saliency
from skecg.plotting import CLASS_COLORS, EmbeddingDisplay, SaliencyDisplay

pytestmark = pytest.mark.usefixtures("close_figures")


@pytest.fixture(scope="module")
def fitted():
    """Two leads of ten samples and an auxiliary feature."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 2], [60, 20])
    X = rng.normal(size=(80, 21)) + (y == 2)[:, None]
    clf = CNN1DClassifier(
        n_channels=2,
        n_aux_features=1,
        n_filters=(4, 4),
        n_hidden=6,
        max_epochs=2,
        validation_fraction=None,
        random_state=0,
    )
    return clf.fit(X, y), X, y


@pytest.mark.parametrize("lead", [0, 1])
def test_saliency_draws_the_lead_and_its_map(fitted, lead):
    clf, X, _ = fitted
    display = SaliencyDisplay.from_estimator(
        clf, X, index=3, lead=lead, target=2, method="occlusion", fs=100
    )
    columns = slice(10 * lead, 10 * lead + 10)
    expected = beat_saliency(clf, X[3:4], method="occlusion", target=2)[0, columns]
    np.testing.assert_allclose(display.im_.get_array()[0], expected, rtol=1e-6)
    np.testing.assert_allclose(display.line_.get_ydata(), X[3, columns])
    np.testing.assert_allclose(display.line_.get_xdata(), np.arange(10) * 10)
    assert display.im_.get_extent()[:2] == [-5, 95]
    low, high = display.im_.get_clim()
    assert high == -low == np.abs(expected).max()
    assert display.ax_.get_xlabel() == "Time (ms)"
    assert display.ax_.get_title() == "What speaks for V"


def test_saliency_explains_the_answer_and_takes_axes(fitted):
    clf, X, y = fitted
    adjusted = PriorAdjustedClassifier(FrozenEstimator(clf), prior=[1e-9, 1]).fit(X, y)
    _, ax = plt.subplots()
    display = SaliencyDisplay.from_estimator(adjusted, pd.DataFrame(X), ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert display.ax_.get_title() == "What speaks for V"
    assert display.ax_.get_xlabel() == "Sample"
    blank = SaliencyDisplay(np.arange(3.0), np.zeros(3)).plot()
    assert blank.im_.get_clim() == (-1, 1)


def test_saliency_of_classes_of_ones_own(fitted):
    clf, X, y = fitted
    own = CNN1DClassifier(**clf.get_params()).fit(X, y // 2)
    draw = SaliencyDisplay.from_estimator
    assert draw(own, X, target=1).ax_.get_title() == "What speaks for 1"
    named = draw(own, X, target=1, display_labels=["normal", "abnormal"])
    assert named.ax_.get_title() == "What speaks for abnormal"
    with pytest.raises(ValueError, match="must name the 2 classes of y, got 1 names"):
        draw(own, X, display_labels=["normal"])


def test_saliency_names_what_is_wrong(fitted):
    clf, X, y = fitted
    draw = SaliencyDisplay.from_estimator
    with pytest.raises(ValueError, match=r"index must be .* the 80 beats, got 80"):
        draw(clf, X, index=80)
    with pytest.raises(ValueError, match=r"lead must be .* the 2 leads, got 2"):
        draw(clf, X, lead=2)
    with pytest.raises(ValueError, match=r"a beat a row, got shape \(21,\); .* X\[\[0"):
        draw(clf, X[0])
    for name, value in ("fs", 0), ("fs", "100"), ("index", 1.5), ("lead", "I"):
        with pytest.raises(ValueError, match=f"'{name}' parameter of Saliency"):
            draw(clf, X, **{name: value})
    selected = Pipeline(
        [
            ("select", SelectKBest(k=10)),
            ("clf", CNN1DClassifier(n_filters=(4,), max_epochs=1, n_hidden=4)),
        ]
    ).set_params(clf__validation_fraction=None)
    with pytest.raises(ValueError, match="X has 21 columns and the network reads 10"):
        draw(selected.fit(X, y), X)


def test_embedding_draws_principal_components_by_class(fitted):
    clf, X, y = fitted
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


def test_embedding_behind_a_transformer_by_answers_and_on_axes(fitted):
    clf, X, y = fitted
    scaled = Pipeline(
        [("scale", StandardScaler()), ("clf", CNN1DClassifier(**clf.get_params()))]
    ).fit(X, y)
    _, ax = plt.subplots()
    display = EmbeddingDisplay.from_estimator(scaled, X, reducer=PCA(2), ax=ax)
    assert display.ax_ is ax
    np.testing.assert_array_equal(display.y, scaled.predict(X))
    expected = PCA(2).fit_transform(scaled.transform(X))
    np.testing.assert_allclose(display.points, expected, atol=1e-5)


def test_embedding_names_what_is_wrong(fitted):
    clf, X, y = fitted
    draw = EmbeddingDisplay.from_estimator
    with pytest.raises(ValueError, match=r"two columns .* got shape \(80, 3\)"):
        draw(clf, X, y, reducer=PCA(3))
    with pytest.raises(ValueError, match="must name the 2 classes of y, got 1 names"):
        draw(clf, X, y, display_labels=["normal"])
    with pytest.raises(ValueError, match="inconsistent numbers"):
        draw(clf, X, y[1:])
    with pytest.raises(TypeError, match="must be a skecg network classifier"):
        draw(LogisticRegression().fit(X, y), X, y)
