"""load_kaggle_beats: files in the format of the public heartbeat set."""

import gzip
import sys

import numpy as np
import pandas as pd
import pytest

from skecg import aami
from skecg.cli import main
from skecg.datasets import load_kaggle_beats, make_beats
from skecg.datasets._fetch_mitdb_beats import _CACHE_NAME
from skecg.datasets._source import Source
from skecg.signal import get_layout


def write(path, data, target):
    # The public files have 18 digits, also for the class.
    np.savetxt(path, np.column_stack([data, target]), fmt="%.18e", delimiter=",")
    return path


def test_loads_the_values_of_the_file(tmp_path, made):
    path = write(tmp_path / "mitbih_train.csv", made.data, made.target)
    beats = load_kaggle_beats(path, data_home=tmp_path)  # without records
    np.testing.assert_array_equal(beats.data, made.data)
    np.testing.assert_array_equal(beats.target, made.target)
    assert beats.data.flags.c_contiguous
    assert (beats.data.dtype, beats.target.dtype) == (np.float32, np.int64)
    assert beats.groups is None
    assert beats.target_names == list(aami.CLASSES)
    assert beats.layout == get_layout("study")
    assert (beats.n_channels, beats.n_aux_features) == (1, 0)
    X, y = load_kaggle_beats(str(path), return_X_y=True, as_frame=True)
    assert isinstance(X, pd.DataFrame)
    assert y.tolist() == made.target.tolist()


def test_several_files_follow_in_order(tmp_path, made):
    train = write(tmp_path / "mitbih_train.csv", made.data[:40], made.target[:40])
    test = write(tmp_path / "mitbih_test.csv", made.data[40:], made.target[40:])
    beats = load_kaggle_beats([train, str(test)], match=False)
    np.testing.assert_array_equal(beats.data, made.data)
    np.testing.assert_array_equal(beats.target, made.target)


def test_files_that_do_not_belong_together_are_refused(tmp_path, made):
    path = write(tmp_path / "mitbih_train.csv", made.data, made.target)
    ptb = write(tmp_path / "ptbdb_normal.csv", made.data, np.zeros(60))
    for paths, message in (
        ([path, ptb], "path contains files of MIT-BIH and of PTB"),
        ([path, path], "path must contain each file once, got .* twice"),
        ([], "path must contain at least one CSV file"),
    ):
        with pytest.raises(ValueError, match=message):
            load_kaggle_beats(paths, match=False)
    with pytest.raises(TypeError, match="path must be a file name or a list"):
        load_kaggle_beats([path, 3], match=False)


def test_ptb_files_have_other_classes(tmp_path, made):
    path = write(tmp_path / "ptbdb_abnormal.csv", made.data, np.ones(60))
    beats = load_kaggle_beats(path, match=True)
    assert beats.target_names == ["normal", "abnormal"]
    assert beats.groups is None
    path = write(tmp_path / "ptbdb_normal.csv", made.data, np.full(60, 2))
    with pytest.raises(ValueError, match=r"Row 1 of ptbdb_normal.csv has the class 2"):
        load_kaggle_beats(path)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (lambda rows: rows[7].pop(), "Row 8 of x.csv has 187 columns instead of 188"),
        (lambda rows: rows[0].append("1"), "Row 1 of x.csv has 189 columns"),
        (lambda rows: rows[3].__setitem__(4, "a"), "Row 4 .*contains 'a' in column 5"),
        (lambda rows: rows[3].__setitem__(4, ""), "Row 4 .*contains '' in column 5"),
        (lambda rows: rows[3].__setitem__(4, "nan"), "Row 4 .*'nan' in column 5"),
        (lambda rows: rows[2].__setitem__(1, "1.5"), "Row 3 .*1.5 in column 2, outs"),
        (lambda rows: rows[2].__setitem__(1, "-0.1"), "Row 3 .*-0.1 in column 2"),
        (lambda rows: rows[5].__setitem__(187, "5"), r"Row 6 .*class 5.*0\.\.4"),
        (lambda rows: rows[5].__setitem__(187, "0.5"), r"Row 6 .*class 0\.5"),
        (lambda rows: rows.insert(0, ["t"] * 188), "Row 1 .*contains 't' in column 1"),
        (lambda rows: rows.insert(0, map(str, range(188))), "Row 1 .* is a header"),
        (lambda rows: [row.__setitem__(4, "true") for row in rows], "Row 1 .*'true'"),
        (lambda rows: rows[2].__setitem__(1, "1e60"), "Row 3 .*inf in column 2"),
        (lambda rows: rows[1].__setitem__(0, "\x00\ufffd"), "Row 2 .*in column 1"),
        (lambda rows: rows.clear(), "x.csv"),
    ],
)
def test_errors_name_the_row(tmp_path, made, fault, message):
    table = np.column_stack([made.data[:9], made.target[:9]])
    rows = [[f"{value:.6f}" for value in row] for row in table]
    fault(rows)
    path = tmp_path / "x.csv"
    path.write_text("".join(",".join(row) + "\n" for row in rows))
    with pytest.raises(ValueError, match=message):
        load_kaggle_beats(path)


