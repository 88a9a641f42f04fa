"""The protocols: training and test sets."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from sklearn.model_selection import GroupKFold, train_test_split
from sklearn.utils import Bunch

from benchmarks.models import MODELS, Shape
from skecg import aami, mitdb
from skecg.datasets import fetch_mitdb_beats
from skecg.model_selection import InterPatientSplit, SubjectKFold, split_validation

__all__ = ["PROTOCOLS", "Fold", "Protocol"]


@dataclass(frozen=True)
class Fold:
    """Training set and test set.

    Attributes
    ----------
    X_train, X_test : ndarray of shape (n_beats, n_features)
        The beats.
    y_train, y_test : ndarray of shape (n_beats,)
        Their class codes.
    held_out : tuple of two ndarrays of int
        The training rows to which a network is fitted, and those by which its epoch is
        chosen. Other models are fitted to both.
    records_test : ndarray of shape (n_test,)
        The record of each test beat.
    shape : Shape
        The number of leads and auxiliary columns of a row.
    """

    X_train: np.ndarray
    y_train: np.ndarray
    held_out: tuple[np.ndarray, np.ndarray]
    X_test: np.ndarray
    y_test: np.ndarray
    records_test: np.ndarray
    shape: Shape


@dataclass(frozen=True)
class Protocol:
    """A way to split beats into training and test sets.

    Attributes
    ----------
    heading : str
        The heading of its page.
    title : str
        A one-sentence description without a full stop.
    folds : callable
        Takes a layout and a seed, and yields the folds. The layout ``"beats"`` is the
        protocol's own; ``"differences"`` adds the differences from the median beat of
        the recording to it; the others are those of
        :func:`skecg.signal.extract_beats`.
    n_folds : int
        The number of folds.
    models : tuple of str
        The models that run by default.
    draws_folds : bool
        Whether the seed determines the folds.
    """

    heading: str
    title: str
    folds: Callable[[str, int], Iterator[Fold]]
    n_folds: int
    models: tuple[str, ...]
    draws_folds: bool = False


def _fold(beats: Bunch, train: np.ndarray, test: np.ndarray) -> Fold:
    """Return a fold by patient; its held-out rows are also split by patient."""
    y = beats.target[train]
    return Fold(
        beats.data[train],
        y,
        split_validation(
            y,
            np.arange(len(train)),
            groups=beats.groups[train],
            validation_fraction=0.15,
            random_state=0,
        ),
        beats.data[test],
        beats.target[test],
        beats.records[test],
        Shape(beats.n_channels, beats.n_aux_features),
    )


def _study(layout: str, _: int) -> Iterator[Fold]:
    _refuse_whole_recordings(layout)
    train, test = fetch_mitdb_beats("train"), fetch_mitdb_beats("test")
    held_out = train_test_split(
        np.arange(len(train.data)),
        test_size=0.1,
        stratify=train.target,
        random_state=0,
    )
    yield Fold(
        train.data,
        train.target,
        tuple(held_out),
        test.data,
        test.target,
        test.records,
        Shape(),
    )


def _study_choice(layout: str, _: int) -> Iterator[Fold]:
    """Split the training beats, so that the test set is not used to choose settings."""
    _refuse_whole_recordings(layout)
    beats = fetch_mitdb_beats("train")
    rows, held_out = train_test_split(
        np.arange(len(beats.data)),
        test_size=0.2,
        stratify=beats.target,
        random_state=7,
    )
    yield _fold(beats, rows, held_out)


def _public_by_patient(layout: str, _: int) -> Iterator[Fold]:
    _refuse_whole_recordings(layout)
    beats = _without_q(fetch_mitdb_beats("all", exclude=mitdb.PACED))
    splitter = SubjectKFold(5, shuffle=True, random_state=0)
    for rows in splitter.split(beats.data, beats.target, beats.groups):
        yield _fold(beats, *rows)


def _two_leads(layout: str, exclude: Sequence[str]) -> Bunch:
    beats = _without_q(
        fetch_mitdb_beats(
            "all",
            layout="centered" if layout in ("beats", "differences") else layout,
            leads=["MLII", ("V1", "V2", "V4", "V5")],
            exclude=exclude,
        )
    )
    return _with_differences(beats) if layout == "differences" else beats


def _with_differences(beats: Bunch) -> Bunch:
    """Add to each lead its difference from the recording's median beat.

    The RR features are replaced by their logarithms, because most are ratios.
    """
    n_values = beats.data.shape[1] - beats.n_aux_features
    windows, rhythm = np.split(beats.data, [n_values], axis=1)
    differences = windows.copy()
    for record in np.unique(beats.records):
        rows = beats.records == record
        differences[rows] -= np.median(windows[rows], axis=0)
    beats.data = np.hstack([windows, differences, np.log(rhythm)])
    beats.n_channels *= 2
    return beats


def _inter_patient(
    layout: str, _: int, same_subject: str = "as_published"
) -> Iterator[Fold]:
    beats = _two_leads(layout, exclude=mitdb.PACED)
    splitter = InterPatientSplit(same_subject=same_subject)
    for train, test in splitter.split(beats.data, beats.target, beats.records):
        yield _fold(beats, train, test)


def _inter_patient_folds(layout: str, seed: int) -> Iterator[Fold]:
    beats = _two_leads(layout, exclude=(*mitdb.PACED, *mitdb.DS2))
    # The seed hardly changes stratified folds; it only breaks ties.
    splitter = GroupKFold(5, shuffle=True, random_state=seed)
    for rows in splitter.split(beats.data, beats.target, beats.groups):
        yield _fold(beats, *rows)


def _refuse_whole_recordings(layout: str) -> None:
    if layout != "beats":
        raise SystemExit(
            f"Rows of {layout} need whole recordings: use --protocol inter-patient"
        )


def _without_q(beats: Bunch) -> Bunch:
    """Leave out the 15 beats of class Q, too few for training or averages."""
    known = beats.target != aami.CLASSES.index("Q")
    for name in ("data", "target", "groups", "records"):
        beats[name] = beats[name][known]
    return beats


_BETWEEN = tuple(name for name in MODELS if name.startswith("new_patients"))
_OTHERS = ("boosting", "forest", "minirocket")

PROTOCOLS = {
    "study": Protocol(
        "Other beats of known patients: the study's split",
        "The public split of the study: 87,554 beats train and 21,892 test; all "
        "patients are in both parts",
        _study,
        1,
        (
            "known_patients",
            "ensemble",
            "known_patients_fast",
            "natural-3",
            "natural-15",
            "natural-24",
            "cnn1d",
            "residual",
            *_OTHERS,
        ),
    ),
    "study-choice": Protocol(
        "How known_patients was chosen: a fifth of the training beats",
        "The training beats of the public split: four fifths train and a fifth tests. "
        "The settings of preset known_patients were chosen by it",
        _study_choice,
        1,
        ("known_patients",),
    ),
    "public-by-patient": Protocol(
        "New patients, rows of the public set: folds by patient",
        "The public set by patient: 5 folds by subject, without the paced records and "
        "class Q",
        _public_by_patient,
        5,
        ("known_patients_fast", "cnn1d-5", "residual-5", *_OTHERS),
    ),
    "inter-patient": Protocol(
        "New patients, reference R peaks: DS1 trains, DS2 tests",
        "Between patients: DS1 trains, DS2 tests, as published; two leads, centred, "
        "with RR features (for the presets, features of the same beats); without "
        "class Q",
        _inter_patient,
        1,
        (
            "new_patients",
            "new_patients-no-p",
            "new_patients_causal",
            "cnn1d-5",
            "residual-5",
            "weighted-5",
            "plain-5",
            "differences-5",
            *_OTHERS,
            "boosting-weighted",
        ),
    ),
    "inter-patient-apart": Protocol(
        "DS1 trains, DS2 tests, with records 201 and 202 in training",
        "As inter-patient, with both records of one patient, 201 and 202, in training, "
        "so that no patient is in both parts",
        partial(_inter_patient, same_subject="train"),
        1,
        ("new_patients", "new_patients_causal", "boosting"),
    ),
    "inter-patient-folds": Protocol(
        "How the boosters were chosen: folds by patient within DS1",
        "Five folds by subject of the DS1 beats of inter-patient, drawn anew with each "
        "seed. The presets for new patients were chosen by it; DS2 is not read",
        _inter_patient_folds,
        5,
        (*_BETWEEN, "plain-5", "differences-5", "boosting"),
        draws_folds=True,
    ),
}
"""Mapping from the name on the command line to the protocol."""
