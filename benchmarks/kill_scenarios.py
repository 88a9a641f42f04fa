"""Writes that are killed, each with a check of the remaining files."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import joblib
import numpy as np

from benchmarks import cells
from skecg._files import whole_file
from skecg._report_folder import (
    MANIFEST,
    check_report_folder,
    file_sha256,
    report_folder,
)
from skecg.datasets import _fetch_mitdb_beats as beats
from skecg.datasets import fetch_mitdb, make_beats

__all__ = ["SCENARIOS", "Scenario"]

_RECORDS = ["100", "101", "102"]


@dataclass(frozen=True)
class Scenario:
    """A write, and the check of the files after a kill.

    Attributes
    ----------
    prepare : callable
        Prepares a new folder.
    write : callable
        Writes to the folder; it is killed.
    check : callable
        Does the next run, raises AssertionError if data are lost or incomplete, and
        returns the state that it found: "nothing", "part", "old" or "new".
    """

    prepare: Callable[[Path], None]
    write: Callable[[Path], None]
    check: Callable[[Path], str]


@contextmanager
def _download() -> Iterator[Scenario]:
    """Fetch three records from a local server."""
    mirror = Path(os.environ["SKECG_MIRROR"])
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(
        [*command, "--directory", str(mirror)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as server:
        assert server.stdout is not None
        port = server.stdout.readline().split(b" port ")[1].split()[0].decode()

        def fetch(folder: Path) -> None:
            url = f"http://127.0.0.1:{port}"
            fetch_mitdb(_RECORDS, data_home=folder, base_url=url)

        def check(folder: Path) -> str:
            records = folder / "mitdb/1.0.0"
            names = _names(records) if records.is_dir() else set()
            for name in names:
                original = mirror / "mitdb/1.0.0" / name
                assert (records / name).read_bytes() == original.read_bytes(), name
            fetch_mitdb(_RECORDS, data_home=folder, base_url=mirror)
            assert len(list(records.iterdir())) == 9
            return {0: "nothing", 9: "new"}.get(len(names), "part")

        try:
            yield Scenario(Path.mkdir, fetch, check)
        finally:
            server.kill()


@contextmanager
def _cache() -> Iterator[Scenario]:
    """Write the cache of beats; the beats are extracted once, beforehand."""
    columns = beats.all_beats(None, None, True)
    home = beats.get_data_home()
    fetch_mitdb()

    def prepare(folder: Path) -> None:
        folder.mkdir()
        (folder / "mitdb").symlink_to(home / "mitdb")

    def write(folder: Path) -> None:
        with (
            mock.patch.object(beats, "cut_study", return_value=columns),
            mock.patch.object(beats, "fetch_mitdb"),
        ):
            beats.all_beats(folder, None, False)

    def check(folder: Path) -> str:
        cache = folder / beats._CACHE_NAME
        is_there = cache.is_file()
        assert not is_there or beats._stored(cache) is not None, "a half cache"
        write(folder)
        assert [path.name for path in cache.parent.iterdir()] == [cache.name]
        return "new" if is_there else "nothing"

    yield Scenario(prepare, write, check)


@contextmanager
def _study() -> Iterator[Scenario]:
    """Replace the report of a quick study and its model file."""
    import torch
    from matplotlib.figure import Figure

    from skecg.study import _figures, _run

    # One thread: OpenMP in a fork would wait for threads of its parent.
    torch.set_num_threads(1)
    # Small figures, so that most kills occur during a write and not during plotting.
    displays = [mock.Mock(figure_=Figure((1, 1))) for _ in _figures.CAPTIONS]
    with (
        tempfile.TemporaryDirectory() as root,
        mock.patch.multiple(_run, _QUICK_EPOCHS=1, _QUICK_CLASS_SIZE=20),
        mock.patch.object(_run, "_write") as w,
    ):
        result = _run.run_study("synthetic", Path(root) / "x", quick=True)
        _, study, predicted, _ = w.call_args.args

    def write(folder: Path) -> None:
        seen = check_report_folder(folder, overwrite=True)
        with report_folder(folder, seen) as part:
            _run._write(part, study, predicted, result)

    with (
        tempfile.TemporaryDirectory() as root,
        mock.patch.object(_figures, "_displays", return_value=displays),
    ):
        template = Path(root)
        # Loads matplotlib and its fonts before the forks.
        write(template)
        old = _manifest(template)["id"]
        (template / "thesis.txt").write_text("years of work", encoding="utf-8")

        def check(folder: Path) -> str:
            check_report_folder(folder, overwrite=True)
            manifest = _manifest(folder)
            thesis = (folder / "thesis.txt").read_text(encoding="utf-8")
            assert thesis == "years of work"
            assert _names(folder) == {*manifest["files"], MANIFEST, "thesis.txt"}
            for name, digest in manifest["files"].items():
                assert file_sha256(folder / name) == digest, name
            assert "model.joblib" in manifest["files"]
            joblib.load(folder / "model.joblib").predict(study.X_test[:1])
            # The lock file of a killed run remains until the next report.
            with report_folder(folder, manifest["id"]) as part:
                (part / "next.txt").touch()
            return "old" if manifest["id"] == old else "new"

        yield Scenario(partial(shutil.copytree, template), write, check)


@contextmanager
def _model() -> Iterator[Scenario]:
    """Replace the model file of a fitted classifier."""
    from skecg.study import _run

    beats = make_beats(200, random_state=0)
    pipelines = {
        name: _run.CNN1DClassifier(
            max_epochs=1, validation_fraction=None, random_state=seed
        ).fit(beats.data, beats.target)
        for seed, name in enumerate(["old", "new"])
    }
    answers = {
        name: clf.predict_proba(beats.data[:9]) for name, clf in pipelines.items()
    }

    def prepare(folder: Path) -> None:
        folder.mkdir()
        _run.write_model(folder / "model.joblib", pipelines["old"])

    def write(folder: Path) -> None:
        _run.write_model(folder / "model.joblib", pipelines["new"])

    def check(folder: Path) -> str:
        assert _names(folder) == {"model.joblib"}
        found = joblib.load(folder / "model.joblib").predict_proba(beats.data[:9])
        (name,) = (name for name, p in answers.items() if np.array_equal(found, p))
        write(folder)
        return name

    yield Scenario(prepare, write, check)


@contextmanager
def _checkpoint() -> Iterator[Scenario]:
    """Fit a network with checkpoints, and store its probabilities after the fit.

    The next run continues the fit. Its weights must equal those of an uninterrupted
    fit, bit for bit.
    """
    import torch

    from skecg import CNN1DClassifier

    # One thread: OpenMP in a fork would wait for threads of its parent.
    torch.set_num_threads(1)
    beats = make_beats(150, weights=[2, 1, 1, 1, 1], random_state=0)

    def fit(folder: Path | None) -> dict[str, np.ndarray]:
        clf = CNN1DClassifier(
            n_filters=(8, 8),
            max_epochs=8,
            optimizer="adamw",
            lr_schedule="one_cycle",
            validation_fraction=0.3,
            checkpoint_dir=None if folder is None else folder / "fits",
            random_state=0,
        ).fit(beats.data, beats.target)
        state = clf.net_.module_.state_dict()
        return {name: value.numpy() for name, value in state.items()}

    expected = fit(None)

    def write(folder: Path) -> None:
        weights = fit(folder)
        with whole_file(folder / "weights.npz") as file:
            np.savez(file, allow_pickle=False, **weights)

    def check(folder: Path) -> str:
        fits = folder / "fits"
        stored = list(fits.glob("*.checkpoint")) if fits.is_dir() else []
        is_complete = (folder / "weights.npz").exists()
        write(folder)
        with np.load(folder / "weights.npz", allow_pickle=False) as found:
            assert set(found.files) == expected.keys()
            for name, value in expected.items():
                assert np.array_equal(found[name], value), name
        assert not list(fits.iterdir()), "a checkpoint of a complete fit"
        return "new" if is_complete else "part" if stored else "nothing"

    yield Scenario(Path.mkdir, write, check)


def _names(folder: Path) -> set[str]:
    """Return the names in a folder, without temporary names."""
    return {path.name for path in folder.iterdir() if path.suffix != ".skecg"}


def _manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))


@contextmanager
def _cell() -> Iterator[Scenario]:
    """Replace the file of a cell."""
    rows = [1] * 10_000
    contents = {name: {"name": name, "records": rows} for name in ("old", "new")}

    def path(folder: Path) -> Path:
        return cells.cell_path(folder, "study", "model", 0, 0)

    def prepare(folder: Path) -> None:
        cells._write(path(folder), contents["old"])

    def write(folder: Path) -> None:
        cells._write(path(folder), contents["new"])

    def check(folder: Path) -> str:
        found = json.loads(path(folder).read_text(encoding="utf-8"))
        (name,) = (name for name, cell in contents.items() if cell == found)
        write(folder)
        return name

    yield Scenario(prepare, write, check)


@contextmanager
def _review() -> Iterator[Scenario]:
    """Replace the page, the session and the results of a review by later ones."""
    import pandas as pd
    import torch

    from skecg import Recording, annotate
    from skecg.review import ReviewSession

    # A fork has none of the threads of its parent, and OpenMP would wait for them.
    torch.set_num_threads(1)
    fs, peaks = 250, np.arange(150, 75_000, 200)
    offsets = (np.arange(75_000)[:, None] - peaks) / fs
    lead = np.exp(-((offsets / 0.015) ** 2)).sum(axis=1)
    lead += np.random.default_rng(0).normal(0, 0.01, len(lead))
    annotated = annotate(Recording(lead, fs, leads=["II"], name="kills"), r_peaks=peaks)

    def session_of(labels: str) -> ReviewSession:
        session = ReviewSession(annotated)
        for label in labels:
            if session.next_node is not None:
                session.answer(session.next_node, label)
        return session

    sessions = {"old": session_of("N"), "new": session_of("NSV")}
    files = {"page.html", "session.json", "beats.csv"}

    def write_all(session: ReviewSession, folder: Path) -> None:
        session.to_html(folder / "page.html")
        session.save(folder / "session.json")
        session.result().to_csv(folder / "beats.csv")

    def prepare(folder: Path) -> None:
        folder.mkdir()
        write_all(sessions["old"], folder)

    def check(folder: Path) -> str:
        assert _names(folder) == files
        page = (folder / "page.html").read_text(encoding="utf-8")
        assert page.rstrip().endswith("</html>")
        found = ReviewSession.load(folder / "session.json", annotated)
        (name,) = (x for x, y in sessions.items() if y.answers == found.answers)
        table = pd.read_csv(folder / "beats.csv")
        n_beats = {len(session.result().table) for session in sessions.values()}
        assert len(table) in n_beats, "a table cut short"
        write_all(sessions["new"], folder)
        return name

    yield Scenario(prepare, partial(write_all, sessions["new"]), check)


SCENARIOS = {
    "download": _download,
    "cache": _cache,
    "study": _study,
    "model": _model,
    "cell": _cell,
    "checkpoint": _checkpoint,
    "review": _review,
}
"""Name on the command line to scenario."""
