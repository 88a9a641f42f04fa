"""SaliencyDisplay: a lead, its saliency map and its title."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import Pipeline
from sklearn.feature_selection import SelectKBest
from sklearn.frozen import FrozenEstimator

from skecg import CNN1DClassifier, PriorAdjustedClassifier
from skecg.datasets import make_beats
from skecg.inspection import beat_saliency
from skecg.plotting import SaliencyDisplay


@pytest.mark.parametrize("lead", [0, 1])
def test_draws_the_lead_and_its_saliency(two_lead_network, lead):
    clf, X, _ = two_lead_network
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
    assert display.ax_.get_title() == "Evidence for V"


def test_explains_the_predicted_class_and_takes_axes(two_lead_network):
    clf, X, y = two_lead_network
    adjusted = PriorAdjustedClassifier(FrozenEstimator(clf), prior=[1e-9, 1]).fit(X, y)
    _, ax = plt.subplots()
    display = SaliencyDisplay.from_estimator(adjusted, pd.DataFrame(X), ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert display.ax_.get_title() == "Evidence for V"
    assert display.ax_.get_xlabel() == "Sample"
    blank = SaliencyDisplay(np.arange(3.0), np.zeros(3)).plot()
    assert blank.im_.get_clim() == (-1, 1)


def test_takes_display_labels_for_other_classes(two_lead_network):
    clf, X, y = two_lead_network
    own = CNN1DClassifier(**clf.get_params()).fit(X, y // 2)
    draw = SaliencyDisplay.from_estimator
    assert draw(own, X, target=1).ax_.get_title() == "Evidence for 1"
    named = draw(own, X, target=1, display_labels=["normal", "abnormal"])
    assert named.ax_.get_title() == "Evidence for abnormal"
    with pytest.raises(ValueError, match="must name the 2 classes of y, got 1 names"):
        draw(own, X, display_labels=["normal"])


def test_errors_name_the_argument(two_lead_network):
    clf, X, y = two_lead_network
    draw = SaliencyDisplay.from_estimator
    with pytest.raises(ValueError, match=r"index must be .* the 80 beats, got 80"):
        draw(clf, X, index=80)
    with pytest.raises(ValueError, match=r"lead must be .* the 2 leads, got 2"):
        draw(clf, X, lead=2)
    with pytest.raises(ValueError, match=r"beat per row, got .*21.*.* X\[\[0"):
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
    with pytest.raises(ValueError, match=r"X has 21 columns, .* transforms them to 10"):
        draw(selected.fit(X, y), X)


@pytest.mark.parametrize("fs", [None, 120])
def test_the_axis_starts_where_the_layout_does(fs):
    beats = make_beats(60, layout="centered", random_state=0)
    clf = CNN1DClassifier(
        layout=beats.layout, n_filters=(2,), max_epochs=1, validation_fraction=None
    ).fit(beats.data, np.arange(60) % 2)
    display = SaliencyDisplay.from_estimator(
        clf, beats.data, target=1, method="occlusion", fs=fs
    )
    times = display.line_.get_xdata()
    assert times[0] == pytest.approx(-300)
    assert times[36] == 0
    assert display.ax_.get_xlabel() == "Time (ms)"
