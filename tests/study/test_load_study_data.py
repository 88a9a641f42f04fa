"""load_study_data: training, validation and test rows of each source."""

import numpy as np
import pytest

from skecg.datasets import fetch_mitdb_beats
from skecg.study._data import load_study_data


def sizes(study):
    return [len(study.y_train), len(study.y_val), len(study.y_test)]


def test_a_single_file_is_split_at_random(study_csv, tmp_path):
    alone = tmp_path / "mine.csv"
    alone.write_bytes(study_csv.read_bytes())
    study = load_study_data(alone, seed=0)
    assert sizes(study) == [432, 48, 120]
    everything = np.concatenate([study.X_train, study.X_val, study.X_test])
    assert len(np.unique(everything, axis=0)) == 600
    assert "split at random by beat" in study.description


def test_a_file_of_one_class_is_refused(tmp_path):
    path = tmp_path / "ptbdb_normal.csv"
    np.savetxt(path, np.zeros((9, 188)), delimiter=",")
    with pytest.raises(ValueError, match="at least two classes"):
        load_study_data(path, seed=0)


def test_synthetic_beats_are_split_in_the_shares_of_the_study():
    study = load_study_data("synthetic", seed=0)
    assert sizes(study) == [5760, 640, 1600]
    assert study.names == list("NSVFQ")


@pytest.mark.real
def test_a_file_is_read_without_a_search_for_its_patients(
    study_csv, mitdb, monkeypatch
):
    fetch_mitdb_beats()  # in the cache, so that "auto" would search

    def search(*_, **__):
        raise AssertionError("The study does not use the patients.")

    monkeypatch.setattr("skecg.datasets._load_kaggle_beats.match_kaggle_rows", search)
    assert sizes(load_study_data(study_csv, seed=0)) == [540, 60, 600]
