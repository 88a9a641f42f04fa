"""Changes of classes under small changes of a recording or its R peaks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import skecg
from benchmarks.databases.contestants import CONTESTANTS, PROTOCOL
from benchmarks.databases.folds import DATABASES, read_records
from skecg import BeatAnnotator, Recording, read_recording
from skecg._files import write_text
from skecg.annotation._reference import Reference

__all__ = ["changes_of", "run_stability", "stability_section"]

_NETWORK = "new_patients_network"
_JITTER = 0.01  # seconds
_GAINS = (0.8, 1.25)


def run_stability(results: Path, quick: bool) -> None:
    """Count the beats whose class changes, and write the counts.

    The model is the shipped one or, if there is none, the network fitted to DS1. The R
    peaks are those of the reference.
    """
    annotator, title = _model(quick)
    records = {}
    for names in DATABASES.values():
        for record in names[:1] if quick else names:
            (path,), (marks,) = read_records([record])
            records[record] = changes_of(annotator, read_recording(path), marks)
            print(f"{record}: {records[record]}", flush=True)
    facts = {"model": title, "quick": quick, "records": records}
    path = results / PROTOCOL / "stability.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(facts, indent=1) + "\n")


def stability_section(folder: Path) -> str:
    """Return the section of the page, or an empty string without the file."""
    path = folder / "stability.json"
    if not path.is_file():
        return ""
    facts = json.loads(path.read_text(encoding="utf-8"))
    names = [name for name in next(iter(facts["records"].values())) if name != "beats"]
    head = ["database", "change", "beats", "changed", "records over 5 %", "most"]
    rows = [
        [database, name, *_summary(facts["records"], records, name)]
        for database, records in DATABASES.items()
        for name in names
    ]
    lines = [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows]]
    return (
        f"\n## Stability\n\nBeats whose class changes, with the reference's R peaks; "
        f"{facts['model']}. Written by `tox run -e bench -- accuracy --protocol "
        "databases --stability`. Each record's counts are in `stability.json`.\n\n"
        + "\n".join(lines)
    )


def _summary(found: dict[str, Any], records: tuple[str, ...], name: str) -> list[str]:
    rows = {record: found[record] for record in records if record in found}
    shares = {record: row[name] / row["beats"] for record, row in rows.items()}
    n_beats = sum(row["beats"] for row in rows.values())
    changed = sum(row[name] for row in rows.values())
    most = max(shares, key=lambda record: shares[record])
    return [
        f"{n_beats:,}",
        f"{changed:,} ({100 * changed / n_beats:.2f} %)",
        str(sum(share > 0.05 for share in shares.values())),
        f"{most}: {100 * shares[most]:.1f} %",
    ]


def _model(quick: bool) -> tuple[BeatAnnotator, str]:
    load = getattr(skecg, "load_pretrained", None)
    if load is not None:
        return load("new_patients"), "the shipped model, fitted to these records"
    names = DATABASES["DS1"][13:16] if quick else DATABASES["DS1"]
    annotator = CONTESTANTS[_NETWORK].build(0, quick).fit(*read_records(names))
    return annotator, f"{_NETWORK} fitted to DS1, so that the records of DS1 are known"


def changes_of(
    annotator: BeatAnnotator, recording: Recording, marks: Any
) -> dict[str, int]:
    """Return the number of beats, and the number whose class changes, by change."""
    reference = Reference(
        marks, recording.fs, recording.n_samples, mapping=annotator.mapping
    )
    peaks, _ = reference.beats
    usual = annotator.annotate(recording, peaks).table["class"].to_numpy()
    found = {"beats": len(peaks)}
    for name, changed, moved in _variants(recording, peaks):
        classes = annotator.annotate(changed, moved).table["class"].to_numpy()
        found[name] = int((classes != usual).sum())
    return found


def _variants(
    recording: Recording, peaks: np.ndarray
) -> Iterator[tuple[str, Recording, np.ndarray]]:
    """Yield the name, the recording and the R peaks of each change."""
    random = np.random.default_rng(0)
    offsets = random.uniform(-_JITTER, _JITTER, len(peaks)) * recording.fs
    moved = np.clip(peaks + np.rint(offsets), 0, recording.n_samples - 1).astype(int)
    # R peaks must be ascending, but two beats may be closer than the jitter.
    is_apart = np.diff(moved, prepend=-1, append=recording.n_samples) > 0
    moved = np.where(is_apart[:-1] & is_apart[1:], moved, peaks)
    yield f"R peaks by up to {1000 * _JITTER:.0f} ms", recording, moved
    for gain in _GAINS:
        yield f"gain {gain}", _times(recording, gain), peaks
    yield "opposite polarity", _times(recording, -1), peaks


def _times(recording: Recording, factor: float) -> Recording:
    return Recording(
        recording.signal * np.float32(factor),
        recording.fs,
        leads=recording.leads,
        units="mV",
        name=recording.name,
    )
