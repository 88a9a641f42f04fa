"""Paths with ~ whose home folder is unknown: one sentence from all functions."""

import pytest

from skecg.cli import main
from skecg.datasets import fetch_mitdb, get_data_home, load_kaggle_beats
from skecg.study import run_study

PATH = "~nobody-of-this-name/x"


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("data_home", lambda: get_data_home(PATH)),
        ("base_url", lambda: fetch_mitdb(base_url=PATH, data_home="no-such-folder")),
        ("path", lambda: load_kaggle_beats(PATH)),
        ("out", lambda: run_study(out=PATH)),
        ("data", lambda: run_study(PATH, out="no-such-folder")),
    ],
)
def test_an_unknown_home_is_named(name, use, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    message = f"{name} must be a path, but the home folder of '{PATH}' is unknown"
    with pytest.raises(ValueError, match=message):
        use()


def test_the_command_says_so_in_a_line(capsys):
    assert main(["study", "--out", PATH]) == 2
    assert capsys.readouterr().err.startswith("skecg: out must be a path")
