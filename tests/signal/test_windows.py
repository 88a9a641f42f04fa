"""Medians over beats and their neighbours, against NumPy's."""

import numpy as np
import pytest

from skecg.signal._windows import median, rolling_median


@pytest.mark.parametrize("n_values", [0, 1, 2, 3, 50, 301])
@pytest.mark.parametrize(("before", "after"), [(10, 0), (5, 5), (0, 4), (301, 0)])
def test_a_rolling_median_is_numpys_of_the_values_around(n_values, before, after):
    values = np.random.default_rng(n_values).normal(1, 0.3, n_values).round(2)
    expected = [
        np.median(values[max(i - before, 0) : i + 1 + after]) for i in range(n_values)
    ]
    np.testing.assert_array_equal(rolling_median(values, before, after), expected)


def test_missing_values_do_not_count_in_a_rolling_median():
    values = [[np.nan, 1.0, np.nan, 3.0], [np.nan, np.nan, 8.0, 9.0]]
    medians = rolling_median(values, 1, 0, empty=-1.0)
    np.testing.assert_array_equal(medians, [[-1, 1, 1, 3], [-1, -1, 8, 8.5]])


def test_a_median_is_numpys_of_what_is_not_missing():
    rows = np.random.default_rng(0).normal(size=(200, 9))
    rows[np.random.default_rng(1).random(rows.shape) < 0.4] = np.nan
    rows[0] = np.nan
    assert median(rows)[0] == 0
    np.testing.assert_array_equal(median(rows[1:]), np.nanmedian(rows[1:], axis=1))
