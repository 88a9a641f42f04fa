"""R-peak detection: results of each detector on each record, and their page."""

import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import sleepecg
import wfdb

from skecg import mitdb, svdb
from skecg._files import write_text
from skecg.detection import detect_r_peaks
from skecg.detection._detectors import DETECTORS
from skecg.metrics import compare_annotations

__all__ = ["CONTESTANTS", "run_peaks", "time_peaks", "write_peaks"]

SVDB = svdb.EVEN_RECORDS
RECORDS = (
    *(f"mitdb/{record}" for record in mitdb.RECORDS),
    *(f"svdb/{record}" for record in SVDB),
)
_GROUPS = {
    "MIT-BIH, all 48": [f"mitdb/{record}" for record in mitdb.RECORDS],
    "DS1 (settings chosen here)": [f"mitdb/{record}" for record in mitdb.DS1],
    "DS2 (not used for settings)": [f"mitdb/{record}" for record in mitdb.DS2],
    "paced (not used for settings)": [f"mitdb/{record}" for record in mitdb.PACED],
    "SVDB, 40 (settings chosen here)": [f"svdb/{record}" for record in SVDB],
}
# Records for timing: a clean, a noisy and a paced one.
_TIMED = ("mitdb/100", "mitdb/203", "mitdb/104")
_PACKAGES = ("skecg", "numpy", "scipy", "wfdb", "sleepecg", "neurokit2")


def _sleepecg(signal: np.ndarray, fs: float) -> np.ndarray:
    """Detect at the sampling rate of the recording (skecg uses a lower one)."""
    return np.asarray(sleepecg.detect_heartbeats(signal[:, 0].astype(np.float64), fs))


def _first_lead(name: str, signal: np.ndarray, fs: float) -> np.ndarray:
    return np.unique(DETECTORS[name](signal[:, 0].astype(np.float64), fs))


CONTESTANTS: dict[str, tuple[str, Callable[[np.ndarray, float], np.ndarray]]] = {
    "skecg": ("skecg, both leads", detect_r_peaks),
    "skecg-first": ("skecg, first lead", lambda x, fs: detect_r_peaks(x[:, 0], fs)),
    "skecg-pan-tompkins": (
        "skecg with pan_tompkins, both leads",
        partial(detect_r_peaks, method="pan_tompkins"),
    ),
    "pan-tompkins": ("pan_tompkins", partial(_first_lead, "pan_tompkins")),
    "sleepecg": ("sleepecg", _sleepecg),
    "neurokit2": ("NeuroKit2", partial(_first_lead, "neurokit2")),
    "xqrs": ("wfdb's xqrs", partial(_first_lead, "xqrs")),
}


def run_peaks(results: Path, name: str) -> None:
    """Run a detector on all records and write its file."""
    _, detect = CONTESTANTS[name]
    records = {}
    for record in RECORDS:
        signal, fs, reference = _read(record)
        started = time.process_time()
        peaks = np.asarray(detect(signal, fs))
        seconds = time.process_time() - started
        records[record] = {
            **_count(reference, peaks, fs, len(signal)),
            "cpu_seconds": round(seconds, 3),
        }
    facts = {"detector": name, "versions": _versions(), "records": records}
    _write(results / "peaks" / f"{name}.json", facts)


def time_peaks(results: Path, rounds: int) -> None:
    """Time all detectors in turn in one process, and write the times."""
    read = {record: _read(record)[:2] for record in _TIMED}
    seconds: dict[str, dict[str, list[float]]] = {}
    for _ in range(rounds):
        for record, (signal, fs) in read.items():
            for name, (_, detect) in CONTESTANTS.items():
                started = time.process_time()
                detect(signal, fs)
                taken = round(time.process_time() - started, 4)
                seconds.setdefault(name, {}).setdefault(record, []).append(taken)
    facts = {"versions": _versions(), "cpu_seconds": seconds}
    _write(results / "peaks" / "times.json", facts)


