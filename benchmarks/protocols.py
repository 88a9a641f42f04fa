"""What is compared on: beats, and who trains and who tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils import Bunch

from benchmarks.models import Shape
from skecg import aami
from skecg.datasets import fetch_mitdb_beats
from skecg.model_selection import InterPatientSplit, SubjectKFold

__all__ = ["PROTOCOLS", "Fold", "Protocol"]


@dataclass(frozen=True)
class Fold:
    """Beats to train on and to test with, and whose the latter are."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    records_test: np.ndarray
    shape: Shape


@dataclass(frozen=True)
class Protocol:
    """A way to split.

    Attributes
    ----------
    title : str
        What it is, in a table's words.
    folds : callable
        Yields the folds.
    n_folds : int
        How many there are.
    models : tuple of str
        The contestants that run by default.
    """

    title: str
    folds: Callable[[], Iterator[Fold]]
    n_folds: int
    models: tuple[str, ...]


def _fold(beats: Bunch, train: Any, test: Any) -> Fold:
    return Fold(
        beats.data[train],
        beats.target[train],
        beats.data[test],
        beats.target[test],
        beats.records[test],
        Shape(beats.n_channels, beats.n_aux_features),
    )


def _study() -> Iterator[Fold]:
    train, test = fetch_mitdb_beats("train"), fetch_mitdb_beats("test")
    yield Fold(train.data, train.target, test.data, test.target, test.records, Shape())


def _public_by_patient() -> Iterator[Fold]:
    beats = fetch_mitdb_beats("all", exclude=aami.PACED)
    # Fifteen beats that cannot be told are no class to learn or to average over.
    known = np.flatnonzero(beats.target != aami.CLASSES.index("Q"))
    splitter = SubjectKFold(5, shuffle=True, random_state=0)
    groups = beats.groups[known]
    for train, test in splitter.split(beats.data[known], beats.target[known], groups):
        yield _fold(beats, known[train], known[test])


def _inter_patient() -> Iterator[Fold]:
    beats = fetch_mitdb_beats(
        "all",
        layout="centered",
        leads=["MLII", ("V1", "V2", "V4", "V5")],
        exclude=aami.PACED,
    )
    for train, test in InterPatientSplit().split(
        beats.data, beats.target, beats.records
    ):
        yield _fold(beats, train, test)


_OTHERS = ("boosting", "forest", "minirocket")

PROTOCOLS = {
    "study": Protocol(
        "The public split of the study: 87,554 beats train, 21,892 test, the same "
        "patients on both sides",
        _study,
        1,
        ("cnn1d", "residual", "residual-100", *_OTHERS),
    ),
    "public-by-patient": Protocol(
        "The public set by patient: 5 folds by subject, without the paced records",
        _public_by_patient,
        5,
        ("cnn1d-10", "residual", *_OTHERS),
    ),
    "inter-patient": Protocol(
        "Between patients: DS1 trains, DS2 tests; two leads, centred, with RR features",
        _inter_patient,
        1,
        ("cnn1d-10", "residual", *_OTHERS),
    ),
}
"""Name on the command line to protocol."""
