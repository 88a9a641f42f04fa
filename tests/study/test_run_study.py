"""The study from beats to report, through its function and its command."""

import json
import re
import subprocess
import sys

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from skecg.cli import main
from skecg.datasets import fetch_mitdb_beats, make_beats
from skecg.study import run_study
from skecg.study._data import load_study_data
from skecg.study._folder import finished_folder

FIGURES = [
    "class_distribution_before",
    "class_distribution_after",
    "architecture",
    "training_history",
    "confusion_matrix",
    "confusion_matrix_normalized",
]


@pytest.fixture(scope="module")
def csv(tmp_path_factory):
    """The public files in small: a training file and a test file."""
    folder = tmp_path_factory.mktemp("csv")
    for name, seed in (("train", 0), ("test", 1)):
        beats = make_beats(600, weights=[6, 1, 1, 1, 1], random_state=seed)
        rows = np.column_stack([beats.data, beats.target])
        np.savetxt(folder / f"mitbih_{name}.csv", rows, delimiter=",")
    return folder / "mitbih_train.csv"


@pytest.fixture(scope="module")
def report(csv, tmp_path_factory, data_home):
    out = tmp_path_factory.mktemp("study") / "report"
    assert main(["study", "--data", str(csv), "--out", str(out), "--quick"]) == 0
    return out


def test_everything_is_there(report):
    expected = {f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg")}
    expected |= {"report.txt", "report.csv", "report.json", "report.html"}
    assert {path.name for path in report.iterdir()} == {*expected, "model.joblib"}
    assert [path.name for path in report.parent.iterdir()] == ["report"]
    for name in FIGURES:
        assert (report / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_figures_are_those_of_the_stored_model_on_the_test_file(report, csv):
    summary = json.loads((report / "report.json").read_text())
    test = np.loadtxt(csv.with_name("mitbih_test.csv"), delimiter=",")
    truth = test[:, 187].astype(int)
    predicted = joblib.load(report / "model.joblib").predict(test[:, :187])
    assert summary["accuracy"] == pytest.approx(accuracy_score(truth, predicted))
    macro_f1 = f1_score(truth, predicted, average="macro")
    assert summary["macro_f1"] == pytest.approx(macro_f1, abs=1e-6)
    matrix = confusion_matrix(truth, predicted).tolist()
    assert summary["confusion_matrix"] == matrix
    table = pd.read_csv(report / "report.csv", index_col="class")
    assert list(table.index) == [*"NSVFQ", "macro avg", "weighted avg"]
    recall = np.diag(matrix) / np.sum(matrix, axis=1)
    np.testing.assert_allclose(table.recall[:5], recall, atol=1e-4)
    assert table.support[:5].tolist() == np.bincount(truth).tolist()
    assert "macro avg" in (report / "report.txt").read_text()


def test_summary_says_what_made_it(report):
    summary = json.loads((report / "report.json").read_text())
    assert summary["seed"] == 0
    assert summary["n_epochs"] == len(summary["history"]["epoch"]) == 5
    assert set(summary["versions"]) > {"python", "skecg", "torch", "scikit-learn"}
    assert re.fullmatch("[0-9a-f]{64}", summary["data"]["sha256"])
    assert summary["data"]["n_test"] == 600
    assert not summary["data"]["is_public_test"]
    assert "both sides" in summary["data"]["description"]


def test_page_needs_nothing_beside_it(report):
    page = (report / "report.html").read_text()
    assert page.count("data:image/svg+xml;base64,") == 6
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert "Table I" in page
    assert "0.9722" in page


def test_command_prints_where_it_landed(report, csv, capsys):
    out = report.with_name("other")
    arguments = ["study", "--data", str(csv), "--quick", "--out", str(out)]
    assert main([*arguments, "--seed", "0"]) == 0
    shown = capsys.readouterr().out
    summary = json.loads((out / "report.json").read_text())
    assert f"macro F1 {summary['macro_f1']:.4f}" in shown
    # The same seed and the same beats: the same report and figures.
    again = json.loads((report / "report.json").read_text())
    for key in ("confusion_matrix", "history", "data"):
        ours, theirs = summary[key], again[key]
        if key == "history":
            ours.pop("duration"), theirs.pop("duration")
        assert ours == theirs
    figure = "confusion_matrix.svg"
    assert (out / figure).read_bytes() == (report / figure).read_bytes()


def test_nothing_is_lost_or_half_done(report, csv, tmp_path, capsys):
    before = (report / "report.json").read_bytes()
    with pytest.raises(FileExistsError, match="holds a report"):
        run_study(csv, report, quick=True)
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="holds something that is no report"):
        run_study(csv, tmp_path, quick=True, overwrite=True)
    assert main(["study", "--out", str(tmp_path), "--overwrite"]) == 2
    assert "holds something" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    assert (report / "report.json").read_bytes() == before


def test_a_run_that_fails_while_writing_leaves_the_old_report(csv, tmp_path):
    """A full disk, as it were: the model does not fit into a megabyte."""
    out = tmp_path / "report"
    out.mkdir()
    (out / "report.json").write_text("{}")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10**6, 10**6))"
    code = f"{limit}; import sys; from skecg.cli import main; sys.exit(main())"
    arguments = ["study", "--data", csv, "--out", out, "--quick", "--overwrite"]
    command = [sys.executable, "-c", code, *map(str, arguments)]
    finished = subprocess.run(command, capture_output=True, text=True)
    assert finished.returncode == 2
    assert "File too large" in finished.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["report"]
    assert [path.name for path in out.iterdir()] == ["report.json"]


