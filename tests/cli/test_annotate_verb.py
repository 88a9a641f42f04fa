"""skecg annotate: results, failures, repeated and interrupted runs."""

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from annotated import fitted_annotator, write_mixed_record
from deadly_detector import DEADLY, deadly_detector

from skecg._files import write_model
from skecg.cli import main

# The three renames of a recording's results, at each of which a run is killed.
KILLED_RUNS = """
import os, signal, sys
from skecg.cli import main, _annotate
import skecg.cli._annotate_one

source, out, model = sys.argv[1:]
replace = os.replace
for last in range(1, 5):
    process = os.fork()
    if process:
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        print("STATUS", last, status, flush=True)
        continue
    n = 0
    def counted(*paths):
        global n
        n += 1
        if n == last:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(*paths)
    os.replace = counted
    os._exit(main(["annotate", source, "--out", f"{out}-{last}", "--model", model]))
"""


@pytest.fixture
def annotate(model_file):
    """Return a function that runs the verb with the fitted model."""

    def run(*arguments):
        words = ["annotate", *map(str, arguments), "--model", str(model_file)]
        return main(words)

    return run


def names_in(folder):
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
    )


def failures_in(folder):
    with (folder / "failures.csv").open(newline="") as file:
        return {row["recording"]: row["error"] for row in csv.DictReader(file)}


def test_each_recording_of_a_folder_gets_three_files(
    annotated_folder, annotate, tmp_path, capsys, wfdb
):
    out = tmp_path / "found"
    assert annotate(annotated_folder, "--out", out) == 0
    stems = ("a", "inside/a")
    assert names_in(out) == [
        f"{x}.{e}" for x in stems for e in ("csv", "json", "skecg")
    ]
    shown = capsys.readouterr()
    assert shown.out.split()[0] == "recording" and "inside/a" in shown.out
    # Not a terminal: one line per recording.
    assert [line.split(":")[0] for line in shown.err.splitlines()] == [
        "1/2 a",
        "2/2 inside/a",
    ]
    for stem in stems:
        table = pd.read_csv(out / f"{stem}.csv")
        beats = wfdb.rdann(str(out / stem), "skecg")
        assert beats.sample.tolist() == table["sample"].tolist()
        assert beats.symbol == table["class"].tolist()
        summary = json.loads((out / f"{stem}.json").read_text())
        assert summary["counts"]["V"] == (table["class"] == "V").sum() > 0
        assert summary["n_beats"] == len(table)
        assert summary["duration"] == 120 and summary["fs"] == 250


def test_bad_recordings_are_listed_and_the_others_annotated(
    annotated_folder, annotate, tmp_path, capsys
):
    source, out = tmp_path / "in", tmp_path / "out"
    shutil.copytree(annotated_folder, source)
    os.mkfifo(source / "pipe.csv")
    (source / "text.csv").write_text("hello,world\nthis,is no ECG\n")
    write_mixed_record(source, "cut")
    with (source / "cut.dat").open("r+b") as file:
        file.truncate(1000)
    missing = tmp_path / "missing.edf"
    assert annotate(source, missing, "--out", out) == 1
    found = failures_in(out)
    assert list(found) == ["cut", "pipe", "text", "missing"]
    assert "a pipe" in found["pipe"]
    assert "1,000 bytes" in found["cut"]
    assert "does not exist" in found["missing"]
    assert len([name for name in names_in(out) if name.endswith(".json")]) == 2
    assert len(names_in(out)) == 2 * 3 + 1
    assert "4 of 6 recordings failed" in capsys.readouterr().err
    # Nothing fails any more.
    assert annotate(annotated_folder, "--out", out) == 0
    assert "failures.csv" not in names_in(out)


def test_finished_recordings_are_skipped(annotated_folder, annotate, tmp_path, capsys):
    out = tmp_path / "out"
    assert annotate(annotated_folder, "--out", out) == 0
    times = {name: (out / name).stat().st_mtime_ns for name in names_in(out)}
    first = capsys.readouterr()
    (out / "a.json").unlink()
    assert annotate(annotated_folder, "--out", out) == 0
    again = capsys.readouterr()
    assert again.out == first.out
    assert again.err.startswith("1/2 inside/a: 148 beats, finished before\n2/2 a: ")
    assert again.err.count("finished before") == 1
    new = {name for name in times if (out / name).stat().st_mtime_ns != times[name]}
    assert new == {"a.csv", "a.json", "a.skecg"}
    # Results that were made otherwise are made again.
    assert annotate(annotated_folder, "--out", out, "--r-peaks", "atr") == 0
    assert "finished before" not in capsys.readouterr().err


