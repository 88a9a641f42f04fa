"""Data that several files of tests share."""

import warnings

import numpy as np
import pytest


@pytest.fixture(scope="session")
def three_classes():
    """Three classes of 60 that a small network tells apart."""
    rng = np.random.default_rng(0)
    y = np.repeat(["F", "N", "V"], 60)
    X = rng.normal(size=(180, 24)) + 4 * np.repeat(np.eye(3), 60, axis=0).repeat(8, 1)
    return X.astype(np.float32), y


@pytest.fixture
def clean_split():
    """1,000 rows of noise, 20 a subject, classes of 700, 200 and 100 rows, shuffled.

    The first 800 are one part, the others another; nothing speaks against that.
    """
    rng = np.random.default_rng(0)
    X = rng.normal(3, 2, size=(1000, 100))
    y = rng.permutation(np.repeat(["N", "S", "V"], [700, 200, 100]))
    return X, y, np.repeat([f"p{i}" for i in range(50)], 20)


@pytest.fixture
def wfdb():
    """The library itself, which makes the pandas of today warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import wfdb

        yield wfdb
