"""get_data_home: argument, environment variable and default."""

from pathlib import Path

import pooch
import pytest

from skecg.datasets import get_data_home


def test_argument_comes_before_environment_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("SKECG_DATA", str(tmp_path))
    assert get_data_home("elsewhere") == Path("elsewhere")
    assert get_data_home() == tmp_path


@pytest.mark.parametrize("variable", [None, ""])
def test_default_is_the_users_cache_folder(monkeypatch, variable):
    monkeypatch.delenv("SKECG_DATA")
    if variable is not None:
        monkeypatch.setenv("SKECG_DATA", variable)
    assert get_data_home() == Path(pooch.os_cache("skecg"))


def test_tilde_is_the_users_home():
    assert get_data_home("~/ecg") == Path.home() / "ecg"


def test_other_types_are_refused():
    with pytest.raises(ValueError, match="The 'data_home' parameter of"):
        get_data_home(5)
