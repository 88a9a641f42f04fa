"""skecg review, and skecg annotate --answers."""

import json
import os
import signal
import subprocess
import sys

import pandas as pd
import pytest
from annotated import write_mixed_record

from skecg.cli import main

# A run that dies when it gives the finished page its name.
KILLED_RUN = """
import os, signal, sys
from skecg.cli import main

os.replace = lambda *paths: os.kill(os.getpid(), signal.SIGKILL)
main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A record with ventricular beats, and another one."""
    folder = tmp_path_factory.mktemp("records")
    write_mixed_record(folder, "a", pattern="NNNNVNNNVN", seed=5, seconds=60)
    write_mixed_record(folder, "b", pattern="NNVVVNNNNN", seed=6, seconds=60)
    return folder


@pytest.fixture
def skecg(model_file):
    """Return a function that runs a verb with the fitted model and given R peaks."""

    def run(verb, *arguments, peaks="atr"):
        words = [verb, *map(str, arguments), "--model", str(model_file)]
        return main([*words, *(["--r-peaks", peaks] if peaks else [])])

    return run


@pytest.fixture
def data_of(skecg, folder, tmp_path):
    """Return a function that gives the data of the page about a record."""

    def data(name="a", *arguments, peaks="atr"):
        page = tmp_path / "pages" / f"{name}.html"
        assert (
            skecg("review", folder / name, "--html", page, *arguments, peaks=peaks) == 0
        )
        text = page.read_text("utf-8")
        return json.loads(text.split('id="data">')[1].split("</script>")[0])

    return data


def write_answers(path, data, *labels):
    """Write what the page saves after answers to the root and what follows it."""
    session = data["session"]
    kept = ("format", "recording", "model", "n_questions")
    answers = [
        {"label": label, "node": node["id"]}
        | {x: node[x] for x in ("sample", "n_beats")}
        for node, label in zip(session["nodes"], labels, strict=False)
    ]
    content = {name: session[name] for name in kept} | {"answers": answers}
    content |= {"name": data["name"], "made_from": data["made_from"]}
    path.write_text(json.dumps(content))
    return content


def test_the_page_states_how_to_apply_the_answers(data_of, folder, model_file):
    data = data_of("a", "--questions", "7")
    assert data["name"] == "a"
    assert data["session"]["n_questions"] == 7
    assert (
        data["command"].split()
        == (
            f"skecg annotate {folder}/a --answers a.answers.json --out found "
            f"--model {model_file} --r-peaks atr"
        ).split()
    )


def test_answers_decide_beats(data_of, skecg, folder, tmp_path, capsys):
    answers, out = tmp_path / "a.answers.json", tmp_path / "out"
    data = data_of()
    write_answers(answers, data, "V", "V", "V")
    capsys.readouterr()
    assert skecg("annotate", folder / "a", "--out", out) == 0
    before = pd.read_csv(out / "a.csv")
    arguments = ("annotate", folder / "a", "--answers", answers, "--out", out)
    assert skecg(*arguments) == 0
    after = pd.read_csv(out / "a.csv")
    assert "decided_by" not in before and after["sample"].equals(before["sample"])
    by = after.set_index("decided_by")["class"]
    assert set(by.index) <= {"model", "answer", "both"}
    assert set(by["answer"]) == {"V"}
    changed = after["class"] != before["class"]
    assert changed.equals(after["decided_by"] == "answer")
    summary = json.loads((out / "a.json").read_text())
    assert summary["counts"]["V"] == (after["class"] == "V").sum()
    n_by = after["decided_by"].value_counts()
    found = {"changed": n_by["answer"], "confirmed": n_by.get("both", 0), "removed": 0}
    assert summary["answers"] == found
    assert "beats changed" in capsys.readouterr().out
    # The same answers are not applied again, and others are.
    capsys.readouterr()
    assert skecg(*arguments) == 0
    assert "finished before" in capsys.readouterr().err
    write_answers(answers, data, "N")
    assert skecg(*arguments) == 0
    assert "finished before" not in capsys.readouterr().err
    assert set(pd.read_csv(out / "a.csv")["decided_by"]) <= {"model", "answer", "both"}


