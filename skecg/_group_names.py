"""Checks and normalisation of names of groups, subjects and records.

All names are normalised in the same way, so that they can be compared. Each function
raises a ValueError that states the argument, what was passed and what to pass instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg._validation import listed, missing_values, whole_numbers

__all__ = ["Groups", "Names", "checked_groups", "subjects_of_records"]

Groups = npt.NDArray[Any]
Names = npt.NDArray[np.str_]

# A float that became a string, as in a column of pandas with missing values.
_WHOLE_FLOAT = re.compile(r"-?\d+\.0+")
_FILE_SUFFIX = re.compile(
    r"\.(atr|csv|dat|ecg|edf|gz|h5|hea|json|mat|npy|npz|parquet|qrs|txt|xws|zip)",
    re.IGNORECASE,
)


def checked_groups(name: str, values: Any, n_rows: int | None, advice: str) -> Groups:
    """Return the group (a subject or a record) of each row, with normalised names.

    Whole floats become integers, also if they are strings: 201.0 and ``"201.0"`` become
    201. Decomposed letters become composed ones. Other spellings raise an error,
    because two spellings of one name would count as two groups: blanks before or after
    a name, a path before it (``"mitdb/201"``) and a file suffix (``"201.dat"``).

    Parameters
    ----------
    name : str
        The name of the argument, for messages.
    values : array-like of shape (n_rows,) or None
        The argument.
    n_rows : int or None
        The required length; None accepts any length.
    advice : str
        What to pass instead of a wrong argument, for messages.

    Returns
    -------
    ndarray of shape (n_rows,)
        The group of each row: whole numbers, if all were numbers of one type, or
        strings.

    Raises
    ------
    ValueError
        If the argument is None, has another length, lacks the name of a row, or
        contains a name in another spelling.
    """
    if values is None:
        raise ValueError(
            f"{name} must not be None; pass {advice} (load_kaggle_beats returns them "
            "if match=True)."
        )
    names = np.asarray(values, dtype=object)
    if names.ndim != 1 or (n_rows is not None and len(names) != n_rows):
        wanted = "" if n_rows is None else f" for each of the {n_rows} rows"
        raise ValueError(
            f"{name} must be one name{wanted}, got shape {names.shape}; pass {advice}."
        )
    missing = np.where(missing_values(values), "", names) == ""
    if missing.any():
        raise ValueError(
            f"{name} holds no name for {missing.sum()} rows, the first of them row "
            f"{missing.argmax()}; name them or leave these rows out."
        )
    try:
        groups = np.asarray(values)
        if groups.dtype.kind == "T":
            groups = groups.astype(object)
        if groups.dtype.kind in "OS":
            # Names of several types cannot be sorted.
            groups = groups.astype(np.str_)
    except ValueError as error:
        raise ValueError(
            f"{name} must be one name per row, but some rows have several; pass "
            f"{advice}."
        ) from error
    if groups.dtype.kind == "f":
        return whole_numbers(name, groups, f"pass {advice}")
    if groups.dtype.kind != "U":
        return groups
    distinct, which = np.unique(groups, return_inverse=True)
    normalised = [_normalised_name(name, each) for each in distinct.tolist()]
    return np.array(normalised, dtype=np.str_)[which]


def subjects_of_records(records: Groups, subjects: Any) -> Names:
    """Return the subject of each row from its record and a mapping.

    Parameters
    ----------
    records : ndarray of shape (n_rows,)
        The record of each row, as :func:`checked_groups` returns it.
    subjects : mapping of record to subject
        The argument `subjects`; its names are normalised like the records.

    Returns
    -------
    ndarray of shape (n_rows,), str
        The subject of each row.

    Raises
    ------
    ValueError
        If the argument is not a mapping, lacks a record or contains a name in another
        spelling. A missing record does not count as a separate subject, because it may
        be a known record in another spelling.
    """
    if not isinstance(subjects, Mapping):
        raise ValueError(
            "subjects must be a mapping from each record to its subject, such as "
            f"mitdb.SUBJECTS, got {type(subjects).__name__}; pass the subject of each "
            "beat as groups."
        )
    keys = checked_groups("subjects", list(subjects), None, "records as keys")
    values = checked_groups(
        "subjects", list(subjects.values()), None, "subjects as values"
    )
    pairs = zip(keys.astype(np.str_), values.astype(np.str_), strict=True)
    known = {str(record): str(subject) for record, subject in pairs}
    if len(known) < len(keys):
        raise ValueError(
            "subjects must contain each record once, but some keys are the same name "
            "in two spellings, such as 201 and '201'; leave one of them out."
        )
    distinct, which = np.unique(records.astype(np.str_), return_inverse=True)
    unknown = [record for record in distinct.tolist() if record not in known]
    if unknown:
        raise ValueError(
            f"subjects must contain every record, but lacks {listed(unknown)}; add "
            "their subjects to the mapping."
        )
    found = [known[record] for record in distinct.tolist()]
    return np.array(found, dtype=np.str_)[which]


def _normalised_name(argument: str, name: str) -> str:
    if _WHOLE_FLOAT.fullmatch(name):
        return name.partition(".")[0]
    # File names on macOS contain decomposed letters, tables contain composed ones.
    name = unicodedata.normalize("NFC", name)
    plain = re.split(r"[/\\]", name.strip())[-1]
    suffix = _FILE_SUFFIX.search(plain)
    if suffix and suffix.end() == len(plain):
        plain = plain[: suffix.start()]
    if plain != name:
        advice = f"pass {plain!r}" if plain else "pass the names alone"
        raise ValueError(
            f"{argument} must be names without surrounding blanks, paths and file "
            f"suffixes, got {name!r}; {advice}."
        )
    return name
