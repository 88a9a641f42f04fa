"""A model file, and folders of recordings on disk."""

import pytest
from annotated import fitted_annotator, write_mixed_record

from skecg._files import write_model


@pytest.fixture(scope="session")
def model_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "annotator.joblib"
    write_model(path, fitted_annotator())
    return path


@pytest.fixture(scope="session")
def annotated_folder(tmp_path_factory):
    """Two records with the annotations atr, one of them in a folder inside."""
    folder = tmp_path_factory.mktemp("records")
    write_mixed_record(folder, "a", pattern="NNNNVNNNVN", seed=5)
    (folder / "inside").mkdir()
    write_mixed_record(folder / "inside", "a", pattern="NNVVVNNNNN", seed=6)
    return folder
