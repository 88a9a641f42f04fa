"""Markers of tests that need records or a browser, and a data folder for tests."""

import os

import pytest

# By default, waiting OpenMP threads spin and slow down working ones: on a busy machine,
# a fit took 15 times as long. OpenMP reads this when torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
if "PYTEST_XDIST_WORKER" in os.environ:
    # Each of several test processes uses one core.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# --doctest-modules would import these as modules, whose names must be unique.
collect_ignore_glob = ["*/conftest.py"]

# Doctests whose output needs the real records.
REAL_DOCTESTS = {
    "skecg.datasets._match_kaggle.match_kaggle_rows",
    "skecg.datasets._fetch_mitdb.fetch_mitdb",
    "skecg.datasets._fetch_mitdb_beats.fetch_mitdb_beats",
    "skecg.datasets._fetch_svdb.fetch_svdb",
    "skecg.datasets._fetch_svdb_beats.fetch_svdb_beats",
    "skecg.datasets._load_wfdb_beats.load_wfdb_beats",
}


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "real: needs the MIT-BIH records (SKECG_MIRROR names their folder)"
    )
    config.addinivalue_line("markers", "browser: runs in headless Chromium")


def pytest_collection_modifyitems(items):
    for item in items:
        if item.name in REAL_DOCTESTS:
            item.add_marker(pytest.mark.real)
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    if os.environ.get("SKECG_MIRROR"):
        return
    # The other tests run without records; .ci/run fails in that case.
    skip = pytest.mark.skip(reason="SKECG_MIRROR is not set: no real records")
    for item in items:
        if item.get_closest_marker("real"):
            item.add_marker(skip)


def pytest_terminal_summary(terminalreporter):
    passed = terminalreporter.stats.get("passed", [])
    n_tests = sum("real" in report.keywords for report in passed)
    terminalreporter.write_line(f"real MIT-BIH records: {n_tests} tests ran")
    n_tests = sum("browser" in report.keywords for report in passed)
    terminalreporter.write_line(f"headless Chromium: {n_tests} tests ran")


@pytest.fixture(scope="session", autouse=True)
def data_home(tmp_path_factory):
    """Set SKECG_DATA to a new folder, so that tests do not use the user's cache."""
    home = tmp_path_factory.mktemp("skecg-data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKECG_DATA", str(home))
        yield home


@pytest.fixture(scope="session")
def mitdb(data_home):
    """The MIT-BIH records, fetched once per session."""
    from skecg.datasets import fetch_mitdb

    return fetch_mitdb()
