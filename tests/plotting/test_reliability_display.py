"""ReliabilityDisplay: one calibration curve for each class."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from sklearn.calibration import calibration_curve
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from skecg.datasets import make_beats
from skecg.plotting import ReliabilityDisplay


def test_draws_a_curve_for_each_class():
    X, y = make_beats(600, random_state=0, return_X_y=True)
    clf = LogisticRegression(max_iter=500).fit(X, y)
    display = ReliabilityDisplay.from_estimator(clf, X, y, n_bins=4)
    share, mean = calibration_curve(y == 2, clf.predict_proba(X)[:, 2], n_bins=4)
    np.testing.assert_allclose(display.lines_["V"].get_xydata(), np.c_[mean, share])
    assert list(display.lines_) == ["N", "S", "V", "F", "Q"]
    styles = {
        (to_hex(line.get_color()), line.get_marker())
        for line in display.lines_.values()
    }
    assert len(styles) == 5
    assert len({marker for _, marker in styles}) == 5


def test_takes_labels_and_refuses_other_numbers_of_columns():
    proba = [[0.9, 0.1, 0.0], [0.2, 0.8, 0.0]]
    display = ReliabilityDisplay.from_predictions(
        ["N", "V"], proba, labels=["N", "V", "F"], n_bins=2
    )
    np.testing.assert_allclose(display.curves["F"], [[0], [0]])
    with pytest.raises(ValueError, match="each of the 2 classes, got 3"):
        ReliabilityDisplay.from_predictions(["N", "V"], proba)


def test_takes_display_labels_and_colours_them_apart():
    y = np.repeat([0, 1], 4)
    proba = np.c_[1 - y * 0.8, y * 0.8]
    names = ["normal", "abnormal"]
    curves = ReliabilityDisplay.from_predictions(y, proba, display_labels=names)
    looks = [(to_hex(x.get_color()), x.get_marker()) for x in curves.lines_.values()]
    assert list(curves.lines_) == names
    assert len({color for color, _ in looks}) == len({m for _, m in looks}) == 2
    clf = DummyClassifier(strategy="prior").fit(proba, y)
    plain = ReliabilityDisplay.from_estimator(clf, proba, y)
    assert list(plain.lines_) == ["0", "1"]
    with pytest.raises(ValueError, match=r"the 2 classes .* 1 names; .* of \[0, 1\]"):
        ReliabilityDisplay.from_estimator(clf, proba, y, display_labels=["normal"])


def test_legend_stays_within_the_given_axes():
    figure, ax = plt.subplots()
    ReliabilityDisplay.from_predictions([0, 1], [[0.7, 0.3], [0.4, 0.6]], ax=ax)
    figure.canvas.draw()
    legend = ax.get_legend().get_window_extent()
    assert figure.bbox.fully_containsx(legend.x0)
    assert figure.bbox.fully_containsx(legend.x1)


@pytest.mark.parametrize("proba", [[[2.0, 0.1]], [[-0.5, 0.5]], [[40, 60]]])
def test_refuses_scores_that_are_no_probabilities(proba):
    with pytest.raises(ValueError, match=r"y_proba must be probabilities .* to "):
        ReliabilityDisplay.from_predictions(["N"], proba, labels=["N", "V"])
