"""match_kaggle_rows: the record and R peak of rows of the public set."""

import numpy as np
import pytest

from skecg.datasets import (
    fetch_mitdb_beats,
    load_kaggle_beats,
    make_beats,
    match_kaggle_rows,
)


@pytest.mark.real
def test_finds_record_subject_and_r_peak(kaggle_file):
    path, beats, chosen = kaggle_file
    rows = load_kaggle_beats(path, match=False).data
    matches = match_kaggle_rows(rows)
    assert list(matches) == ["record", "subject", "r_peak", "symbol", "subset"]
    assert matches[:5].isna().all(axis=None)
    found = matches[5:]
    assert found.notna().all(axis=None)
    np.testing.assert_array_equal(found.record, beats.records[chosen])
    np.testing.assert_array_equal(found.subject, beats.groups[chosen])
    np.testing.assert_array_equal(found.r_peak, beats.r_peaks[chosen])
    np.testing.assert_array_equal(found.symbol, beats.symbols[chosen])


@pytest.mark.real
def test_other_rows_match_no_beat(mitdb):
    matches = match_kaggle_rows(make_beats(7, random_state=0).data)
    assert matches.shape == (7, 5)
    assert matches.isna().all(axis=None)
    assert match_kaggle_rows(np.empty((0, 187))).shape == (0, 5)


@pytest.mark.real
def test_subset_is_the_public_file_of_the_row(mitdb):
    for subset in ("train", "test"):
        X, _ = fetch_mitdb_beats(subset, return_X_y=True)
        assert (match_kaggle_rows(X).subset == subset).all()


def test_errors_name_the_argument():
    with pytest.raises(ValueError, match="X must have 187 columns, got 188"):
        match_kaggle_rows(np.zeros((2, 188)))
    with pytest.raises(ValueError, match="Input X contains NaN"):
        match_kaggle_rows(np.full((2, 187), np.nan))
    for argument in ("X", "data_home", "base_url", "download_if_missing"):
        with pytest.raises(ValueError, match=f"The '{argument}' parameter of"):
            match_kaggle_rows(**{"X": np.zeros((2, 187)), argument: 5})
