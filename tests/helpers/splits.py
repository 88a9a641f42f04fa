"""Comparison of splits."""

import numpy as np


def only(splits):
    (pair,) = splits
    return pair


def assert_same(splits, expected):
    for (train, test), (expected_train, expected_test) in zip(
        splits, expected, strict=True
    ):
        np.testing.assert_array_equal(train, expected_train)
        np.testing.assert_array_equal(test, expected_test)
