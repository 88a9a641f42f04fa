"""CNN1D: lengths, number of parameters and errors."""

import pytest
import torch

from skecg.modules import CNN1D


@pytest.mark.parametrize("length", [1, 2, 3, 7, 16, 187])
@pytest.mark.parametrize("n_beats", [1, 3])
def test_takes_any_length(length, n_beats):
    network = CNN1D(n_samples=length)
    network(torch.zeros(n_beats, 1, length)).sum().backward()
    assert network.eval()(torch.zeros(2, 1, length)).shape == (2, 5)


def test_default_has_the_number_of_parameters_of_the_study():
    assert sum(p.numel() for p in CNN1D().parameters()) == 590_533


def test_errors_name_the_argument():
    with pytest.raises(ValueError, match=r"kernel_size must be odd.*got 4"):
        CNN1D(kernel_size=4)
    for n_filters in ((), (0,), (-1,), (2.5,), ("a",)):
        with pytest.raises(ValueError, match="n_filters must contain a whole number"):
            CNN1D(n_filters=n_filters)
