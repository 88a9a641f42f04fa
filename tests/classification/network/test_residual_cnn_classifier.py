"""The comparator: its network's shape and its published training."""

import numpy as np
import pytest
import torch

from skecg import ResidualCNNClassifier
from skecg.modules import ResidualCNN


def test_thirteen_weight_layers_as_published_and_an_output():
    network = ResidualCNN()
    layers = [
        part
        for part in network.modules()
        if isinstance(part, torch.nn.Conv2d | torch.nn.Linear)
    ]
    assert len(layers) == 14
    # By hand: 1 * 5 * 32 + 32, ten times 32 * 5 * 32 + 32, and behind pooling to
    # 92, 44, 20, 8 and 2 samples 64 * 32 + 32, 32 * 32 + 32, 32 * 5 + 5.
    by_hand = 192 + 10 * 5152 + 2080 + 1056 + 165
    assert sum(p.numel() for p in network.parameters()) == by_hand


@pytest.mark.parametrize("length", [1, 2, 4, 5, 6, 96, 187, 400])
def test_network_takes_any_length(length):
    network = ResidualCNN(n_channels=2, n_samples=length, n_aux_features=3, n_classes=4)
    logits = network(torch.zeros(3, 2, length), torch.zeros(3, 3))
    logits.sum().backward()
    assert logits.shape == (3, 4)


def test_defaults_are_the_papers():
    params = ResidualCNNClassifier().get_params()
    assert (params["batch_size"], params["lr"], params["optimizer"]) == (
        500,
        1e-3,
        "adam",
    )
    assert params["lr_schedule"] == "step"


def test_reads_leads_and_auxiliary_features():
    rng = np.random.default_rng(0)
    y = np.tile([0, 1], 80)
    X = np.hstack(
        [rng.normal(size=(160, 40)), 2 * y[:, None] + rng.normal(size=(160, 1))]
    )
    clf = ResidualCNNClassifier(
        n_channels=2, n_aux_features=1, batch_size=20, max_epochs=10, random_state=0
    )
    assert clf.fit(X, y).score(X, y) > 0.75