def test_answers_of_another_recording_are_refused(
    data_of, skecg, folder, tmp_path, capsys
):
    answers = tmp_path / "a.answers.json"
    write_answers(answers, data_of(), "V")
    status = skecg("annotate", folder / "b", "--answers", answers, "--out", tmp_path)
    assert status == 1
    assert "--answers must be of this recording, but" in capsys.readouterr().err
    assert not (tmp_path / "b.csv").exists()


def test_answers_to_another_reading_are_refused(
    data_of, skecg, folder, tmp_path, capsys
):
    answers = tmp_path / "a.answers.json"
    write_answers(answers, data_of(), "V")
    arguments = ["annotate", folder / "a", "--answers", answers, "--out", tmp_path]
    for options, sentence in (
        ({"peaks": None}, "made with --r-peaks atr, this run without --r-peaks"),
        ({"peaks": "qrs"}, "made with --r-peaks atr, this run with --r-peaks qrs"),
    ):
        assert skecg(*arguments, **options) == 2
        assert sentence in capsys.readouterr().err
    assert main([*map(str, arguments), "--r-peaks", "atr"]) == 2
    assert "this run with --model new_patients" in capsys.readouterr().err


@pytest.mark.parametrize(
    "change, sentence",
    [
        (lambda text: "", "is not valid JSON"),
        (lambda text: text[:-20], "is not valid JSON"),
        (lambda text: "\xff", "is not valid JSON"),
        (lambda text: "[]", "contains no answers"),
        (lambda text: text.replace('"format": 1', '"format": 2'), "be of format 1"),
        (lambda text: text.replace('"recording": "', '"recording": "0'), "recording"),
        (lambda text: text.replace('"model": "', '"model": "0', 1), "of this model"),
        (lambda text: text.replace('"label": "V"', '"label": "W"'), "label must be"),
        (lambda text: text.replace('"node": 0', '"node": 1'), "another group here"),
    ],
)
def test_damaged_answers_are_refused(
    change, sentence, data_of, skecg, folder, tmp_path, capsys
):
    answers = tmp_path / "a.answers.json"
    write_answers(answers, data_of(), "V")
    answers.write_text(change(answers.read_text()), encoding="latin-1")
    capsys.readouterr()
    arguments = ("annotate", folder / "a", "--answers", answers, "--out", tmp_path)
    assert skecg(*arguments) in (1, 2)
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize("name", ["model.joblib", "a.dat", "peaks.csv"])
def test_a_page_replaces_pages_only(name, skecg, folder, tmp_path, capsys):
    path = tmp_path / name
    path.write_bytes(b"valuable")
    assert skecg("review", folder / "a", "--html", path) == 2
    assert "html must be a new file or a page to replace" in capsys.readouterr().err
    assert path.read_bytes() == b"valuable"


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["review", "a", "--html", "."], "html must be a file, but . is a folder"),
        (["review", ".", "--html", "x"], "RECORDING must be one recording, but ."),
        (["review", "c", "--html", "x"], "c does not exist"),
        (["review", "c.csv", "--html", "c.csv"], "html must be another file"),
        (["review", "a", "--html", "x", "--questions", "0"], "questions must be at"),
        (["annotate", "a", "--answers", "x", "--out", "o"], "answers must be a file"),
        (["annotate", "a", "b", "--answers", "x", "--out", "o"], "with one recording"),
    ],
)
def test_wrong_arguments_are_one_sentence(
    arguments, sentence, skecg, folder, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(folder)
    status = skecg(*arguments)
    error = capsys.readouterr().err.splitlines()
    assert status == 2
    assert error[-1].startswith("skecg: ") and sentence in error[-1]
    assert not (folder / "x").exists()


def test_a_killed_run_leaves_no_page_or_the_one_before(
    skecg, folder, model_file, tmp_path
):
    page = tmp_path / "page.html"
    page.write_text("before")
    words = ["review", folder / "a", "--html", page, "--r-peaks", "atr"]
    words = map(str, [*words, "--model", model_file])
    done = subprocess.run([sys.executable, "-c", KILLED_RUN, *words], check=False)
    assert done.returncode == -signal.SIGKILL
    assert page.read_text() == "before"
    assert skecg("review", folder / "a", "--html", page) == 0
    # What the killed run was writing is gone too.
    assert os.listdir(tmp_path) == ["page.html"]
    assert page.read_text().endswith("</html>\n")
