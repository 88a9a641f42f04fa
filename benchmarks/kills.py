"""Kill writes at random times, and check the remaining files."""

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.kill_scenarios import SCENARIOS, Scenario

__all__ = ["SCENARIOS", "run_kills"]


def run_kills(
    names: list[str], n_kills: int, seed: int, signals: list[signal.Signals]
) -> None:
    """Kill the write of each scenario repeatedly by each signal, and print the counts.

    Parameters
    ----------
    names : list of str
        Keys of :data:`SCENARIOS`.
    n_kills : int
        The number of kills. Writes that end before the kill are not counted.
    seed : int
        The seed of the times.
    signals : list of Signals
        SIGKILL, or SIGTERM, which must leave no temporary file even before the next
        run.
    """
    rng = random.Random(seed)
    for name in names:
        with SCENARIOS[name]() as scenario, tempfile.TemporaryDirectory() as root:
            seconds = _seconds(scenario, Path(root), min(3, n_kills))
            for number in signals:
                folder = Path(root) / number.name
                counts = Counter({"killed": 0, "strays": 0})
                while counts["killed"] < n_kills:
                    wait = rng.uniform(0, seconds)
                    counts.update(_kill(scenario, folder, wait, number))
                shown = ", ".join(f"{what} {n}" for what, n in sorted(counts.items()))
                print(f"{name}, {number.name}: {shown}", flush=True)


def _seconds(scenario: Scenario, root: Path, n_runs: int) -> float:
    """Return the shortest time of several undisturbed writes."""
    durations = []
    for k in range(n_runs):
        folder = root / str(k)
        scenario.prepare(folder)
        started = time.perf_counter()
        assert _exit_code(_start(scenario.write, folder)) == 0
        durations.append(time.perf_counter() - started)
        assert scenario.check(folder) == "new"
    return min(durations)


def _kill(
    scenario: Scenario, folder: Path, wait: float, number: signal.Signals
) -> Iterator[str]:
    """Kill one write after some seconds, and yield the outcomes to count."""
    scenario.prepare(folder)
    process = _start(scenario.write, folder)
    time.sleep(wait)
    os.kill(process, number)
    status = _exit_code(process)
    assert status in (0, -number), f"the write ended with {status}"
    is_killed = status == -number
    yield "killed" if is_killed else "ended before"
    if any(folder.rglob("*.skecg")):
        assert number == signal.SIGKILL, "SIGTERM left a stray"
        yield "strays"
    found = scenario.check(folder)
    if is_killed:
        yield found
    assert not list(folder.rglob("*.skecg")), "a stray after the next run"
    shutil.rmtree(folder)


def _start(write: Callable[[Path], None], folder: Path) -> int:
    """Write in a fork, which need not import torch again; return its process id."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # no progress bars
        write(folder)
        os._exit(0)
    finally:
        os._exit(1)


def _exit_code(process: int) -> int:
    """Wait until a process ends."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
