"""Copy fitted annotators with their scores into the package."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.annotate import STATISTICS
from benchmarks.databases.cells import PEAKS
from benchmarks.databases.contestants import PROTOCOL
from benchmarks.databases.figures import report_of
from benchmarks.databases.folds import DATABASES, N_FOLDS
from skecg._files import write_text
from skecg.annotation._pretrained import PRETRAINED
from skecg.annotation._stored_annotator import read_annotator, write_annotator

__all__ = ["run_ship"]

_MODELS = Path(__file__).parents[1] / "skecg" / "annotation" / "models"
_LICENCE = (
    "MIT-BIH Arrhythmia Database and MIT-BIH Supraventricular Arrhythmia Database, "
    "PhysioNet, Open Data Commons Attribution License 1.0"
)
_PRESETS = {
    "new_patients": "new_patients_network",
    "new_patients_causal": "new_patients_network_causal",
}


def run_ship(weights: Path | None, results: Path) -> None:
    """Write the annotators and their checksums.

    Parameters
    ----------
    weights : Path or None
        A folder with files of ``skecg train``, such as ``new_patients.npz``. With None,
        the annotators of the package are used, and only the scores in their cards are
        updated.
    results : Path
        The folder of the results, from which the cards take the scores.
    """
    _MODELS.mkdir(exist_ok=True)
    sums = []
    for name in PRETRAINED:
        annotator = read_annotator((weights or _MODELS) / f"{name}.npz")
        annotator.card_ = replace(
            annotator.card_,
            data_licence=_LICENCE,
            command=f"skecg train --preset {_PRESETS[name]} --data mitdb,svdb "
            f"--seed 0 --out {name}.npz",
            scores=_scores(results, name),
        )
        path = _MODELS / f"{name}.npz"
        write_annotator(annotator, path)
        sums.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")
        print(f"{path.name}: {path.stat().st_size:,} bytes")
    write_text(_MODELS / "SHA256SUMS.txt", "".join(sums))


def _scores(results: Path, name: str) -> Mapping[str, Mapping[str, float]]:
    """Return the measured scores by protocol."""
    path = results / "annotate" / "results.json"
    tests: dict[str, Any] = (
        json.loads(path.read_text(encoding="utf-8"))["tests"] if path.is_file() else {}
    )
    scores = {
        f"DS2, {title.removeprefix(f'{name}, ')}": found["gross"]
        for title, found in tests.items()
        if title.startswith(f"{name}, ")
    }
    cells = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((results / PROTOCOL).glob(f"{_PRESETS[name]}-fold*-seed0*"))
    ]
    found = {record: x for cell in cells for record, x in cell["records"].items()}
    for database, records in DATABASES.items() if len(cells) == N_FOLDS else ():
        for peaks in PEAKS:
            report = report_of({record: found[record][peaks] for record in records})
            scores[f"{database} in folds by record, {peaks} R peaks"] = {
                figure: float(report.gross[figure]) for figure in STATISTICS[1:]
            }
    return scores
