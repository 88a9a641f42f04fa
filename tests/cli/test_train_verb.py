"""skecg train: the model file, its card, and what it refuses."""

import json
import sys

import pytest
from annotated import write_mixed_record

from skecg.cli import main


@pytest.fixture(scope="module")
def training_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("training")
    patterns = ("NNNNVNNNNN", "NNANNNNVVN", "NNNVNNNANN")
    for seed, pattern in enumerate(patterns):
        write_mixed_record(folder, f"r{seed}", pattern=pattern, seed=seed)
    # Not annotated, so that it is no training data.
    write_mixed_record(folder, "other")
    (folder / "other.atr").unlink()
    return folder


@pytest.mark.parametrize("preset", ["new_patients", "new_patients_causal"])
def test_the_model_annotates_and_has_a_card(
    preset, training_folder, tmp_path, capsys, annotated_folder
):
    model = tmp_path / "folder" / "model.skops"
    arguments = ["train", "--data", str(training_folder), "--out", str(model)]
    assert main([*arguments, "--preset", preset, "--json"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["model"] == str(model)
    assert card["recordings"] == ["r0", "r1", "r2"]
    assert preset in card["description"]
    assert card["n_beats"]["V"] > 0 and card["classes"] == ["N", "S", "V"]
    assert [path.name for path in model.parent.iterdir()] == ["model.skops"]
    out = tmp_path / "out"
    found = ["annotate", str(annotated_folder), "--out", str(out)]
    assert main([*found, "--model", str(model)]) == 0
    assert json.loads((out / "a.json").read_text())["counts"]["V"] > 5


def test_a_network_of_context_is_trained_and_annotates(
    training_folder, tmp_path, capsys, annotated_folder
):
    model = tmp_path / "model.npz"
    arguments = ["train", "--data", str(training_folder), "--out", str(model)]
    assert main([*arguments, "--preset", "new_patients_network", "--json"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["classes"] == ["N", "S", "V"] and "context" in card["layout"]
    out = tmp_path / "out"
    found = ["annotate", str(annotated_folder), "--out", str(out)]
    assert main([*found, "--model", str(model)]) == 0
    assert set(json.loads((out / "a.json").read_text())["counts"]) <= set("NSVFQ")


def test_a_pickle_that_is_called_skops_is_not_loaded(tmp_path, capsys, model_file):
    path = tmp_path / "model.skops"
    path.write_bytes(model_file.read_bytes())
    assert main(["info", str(path)]) == 2
    assert "looks like a pickle" in capsys.readouterr().err


def test_a_file_is_replaced_only_if_asked_for(training_folder, tmp_path, capsys):
    model = str(tmp_path / "model.joblib")
    arguments = ["train", "--data", str(training_folder), "--records", "r0,r1"]
    arguments += ["--out", model]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[-1] == f"written to {model}"
    assert main(["info", model]) == 0
    assert capsys.readouterr().out == shown[: shown.index("written to")]
    assert main(arguments) == 2
    assert "exists; pass another, or --overwrite" in capsys.readouterr().err
    assert main([*arguments, "--overwrite"]) == 0


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--preset", "best"], "preset must be one of new_patients, "),
        (["--data", "nowhere"], "data must be 'mitdb' or 'svdb' or an existing folder"),
        (["--data", "empty"], "empty has no .hea file with a .atr file beside it"),
        (["--data", "damaged"], "bad.atr cannot be read"),
        (["--out", "empty"], "out must be a new file, but empty exists"),
    ],
)
def test_wrong_arguments_are_one_sentence(
    arguments, message, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "damaged").mkdir()
    for suffix in ("hea", "atr"):
        (tmp_path / "damaged" / f"bad.{suffix}").write_bytes(b"\xff" * 7)
    assert main(["train", "--out", "m", "--data", "empty", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("skecg: ") and error.count("\n") == 1
    assert message in error
    assert not (tmp_path / "m").exists()


def test_a_detector_that_is_not_installed_is_named(
    training_folder, tmp_path, monkeypatch, capsys
):
    monkeypatch.setitem(sys.modules, "sleepecg", None)
    arguments = ["--data", str(training_folder), "--out", str(tmp_path / "m.joblib")]
    assert main(["train", *arguments]) == 2
    error = capsys.readouterr().err
    # No option chooses another detector.
    assert error.endswith("is not installed; pip install 'skecg[detect]'.\n")