def test_what_cannot_be_written_is_said_before_the_fit(csv, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file/report' cannot be made"):
        run_study(csv, tmp_path / "file" / "report", quick=True)
    for name, wrong in (("random_state", -1), ("quick", "no"), ("random_state", None)):
        with pytest.raises(ValueError, match=name):
            run_study(csv, tmp_path / "report", **{name: wrong})
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_old_report_outlives_a_new_one_that_cannot_take_its_place(tmp_path):
    target = tmp_path / "report"
    target.mkdir()
    (target / "report.json").write_text("{}")
    with pytest.raises(FileNotFoundError), finished_folder(target) as part:
        part.rmdir()
    assert [path.name for path in tmp_path.iterdir()] == ["report"]
    assert (target / "report.json").is_file()


def test_an_older_report_is_replaced_when_asked(csv, tmp_path):
    out = tmp_path / "report"
    out.mkdir()
    (out / "report.json").write_text("{}")
    (out / "old.txt").write_text("old")
    result = run_study(csv, out, quick=True, overwrite=True)
    assert result.folder == out
    assert not (out / "old.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def sizes(study):
    return [len(study.y_train), len(study.y_val), len(study.y_test)]


def test_a_file_alone_is_split(csv, tmp_path):
    alone = tmp_path / "mine.csv"
    alone.write_bytes(csv.read_bytes())
    study = load_study_data(alone, seed=0)
    assert sizes(study) == [432, 48, 120]
    everything = np.concatenate([study.X_train, study.X_val, study.X_test])
    assert len(np.unique(everything, axis=0)) == 600
    assert "split by beat at random" in study.description


def test_a_class_of_the_test_file_alone_costs_no_report(csv, tmp_path):
    for name in ("train", "test"):
        rows = np.loadtxt(csv.parent / f"mitbih_{name}.csv", delimiter=",")
        kept = rows[rows[:, -1] != 3] if name == "train" else rows
        np.savetxt(tmp_path / f"mitbih_{name}.csv", kept, delimiter=",")
    out = tmp_path / "report"
    run_study(tmp_path / "mitbih_train.csv", out, quick=True)
    assert json.loads((out / "report.json").read_text())["accuracy"] > 0
    assert (out / "class_distribution_before.png").is_file()


def test_one_class_is_named(csv, tmp_path):
    path = tmp_path / "ptbdb_normal.csv"
    np.savetxt(path, np.zeros((9, 188)), delimiter=",")
    with pytest.raises(ValueError, match="holds one class"):
        load_study_data(path, seed=0)


def test_synthetic_study_is_a_fifth_test_and_a_tenth_of_the_rest_held_out():
    study = load_study_data("synthetic", seed=0)
    assert sizes(study) == [5760, 640, 1600]
    assert study.names == list("NSVFQ")


def test_command_line_speaks_clearly(capsys, tmp_path):
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


def test_the_module_is_the_command_and_says_what_it_does(tmp_path):
    command = [sys.executable, "-m", "skecg"]
    help_page = subprocess.run(
        [*command, "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert help_page.startswith("usage: skecg [-h] [--version] VERB")
    assert "Classify heartbeats in the ECG" in help_page
    assert "import" not in help_page
    assert re.search(r"study +train the study's network and write a report", help_page)
    command += ["study", "--data", "none.csv", "--out", str(tmp_path / "report")]
    wrong = subprocess.run(command, capture_output=True)
    assert wrong.returncode == 2
    assert wrong.stderr.startswith(b"skecg: data must be")


def test_help_loads_no_torch():
    code = (
        "import sys; from skecg.cli import main\n"
        "try: main(['study', '--help'])\n"
        "except SystemExit: print('torch' in sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert shown.stdout.split()[-1] == "False"


@pytest.mark.real
def test_real_records_in_a_minute(mitdb, tmp_path):
    result = run_study("mitdb", tmp_path / "report", quick=True)
    X, y = fetch_mitdb_beats("test", return_X_y=True)
    assert result.summary["data"]["is_public_test"]
    assert result.pipeline.score(X, y) == pytest.approx(
        result.summary["accuracy"], abs=1e-6
    )
    # Five epochs of 1,000 beats a class: far from the study's, far from chance.
    assert result.summary["accuracy"] > 0.7
    assert result.summary["macro_f1"] > 0.5
