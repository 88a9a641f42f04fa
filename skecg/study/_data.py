"""Data of a study, split into training, validation and test set."""

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
    "Every record has beats in both the training set and the test set, so these "
    "results do not estimate the performance on unseen patients."
)


@dataclass(frozen=True)
class StudyData:
    """Training, validation and test set of a study.

    Attributes
    ----------
    description : str
        The source of the beats and the split.
    X_train, X_val, X_test : ndarray of shape (n_beats, n_features)
        The beats. The validation set selects the epoch.
    y_train, y_val, y_test : ndarray of shape (n_beats,)
        The class codes of the beats.
    labels : list of int
        The class codes that occur.
    names : list of str
        The names of these classes.
    is_public_test : bool
        Whether the test set is the public test set.
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
        """SHA-256 digest of all beats and classes."""
        digest = hashlib.sha256()
        for name in ("X_train", "y_train", "X_val", "y_val", "X_test", "y_test"):
            digest.update(np.ascontiguousarray(getattr(self, name)).data)
        return digest.hexdigest()


def load_study_data(data: str | os.PathLike[str], seed: int) -> StudyData:
    """Load the beats of a study and split them.

    Parameters
    ----------
    data : {"synthetic", "mitdb"} or path
        Synthetic beats, the public split of MIT-BIH, or a public heartbeat file.
    seed : int
        The seed of synthetic beats and random splits.

    Returns
    -------
    StudyData
        The beats. The validation set is a tenth of the training beats, held out before
        resampling, so that it keeps the natural class distribution.
    """
    if data == "synthetic":
        beats = make_beats(_N_SYNTHETIC, random_state=seed)
        return _split_at_random(beats, "synthetic beats, not of patients", seed)
    if data == "mitdb":
        train, test = fetch_mitdb_beats("train"), fetch_mitdb_beats("test")
        description = f"MIT-BIH in the public split. {_SAME_PATIENTS}"
        return _in_three_parts(train, test, description, seed, is_public_test=True)
    return _load_file(expanded_path("data", data), seed)


def _load_file(path: Path, seed: int) -> StudyData:
    """Load a file, and the matching test file in the same folder if there is one."""
    if not path.is_file():
        raise FileNotFoundError(
            f"data must be 'synthetic', 'mitdb' or an existing CSV file, got "
            f"{str(path)!r}."
        )
    # The study does not use the patients, and the search for them takes time.
    beats = load_kaggle_beats(path, match=False)
    beside = path.with_name(path.name.replace("_train", "_test"))
    if beside != path and beside.is_file():
        description = f"{path.name} and {beside.name}. {_SAME_PATIENTS}"
        # The name and 21,892 rows identify the public test file.
        test = load_kaggle_beats(beside, match=False)
        is_public = beside.name == "mitbih_test.csv" and len(test.data) == 21_892
        return _in_three_parts(beats, test, description, seed, is_public)
    if len(np.unique(beats.target)) < 2:
        raise ValueError(
            f"data must contain at least two classes, but {path.name} contains one; "
            "join the files of both classes, and keep the prefix of the name."
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
    description = f"{what}, split at random by beat, with a fifth as the test set."
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