def test_given_r_peaks_are_taken(annotated_folder, annotate, tmp_path, wfdb):
    out = tmp_path / "out"
    assert annotate(annotated_folder / "a", "--out", out, "--r-peaks", "atr") == 0
    reference = wfdb.rdann(str(annotated_folder / "a"), "atr")
    assert wfdb.rdann(str(out / "a"), "skecg").sample.tolist() == list(reference.sample)
    assert json.loads((out / "a.json").read_text())["peaks"] == "given"
    # A recording without such a file fails.
    assert annotate(annotated_folder / "a", "--out", out, "--r-peaks", "qrs") == 1
    assert "a.qrs does not exist" in failures_in(out)["a"]


def test_json_is_one_line_per_recording(annotated_folder, annotate, tmp_path, capsys):
    text = tmp_path / "text.csv"
    text.write_text("no,numbers\n")
    arguments = (annotated_folder, text, "--out", tmp_path / "out", "--json")
    assert annotate(*arguments) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["recording"] for line in lines] == ["a", "inside/a", "text"]
    assert lines[0]["is_skipped"] is False and lines[0]["burden"]["V"]["count"] > 0
    assert "error" in lines[2] and "error" not in lines[1]


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self):
        return True


def test_a_terminal_has_a_bar(annotated_folder, annotate, tmp_path, monkeypatch):
    text = tmp_path / "text.csv"
    text.write_text("no,numbers\n")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert annotate(annotated_folder, text, "--out", tmp_path / "out") == 1
    shown = terminal.getvalue()
    assert "3/3" in shown and "\n3/3 text: failed: " in shown.replace("\r", "\n")
    # Only failures have a line of their own.
    assert "beats" not in shown


def test_processes_write_the_same(annotated_folder, annotate, tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    inputs = (annotated_folder, tmp_path / "pipe.csv")
    assert annotate(*inputs, "--out", tmp_path / "one") == 1
    assert annotate(*inputs, "--out", tmp_path / "two", "--jobs", 2) == 1
    names = names_in(tmp_path / "one")
    assert names_in(tmp_path / "two") == names and len(names) == 7
    for name in names:
        ours, theirs = (tmp_path / x / name for x in ("one", "two"))
        assert ours.read_bytes() == theirs.read_bytes()


def test_a_process_that_dies_fails_its_recording_alone(tmp_path, capsys):
    model = tmp_path / "model.joblib"
    write_model(model, fitted_annotator(detector=deadly_detector))
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    for name in "abdefg":
        write_mixed_record(source, name, seconds=30)
    lead = np.tile([0.0] * 49 + [1.0], 100)
    lead[2500] = DEADLY
    np.savetxt(source / "c.csv", lead, fmt="%.1f")
    arguments = ["annotate", str(source), "--out", str(out), "--model", str(model)]
    assert main([*arguments, "--fs", "250", "--jobs", "2"]) == 1
    failures = failures_in(out)
    assert list(failures) == ["c"]
    assert "the process that annotated this recording died" in failures["c"]
    found = [name[0] for name in names_in(out) if name.endswith(".json")]
    assert found == list("abdefg")
    assert "1 of 7 recordings failed" in capsys.readouterr().err


def test_failures_name_options(annotate, tmp_path, capsys):
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    text = (source / "rate.csv", source / "unit.csv", source / "both.csv")
    lead = np.tile([0.0] * 190 + [1.0] * 10, 40)
    np.savetxt(text[0], lead, fmt="%.3f", header="II", comments="")
    times = np.column_stack([np.arange(8000) / 250, 1000 * lead, lead])
    np.savetxt(text[1], times[:, :2], delimiter=",", fmt="%.3f", header="time,II")
    header = {"header": "time,fs,note", "comments": "", "delimiter": ","}
    np.savetxt(text[2], times, fmt=["%.3f", "%.3f", "x%.0f"], **header)
    assert annotate(source, "--out", out) == 1
    found = failures_in(out)
    assert found["rate"].startswith("--fs must be given")
    assert found["rate"].endswith("such as --fs 250.")
    assert found["unit"].startswith("--units must be given")
    assert "pass --units 'uV', 'mV' or 'V'" in found["unit"]
    assert "the column 'note' does not" in found["both"]
    assert found["both"].endswith("choose other columns with --leads.")
    # Which is what helps.
    assert annotate(text[0], "--out", out, "--fs", 250) == 0
    assert annotate(text[1], "--out", out, "--units", "uV") == 0
    assert annotate(text[2], "--out", out, "--leads", "fs", "--units", "uV") == 0
    assert json.loads((out / "both.json").read_text())["leads"] == ["fs"]
    # Another unit is another result.
    assert annotate(text[2], "--out", out, "--leads", "0", "--units", "mV") == 0
    assert "finished before" not in capsys.readouterr().err


def test_a_killed_run_leaves_no_result_that_looks_finished(
    annotated_folder, annotate, model_file, tmp_path
):
    source, out = annotated_folder / "a.hea", tmp_path / "out"
    command = [sys.executable, "-c", KILLED_RUNS, source, out, model_file]
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=True
    )
    lines = [x.split() for x in done.stdout.splitlines() if x.startswith("STATUS")]
    # The fourth run has only three renames.
    assert [int(line[2]) for line in lines] == [-signal.SIGKILL] * 3 + [0]
    visible = [
        [name for name in names_in(tmp_path / f"out-{n}") if name[0] != "."]
        for n in (1, 2, 3, 4)
    ]
    assert visible == [[], ["a.skecg"], ["a.csv", "a.skecg"], visible[3]]
    for n in (1, 2, 3):
        assert annotate(source, "--out", f"{out}-{n}") == 0
        assert names_in(tmp_path / f"out-{n}") == visible[3]
        for name in visible[3]:
            ours, theirs = (tmp_path / f"out-{k}" / name for k in (n, 4))
            assert ours.read_bytes() == theirs.read_bytes()


