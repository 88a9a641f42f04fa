"""The skecg command: output, errors and help."""

import json
import re
import subprocess
import sys

import pytest

from skecg.cli import main


def test_study_prints_its_result_and_is_reproducible(
    study_report, study_csv, capsys, tmp_path
):
    out = tmp_path / "report"
    arguments = ["study", "--data", str(study_csv), "--quick", "--out", str(out)]
    assert main([*arguments, "--seed", "0"]) == 0
    shown = capsys.readouterr().out
    summary = json.loads((out / "report.json").read_text())
    assert f"macro F1 {summary['macro_f1']:.4f}" in shown
    # The same seed and the same beats: the same report and figures.
    again = json.loads((study_report / "report.json").read_text())
    for key in ("confusion_matrix", "history", "data"):
        ours, theirs = summary[key], again[key]
        if key == "history":
            ours.pop("duration"), theirs.pop("duration")
        assert ours == theirs
    figure = "confusion_matrix.svg"
    assert (out / figure).read_bytes() == (study_report / figure).read_bytes()


def test_an_error_is_one_line_and_version_exits_with_0(capsys, tmp_path):
    out = str(tmp_path / "report")
    assert main(["study", "--data", "nowhere.csv", "--out", out]) == 2
    error = capsys.readouterr().err
    assert error.startswith(
        "skecg: data must be 'synthetic', 'mitdb' or an existing CSV file"
    )
    assert error.count("\n") == 1
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0


def test_the_module_runs_the_command(tmp_path):
    command = [sys.executable, "-m", "skecg"]
    help_page = subprocess.run(
        [*command, "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert help_page.startswith("usage: skecg [-h] [--version] VERB")
    assert "Classify the heartbeats of an ECG" in help_page
    assert "import" not in help_page
    assert re.search(r"study +train the study's network and write a report", help_page)
    command += ["study", "--data", "none.csv", "--out", str(tmp_path / "report")]
    wrong = subprocess.run(command, capture_output=True)
    assert wrong.returncode == 2
    assert wrong.stderr.startswith(b"skecg: data must be")


def test_help_does_not_import_torch():
    code = (
        "import sys; from skecg.cli import main\n"
        "try: main(['study', '--help'])\n"
        "except SystemExit: print('torch' in sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert shown.stdout.split()[-1] == "False"