def test_a_last_line_without_line_end_and_a_binary_file(tmp_path, made):
    path = tmp_path / "x.csv"
    path.write_text(",".join(["0.5"] * 187 + ["1"]))
    assert load_kaggle_beats(path, match=False).target.tolist() == [1]
    path.write_bytes(bytes(range(128, 256)) * 99)
    with pytest.raises(ValueError, match="has 1 columns instead"):
        load_kaggle_beats(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="path must be an existing CSV file"):
        load_kaggle_beats(tmp_path / "none.csv")


@pytest.mark.real
def test_rows_of_the_public_set_have_records(kaggle_file):
    path, beats, chosen = kaggle_file
    with pytest.warns(UserWarning, match="5 of the file's 505 rows match no beat"):
        loaded = load_kaggle_beats(path)  # the beats are in the cache
    np.testing.assert_array_equal(loaded.records[5:], beats.records[chosen])
    np.testing.assert_array_equal(loaded.groups[5:], beats.groups[chosen])
    np.testing.assert_array_equal(loaded.r_peaks[5:], beats.r_peaks[chosen])
    np.testing.assert_array_equal(loaded.symbols[5:], beats.symbols[chosen])
    assert loaded.records[:5].tolist() == [""] * 5
    assert loaded.r_peaks[:5].tolist() == [-1] * 5


@pytest.mark.real
def test_a_file_of_other_beats_has_no_records(tmp_path, mitdb):
    made = make_beats(7, random_state=0)
    path = tmp_path / "mine.csv"
    np.savetxt(path, np.column_stack([made.data, made.target]), delimiter=",")
    assert load_kaggle_beats(path).records is None
    with pytest.warns(UserWarning, match="7 of the file's 7 rows match no beat"):
        assert load_kaggle_beats(path, match=True).records.tolist() == [""] * 7


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (4, "2024-01-31", "Row 3 .*'2024-01-31' in column 5, which is not a number"),
        (4, "1" * 400, "Row 3 .*in column 5"),
        (4, "1" + "0" * 30, "Row 3 .*contains 1.*in column 5, outside"),
        (187, "1" + "0" * 30, "Row 3 .*has the class 1.*not in 0..4"),
        (4, "1.000002", "Row 3 .*contains 1.000002 in column 5, outside"),
    ],
)
@pytest.mark.parametrize("all_rows", [False, True])
def test_odd_values_are_named(tmp_path, made, column, value, message, all_rows):
    table = np.column_stack([made.data[:9], made.target[:9]])
    rows = [[f"{number:.6f}" for number in row] for row in table]
    for row in rows if all_rows else rows[2:3]:
        row[column] = value
    path = tmp_path / "x.csv"
    path.write_text("".join(",".join(row) + "\n" for row in rows))
    message = message.replace("Row 3", "Row 1") if all_rows else message
    with pytest.raises(ValueError, match=message):
        load_kaggle_beats(path, match=False)
    assert main(["study", "--data", str(path), "--out", str(tmp_path / "out")]) == 2


def test_a_huge_integer_is_named_without_pyarrow_too(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    path = tmp_path / "x.csv"
    path.write_text(f"{'0,' * 4}{'1' * 400},{'0,' * 182}1\n" * 9)
    with pytest.raises(ValueError, match=r"Row 1 .*in column 5"):
        load_kaggle_beats(path, match=False)


def test_rounding_outside_0_and_1_is_accepted(tmp_path, made):
    data = made.data.astype(float)
    data[0, :2] = [1.0000001, -1e-7]
    path = tmp_path / "x.csv"
    table = np.column_stack([data, made.target])
    np.savetxt(path, table, fmt="%.9f", delimiter=",")
    X, _ = load_kaggle_beats(path, match=False, return_X_y=True)
    assert X[0, :2].tolist() == [1, 0]
    assert (X.min(), X.max()) == (0, 1)


def test_ptbdb_anywhere_in_the_name_is_read_as_ptb_with_a_warning(tmp_path, made):
    path = write(tmp_path / "my_PTBDB_abnormal.csv", made.data, np.ones(60))
    with pytest.warns(UserWarning, match="contains 'ptbdb', so the classes"):
        beats = load_kaggle_beats(path)
    assert beats.target_names == ["normal", "abnormal"]


def test_a_damaged_cache_downloads_nothing(tmp_path, made, monkeypatch):
    path = write(tmp_path / "mitbih_train.csv", made.data, made.target)
    (tmp_path / _CACHE_NAME).parent.mkdir()
    (tmp_path / _CACHE_NAME).write_text("damaged")
    (tmp_path / "mirror").mkdir()
    fetched = []
    monkeypatch.setattr(Source, "fetch", lambda *_, **__: fetched.append(1))
    beats = load_kaggle_beats(path, data_home=tmp_path, base_url=tmp_path / "mirror")
    assert beats.groups is None
    assert fetched == []


@pytest.mark.parametrize("suffix", ["gz", "bz2", "zip", "xz", "tar"])
def test_a_file_that_is_no_archive_is_named(suffix, tmp_path):
    path = tmp_path / f"mine.csv.{suffix}"
    path.write_text("0.5,1\n" * 100)
    with pytest.raises(ValueError, match=f"mine.csv.{suffix} cannot be read as"):
        load_kaggle_beats(path, match=False)


def test_a_fault_inside_an_archive_is_named(tmp_path):
    path = tmp_path / "mine.csv.gz"
    whole = gzip.compress(("0.5," * 187 + "9x\n").encode())
    for content in (whole, whole[:-12]):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="unpack it and pass the CSV file"):
            load_kaggle_beats(path, match=False)
