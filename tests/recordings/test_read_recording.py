"""Paths and arguments that every reader refuses, and damaged files."""

import os

import pytest

from benchmarks.fuzz import READERS, check_case, write_valid
from skecg import read_recording


@pytest.mark.parametrize("name", ["x.csv", "x.edf", "x.hea", "x.npy", "x.parquet", "x"])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(ValueError, match=r"^path must be a regular file, .* a pipe"):
        read_recording(tmp_path / name)


def test_samples_in_a_pipe_are_refused(tmp_path):
    os.mkfifo(tmp_path / "r.dat")
    (tmp_path / "r.hea").write_text("r 1 250 1000\nr.dat 16 200/mV 16 0 0 0 0 II\n")
    with pytest.raises(ValueError, match=r"^path must be a regular file, .* a pipe"):
        read_recording(tmp_path / "r")


def test_a_header_cannot_name_a_file_elsewhere(tmp_path):
    (tmp_path / "r.hea").write_text("r/1 1 250 1000\n.. 1000\n")
    with pytest.raises(ValueError, match=r"^path must be"):
        read_recording(tmp_path / "r")


@pytest.mark.parametrize("name", ["x.csv", "x.edf", "x.hea", "x.npy", "x.parquet", "x"])
def test_a_missing_file_is_named(tmp_path, name):
    with pytest.raises(FileNotFoundError, match=r"^path must be a file, .* does not"):
        read_recording(tmp_path / name)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "path must be the path of a file, got ''"),
        (None, "path must be the path of a file, got None"),
        ([[1, 2]], "path must be the path of a file"),
        (".", "path must be a regular file, but . is a folder"),
        ("a\0b", r"path must be a file, but 'a\\x00b' cannot be found"),
        ("x" * 5000, "path must be a file, but 'xxx"),
    ],
)
def test_what_is_no_path_is_refused(path, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        read_recording(path)


def test_a_file_of_no_known_format_is_refused(tmp_path):
    (tmp_path / "x.bin").write_bytes(b"\x01\x02" * 500)
    with pytest.raises(ValueError, match=r"^path must be a recording in WFDB, EDF"):
        read_recording(tmp_path / "x.bin")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fs": 10_000}, "fs must be from 100 to 2000 Hz"),
        ({"fs": "250"}, "fs must be a number in hertz"),
        ({"fs": 250, "units": "mmHg"}, "units must be a unit of voltage"),
        ({"fs": 250, "leads": "II"}, "leads must be a list of names or numbers"),
        ({"fs": 250, "leads": []}, "leads must name each lead once and at least one"),
        ({"fs": 250, "leads": ["II", 0]}, "leads must name each lead once"),
        ({"fs": 250, "leads": [2]}, r"leads must be some of \['II', 'V1'\], got 2"),
        ({"fs": 250, "leads": [["II"]]}, r"leads must be some of \['II', 'V1'\]"),
    ],
)
def test_wrong_arguments_are_named(tmp_path, arguments, message):
    (tmp_path / "x.csv").write_text("II,V1\n" + "0.1,0.2\n0.3,0.1\n" * 9)
    with pytest.raises(ValueError, match=f"^{message}"):
        read_recording(tmp_path / "x.csv", **arguments)


@pytest.mark.parametrize("reader", READERS)
def test_damaged_files_are_read_or_refused_in_one_sentence(tmp_path, reader):
    valid = write_valid(reader)
    seeds = [f"test-{case}" for case in range(150)]
    outcomes = {check_case(reader, valid, tmp_path, seed) for seed in seeds}
    assert outcomes == {"read", "refused"}
