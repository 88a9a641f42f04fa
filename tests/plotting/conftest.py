"""Fitted networks that the displays draw, and closing of the figures."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from imblearn.pipeline import Pipeline

from skecg import CNN1DClassifier, HybridSampler


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def fitted_pipeline():
    """A sampler and a small network, fitted on 160 beats of 40 samples."""
    rng = np.random.default_rng(0)
    y = np.repeat(["N", "V"], 80)
    X = rng.normal(size=(160, 40)) + (y == "V")[:, None]
    clf = CNN1DClassifier(n_filters=(4, 8, 8), max_epochs=3, random_state=0)
    pipeline = Pipeline([("sampler", HybridSampler(random_state=0)), ("clf", clf)])
    return pipeline.fit(X, y), X, y


@pytest.fixture(scope="session")
def two_lead_network():
    """A network fitted on two leads of ten samples and an auxiliary feature."""
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
