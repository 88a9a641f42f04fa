"""Marking of the tests that need the real records, and a cache for the tests."""

import os

import pytest

# OpenMP threads that wait in a loop take the CPU from those that work: on a busy
# machine, a fit took 15 times as long. OpenMP reads this when torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# --doctest-modules would import these as modules, which must differ in their names.
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

_real_tests_passed: list[str] = []
_browser_tests_passed: list[str] = []


def pytest_configure(config):
    config.addinivalue_line(
        "markers", "real: needs the MIT-BIH records (SKECG_MIRROR names their folder)"
    )


def pytest_collection_modifyitems(items):
    for item in items:
        if item.name in REAL_DOCTESTS:
            item.add_marker(pytest.mark.real)
    if os.environ.get("SKECG_MIRROR"):
        return
    # The suite runs without records too; .ci/run fails then.
    skip = pytest.mark.skip(reason="SKECG_MIRROR is not set: no real records")
    for item in items:
        if item.get_closest_marker("real"):
            item.add_marker(skip)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.passed and item.get_closest_marker("real"):
        _real_tests_passed.append(item.nodeid)
    if report.when == "call" and report.passed and "chromium" in item.fixturenames:
        _browser_tests_passed.append(item.nodeid)
    return report


def pytest_terminal_summary(terminalreporter):
    n_tests = len(_real_tests_passed)
    terminalreporter.write_line(f"real MIT-BIH records: {n_tests} tests ran")
    n_tests = len(_browser_tests_passed)
    terminalreporter.write_line(f"headless Chromium: {n_tests} tests ran")


@pytest.fixture(scope="session", autouse=True)
def data_home(tmp_path_factory):
    """Set SKECG_DATA to a new folder, so that tests leave the user's cache alone."""
    home = tmp_path_factory.mktemp("skecg-data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SKECG_DATA", str(home))
        yield home


@pytest.fixture(scope="session")
def mitdb(data_home):
    """The real records, fetched once per session."""
    from skecg.datasets import fetch_mitdb

    return fetch_mitdb()
