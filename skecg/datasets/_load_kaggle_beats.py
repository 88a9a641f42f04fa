"""Loader for the public heartbeat CSV files, as downloaded."""

from __future__ import annotations

import importlib.util
import os
import warnings
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg import aami
from skecg._files import expanded_path
from skecg._sklearn import StrOptions, validate_params
from skecg.datasets._bunch import beat_bunch
from skecg.datasets._fetch_mitdb import CITATIONS
from skecg.datasets._fetch_mitdb_beats import beats_are_cached
from skecg.datasets._match_kaggle import match_kaggle_rows
from skecg.signal import get_layout

__all__ = ["load_kaggle_beats"]

_LAYOUT = get_layout("study")
_N_SAMPLES = _LAYOUT.n_samples
_N_COLUMNS = _N_SAMPLES + 1
_PTB_NAMES = ("normal", "abnormal")
_PTB_CLASSES = " (normal and abnormal, because the name contains 'ptbdb')"
# Larger than the rounding error of samples that were computed in float32.
_ROUNDING = 1e-6

_DESCR = f"""\
Public heartbeat file of Kachuee et al.

Rows of 187 samples between 0 and 1 with their class, downloaded by the user from
https://www.kaggle.com/datasets/shayanfazeli/heartbeat. The mitbih files contain
beats of the MIT-BIH Arrhythmia Database. `match_kaggle_rows` finds the patients of
these beats. The public test set and training set contain the same patients. The
ptbdb files contain beats of the PTB Diagnostic ECG Database, labelled normal or
abnormal. The files have no licence of their own.

{CITATIONS}- Kachuee M, Fazeli S, Sarrafzadeh M. ECG heartbeat classification: a deep
  transferable representation. ICHI 2018. arXiv:1805.00794
- Bousseljot R et al., for the PTB files: Biomedizinische Technik 40(s1):317, 1995.
  doi:10.13026/C28C71
"""


