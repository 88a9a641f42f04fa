"""Files and servers that several tests of the data sets use."""

import numpy as np
import pytest

from skecg.datasets import (
    fetch_mitdb_beats,
    make_beats,
)


@pytest.fixture(scope="session")
def made():
    """60 synthetic beats."""
    return make_beats(60, random_state=0)


@pytest.fixture(params=["%.18e", "%.4f"])
def kaggle_file(request, tmp_path, mitdb):
    """A file of 5 synthetic and 500 real beats, the real beats, and their rows."""
    beats = fetch_mitdb_beats("all")
    rng = np.random.default_rng(0)
    chosen = rng.choice(len(beats.data), 500, replace=False)
    synthetic = make_beats(5, random_state=0).data
    rows = np.concatenate([synthetic, beats.data[chosen]])
    path = tmp_path / "mitbih_test.csv"
    target = np.concatenate([np.zeros(5), beats.target[chosen]])
    table = np.column_stack([rows, target])
    np.savetxt(path, table, fmt=request.param, delimiter=",")
    return path, beats, chosen
