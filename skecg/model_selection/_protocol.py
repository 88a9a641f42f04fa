"""Base classes and checks of the splitters."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import BaseCrossValidator

from skecg._group_names import Names, checked_groups
from skecg._validation import refuse_missing_labels

__all__ = ["Protocol", "SubjectProtocol", "check_classes", "subjects_in"]

_SUBJECTS = "the subject of each row, such as beats.groups"


class Protocol(BaseCrossValidator):
    """Splitter with a description in its repr, and one split by default."""

    n_splits = 1

    def get_n_splits(
        self, X: object = None, y: object = None, groups: Any = None
    ) -> int:
        """Return the number of splits.

        Parameters
        ----------
        X, y, groups : object, default=None
            Ignored.

        Returns
        -------
        int
            The number of splits.
        """
        return self.n_splits

    def __repr__(self) -> str:
        return f"{super().__repr__()}: {self._protocol()}"

    @abstractmethod
    def _protocol(self) -> str:
        """Describe the protocol in one sentence."""


class SubjectProtocol(Protocol):
    """Splitter that requires `groups`, also with metadata routing."""

    __metadata_request__split: ClassVar[dict[str, bool]] = {"groups": True}


def subjects_in(
    groups: npt.ArrayLike | None, n_rows: int | None, at_least: int
) -> Names:
    """Return the subject of each row, after checking `groups`.

    Parameters
    ----------
    groups : array-like of shape (n_rows,) or None
        The subjects.
    n_rows : int or None
        The required length; None accepts any length.
    at_least : int
        The number of subjects that the protocol needs.

    Returns
    -------
    ndarray of shape (n_rows,), str
        The subjects.

    Raises
    ------
    ValueError
        If `groups` is missing or contains too few subjects.
    """
    subjects = checked_groups("groups", groups, n_rows, _SUBJECTS).astype(np.str_)
    n_subjects = len(np.unique(subjects))
    if n_subjects < at_least:
        raise ValueError(
            f"groups must contain at least {at_least} subjects for this protocol, got "
            f"{n_subjects}; pass beats of more subjects or use fewer folds."
        )
    return subjects


def check_classes(y: npt.ArrayLike | None) -> None:
    """Raise ValueError if classes are missing, which a stratified protocol needs.

    Parameters
    ----------
    y : array-like of shape (n_rows,) or None
        The classes.

    Raises
    ------
    ValueError
        If `y` is None or contains None.
    """
    if y is None:
        raise ValueError(
            "y must not be None, because the split is stratified by class; pass "
            "the classes, such as beats.target."
        )
    # scikit-learn checks everything else.
    refuse_missing_labels(y)
