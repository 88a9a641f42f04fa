"""run_study: the files of its report and the figures in them."""

import json
import re
import shutil

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from skecg.cli import main
from skecg.datasets import fetch_mitdb_beats
from skecg.study import run_study

FIGURES = [
    "class_distribution_before",
    "class_distribution_after",
    "architecture",
    "training_history",
    "confusion_matrix",
    "confusion_matrix_normalized",
]


def test_report_has_all_files(study_report):
    expected = {f"{name}.{kind}" for name in FIGURES for kind in ("png", "svg")}
    expected |= {f"report.{kind}" for kind in ("txt", "csv", "json", "html")}
    expected |= {"manifest.json"}
    assert {path.name for path in study_report.iterdir()} == {*expected, "model.joblib"}
    assert [path.name for path in study_report.parent.iterdir()] == ["report"]
    for name in FIGURES:
        assert (study_report / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_figures_are_those_of_the_stored_model_on_the_test_file(
    study_report, study_csv
):
    summary = json.loads((study_report / "report.json").read_text())
    test = np.loadtxt(study_csv.with_name("mitbih_test.csv"), delimiter=",")
    truth = test[:, 187].astype(int)
    predicted = joblib.load(study_report / "model.joblib").predict(test[:, :187])
    assert summary["accuracy"] == pytest.approx(accuracy_score(truth, predicted))
    macro_f1 = f1_score(truth, predicted, average="macro")
    assert summary["macro_f1"] == pytest.approx(macro_f1, abs=1e-6)
    matrix = confusion_matrix(truth, predicted).tolist()
    assert summary["confusion_matrix"] == matrix
    table = pd.read_csv(study_report / "report.csv", index_col="class")
    assert list(table.index) == [*"NSVFQ", "macro avg", "weighted avg"]
    recall = np.diag(matrix) / np.sum(matrix, axis=1)
    np.testing.assert_allclose(table.recall[:5], recall, atol=1e-4)
    assert table.support[:5].tolist() == np.bincount(truth).tolist()
    assert "macro avg" in (study_report / "report.txt").read_text()


def test_summary_has_seed_versions_and_data(study_report):
    summary = json.loads((study_report / "report.json").read_text())
    assert summary["seed"] == 0
    assert summary["n_epochs"] == len(summary["history"]["epoch"]) == 5
    assert set(summary["versions"]) > {"python", "skecg", "torch", "scikit-learn"}
    assert re.fullmatch("[0-9a-f]{64}", summary["data"]["sha256"])
    assert summary["data"]["n_test"] == 600
    assert not summary["data"]["is_public_test"]
    assert "both the training set and the test set" in summary["data"]["description"]


def test_html_page_refers_to_no_other_file(study_report):
    page = (study_report / "report.html").read_text()
    assert page.count("data:image/svg+xml;base64,") == 6
    assert not re.search(r'(src|href)="(?!data:)', page)


def test_html_page_compares_each_class_with_table_1_of_the_study(study_report):
    page = (study_report / "report.html").read_text()
    rows = [
        re.findall("<td>(.*?)</td>", row)
        for row in re.findall("<tr>(<td>.*)</tr>", page)
    ]
    columns = pd.MultiIndex.from_product(
        [["precision", "recall", "f1-score", "support"], ["ours", "theirs"]]
    )
    cells = [[cell.replace(",", "") for cell in row[1:]] for row in rows]
    table = pd.DataFrame(cells, index=[row[0] for row in rows], columns=columns)
    averages = ["Macro average", "Weighted average"]
    assert list(table.index) == [*"NSVFQ", *averages, "Accuracy"]
    assert table.loc["Accuracy", ("f1-score", "theirs")] == "0.9722"
    table = table.iloc[:7].astype(float)
    theirs = table.xs("theirs", axis=1, level=1)
    assert theirs["f1-score"].tolist() == [0.98, 0.77, 0.95, 0.61, 0.99, 0.86, 0.97]
    assert theirs.recall.tolist() == [0.97, 0.87, 0.97, 0.89, 0.99, 0.94, 0.97]
    assert theirs.precision.tolist() == [0.99, 0.69, 0.93, 0.46, 0.98, 0.81, 0.98]
    assert theirs.support[:5].sum() == theirs.support.iloc[-1] == 21_892
    ours = table.xs("ours", axis=1, level=1)
    report = pd.read_csv(study_report / "report.csv", index_col="class")
    np.testing.assert_allclose(ours, report, atol=6e-4)
    assert "other test beats" in page


def test_existing_folders_are_kept(study_report, study_csv, tmp_path, capsys):
    before = (study_report / "report.json").read_bytes()
    with pytest.raises(FileExistsError, match="contains a report"):
        run_study(study_csv, study_report, quick=True)
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="contains files that are not a report"):
        run_study(study_csv, tmp_path, quick=True, overwrite=True)
    assert main(["study", "--out", str(tmp_path), "--overwrite"]) == 2
    assert "contains files" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    assert (study_report / "report.json").read_bytes() == before


def test_errors_come_before_the_fit(study_csv, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file/report' cannot be created"):
        run_study(study_csv, tmp_path / "file" / "report", quick=True)
    for name, wrong in (("random_state", -1), ("quick", "no"), ("random_state", None)):
        with pytest.raises(ValueError, match=name):
            run_study(study_csv, tmp_path / "report", **{name: wrong})
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_overwrite_replaces_an_older_report_and_no_other_file(
    study_csv, tmp_path, study_report
):
    out = tmp_path / "report"
    shutil.copytree(study_report, out)
    (out / "thesis.txt").write_text("years of work")
    result = run_study(study_csv, out, quick=True, overwrite=True, random_state=1)
    assert result.folder == out
    assert json.loads((out / "report.json").read_text())["seed"] == 1
    assert (out / "thesis.txt").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_overwrite_refuses_a_report_json_of_another_program(study_csv, tmp_path):
    (tmp_path / "report.json").write_text("{}")
    with pytest.raises(FileExistsError, match="contains files that are not a report"):
        run_study(study_csv, tmp_path, quick=True, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_class_may_be_in_the_test_file_alone(study_csv, tmp_path):
    for name in ("train", "test"):
        rows = np.loadtxt(study_csv.parent / f"mitbih_{name}.csv", delimiter=",")
        kept = rows[rows[:, -1] != 3] if name == "train" else rows
        np.savetxt(tmp_path / f"mitbih_{name}.csv", kept, delimiter=",")
    out = tmp_path / "report"
    run_study(tmp_path / "mitbih_train.csv", out, quick=True)
    assert json.loads((out / "report.json").read_text())["accuracy"] > 0
    assert (out / "class_distribution_before.png").is_file()


@pytest.mark.real
def test_public_split_of_the_real_records(mitdb, tmp_path, monkeypatch):
    # Fewer training beats than a quick run has, to save time.
    monkeypatch.setattr("skecg.study._run._QUICK_CLASS_SIZE", 400)
    result = run_study("mitdb", tmp_path / "report", quick=True)
    X, y = fetch_mitdb_beats("test", return_X_y=True)
    assert result.summary["data"]["is_public_test"]
    assert result.pipeline.score(X, y) == pytest.approx(
        result.summary["accuracy"], abs=1e-6
    )
    # Five epochs of 400 beats in each class are enough for that.
    assert result.summary["accuracy"] > 0.7
    assert result.summary["macro_f1"] > 0.5
