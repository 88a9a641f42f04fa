"""Rows for import and data loading."""

import os
import subprocess
import sys
import tempfile
from functools import partial

import wfdb

from benchmarks.speed.rounds import Values, alternate, seconds
from skecg import mitdb
from skecg.datasets import fetch_mitdb

__all__ = ["fetching", "importing"]


def importing(rounds: int, quick: bool) -> Values:
    """Import time of a new process in seconds."""

    def run(package: str) -> float:
        code = (
            "import time; started = time.perf_counter(); "
            f"import {package}; print(time.perf_counter() - started)"
        )
        command = [sys.executable, "-c", code]
        finished = subprocess.run(command, check=True, capture_output=True, text=True)
        return float(finished.stdout)

    packages = ("skecg", "sklearn")
    for package in packages:
        run(package)  # compiles the modules
    return alternate({name: partial(run, name) for name in packages}, 3 * rounds)


def fetching(rounds: int, quick: bool) -> Values:
    """Seconds to load the study's beats from raw records, and to read these only."""
    folder = fetch_mitdb().path
    records = sorted(mitdb.DS1 + mitdb.DS2 + mitdb.PACED)
    if quick:
        records = records[:2]

    def read() -> None:
        for record in records:
            wfdb.rdrecord(str(folder / record))
            wfdb.rdann(str(folder / record), "atr")

    def fetch() -> float:
        code = (
            "import time; from skecg.datasets import fetch_mitdb_beats; "
            "started = time.perf_counter(); fetch_mitdb_beats('train'); "
            "print(time.perf_counter() - started)"
        )
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, "SKECG_DATA": home}
            finished = subprocess.run(
                [sys.executable, "-c", code],
                check=True,
                capture_output=True,
                text=True,
                env=environment,
            )
        return float(finished.stdout)

    return alternate(
        {"fetch_mitdb_beats": fetch, "wfdb alone": lambda: seconds(read)}, rounds
    )
