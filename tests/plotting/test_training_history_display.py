"""TrainingHistoryDisplay: curves of the loss and accuracy of each epoch."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

from skecg import CNN1DClassifier, PriorAdjustedClassifier
from skecg.plotting import TrainingHistoryDisplay


def test_draws_the_columns_of_history_(fitted_pipeline):
    pipeline, _, _ = fitted_pipeline
    display = TrainingHistoryDisplay.from_estimator(pipeline)
    history = pipeline[-1].history_
    loss, accuracy, score = display.ax_
    np.testing.assert_array_equal(loss.lines[0].get_ydata(), history.train_loss)
    np.testing.assert_array_equal(loss.lines[1].get_ydata(), history.valid_loss)
    np.testing.assert_array_equal(accuracy.lines[1].get_ydata(), history.valid_accuracy)
    np.testing.assert_array_equal(score.lines[0].get_ydata(), history.valid_score)
    for axes in display.ax_:
        assert axes.lines[-1].get_xdata()[0] == pipeline[-1].best_epoch_


@pytest.mark.parametrize("scoring", ["loss", "accuracy"])
def test_draws_no_figure_twice(fitted_pipeline, scoring):
    _, X, y = fitted_pipeline
    clf = CNN1DClassifier(n_filters=(4,), max_epochs=2, validation_scoring=scoring)
    assert len(TrainingHistoryDisplay.from_estimator(clf.fit(X, y)).ax_) == 2


def test_draws_on_given_axes(fitted_pipeline):
    pipeline, _, _ = fitted_pipeline
    for n_axes in (2, 3):
        _, axes = plt.subplots(1, n_axes)
        TrainingHistoryDisplay.from_estimator(pipeline, ax=axes)
        assert all(len(one.lines) for one in axes)
    with pytest.raises(ValueError, match="two or three axes, got 1"):
        TrainingHistoryDisplay.from_estimator(pipeline, ax=axes[:1])


def test_draws_training_curves_alone_without_a_validation_set(fitted_pipeline):
    _, X, y = fitted_pipeline
    clf = CNN1DClassifier(n_filters=(4,), max_epochs=1, validation_fraction=None)
    display = TrainingHistoryDisplay.from_estimator(clf.fit(X, y))
    labels = [line.get_label() for line in display.ax_[0].lines]
    assert labels == ["Training", "Epoch kept"]


def test_finds_the_network_inside_other_estimators(fitted_pipeline):
    pipeline, X, y = fitted_pipeline
    adjusted = PriorAdjustedClassifier(FrozenEstimator(pipeline)).fit(X, y)
    display, plain = (
        TrainingHistoryDisplay.from_estimator(clf) for clf in (adjusted, pipeline)
    )
    assert display.best_epoch == plain.best_epoch


def test_refuses_unfitted_and_other_estimators(fitted_pipeline):
    _, X, y = fitted_pipeline
    with pytest.raises(NotFittedError):
        TrainingHistoryDisplay.from_estimator(CNN1DClassifier())
    with pytest.raises(TypeError, match=r"a skecg network classifier.*LogisticRegr"):
        TrainingHistoryDisplay.from_estimator(LogisticRegression().fit(X, y))
