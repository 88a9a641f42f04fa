"""Fixtures for tests in several folders."""

import threading
import warnings
from functools import cache

import numpy as np
import pytest
from browser import Pages, running_chromium
from mirror_server import Server
from sklearn.utils import Bunch

from skecg.cli import main
from skecg.datasets import fetch_mitdb_beats, make_beats

# Two leads that all records except 102 and 104 have.
LEADS = ("MLII", ("V1", "V2", "V4", "V5"))


@pytest.fixture(scope="session")
def three_classes():
    """180 rows of three classes that a small network separates."""
    rng = np.random.default_rng(0)
    y = np.repeat(["F", "N", "V"], 60)
    X = rng.normal(size=(180, 24)) + 4 * np.repeat(np.eye(3), 60, axis=0).repeat(8, 1)
    return X.astype(np.float32), y


@pytest.fixture
def clean_split():
    """1,000 rows of noise, 20 for each subject, in classes of 700, 200 and 100 rows.

    Splitting after the first 800 rows gives a split in which the audit finds no fault.
    """
    rng = np.random.default_rng(0)
    X = rng.normal(3, 2, size=(1000, 100))
    y = rng.permutation(np.repeat(["N", "S", "V"], [700, 200, 100]))
    return X, y, np.repeat([f"p{i}" for i in range(50)], 20)


@pytest.fixture
def wfdb():
    """The wfdb library; its deprecation warnings from pandas are ignored."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import wfdb

        yield wfdb


@pytest.fixture(scope="session")
def cut_beats(mitdb):
    """Return a function that cuts each record once per session and layout.

    Its result is what `fetch_mitdb_beats` returns for all beats of the given records.
    """

    @cache
    def cut(record, layout, leads):
        others = [name for name in mitdb.records if name != record]
        return fetch_mitdb_beats("all", layout=layout, leads=leads, exclude=others)

    def cut_and_join(layout, records, leads=LEADS):
        parts = [cut(name, layout, leads) for name in mitdb.records if name in records]
        beats = Bunch(**parts[0])
        # By class, and within a class by record and time.
        order = np.concatenate([part.target for part in parts]).argsort(kind="stable")
        for name in ("data", "target", "groups", "records", "r_peaks", "symbols"):
            beats[name] = np.concatenate([part[name] for part in parts])[order]
        return beats

    return cut_and_join


@pytest.fixture(scope="session")
def study_csv(tmp_path_factory):
    """A small training file, beside a test file, in the format of the public set."""
    folder = tmp_path_factory.mktemp("csv")
    for name, seed in (("train", 0), ("test", 1)):
        beats = make_beats(600, weights=[6, 1, 1, 1, 1], random_state=seed)
        rows = np.column_stack([beats.data, beats.target])
        np.savetxt(folder / f"mitbih_{name}.csv", rows, delimiter=",")
    return folder / "mitbih_train.csv"


@pytest.fixture(scope="session")
def study_report(study_csv, tmp_path_factory, data_home):
    """The folder of a report that `skecg study` has written."""
    out = tmp_path_factory.mktemp("study") / "report"
    assert main(["study", "--data", str(study_csv), "--out", str(out), "--quick"]) == 0
    return out


@pytest.fixture
def server():
    """A local server of the MIT-BIH records."""
    server = Server()
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


# Per module; otherwise Playwright's event loop would run during all later tests.
@pytest.fixture(scope="module")
def chromium():
    """A headless Chromium browser."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def pages(chromium):
    """A function that opens a page, which fails the test if the page has problems.

    A problem is an error or a warning in the console, or a network request.
    """
    pages = Pages(chromium)
    yield pages
    pages.close()
    assert pages.problems == []
