"""Displays: what they show, read back from the axes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from imblearn.pipeline import Pipeline
from matplotlib.colors import to_hex
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

from skecg import CNN1DClassifier, HybridSampler, PriorAdjustedClassifier
from skecg.plotting import (
    ArchitectureDisplay,
    BeatConfusionDisplay,
    ClassDistributionDisplay,
    TrainingHistoryDisplay,
)

pytestmark = pytest.mark.usefixtures("close_figures")


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(0)
    y = np.repeat(["N", "V"], 80)
    X = rng.normal(size=(160, 40)) + (y == "V")[:, None]
    clf = CNN1DClassifier(n_filters=(4, 8, 8), max_epochs=3, random_state=0)
    pipeline = Pipeline([("sampler", HybridSampler(random_state=0)), ("clf", clf)])
    return pipeline.fit(X, y), X, y


def test_class_distribution_shows_counts_in_the_classes_colours():
    display = ClassDistributionDisplay.from_targets([0, 0, 2, 0])
    assert [bar.get_height() for bar in display.bars_] == [3, 1]
    assert display.display_labels == ["N", "V"]
    other = ClassDistributionDisplay.from_targets(["V", "V"])
    ours = to_hex(display.bars_[1].get_facecolor())
    assert to_hex(other.bars_[0].get_facecolor()) == ours
    in_full = ClassDistributionDisplay.from_targets(
        [0, 2], display_labels=["Normal", "Ventricular ectopic"]
    )
    assert to_hex(in_full.bars_[1].get_facecolor()) == ours
    texts = [text.get_text() for text in display.ax_.texts]
    assert texts == ["3\n75.0%", "1\n25.0%"]


def test_class_distribution_takes_names_and_axes():
    _, ax = plt.subplots()
    display = ClassDistributionDisplay.from_targets(
        [0, 1], display_labels=["normal", "abnormal"], ax=ax
    )
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    with pytest.raises(ValueError, match="must name the 2 classes of y, got 1 names"):
        ClassDistributionDisplay.from_targets([0, 1], display_labels=["normal"])
    with pytest.raises(ValueError, match=r"name each class once, got \['a', 'a'\]"):
        ClassDistributionDisplay.from_targets([0, 1], display_labels=["a", "a"])


def test_class_distributions_share_an_axis():
    _, (above, below) = plt.subplots(2, sharex=True)
    ClassDistributionDisplay.from_targets([0, 1, 2, 2], ax=above)
    ClassDistributionDisplay.from_targets([0, 2], ax=below)
    numbered = ClassDistributionDisplay(np.array([2, 1]), display_labels=[0, 7]).plot()
    names = [text.get_text() for text in numbered.ax_.get_xticklabels()]
    assert names == ["0", "7"]
    assert [text.get_text() for text in below.get_xticklabels()] == ["N", "S", "V"]


def test_no_and_yes_are_not_taken_for_n_and_s():
    display = ClassDistributionDisplay.from_targets([0, 1, 1])
    assert display.display_labels == ["0", "1"]
    colors = {to_hex(bar.get_facecolor()) for bar in display.bars_}
    assert len(colors) == 2
    confusion = BeatConfusionDisplay.from_predictions([0, 1], [0, 1])
    assert [t.get_text() for t in confusion.ax_.get_xticklabels()] == ["0", "1"]
    assert ClassDistributionDisplay.from_targets([0, 1, 2]).display_labels == [*"NSV"]


def test_training_history_draws_the_table(fitted):
    pipeline, _, _ = fitted
    display = TrainingHistoryDisplay.from_estimator(pipeline)
    history = pipeline[-1].history_
    loss, accuracy = display.ax_
    np.testing.assert_array_equal(loss.lines[0].get_ydata(), history.train_loss)
    np.testing.assert_array_equal(loss.lines[1].get_ydata(), history.valid_loss)
    np.testing.assert_array_equal(accuracy.lines[1].get_ydata(), history.valid_accuracy)
    assert loss.lines[-1].get_xdata()[0] == pipeline[-1].best_epoch_


def test_training_history_without_held_out_rows(fitted):
    _, X, y = fitted
    clf = CNN1DClassifier(n_filters=(4,), max_epochs=1, validation_fraction=None)
    display = TrainingHistoryDisplay.from_estimator(clf.fit(X, y))
    labels = [line.get_label() for line in display.ax_[0].lines]
    assert labels == ["Training", "Epoch kept"]


def test_confusion_is_coloured_by_row_and_lettered():
    y_true, y_pred = [0] * 90 + [0] * 10 + [3] * 4, [0] * 90 + [3] * 10 + [3] * 4
    display = BeatConfusionDisplay.from_predictions(y_true, y_pred)
    assert [text.get_text() for text in display.text_.ravel()] == ["90", "10", "0", "4"]
    np.testing.assert_allclose(display.im_.get_array(), [[0.9, 0.1], [0, 1]])
    assert [t.get_text() for t in display.ax_.get_xticklabels()] == ["N", "F"]
    assert display.ax_.get_ylabel() == "Annotated class"


def test_confusion_of_an_estimator_with_names_and_no_values(fitted):
    pipeline, X, y = fitted
    display = BeatConfusionDisplay.from_estimator(
        pipeline, X, y, normalize="true", include_values=False, colorbar=False
    )
    assert display.text_ is None
    assert [t.get_text() for t in display.ax_.get_yticklabels()] == ["N", "V"]
    assert len(display.figure_.axes) == 1


def test_a_class_without_beats_is_a_row_of_nothing():
    display = BeatConfusionDisplay.from_predictions([0, 0], [0, 1], labels=[0, 1])
    np.testing.assert_allclose(display.im_.get_array(), [[0.5, 0.5], [0, 0]])


def test_architecture_is_the_fitted_networks(fitted):
    pipeline, X, _ = fitted
    before = pipeline.predict_proba(X)
    display = ArchitectureDisplay.from_estimator(pipeline)
    assert [s.shape for s in display.stages] == [
        (1, 40),
        (4, 20),
        (8, 10),
        (8, 5),
        (2,),
    ]
    assert [skip[:2] for skip in display.skips] == [(0, 2), (1, 3)]
    assert "Conv 5" in display.stages[1].layers
    assert display.ax_.get_title() == f"{pipeline[-1].n_parameters_:,} parameters"
    np.testing.assert_array_equal(pipeline.predict_proba(X), before)


def test_architecture_leaves_the_live_network_alone(fitted):
    """Another thread may be predicting with it, or training it."""
    pipeline, _, _ = fitted
    module = pipeline[-1].net_.module_
    meetings = []
    hooks = [
        part.register_forward_hook(lambda *call: meetings.append(call))
        for part in module.modules()
    ]
    was_training = module.training
    try:
        module.train()
        ArchitectureDisplay.from_estimator(pipeline)
        assert module.training
    finally:
        module.train(was_training)
        for hook in hooks:
            hook.remove()
    # A copy has copies of the hooks.
    assert all(part not in set(module.modules()) for part, *_ in meetings)


def test_architecture_of_a_users_own_network(fitted):
    class Own(torch.nn.Module):
        def __init__(self, n_samples, n_classes):
            super().__init__()
            self.pool = torch.nn.MaxPool1d(2)
            self.out = torch.nn.Linear(n_samples // 2, n_classes)

        def forward(self, beats):
            return self.out(self.pool(beats).flatten(1))

    _, X, y = fitted
    clf = CNN1DClassifier(module=Own, max_epochs=1, random_state=0).fit(X, y)
    display = ArchitectureDisplay.from_estimator(clf)
    assert [stage.name for stage in display.stages] == ["input", "pool", "out"]
    assert display.skips == []


def test_architecture_of_a_recurrent_network(fitted):
    class Recurrent(torch.nn.Module):
        def __init__(self, n_channels, n_classes):
            super().__init__()
            self.gru = torch.nn.GRU(n_channels, 3, batch_first=True)
            self.out = torch.nn.Linear(3, n_classes)

        def forward(self, beats):
            return self.out(self.gru(beats.transpose(1, 2))[0][:, -1])

    _, X, y = fitted
    clf = CNN1DClassifier(module=Recurrent, max_epochs=1, random_state=0).fit(X, y)
    display = ArchitectureDisplay.from_estimator(clf)
    assert [stage.shape for stage in display.stages] == [(1, 40), (40, 3), (2,)]


@pytest.mark.parametrize("cls", [ArchitectureDisplay, TrainingHistoryDisplay])
def test_the_network_is_found_inside_others(cls, fitted):
    pipeline, X, y = fitted
    adjusted = PriorAdjustedClassifier(FrozenEstimator(pipeline)).fit(X, y)
    display, plain = (cls.from_estimator(clf) for clf in (adjusted, pipeline))
    for name in ("stages", "n_parameters", "best_epoch"):
        assert getattr(display, name, None) == getattr(plain, name, None)


@pytest.mark.parametrize("cls", [ArchitectureDisplay, TrainingHistoryDisplay])
def test_other_estimators_are_refused(cls, fitted):
    _, X, y = fitted
    with pytest.raises(NotFittedError):
        cls.from_estimator(CNN1DClassifier())
    with pytest.raises(TypeError, match=r"a skecg network classifier.*LogisticRegr"):
        cls.from_estimator(LogisticRegression().fit(X, y))