def test_names_that_wfdb_lacks_are_changed(annotate, tmp_path):
    write_mixed_record(tmp_path, "x")
    for suffix in (".hea", ".dat"):
        text = (tmp_path / f"x{suffix}").read_bytes()
        (tmp_path / f"night 1.b{suffix}").write_bytes(text)
    assert annotate(tmp_path / "night 1.b.hea", "--out", tmp_path / "out") == 0
    assert names_in(tmp_path / "out") == [
        f"night_1_b.{suffix}" for suffix in ("csv", "json", "skecg")
    ]


def test_segments_are_part_of_their_record(annotate, tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    write_mixed_record(source, "part")
    (source / "whole.hea").write_text("whole/1 2 250 30000\npart 30000\n")
    assert annotate(source, "--out", tmp_path / "out") == 0
    assert "whole.json" in names_in(tmp_path / "out")
    assert "part.json" not in names_in(tmp_path / "out")


def test_results_inside_the_folder_are_no_recordings(
    annotated_folder, annotate, tmp_path
):
    shutil.copytree(annotated_folder, tmp_path / "in")
    out = tmp_path / "in" / "found"
    assert annotate(tmp_path / "in", "--out", out) == 0
    names = names_in(out)
    assert annotate(tmp_path / "in", "--out", out) == 0
    assert names_in(out) == names and len(names) == 6


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["in", "--out", "file"], "out must be a folder, but file is a file"),
        (["in", "--out", "in"], "out must be a folder without recordings"),
        (["in/a.csv", "--out", "in"], "would replace an input"),
        (["in/a.hea", "--out", "in", "--r-peaks", "skecg"], "would replace an input"),
        (["in/a.hea", "in/a.csv", "--out", "out"], "both 'a'"),
        (["empty", "--out", "out"], "empty contains none"),
        (["in", "--out", "out", "--jobs", "0"], "jobs must be at least 1"),
        (["failures.csv", "--out", "out"], "must not be named 'failures'"),
        (["in", "--out", "out", "--model", "none"], "none does not exist"),
        (["in", "--out", "out", "--model", "pipe"], "pipe is not a regular file"),
        (["in", "--out", "out", "--model", "in/a.csv"], "cannot be loaded"),
    ],
)
def test_wrong_arguments_are_one_sentence(
    arguments, message, annotate, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    for folder in ("in", "empty"):
        (tmp_path / folder).mkdir()
    (tmp_path / "file").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    for name in ("a.csv", "b.hea"):
        (tmp_path / "in" / name).write_text("x")
    before = names_in(tmp_path)
    if "--model" in arguments:
        status = main(["annotate", *arguments])
    else:
        status = annotate(*arguments)
    error = capsys.readouterr().err
    assert status == 2
    assert error.startswith("skecg: ") and error.count("\n") == 1
    assert message in error
    assert names_in(tmp_path) == before


def test_reports_are_written_on_request(annotated_folder, annotate, tmp_path, capsys):
    source, out = annotated_folder / "a.hea", tmp_path / "out"
    assert annotate(source, "--out", out) == 0
    # The results of the first run lack the report, and are made again.
    assert annotate(source, "--out", out, "--html") == 0
    assert names_in(out) == ["a.csv", "a.html", "a.json", "a.skecg"]
    assert "ECG report: a</h1>" in (out / "a.html").read_text(encoding="utf-8")
    assert "finished before" not in capsys.readouterr().err
    for options in ([], ["--html"]):
        assert annotate(source, "--out", out, *options) == 0
        assert "finished before" in capsys.readouterr().err
    # Other results, without a report, replace those that it shows.
    assert annotate(source, "--out", out, "--r-peaks", "atr") == 0
    assert names_in(out) == ["a.csv", "a.json", "a.skecg"]
