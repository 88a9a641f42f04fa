"""fold_batch_norm: the same output without batch normalisation layers."""

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

from skecg.modules import CNN1D, ContextNetwork, ResidualCNN
from skecg.modules._folding import fold_batch_norm


@pytest.mark.parametrize(
    ("network", "aux_shape"),
    [
        (CNN1D(n_samples=40), None),
        (ResidualCNN(n_samples=40), None),
        (ContextNetwork(n_channels=1, n_samples=40, n_aux_features=70), (64, 70)),
    ],
)
def test_keeps_the_output_and_the_original_network(network, aux_shape):
    torch.manual_seed(0)
    inputs = [torch.rand(64, 1, 40)]
    if aux_shape is not None:
        inputs.append(torch.rand(aux_shape))
    network.train()
    for _ in range(3):
        network(*inputs)  # moves the running statistics from their initial values
    network.eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    with torch.inference_mode():
        torch.testing.assert_close(
            fold_batch_norm(network)(*inputs), network(*inputs), rtol=1e-4, atol=1e-5
        )
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name])


def test_keeps_subclasses_of_sequential():
    class Doubled(nn.Sequential):
        def forward(self, x):
            return super().forward(super().forward(x))

    torch.manual_seed(0)
    network = Doubled(nn.Conv1d(2, 2, 1), nn.BatchNorm1d(2)).eval()
    folded = fold_batch_norm(network)
    assert isinstance(folded[1], nn.BatchNorm1d)
    x = torch.rand(3, 2, 5)
    assert torch.equal(folded(x), network(x))


class DoublingNorm(nn.BatchNorm1d):
    def forward(self, x):
        return 2 * super().forward(x)


class StandardisedConv(nn.Conv1d):
    def forward(self, x):
        weight = self.weight - self.weight.mean()
        return nn.functional.conv1d(x, weight, self.bias)


@pytest.mark.parametrize(
    "conv, norm",
    [
        (StandardisedConv(1, 3, 5), nn.BatchNorm1d(3)),
        (weight_norm(nn.Conv1d(1, 3, 5)), nn.BatchNorm1d(3)),
        (nn.Conv1d(1, 3, 5), nn.BatchNorm1d(3, track_running_stats=False)),
        (nn.Conv1d(1, 3, 5), DoublingNorm(3)),
    ],
)
def test_keeps_other_convolutions_and_norms(conv, norm):
    network = nn.Sequential(conv, norm).eval()
    if norm.running_mean is not None:
        norm.running_mean += 0.7
    x = torch.rand(4, 1, 20, generator=torch.Generator().manual_seed(0))
    assert torch.equal(fold_batch_norm(network)(x), network(x))
