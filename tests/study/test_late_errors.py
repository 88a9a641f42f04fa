"""run_study keeps the fitted model when its report cannot be written."""

import os
import subprocess
import sys

import joblib
import numpy as np
import pytest

from skecg.study import run_study


def command_line(*arguments, prelude=""):
    code = f"import sys; {prelude}from skecg.cli import main; sys.exit(main())"
    return [sys.executable, "-c", code, "study", "--quick", *map(str, arguments)]


@pytest.fixture
def quickest(monkeypatch):
    monkeypatch.setattr("skecg.study._run._QUICK_EPOCHS", 1)
    monkeypatch.setattr("skecg.study._run._QUICK_CLASS_SIZE", 20)


@pytest.mark.parametrize("name", ["mein \u00fcbel.csv".encode(), b"caf\xe9.csv"])
def test_file_names_that_the_locale_cannot_encode(study_csv, tmp_path, name):
    data = os.path.join(os.fsencode(tmp_path), name)
    with open(data, "wb") as file:
        file.write(study_csv.read_bytes())
    out = tmp_path / "report"
    # An ASCII locale, in which Python is not to change to UTF-8 itself.
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    environment["PYTHONCOERCECLOCALE"] = "0"
    quick = "import skecg.study._run as run; run._QUICK_EPOCHS = 1; "
    command = [*command_line("--out", out, prelude=quick), "--data", data]
    finished = subprocess.run(command, capture_output=True, env=environment)
    assert finished.returncode == 0, finished.stderr
    text = (out / "report.txt").read_text(encoding="utf-8")
    assert text.startswith(name.decode("utf-8", "surrogateescape")[:3].title()[:1])
    assert (out / "model.joblib").is_file()


def test_a_full_disk_keeps_the_old_folder_and_is_named(study_csv, tmp_path):
    """Limit files to 1 MB, which is less than the model needs."""
    out = tmp_path / "report"
    out.mkdir()
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10**6,) * 2); "
    quick = "import skecg.study._run as run; run._QUICK_EPOCHS = 1; "
    command = command_line("--data", study_csv, "--out", out, prelude=limit + quick)
    finished = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert finished.returncode == 2
    assert "File too large" in finished.stderr
    assert "could not be saved" in finished.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["report"]
    assert not any(out.iterdir())


def test_a_figure_that_fails_keeps_the_model(
    quickest, study_csv, tmp_path, monkeypatch
):
    def fail(*_, **__):
        raise RuntimeError("no figures today")

    monkeypatch.setattr("skecg.study._figures.save_figures", fail)
    with pytest.raises(OSError, match="RuntimeError: no figures today") as caught:
        run_study(study_csv, tmp_path / "report", quick=True)
    assert isinstance(caught.value.__cause__, RuntimeError)
    (kept,) = tmp_path.glob("report-*")
    assert str(kept / "model.joblib") in str(caught.value)
    X = np.random.default_rng(0).random((5, 187))
    stored = joblib.load(kept / "model.joblib").predict(X)
    np.testing.assert_array_equal(stored, caught.value.result.pipeline.predict(X))


def test_a_folder_that_is_gone_after_the_fit_keeps_the_model(
    quickest, study_csv, tmp_path, monkeypatch
):
    out = tmp_path / "report"
    fit = "skecg.study._run._provenance"

    def put_a_file_there(*_):
        out.write_text("mine")
        return {}

    monkeypatch.setattr(fit, put_a_file_there)
    with pytest.raises(OSError, match="the fitted model is in") as caught:
        run_study(study_csv, out, quick=True)
    assert out.read_text() == "mine"
    (kept,) = tmp_path.glob("report-*.joblib")
    assert str(kept) in str(caught.value)
    assert joblib.load(kept).classes_.tolist() == [0, 1, 2, 3, 4]


def test_a_second_run_to_one_folder_keeps_both_reports(
    quickest, study_csv, tmp_path, monkeypatch
):
    out = tmp_path / "report"
    provenance = "skecg.study._run._provenance"
    original = pytest.importorskip("skecg.study._run")._provenance

    def run_another_first(*arguments):
        monkeypatch.setattr(provenance, original)
        run_study(study_csv, out, quick=True, random_state=1)
        return original(*arguments)

    monkeypatch.setattr(provenance, run_another_first)
    with pytest.raises(OSError, match="another report than before"):
        run_study(study_csv, out, quick=True, random_state=2)
    (kept,) = tmp_path.glob("report-*")
    for folder, seed in ((out, 1), (kept, 2)):
        assert f'"seed": {seed}' in (folder / "report.json").read_text()
        assert (folder / "model.joblib").is_file()


def test_a_working_directory_that_is_gone_keeps_the_model(
    quickest, study_csv, tmp_path, monkeypatch
):
    parent, here = tmp_path / "parent", tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def remove_folders(*_):
        here.rmdir()
        parent.write_text("no folder")
        return {}

    monkeypatch.setattr("skecg.study._run._provenance", remove_folders)
    with pytest.raises(OSError, match="the fitted model is in") as caught:
        run_study(study_csv, parent / "report", quick=True)
    (kept,) = tmp_path.glob("report-*.joblib")
    assert str(kept) in str(caught.value)
    monkeypatch.undo()
