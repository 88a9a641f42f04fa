"""Medians over beats and their neighbours, against NumPy's."""

import numpy as np
import pytest

from skecg.signal._windows import running_median


@pytest.mark.parametrize("n_values", [0, 1, 2, 3, 50, 301])
def test_running_median_is_numpys_of_all_values_so_far(n_values):
    values = np.random.default_rng(n_values).normal(1, 0.3, n_values).round(2)
    expected = [np.median(values[: i + 1]) for i in range(n_values)]
    np.testing.assert_array_equal(running_median(values), expected)