def write_peaks(results: Path) -> Path:
    """Write the page of all detectors that have a file, and return its path."""
    folder = results / "peaks"
    found = {
        name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in CONTESTANTS
        if (folder / f"{name}.json").is_file()
    }
    parts = [
        "# R peaks: detectors on three databases\n\nWritten by "
        "`tox run -e bench -- peaks`. Sensitivity / positive "
        "predictivity in percent by `compare_annotations`, whole records (`start=0`), "
        "window 150 ms, gross over all beats. All detectors but skecg's own read the "
        "first lead.\n",
        _table(_gross_rows(found)),
        "\n## Times\n\nCPU seconds for a half-hour record with two leads, the median "
        "of all runs on three records, measured in turn in one process.\n",
        _table(_time_rows(folder / "times.json")),
        "\n## By record\n\nSensitivity / positive predictivity; missed and surplus "
        "beats are in the detectors' files.\n",
        _table(_record_rows(found)),
    ]
    page = folder / "README.md"
    write_text(page, "\n".join(parts) + "\n")
    return page


def _read(record: str) -> tuple[np.ndarray, float, wfdb.Annotation]:
    """Return signal, sampling rate and annotations, from SKECG_MIRROR or PhysioNet."""
    database, name = record.split("/")
    folder = f"{database}/1.0.0"
    mirror = os.environ.get("SKECG_MIRROR")
    if mirror:
        name, options = str(Path(mirror) / folder / name), {}
    else:
        options = {"pn_dir": folder}
    read = wfdb.rdrecord(name, **options)
    annotation = wfdb.rdann(name, "atr", **options)
    return read.p_signal.astype(np.float32), float(read.fs), annotation


def _count(
    reference: wfdb.Annotation, peaks: np.ndarray, fs: float, sig_len: int
) -> dict[str, int]:
    test = (peaks, ["N"] * len(peaks))
    report = compare_annotations(reference, test, fs=fs, sig_len=sig_len, start=0)
    pairings = report.pairings.iloc[0]
    surplus = sum(n for name, n in pairings.items() if name[0] in "OX")
    missed = sum(n for name, n in pairings.items() if name[1] in "ox")
    matched = pairings.sum() - surplus - missed
    return {"matched": int(matched), "missed": int(missed), "surplus": int(surplus)}


def _figures(results: dict[str, Any], records: list[str]) -> str:
    matched, missed, surplus = (
        sum(results["records"][record][key] for record in records)
        for key in ("matched", "missed", "surplus")
    )
    found = matched + surplus
    predictivity = f"{100 * matched / found:.2f}" if found else "-"
    return f"{100 * matched / (matched + missed):.2f} / {predictivity}"


def _gross_rows(found: dict[str, Any]) -> Iterator[list[str]]:
    yield ["detector", *_GROUPS]
    for name, results in found.items():
        figures = [_figures(results, records) for records in _GROUPS.values()]
        yield [CONTESTANTS[name][0], *figures]


def _time_rows(path: Path) -> Iterator[list[str]]:
    yield ["detector", "seconds", "xqrs takes"]
    if not path.is_file():
        return
    times = json.loads(path.read_text(encoding="utf-8"))["cpu_seconds"]
    medians = {
        name: float(np.median(np.concatenate(list(by_record.values()))))
        for name, by_record in times.items()
    }
    for name, median in medians.items():
        ratio = medians["xqrs"] / median
        yield [CONTESTANTS[name][0], f"{median:.3f}", f"{ratio:.0f} times as long"]


def _record_rows(found: dict[str, Any]) -> Iterator[list[str]]:
    yield ["record", *(CONTESTANTS[name][0] for name in found)]
    for record in RECORDS:
        yield [record, *(_figures(results, [record]) for results in found.values())]


def _table(rows: Iterator[list[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _versions() -> dict[str, str]:
    packages = {package: version(package) for package in _PACKAGES}
    return {"python": platform.python_version(), **packages}


def _write(path: Path, facts: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(facts, indent=1) + "\n")
