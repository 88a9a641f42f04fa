"""TrainingHistoryDisplay: curves of the loss and accuracy of each epoch."""

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
    loss, accuracy = display.ax_
    np.testing.assert_array_equal(loss.lines[0].get_ydata(), history.train_loss)
    np.testing.assert_array_equal(loss.lines[1].get_ydata(), history.valid_loss)
    np.testing.assert_array_equal(accuracy.lines[1].get_ydata(), history.valid_accuracy)
    assert loss.lines[-1].get_xdata()[0] == pipeline[-1].best_epoch_


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
