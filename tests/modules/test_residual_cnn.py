"""ResidualCNN: lengths and auxiliary features."""

import pytest
import torch

from skecg.modules import ResidualCNN


@pytest.mark.parametrize("length", [1, 2, 4, 5, 16, 187])
@pytest.mark.parametrize("n_beats", [1, 3])
def test_takes_any_length(length, n_beats):
    network = ResidualCNN(n_samples=length)
    network(torch.zeros(n_beats, 1, length)).sum().backward()
    assert network.eval()(torch.zeros(2, 1, length)).shape == (2, 5)


def test_reads_auxiliary_features():
    torch.manual_seed(0)
    network = ResidualCNN(n_channels=2, n_samples=20, n_classes=3, n_aux_features=4)
    beats, aux = torch.rand(5, 2, 20), torch.rand(5, 4)
    assert network(beats, aux).shape == (5, 3)
    assert not torch.equal(network(beats, aux), network(beats, aux + 1))
