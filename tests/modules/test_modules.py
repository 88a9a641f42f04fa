"""The layers that the package brings of its own, against torch's."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

from skecg.modules import CNN1D, Dropout, ResidualCNN
from skecg.modules._folding import fold_batch_norm


@pytest.mark.parametrize("p", [0.1, 0.2, 0.3, 0.5])
def test_dropout_drops_the_share_and_keeps_the_mean(p):
    torch.manual_seed(0)
    n_values = 200_000
    dropped = Dropout(p)(torch.ones(n_values))
    share = (dropped == 0).double().mean().item()
    # Four standard deviations of the share.
    assert abs(share - p) < 4 * np.sqrt(p * (1 - p) / n_values)
    assert dropped.max().item() == pytest.approx(1 / (1 - p), rel=1e-4)


def test_dropout_of_neighbours_is_independent():
    torch.manual_seed(0)
    kept = (Dropout(0.5)(torch.ones(400_000)) != 0).double().numpy()
    for lag in (1, 2, 3, 4):
        correlation = np.corrcoef(kept[:-lag], kept[lag:])[0, 1]
        assert abs(correlation) < 4 / np.sqrt(len(kept))


def test_dropouts_gradient_is_its_mask():
    torch.manual_seed(0)
    x = torch.full((3, 5, 1, 7), 2.0).to(memory_format=torch.channels_last)
    x.requires_grad_()
    dropped = Dropout(0.4)(x)
    dropped.sum().backward()
    torch.testing.assert_close(x.grad, dropped.detach() / 2)
    assert dropped.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(
    "x", [torch.ones(6, 4).T, torch.ones(2, 9)[:, ::2], torch.ones(0, 3)]
)
def test_dropout_takes_any_layout(x):
    torch.manual_seed(0)
    dropped = Dropout(0.5)(x)
    assert dropped.shape == x.shape
    assert set(dropped.unique().tolist()) <= {0.0, 2.0}


def test_dropout_at_its_ends_and_in_evaluation_is_torchs():
    x = torch.rand(50)
    assert torch.equal(Dropout(0.0)(x), x)
    assert torch.equal(Dropout(1.0)(x), torch.zeros(50))
    assert torch.equal(Dropout(0.5).eval()(x), x)


@pytest.mark.parametrize("network", [CNN1D(n_samples=40), ResidualCNN(n_samples=40)])
def test_folding_changes_nothing_but_the_steps(network):
    torch.manual_seed(0)
    beats = torch.rand(64, 1, 40)
    network.train()
    for _ in range(3):
        network(beats)  # moves the running statistics from where they start
    network.eval()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    with torch.inference_mode():
        torch.testing.assert_close(
            fold_batch_norm(network)(beats), network(beats), rtol=1e-4, atol=1e-5
        )
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name])


def test_folding_leaves_a_sequential_of_another_kind_alone():
    class Doubled(nn.Sequential):
        def forward(self, x):
            return super().forward(super().forward(x))

    torch.manual_seed(0)
    network = Doubled(nn.Conv1d(2, 2, 1), nn.BatchNorm1d(2)).eval()
    folded = fold_batch_norm(network)
    assert isinstance(folded[1], nn.BatchNorm1d)
    x = torch.rand(3, 2, 5)
    assert torch.equal(folded(x), network(x))


@pytest.mark.parametrize("length", [1, 2, 3, 7, 16, 187])
@pytest.mark.parametrize("n_beats", [1, 3])
def test_network_takes_any_length(length, n_beats):
    network = CNN1D(n_samples=length)
    network(torch.zeros(n_beats, 1, length)).sum().backward()
    assert network.eval()(torch.zeros(2, 1, length)).shape == (2, 5)


def test_network_has_the_studys_size():
    assert sum(p.numel() for p in CNN1D().parameters()) == 590_533


def test_network_refuses_what_it_cannot_be():
    with pytest.raises(ValueError, match=r"kernel_size must be odd.*got 4"):
        CNN1D(kernel_size=4)
    for n_filters in ((), (0,), (-1,), (2.5,), ("a",)):
        with pytest.raises(ValueError, match="n_filters must hold a whole number"):
            CNN1D(n_filters=n_filters)


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
    ],
)
def test_folding_leaves_other_convolutions_and_norms_alone(conv, norm):
    network = nn.Sequential(conv, norm).eval()
    if norm.running_mean is not None:
        norm.running_mean += 0.7
    x = torch.rand(4, 1, 20, generator=torch.Generator().manual_seed(0))
    assert torch.equal(fold_batch_norm(network)(x), network(x))
