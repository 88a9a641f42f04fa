"""Record, subject and R peak of each row of the public heartbeat files."""

from __future__ import annotations

import os

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree
from sklearn.utils import check_array

from skecg import mitdb
from skecg._group_names import subjects_of_records
from skecg._sklearn import validate_params
from skecg.datasets._fetch_mitdb_beats import all_beats
from skecg.signal import get_layout

__all__ = ["match_kaggle_rows"]

# Any two of the 109,446 beats differ by more than twice this value in some sample, so
# at most one beat is this close to a row. Rounding to three digits changes samples by
# much less.
_NEAR = 0.008


@validate_params(
    {
        "X": ["array-like"],
        "data_home": [str, os.PathLike, None],
        "base_url": [str, os.PathLike, None],
        "download_if_missing": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def match_kaggle_rows(
    X: npt.ArrayLike,
    *,
    data_home: str | os.PathLike[str] | None = None,
    base_url: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
) -> pd.DataFrame:
    """Find the record, the subject and the R peak of public heartbeat rows.

    Parameters
    ----------
    X : array-like of shape (n_rows, 187)
        Rows of ``mitbih_train.csv`` or ``mitbih_test.csv`` without their last
        column, in any order and number.
    data_home : str, path or None, default=None
        The folder of the records; see :func:`get_data_home`.
    base_url : str, path or None, default=None
        The server or folder that provides the records; see :func:`fetch_mitdb`.
    download_if_missing : bool, default=True
        Whether to fetch missing records. If False, a missing record raises OSError.

    Returns
    -------
    DataFrame
        One line per row: ``record`` and ``subject`` (str), ``r_peak`` (the
        annotation of the beat, in samples at 360 Hz), ``symbol`` and ``subset``
        ("train" or "test", the file that contains the row). All of them are
        missing for a row that matches no beat of the set.

    Raises
    ------
    ValueError
        If `X` is not a matrix of numbers with 187 columns, or another argument has
        the wrong type.
    OSError
        If a record is missing and cannot be fetched, or `download_if_missing` is
        False.

    Notes
    -----
    A row matches a beat if they differ by less than 0.008 in every sample. At most
    one beat matches, because any two beats differ by more than 0.016 in some sample.

    Examples
    --------
    >>> from skecg.datasets import fetch_mitdb_beats, match_kaggle_rows
    >>> X, y = fetch_mitdb_beats("test", return_X_y=True)
    >>> match_kaggle_rows(X[:1]).record
    0    100
    Name: record, dtype: string
    """
    rows = check_array(X, dtype=np.float64, ensure_min_samples=0, input_name="X")
    n_samples = get_layout("study").n_samples
    if rows.shape[1] != n_samples:
        raise ValueError(
            f"X must have {n_samples} columns, got {rows.shape[1]}; leave out "
            "the file's last column, the class."
        )
    beats = all_beats(data_home, base_url, download_if_missing)
    # Balancing the tree takes longer than all queries together.
    tree = cKDTree(beats["data"], balanced_tree=False, compact_nodes=False)
    distance, nearest = tree.query(rows, p=np.inf, distance_upper_bound=_NEAR)
    found = np.isfinite(distance)
    beat = nearest[found]
    record = beats["records"][beat]
    columns = {
        "record": record,
        "subject": subjects_of_records(record, mitdb.SUBJECTS),
        "r_peak": beats["r_peaks"][beat],
        "symbol": beats["symbols"][beat],
        "subset": np.where(beats["is_test"][beat], "test", "train"),
    }
    # These types represent missing values, also if no row matched.
    matches = pd.DataFrame(
        {
            name: pd.array(values, dtype="Int64" if name == "r_peak" else "string")
            for name, values in columns.items()
        },
        index=np.flatnonzero(found),
    )
    return matches.reindex(range(len(rows)))
