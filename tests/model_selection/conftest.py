"""Beats of all records, which several tests split."""

import numpy as np
import pytest

from skecg.mitdb import RECORDS


@pytest.fixture(scope="module")
def beats():
    """Six beats of two classes in each of the 48 records, shuffled."""
    rng = np.random.default_rng(0)
    records = rng.permutation(np.repeat(RECORDS, 6))
    y = np.arange(288) % 2
    return rng.normal(size=(288, 3)) + y[:, None], y, records
