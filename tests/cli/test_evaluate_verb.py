"""skecg evaluate: reports of annotation files and of models."""

import json
import shutil

import joblib
import pytest
from annotated import write_mixed_record
from mirror_server import address, mirror

from skecg import save_model
from skecg.cli import main
from skecg.metrics import compare_annotations
from skecg.persistence import read_card


@pytest.fixture(scope="module")
def found(annotated_folder, model_file, tmp_path_factory):
    """The folder with the annotations of a model."""
    out = tmp_path_factory.mktemp("found")
    model = ["--model", str(model_file)]
    assert main(["annotate", str(annotated_folder), "--out", str(out), *model]) == 0
    return out


def test_two_files_have_the_report_of_compare_annotations(
    annotated_folder, found, capsys, wfdb
):
    files = (str(annotated_folder / "a.atr"), str(found / "a.skecg"))
    expected = compare_annotations(
        {"a": wfdb.rdann(str(annotated_folder / "a"), "atr")},
        {"a": wfdb.rdann(str(found / "a"), "skecg")},
        fs=250,
        sig_len=30_000,
        start=0,
    )
    assert main(["evaluate", *files]) == 0
    assert capsys.readouterr().out == f"{expected!r}\n"
    assert main(["evaluate", *files, "--json", "--start", "60"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["gross"]["qrs_f1"] > 0.99 and report["gross"]["veb_f1"] > 0.8
    assert report["gross"]["sveb_se"] is None
    assert 0 < report["pairings"]["a"]["Vv"] < expected.pairings.loc["a", "Vv"]


def test_folders_are_compared_record_by_record(
    annotated_folder, found, tmp_path, capsys
):
    assert main(["evaluate", str(annotated_folder), str(found), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert list(report["records"]) == ["a", "inside/a"]
    # A record without annotations is not left out in silence.
    shutil.copy(found / "a.skecg", tmp_path)
    arguments = ["evaluate", str(annotated_folder), str(tmp_path)]
    assert main(arguments) == 2
    assert "lacks 1 of 2 (inside/a)" in capsys.readouterr().err
    assert main([*arguments, "--records", "a"]) == 0
    assert "on 1 record with" in capsys.readouterr().out


def test_a_model_is_evaluated_and_its_card_completed(
    annotated_folder, model_file, tmp_path, capsys
):
    model = shutil.copy(model_file, tmp_path / "model.joblib")
    arguments = ["evaluate", "--model", str(model), "--data", str(annotated_folder)]
    assert main([*arguments, "--json", "--save-scores"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["protocol"] == f"{annotated_folder.name}, own R peaks"
    assert report["gross"]["qrs_f1"] > 0.99 and report["trained_on"] == []
    assert main(["info", str(model)]) == 0
    assert f"scores on {report['protocol']}: veb_se" in capsys.readouterr().out
    out = tmp_path / "out"
    recording = str(annotated_folder / "a")
    found = ["annotate", recording, "--out", str(out), "--model", str(model)]
    assert main(found) == 0
    expected = json.loads((out / "a.json").read_text())["expected"]
    assert expected[report["protocol"]]["V"] == report["gross"]["veb_se"]
    assert main([*arguments, "--r-peaks", "reference"]) == 0
    assert " 100.00  100.00" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["model.skops", "model.bin"])
def test_a_safe_model_file_stays_one_and_keeps_its_card(
    name, annotated_folder, model_file, tmp_path, capsys
):
    model = tmp_path / name
    added = {"author": "A. Reader", "protocol": "DS1 to DS2"}
    save_model(joblib.load(model_file), model, card=added)
    arguments = ["evaluate", "--model", str(model), "--data", str(annotated_folder)]
    for peaks in ("own", "reference"):
        assert main([*arguments, "--r-peaks", peaks, "--save-scores"]) == 0
    card = read_card(model)
    assert added.items() <= card.items()
    assert {name.split(", ")[1] for name in card["scores"]} == {
        "own R peaks",
        "reference R peaks",
    }


def test_training_records_among_the_tests_are_named(tmp_path, capsys):
    write_mixed_record(tmp_path, "x", pattern="NNANNNNVVN")
    model = str(tmp_path / "m.joblib")
    assert main(["train", "--data", str(tmp_path), "--out", model]) == 0
    assert main(["evaluate", "--model", model, "--data", str(tmp_path)]) == 0
    assert "1 of 1 recordings have names of recordings" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "pass either REFERENCE and TEST, or --data"),
        (["r.atr"], "TEST must be given"),
        (["r.atr", "t.skecg", "--data", "svdb"], "pass either REFERENCE"),
        (["r.atr", "t.skecg", "--model", "m"], "--model and --save-scores need"),
        (["r.atr", "."], "must both be annotation files or both be folders"),
        ([".", ".", "--annotations", "ecg"], "must contain .ecg files"),
        (["r.atr", "none.skecg"], "none.skecg does not exist"),
        (["r.atr", "noise.qrs"], "noise.qrs cannot be read"),
        (["alone.atr", "r.atr"], "alone.hea does not exist"),
        (["r", "r.atr"], "without a suffix"),
    ],
)
def test_wrong_arguments_are_one_sentence(
    arguments, message, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    write_mixed_record(tmp_path, "r")
    shutil.copy("r.atr", "alone.atr")
    (tmp_path / "noise.qrs").write_bytes(b"\xff" * 7)
    (tmp_path / "r").write_text("x")
    assert main(["evaluate", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("skecg: ") and error.count("\n") == 1
    assert message in error


@pytest.mark.real
@pytest.mark.parametrize("by_http", [False, True])
def test_absent_records_are_named_with_those_that_are_there(
    by_http, model_file, tmp_path, monkeypatch, capsys, server
):
    folder = tmp_path / "mirror/svdb/1.0.0"
    folder.mkdir(parents=True)
    for record in ("800", "804"):
        for suffix in (".hea", ".dat", ".atr"):
            shutil.copy(mirror() / f"svdb/1.0.0/{record}{suffix}", folder)
    server.folder = folder.parents[1]
    place = address(server) if by_http else str(server.folder)
    monkeypatch.setenv("SKECG_MIRROR", place)
    monkeypatch.setenv("SKECG_DATA", str(tmp_path / "data"))
    arguments = ["evaluate", "--model", str(model_file), "--data", "svdb"]
    # Models are fitted to the records with even numbers and tested on the others.
    train = ["train", "--data", "svdb", "--out", str(tmp_path / "m.joblib")]
    for words, counts in ((arguments, "38 of 38"), (train, "38 of 40")):
        assert main(words) == 2
        error = capsys.readouterr().err.splitlines()[-1]
        assert error.startswith(
            f"skecg: Could not fetch {counts} records of SVDB, because {place} does "
        )
    assert ": 802,806,808," in error and error.endswith("(--records): 800,804.")
    assert main([*arguments, "--records", "801"]) == 2
    assert "set SKECG_MIRROR" in capsys.readouterr().err
    assert main([*arguments, "--records", "800,804"]) == 0


# wfdb uses what pandas 3 has deprecated.
@pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning:wfdb")
@pytest.mark.real
def test_real_records_train_and_test_a_model(tmp_path, capsys, mitdb):
    model = str(tmp_path / "m.joblib")
    arguments = ["train", "--data", "mitdb", "--records", "119,203,209", "--out", model]
    assert main(arguments) == 0
    arguments = ["evaluate", "--model", model, "--data", "mitdb", "--records", "200"]
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    gross = json.loads(capsys.readouterr().out)["gross"]
    assert gross["qrs_f1"] > 0.98 and gross["veb_f1"] > 0.9
