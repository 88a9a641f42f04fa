"""skecg fetch: records from a mirror, and unknown ones."""

import json

import pytest

from skecg.cli import main


@pytest.mark.real
def test_records_are_in_the_folder_that_is_printed(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SKECG_DATA", str(tmp_path))
    assert main(["fetch", "mitdb", "--records", "100,101"]) == 0
    folder = tmp_path / "mitdb" / "1.0.0"
    assert capsys.readouterr().out == f"2 records in {folder}\n"
    assert len(list(folder.iterdir())) == 6
    assert main(["fetch", "mitdb", "--records", "100", "--json"]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line == {"path": str(folder), "records": ["100"]}


def test_an_unknown_record_is_named(capsys):
    assert main(["fetch", "svdb", "--records", "800,999"]) == 2
    error = capsys.readouterr().err
    assert "got '999'" in error and error.count("\n") == 1
