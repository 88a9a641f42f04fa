"""Paths with ~ : the home folder in all functions, or one sentence if it is unknown."""

import pytest
from make_believe import make_believe
from onnx_files import write_small_boosting

from skecg import OnnxBeatClassifier, annotate, load_model, save_model
from skecg.annotation import load_onnx
from skecg.cli import main
from skecg.datasets import fetch_mitdb, get_data_home, load_kaggle_beats
from skecg.review import ReviewSession
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
        ("path", lambda: load_onnx(PATH)),
        ("path", lambda: load_model(PATH)),
        ("path", lambda: OnnxBeatClassifier(PATH).classes_),
        ("model", lambda: annotate("no-such-recording", PATH)),
        ("path", lambda: make_believe()[0].to_html(PATH)),
        ("path", lambda: make_believe()[0].to_csv(PATH)),
        ("path", lambda: ReviewSession.load(PATH, make_believe()[0])),
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


def test_the_home_folder_is_written_to_and_read_from(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    annotated, _ = make_believe()
    session = ReviewSession(annotated).answer(0, "V")
    paths = [
        annotated.to_html("~/report.html"),
        annotated.to_csv("~/beats.csv"),
        annotated.to_wfdb("~/made-up"),
        session.to_html("~/page.html"),
        session.save("~/session.json"),
    ]
    assert {path.parent for path in paths} == {tmp_path}
    assert ReviewSession.load("~/session.json", annotated).answers == ((0, "V"),)
    clf, X = write_small_boosting("~/model.onnx")
    assert (OnnxBeatClassifier("~/model.onnx").predict(X) == clf.predict(X)).all()
    save_model(clf, "~/model.skops")
    with pytest.raises(ValueError, match="model must be a fitted BeatAnnotator"):
        annotate("no-such-recording", "~/model.skops")
    assert not (tmp_path / "~").exists()
