"""Small beats, and a small model with its file."""

import pytest
from safe_files import small_beats, small_pipeline

from skecg import save_model


@pytest.fixture(scope="session")
def beats():
    return small_beats()


@pytest.fixture(scope="session")
def model(beats):
    return small_pipeline().fit(beats.data, beats.target)


@pytest.fixture(scope="session")
def model_file(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.skops"
    save_model(model, path)
    return path