@validate_params(
    {
        "path": [str, os.PathLike, list, tuple],
        "match": [StrOptions({"auto"}), "boolean"],
        "data_home": [str, os.PathLike, None],
        "base_url": [str, os.PathLike, None],
        "return_X_y": ["boolean"],
        "as_frame": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def load_kaggle_beats(
    path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    match: str | bool = "auto",
    data_home: str | os.PathLike[str] | None = None,
    base_url: str | os.PathLike[str] | None = None,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load and check files of the public heartbeat set.

    Parameters
    ----------
    path : str, path or list of these
        ``mitbih_train.csv``, ``mitbih_test.csv``, ``ptbdb_normal.csv`` or
        ``ptbdb_abnormal.csv`` as downloaded, or a file of the same format; or several
        of them, whose rows follow in this order. A file with
        ``ptbdb`` in its name, in upper or lower case, is read as a PTB file; a warning
        is issued unless the name starts with it. Samples up to 1e-6 outside 0..1 are
        set to 0 or 1.
    match : bool or "auto", default="auto"
        Whether to find the patients with :func:`match_kaggle_rows`. True fetches the
        beats of :func:`fetch_mitdb_beats` if they are not cached; ``"auto"`` uses
        them only if they are cached and downloads nothing. The patients of the PTB
        files are not known. A warning reports rows that match no beat of MIT-BIH;
        with ``"auto"``, there is no warning if none of the rows match.
    data_home : str, path or None, default=None
        The folder of the cached beats; see :func:`get_data_home`.
    base_url : str, path or None, default=None
        The server or folder that provides the records; see :func:`fetch_mitdb`.
    return_X_y : bool, default=False
        Whether to return only ``(data, target)``.
    as_frame : bool, default=False
        Whether to return data and target as a DataFrame and a Series.

    Returns
    -------
    Bunch, or tuple (data, target)
        The beats or, with `return_X_y`, only data and target. The entries:

        data : ndarray of shape (n_beats, 187), float32
            The beats, each scaled to its own range.
        target : ndarray of shape (n_beats,), int64
            0 to 4 for N, S, V, F and Q; in the PTB files 0 and 1 for normal and
            abnormal.
        frame : DataFrame or None
            Both, if `as_frame`.
        feature_names, target_names : list of str
            The names of the columns and of the classes.
        groups, records, r_peaks, symbols : ndarray of shape (n_beats,) or None
            The subjects, records, annotations (in samples at 360 Hz) and symbols,
            or None without a match. For a row that matches no beat of MIT-BIH they
            are ``""``, and `r_peaks` is -1. Pass ``match=True`` if you split by
            patient, because such splits require `groups`.
        layout : Layout
            The study's layout, which a classifier takes as its `layout`.
        n_channels, n_aux_features : int
            The numbers of leads (1) and of auxiliary columns (0) of a row.
        DESCR : str
            Description of the file, with its licence and citations.

    Raises
    ------
    ValueError
        If a file does not consist of 188 columns of numbers, a sample lies outside
        0..1 or a class is unknown; the message names the row. If files of MIT-BIH and
        PTB are mixed, a file is given twice, or the list is empty.
    TypeError
        If the list contains anything but file names.
    FileNotFoundError
        If a file does not exist.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import numpy as np
    >>> from skecg.datasets import load_kaggle_beats, make_beats
    >>> made = make_beats(20, random_state=0)
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "mine.csv"
    ...     rows = np.column_stack([made.data, made.target])
    ...     np.savetxt(path, rows, delimiter=",")
    ...     beats = load_kaggle_beats(path, match=False)
    >>> beats.data.shape, beats.groups is None
    ((20, 187), True)
    """
    paths = _paths(path)
    kinds = set()
    for each in paths:  # a comprehension would change the stack of the warning
        kinds.add(_is_ptb(each))
    if len(kinds) > 1:
        raise ValueError(
            "path contains files of MIT-BIH and of PTB, which have different classes; "
            "load them separately."
        )
    is_ptb = kinds.pop()
    names: Sequence[str] = _PTB_NAMES if is_ptb else aami.CLASSES
    parts, targets = [], []
    for each in paths:
        rows = _read(each)
        targets.append(_checked_target(each, rows, len(names)))
        parts.append(rows[:, :_N_SAMPLES])
    target = np.concatenate(targets)
    data = np.empty((len(target), _N_SAMPLES), dtype=np.float32)
    np.concatenate(parts, out=data)
    data.clip(0, 1, out=data)
    wants_match = beats_are_cached(data_home) if match == "auto" else match
    matched = {}
    if wants_match and not is_ptb:
        # The cache may be damaged, and the records missing.
        with suppress(OSError) if match == "auto" else nullcontext():
            matched = _patients(data, data_home, base_url, match is True)
    return beat_bunch(
        data=data,
        layout=_LAYOUT,
        feature_names=_LAYOUT.feature_names(["lead_0"]),
        target=target,
        target_names=names,
        groups=matched.get("subject"),
        records=matched.get("record"),
        r_peaks=matched.get("r_peak"),
        symbols=matched.get("symbol"),
        descr=_DESCR,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _paths(path: Any) -> list[Path]:
    """Return the checked paths of one file or several."""
    given = path if isinstance(path, list | tuple) else [path]
    for each in given:
        if not isinstance(each, str | os.PathLike):
            raise TypeError(
                "path must be a file name or a list of file names, got a list with "
                f"{each!r}."
            )
    paths = [expanded_path("path", each) for each in given]
    if not paths:
        raise ValueError("path must contain at least one CSV file, got an empty list.")
    twice = [each for each in paths if paths.count(each) > 1]
    if twice:
        raise ValueError(
            f"path must contain each file once, got {str(twice[0])!r} twice."
        )
    return paths


def _read(path: Path) -> npt.NDArray[np.float32]:
    """Read all numbers; search for the faulty row only if this fails."""
    if not path.is_file():
        raise FileNotFoundError(
            f"path must be an existing CSV file, got {str(path)!r}; download the set "
            "from https://www.kaggle.com/datasets/shayanfazeli/heartbeat."
        )
    # pyarrow is fastest, but rejects some valid files.
    engines = ["pyarrow", "c"] if importlib.util.find_spec("pyarrow") else ["c"]
    for engine in engines:
        rows = _numbers(path, engine)
        if rows is not None:
            return rows
    raise _first_fault(path)


def _numbers(path: Path, engine: Any) -> npt.NDArray[np.float32] | None:
    """Return the numbers of the file, or None if it contains anything else."""
    try:
        table = pd.read_csv(path, header=None, engine=engine)
        # Samples too large for float32 are rejected later.
        with np.errstate(over="ignore"):
            rows = table.to_numpy(dtype=np.float32)
    # Parser errors are ValueErrors; dates raise TypeError, and integers that are too
    # large for a float raise OverflowError.
    except (ValueError, TypeError, OverflowError):
        return None
    except Exception as error:
        # Each archive format raises its own exceptions for invalid files.
        if not _is_packed(path) or getattr(error, "errno", None):
            raise
        return None
    is_number = all(dtype.kind in "iuf" for dtype in table.dtypes)
    whole = rows.shape[1] == _N_COLUMNS and not np.isnan(rows).any()
    return rows if is_number and whole else None


def _first_fault(path: Path) -> ValueError:
    """Return an error that describes the first invalid row."""
    if _is_packed(path):
        return ValueError(
            f"{path.name} cannot be read as a packed CSV file of {_N_COLUMNS} columns; "
            "unpack it and pass the CSV file, so that the message can name the row."
        )
    number = 0
    with path.open(newline="", encoding="utf-8", errors="replace") as file:
        # The csv module raises errors for binary data, so lines are split here.
        for number, line in enumerate(file, start=1):
            fields = line.rstrip("\r\n").split(",")
            if len(fields) != _N_COLUMNS:
                return ValueError(
                    f"Row {number} of {path.name} has {len(fields)} columns instead of "
                    f"{_N_COLUMNS}; pass one of the four files as downloaded."
                )
            for column, field in enumerate(fields, start=1):
                if not _is_number(field):
                    return ValueError(
                        f"Row {number} of {path.name} contains {field[:40]!r} in "
                        f"column {column}, which is not a number; pass one of the four "
                        "files as downloaded."
                    )
                if column < _N_COLUMNS and not _is_inside(float(field)):
                    return _outside(path, number, column, field[:40])
            if float(fields[-1]) not in range(len(aami.CLASSES)):
                return ValueError(
                    f"Row {number} of {path.name} has the class {fields[-1][:40]}, "
                    f"which is not in 0..{len(aami.CLASSES) - 1}; the last column "
                    "must contain the class."
                )
    return ValueError(
        f"{path.name} cannot be read, although each of its {number} rows is valid; "
        "pass one of the four files as downloaded."
    )


def _is_packed(path: Path) -> bool:
    """Return whether pandas unpacks the file, judged by its suffix as pandas does."""
    return path.name.lower().endswith((".bz2", ".gz", ".tar", ".xz", ".zip", ".zst"))


def _is_number(field: str) -> bool:
    try:
        return bool(np.isfinite(float(field)))
    except ValueError:
        return False


def _checked_target(
    path: Path, rows: npt.NDArray[np.float32], n_classes: int
) -> npt.NDArray[np.int64]:
    """Check the ranges of samples and classes, and return the classes."""
    samples, label = rows[:, :_N_SAMPLES], rows[:, _N_SAMPLES]
    if (rows[0] == np.arange(_N_COLUMNS)).all():
        raise ValueError(
            f"Row 1 of {path.name} is a header with column numbers; pass one of the "
            "four files as downloaded, or write your file with header=False."
        )
    inside = _is_inside(samples)
    if not inside.all():
        row, column = np.argwhere(~inside)[0]
        raise _outside(path, row + 1, column + 1, str(samples[row, column]))
    unknown = ~np.isin(label, np.arange(n_classes))
    if unknown.any():
        row = int(unknown.argmax())
        raise ValueError(
            f"Row {row + 1} of {path.name} has the class {label[row]:g}, which is not "
            f"in 0..{n_classes - 1}{_PTB_CLASSES if n_classes == 2 else ''}; the last "
            "column must contain the class."
        )
    return label.astype(np.int64)


def _is_ptb(path: Path) -> bool:
    """Return whether the name contains "ptbdb"; warn if it does not start with it."""
    name = path.name.lower()
    if "ptbdb" not in name:
        return False
    if not name.startswith("ptbdb"):
        warnings.warn(
            f"The name {path.name!r} contains 'ptbdb', so the classes are read as "
            "those of the PTB files, 0 normal and 1 abnormal; rename the file if it is "
            "from MIT-BIH.",
            UserWarning,
            stacklevel=4,
        )
    return True


def _is_inside(samples: Any) -> Any:
    return (samples >= -_ROUNDING) & (samples <= 1 + _ROUNDING)


def _outside(path: Path, row: int, column: int, value: str) -> ValueError:
    return ValueError(
        f"Row {row} of {path.name} contains {value} in column {column}, outside 0..1; "
        "scale each beat to its own range."
    )


def _patients(
    data: npt.NDArray[np.float32],
    data_home: str | os.PathLike[str] | None,
    base_url: str | os.PathLike[str] | None,
    is_required: bool,
) -> dict[str, npt.NDArray[Any]]:
    """Return the match of each row; empty if no row matches and none was required."""
    matches = match_kaggle_rows(
        data, data_home=data_home, base_url=base_url, download_if_missing=is_required
    )
    n_unmatched = int(matches.record.isna().sum())
    if n_unmatched == len(data) and not is_required:
        return {}
    if n_unmatched:
        warnings.warn(
            f"{n_unmatched} of the file's {len(data)} rows match no beat of MIT-BIH; "
            "their group and record are empty, so leave them out of splits by patient.",
            UserWarning,
            stacklevel=4,
        )
    texts = {
        name: matches[name].fillna("").to_numpy(dtype=str)
        for name in ("subject", "record", "symbol")
    }
    return {**texts, "r_peak": matches.r_peak.fillna(-1).to_numpy(dtype=np.int64)}
