"""ArchitectureDisplay: the stages of a fitted network."""

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

from skecg import CNN1DClassifier, NetworkClassifier, PriorAdjustedClassifier
from skecg.plotting import ArchitectureDisplay


def test_stages_are_those_of_the_fitted_network(fitted_pipeline):
    pipeline, X, _ = fitted_pipeline
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


def test_does_not_run_or_change_the_fitted_network(fitted_pipeline):
    """Another thread may be using the network for prediction or training."""
    pipeline, _, _ = fitted_pipeline
    module = pipeline[-1].net_.module_
    calls = []
    hooks = [
        part.register_forward_hook(lambda *call: calls.append(call))
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
    # The display runs a copy, whose hooks are copies too.
    assert all(part not in set(module.modules()) for part, *_ in calls)


def test_stages_of_a_custom_network(fitted_pipeline):
    class Own(torch.nn.Module):
        def __init__(self, n_samples, n_classes):
            super().__init__()
            self.pool = torch.nn.MaxPool1d(2)
            self.out = torch.nn.Linear(n_samples // 2, n_classes)

        def forward(self, beats):
            return self.out(self.pool(beats).flatten(1))

    _, X, y = fitted_pipeline
    clf = NetworkClassifier(Own, max_epochs=1, random_state=0).fit(X, y)
    display = ArchitectureDisplay.from_estimator(clf)
    assert [stage.name for stage in display.stages] == ["input", "pool", "out"]
    assert display.skips == []


def test_stages_of_a_recurrent_network(fitted_pipeline):
    class Recurrent(torch.nn.Module):
        def __init__(self, n_channels, n_classes):
            super().__init__()
            self.gru = torch.nn.GRU(n_channels, 3, batch_first=True)
            self.out = torch.nn.Linear(3, n_classes)

        def forward(self, beats):
            return self.out(self.gru(beats.transpose(1, 2))[0][:, -1])

    _, X, y = fitted_pipeline
    clf = NetworkClassifier(Recurrent, max_epochs=1, random_state=0).fit(X, y)
    display = ArchitectureDisplay.from_estimator(clf)
    assert [stage.shape for stage in display.stages] == [(1, 40), (40, 3), (2,)]


def test_finds_the_network_inside_other_estimators(fitted_pipeline):
    pipeline, X, y = fitted_pipeline
    adjusted = PriorAdjustedClassifier(FrozenEstimator(pipeline)).fit(X, y)
    display, plain = (
        ArchitectureDisplay.from_estimator(clf) for clf in (adjusted, pipeline)
    )
    assert display.stages == plain.stages
    assert display.n_parameters == plain.n_parameters


def test_refuses_unfitted_and_other_estimators(fitted_pipeline):
    _, X, y = fitted_pipeline
    with pytest.raises(NotFittedError):
        ArchitectureDisplay.from_estimator(CNN1DClassifier())
    with pytest.raises(TypeError, match=r"a skecg network classifier.*LogisticRegr"):
        ArchitectureDisplay.from_estimator(LogisticRegression().fit(X, y))
