"""skecg info: the card, and files that are no models."""

import json

import joblib
import pytest

from skecg import BeatAnnotator
from skecg.cli import main


def test_the_card_is_shown(model_file, capsys):
    assert main(["info", str(model_file)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("training data: made-up beats\nrecordings: 3\n")
    assert "scores: not measured" in text
    assert main(["info", str(model_file), "--json"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["model"] == str(model_file) and card["n_recordings"] == 3
    assert sum(card["n_beats"].values()) > 400


@pytest.mark.parametrize(
    "content, message",
    [
        ({"weights": 1}, "got dict"),
        (BeatAnnotator(), "not fitted"),
        (b"no pickle", "cannot be loaded"),
        (b"", "cannot be loaded"),
    ],
)
def test_other_files_are_refused(content, message, tmp_path, capsys):
    path = tmp_path / "model.joblib"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        joblib.dump(content, path)
    assert main(["info", str(path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("skecg: ") and error.count("\n") == 1
    assert message in error


def test_a_truncated_model_is_refused(model_file, tmp_path, capsys):
    path = tmp_path / "model.joblib"
    path.write_bytes(model_file.read_bytes()[:5000])
    assert main(["info", str(path)]) == 2
    assert "cannot be loaded" in capsys.readouterr().err
