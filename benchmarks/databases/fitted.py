"""Annotators fitted to all folds except one, stored for other protocols."""

import time
from pathlib import Path

import joblib

from benchmarks.databases.contestants import CONTESTANTS
from benchmarks.databases.folds import folds_of, read_records
from skecg import BeatAnnotator
from skecg._files import whole_file

__all__ = ["fitted_annotator", "records_of"]

_FOLDER = Path(__file__).parents[2] / ".fitted"
"""The folder of fitted annotators, which git ignores. Delete it to fit again."""


def records_of(fold: int, draw: int, quick: bool) -> tuple[list[str], list[str]]:
    """Return the records for training and for tests; few of them if `quick`."""
    train: list[str] = []
    test: list[str] = []
    for k, parts in enumerate(folds_of(draw)):
        for records in parts.values():
            (test if k == fold else train).extend(records[:1] if quick else records)
    return train, test


def fitted_annotator(
    model: str, fold: int, draw: int, quick: bool = False
) -> tuple[BeatAnnotator, float]:
    """Fit a contestant to all folds except one, or load the stored one.

    Parameters
    ----------
    model : str
        The name of the contestant.
    fold : int
        The fold for the test.
    draw : int
        The number of the draw of the folds, and the seed of the fit.
    quick : bool, default=False
        Train on few records, and store nothing.

    Returns
    -------
    BeatAnnotator
        The fitted annotator.
    float
        The duration of the fit in seconds.
    """
    path = _FOLDER / f"{model}-fold{fold}-draw{draw}.joblib"
    kept = CONTESTANTS[model].kept and not quick
    if kept and path.is_file():
        annotator, seconds = joblib.load(path)
        return annotator, seconds
    annotator = CONTESTANTS[model].build(draw, quick)
    train, _ = records_of(fold, draw, quick)
    started = time.perf_counter()
    annotator.fit(
        *read_records(train), description=f"draw {draw}, all folds but {fold}"
    )
    seconds = round(time.perf_counter() - started, 1)
    if kept:
        with whole_file(path) as file:
            joblib.dump((annotator, seconds), file)
    return annotator, seconds
