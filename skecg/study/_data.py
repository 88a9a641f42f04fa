"""The beats of a study: loaded, and split in three."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import train_test_split
from sklearn.utils import Bunch

from skecg._files import expanded_path
from skecg.datasets import fetch_mitdb_beats, load_kaggle_beats, make_beats

__all__ = ["StudyData", "load_study_data"]

_N_SYNTHETIC = 8_000
_TEST_SHARE = 0.2
_VALIDATION_SHARE = 0.1

_SAME_PATIENTS = (
    "Every record has beats on both sides of the split, so these figures do not say "
    "how well the classifier does on the next patient."
)


@dataclass(frozen=True)
class StudyData:
    """Beats to train on, to choose the epoch with, and to test with.

    Attributes
    ----------
    description : str
        What they are and how they were split.
    X_train, X_val, X_test : ndarray of shape (n_beats, n_features)
        The beats.
    y_train, y_val, y_test : ndarray of shape (n_beats,)
        Their class codes.
    labels : list of int
        The codes that occur.
    names : list of str
        Their names.
    is_public_test : bool
        Whether the test part is the public test set.
    """

    description: str
    X_train: npt.NDArray[np.float32]
    y_train: npt.NDArray[np.int64]
    X_val: npt.NDArray[np.float32]
    y_val: npt.NDArray[np.int64]
    X_test: npt.NDArray[np.float32]
    y_test: npt.NDArray[np.int64]
    labels: list[int]
    names: list[str]
    is_public_test: bool = False

    @property
    def sha256(self) -> str:
        """The digest of all beats and classes."""
        digest = hashlib.sha256()
        for name in ("X_train", "y_train", "X_val", "y_val", "X_test", "y_test"):
            digest.update(np.ascontiguousarray(getattr(self, name)).data)
        return digest.hexdigest()


def load_study_data(data: str | os.PathLike[str], seed: int) -> StudyData:
    """Load the beats that a study is asked to use.

    Parameters
    ----------
    data : {"synthetic", "mitdb"} or path
        Made-up beats, the public split of MIT-BIH, or a public heartbeat file.
    seed : int
        Decides made-up beats and random splits.

    Returns
    -------
    StudyData
        The beats. A tenth of the training beats, as imbalanced as they come, is
        there to choose the epoch with: what is held out after resampling knows
        no longer how rare a class is.
    """
    if data == "synthetic":
        beats = make_beats(_N_SYNTHETIC, random_state=seed)
        return _split_at_random(beats, "synthetic beats, which are no patients'", seed)
    if data == "mitdb":
        train, test = fetch_mitdb_beats("train"), fetch_mitdb_beats("test")
        description = f"MIT-BIH in the public split. {_SAME_PATIENTS}"
        return _in_three_parts(train, test, description, seed, is_public_test=True)
    return _load_file(expanded_path("data", data), seed)


def _load_file(path: Path, seed: int) -> StudyData:
    """Load a file; its test file, where one stands beside it, is the test part."""
    if not path.is_file():
        raise FileNotFoundError(
            f"data must be 'synthetic', 'mitdb' or an existing CSV file, got "
            f"{str(path)!r}."
        )
    # A study does not use the patients, and finding them takes time.
    beats = load_kaggle_beats(path, match=False)
    beside = path.with_name(path.name.replace("_train", "_test"))
    if beside != path and beside.is_file():
        description = f"{path.name} and {beside.name}. {_SAME_PATIENTS}"
        # The public test file is known by its name and its 21,892 rows.
        test = load_kaggle_beats(beside, match=False)
        is_public = beside.name == "mitbih_test.csv" and len(test.data) == 21_892
        return _in_three_parts(beats, test, description, seed, is_public)
    if len(np.unique(beats.target)) < 2:
        raise ValueError(
            f"{path.name} holds one class, and a study needs two or more; put the "
            "files of both classes into one, under a name that begins alike."
        )
    return _split_at_random(beats, path.name, seed)


def _split_at_random(beats: Bunch, what: str, seed: int) -> StudyData:
    rows = np.arange(len(beats.data))
    parts = train_test_split(
        rows, test_size=_TEST_SHARE, stratify=beats.target, random_state=seed
    )
    train, test = (
        Bunch(
            data=beats.data[part],
            target=beats.target[part],
            target_names=beats.target_names,
        )
        for part in parts
    )
    description = f"{what}, split by beat at random, a fifth for the test."
    return _in_three_parts(train, test, description[0].upper() + description[1:], seed)


def _in_three_parts(
    train: Any, test: Any, description: str, seed: int, is_public_test: bool = False
) -> StudyData:
    labels = np.union1d(train.target, test.target).tolist()
    names: Sequence[str] = train.target_names
    X_train, X_val, y_train, y_val = train_test_split(
        train.data,
        train.target,
        test_size=_VALIDATION_SHARE,
        stratify=train.target,
        random_state=seed,
    )
    return StudyData(
        description=description,
        X_train=X_train,
        y_train=y_train,
        X_val=X_val,
        y_val=y_val,
        X_test=test.data,
        y_test=test.target,
        labels=labels,
        names=[names[label] for label in labels],
        is_public_test=is_public_test,
    )
