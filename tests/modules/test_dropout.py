"""skecg.modules.Dropout against torch's definition of dropout."""

import numpy as np
import pytest
import torch

from skecg.modules import Dropout


@pytest.mark.parametrize("p", [0.1, 0.2, 0.3, 0.5])
def test_drops_a_share_p_and_scales_the_rest(p):
    torch.manual_seed(0)
    n_values = 200_000
    dropped = Dropout(p)(torch.ones(n_values))
    share = (dropped == 0).double().mean().item()
    # Four standard deviations of the share.
    assert abs(share - p) < 4 * np.sqrt(p * (1 - p) / n_values)
    assert dropped.max().item() == pytest.approx(1 / (1 - p), rel=1e-4)


def test_masks_of_neighbouring_values_are_independent():
    torch.manual_seed(0)
    kept = (Dropout(0.5)(torch.ones(400_000)) != 0).double().numpy()
    for lag in (1, 2, 3, 4):
        correlation = np.corrcoef(kept[:-lag], kept[lag:])[0, 1]
        assert abs(correlation) < 4 / np.sqrt(len(kept))


def test_gradient_is_the_mask():
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
def test_takes_any_memory_layout(x):
    torch.manual_seed(0)
    dropped = Dropout(0.5)(x)
    assert dropped.shape == x.shape
    assert set(dropped.unique().tolist()) <= {0.0, 2.0}


def test_p_of_0_and_1_and_evaluation_mode():
    x = torch.rand(50)
    assert torch.equal(Dropout(0.0)(x), x)
    assert torch.equal(Dropout(1.0)(x), torch.zeros(50))
    assert torch.equal(Dropout(0.5).eval()(x), x)
