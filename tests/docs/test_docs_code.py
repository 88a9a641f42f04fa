"""Every Python block of the documentation runs, from top to bottom of each page."""

import doctest
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from skecg.datasets import fetch_mitdb_beats

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(?:python|pycon)\n(.*?)^```$", re.S | re.M)
WRITTEN_BY_SPHINX = {"_build", "auto_examples", "generated"}
# The code of this page needs a cluster; tests/classification/test_dask.py runs it.
NEEDS_A_CLUSTER = {"scale"}
# Blocks with these names read PhysioNet's records.
FETCHES = re.compile(r"fetch_mitdb|fetch_svdb|load_wfdb_beats|match_kaggle_rows")
# The code of this page reads the public files.
NEEDS_A_FILE = {"csv_files"}


def code(page):
    return BLOCK.findall(page.read_text())


PAGES = [
    page
    for page in sorted(DOCS.rglob("*.md"))
    if not WRITTEN_BY_SPHINX.intersection(page.parts)
    and page.stem not in NEEDS_A_CLUSTER
    and code(page)
]


def run(block, page, names):
    if ">>>" not in block:
        exec(compile(block, str(page), "exec"), names)
        return
    example = doctest.DocTestParser().get_doctest(block, {}, page.name, str(page), 0)
    example.globs = names
    report = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(example, out=report.append, clear_globs=False)
    assert not report, "".join(report)


def write_public_files():
    """Write every eighth row of the public files."""
    for part in ("train", "test"):
        X, y = fetch_mitdb_beats(part, return_X_y=True)
        rows = np.column_stack([X, y])[::8]
        np.savetxt(f"mitbih_{part}.csv", rows, delimiter=",", fmt="%.18e")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Run each page in a new folder, and close its figures."""
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page.stem not in NEEDS_A_FILE],
    ids=lambda page: page.stem,
)
def test_code_runs_without_records(page):
    names = {"__name__": page.stem}
    for block in code(page):
        if not FETCHES.search(block):
            run(block, page, names)


# wfdb uses what pandas 3 has deprecated.
@pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning:wfdb")
@pytest.mark.real
@pytest.mark.parametrize(
    "page",
    [
        page
        for page in PAGES
        if page.stem in NEEDS_A_FILE or any(map(FETCHES.search, code(page)))
    ],
    ids=lambda page: page.stem,
)
def test_code_runs_with_records(page, mitdb):
    if page.stem in NEEDS_A_FILE:
        write_public_files()
    names = {"__name__": page.stem}
    for block in code(page):
        run(block, page, names)
