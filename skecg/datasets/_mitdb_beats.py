"""The study's very data set, made from PhysioNet's records."""

import os
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils._param_validation import StrOptions, validate_params

from skecg import aami
from skecg.datasets._bunch import beat_bunch
from skecg.datasets._home import get_data_home
from skecg.datasets._kaggle_split import test_mask
from skecg.datasets._mitdb import (
    CITATIONS,
    checked_records,
    fetch_mitdb,
    record_names,
)
from skecg.datasets._wfdb import read_annotations, read_signal
from skecg.signal import N_SAMPLES, extract_beats

__all__ = ["all_beats", "beats_are_cached", "fetch_mitdb_beats"]

# The number goes up when the rules change, so that an old cache is not read.
_CACHE_NAME = "mitdb-beats/study-1.npz"

_DESCR = f"""\
MIT-BIH heartbeats in the study's layout

Beats of the 48 records of the MIT-BIH Arrhythmia Database: 187 samples at 120 Hz
from the R peak to a fifth of an interval past the next, scaled to 0..1 and padded
with zeros, in the AAMI classes N, S, V, F and Q. They are the rows of the public
heartbeat set of Kachuee et al. (mitbih_train.csv, 87,554 rows, and
mitbih_test.csv, 21,892 rows), with the record and subject of each.

The public test set shares its patients with the training set: every record has
beats on both sides. A score on it does not say how well a classifier does on the
next patient. For that, split by `groups`.

{CITATIONS}- Kachuee M, Fazeli S, Sarrafzadeh M. ECG heartbeat classification: a deep
  transferable representation. ICHI 2018. arXiv:1805.00794
"""

Columns = dict[str, npt.NDArray[Any]]


@validate_params(
    {
        "subset": [StrOptions({"train", "test", "all"})],
        "layout": [StrOptions({"study"})],
        "exclude": ["array-like", str],
        "data_home": [str, os.PathLike, None],
        "base_url": [str, os.PathLike, None],
        "download_if_missing": ["boolean"],
        "return_X_y": ["boolean"],
        "as_frame": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def fetch_mitdb_beats(
    subset: str = "train",
    *,
    layout: str = "study",
    exclude: Sequence[str] = (),
    data_home: str | os.PathLike[str] | None = None,
    base_url: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch the public heartbeat set, with the patient behind every beat.

    The beats are cut from PhysioNet's records and kept for the next call. They
    come in class order, and within a class by record and time.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        The rows of the public training file (87,554), of the test file (21,892)
        or both. All 48 records have beats on both sides.
    layout : {"study"}, default="study"
        How a beat becomes a row; see :func:`skecg.signal.extract_beats`.
    exclude : sequence of str, default=()
        Records to leave out, such as :data:`skecg.aami.PACED`.
    data_home : str, path or None, default=None
        Where to keep the files; see :func:`get_data_home`.
    base_url : str, path or None, default=None
        Where the records come from; see :func:`fetch_mitdb`.
    download_if_missing : bool, default=True
        Whether to fetch the records if they, and the beats, are not kept; False
        raises OSError then.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` alone.
    as_frame : bool, default=False
        Whether data and target are to be a DataFrame and a Series.

    Returns
    -------
    bunch : Bunch, or tuple (data, target)
        data : ndarray of shape (n_beats, 187), float32
            The beats, in units of each one's own range.
        target : ndarray of shape (n_beats,), int64
            0 to 4 for N, S, V, F and Q.
        frame : DataFrame or None
            Both, if `as_frame`.
        feature_names, target_names : list of str
            The names of the columns and of the classes.
        groups : ndarray of shape (n_beats,), str
            The subjects; 201 and 202 are one man.
        records : ndarray of shape (n_beats,), str
            The records.
        r_peaks : ndarray of shape (n_beats,), int64
            The beats' annotations, in samples at 360 Hz from the record's start.
        symbols : ndarray of shape (n_beats,), str
            PhysioNet's annotation symbols.
        subset, layout, exclude
            The arguments.
        lead, mapping : str
            That the record's first signal was read, and that symbols became
            classes by :data:`skecg.aami.STUDY_MAPPING`.
        DESCR : str
            What the set is, its licence and whom to cite.

    Raises
    ------
    ValueError
        If an argument is none of the above, or nothing is left.
    OSError
        If a record is missing and cannot, or may not, be fetched.

    References
    ----------
    Kachuee M, Fazeli S, Sarrafzadeh M. ECG heartbeat classification: a deep
    transferable representation. ICHI 2018. arXiv:1805.00794

    Examples
    --------
    >>> from skecg import aami
    >>> from skecg.datasets import fetch_mitdb_beats
    >>> beats = fetch_mitdb_beats(exclude=aami.PACED)
    >>> beats.data.shape
    (80540, 187)
    """
    left_out = checked_records("exclude", exclude)
    if set(left_out) == set(record_names()):
        raise ValueError("exclude leaves no record; name fewer than all 48.")
    columns = all_beats(data_home, base_url, download_if_missing)
    wanted = ~np.isin(columns["records"], left_out)
    if subset != "all":
        wanted &= columns["is_test"] == (subset == "test")
    kept = {name: values[wanted] for name, values in columns.items()}
    return beat_bunch(
        data=kept["data"],
        target=kept["target"],
        target_names=aami.CLASSES,
        groups=np.array([aami.subject_of(record) for record in kept["records"]]),
        records=kept["records"],
        r_peaks=kept["r_peaks"],
        symbols=kept["symbols"],
        descr=_DESCR,
        return_X_y=return_X_y,
        as_frame=as_frame,
        subset=subset,
        layout=layout,
        exclude=list(left_out),
        lead="first",
        mapping="study",
    )


def beats_are_cached(data_home: str | os.PathLike[str] | None = None) -> bool:
    """Tell whether the beats can be had without the records."""
    return (get_data_home(data_home) / _CACHE_NAME).is_file()


def all_beats(
    data_home: str | os.PathLike[str] | None,
    base_url: str | os.PathLike[str] | None,
    download_if_missing: bool,
) -> Columns:
    """Return all 109,446 beats: from the cache or, where it is none, the records."""
    cache = get_data_home(data_home) / _CACHE_NAME
    try:
        # A zip archive checks its own sums, so a damaged cache is never used.
        with np.load(cache) as stored:
            return {name: stored[name] for name in stored.files}
    except (FileNotFoundError, EOFError, ValueError, zipfile.BadZipFile):
        pass
    mitdb = fetch_mitdb(
        data_home, base_url=base_url, download_if_missing=download_if_missing
    )
    columns = _in_class_order([_record_beats(mitdb.path, r) for r in mitdb.records])
    _store(cache, columns)
    return columns


def _record_beats(folder: Path, record: str) -> Columns:
    """Cut the first signal of a record; the public set reads no other."""
    path = folder / record
    positions, marks = read_annotations(path)
    is_beat = np.isin(marks, list(aami.BEAT_SYMBOLS))
    beats = extract_beats(
        read_signal(path, 0), 360, positions[is_beat], marks=positions[~is_beat]
    )
    symbols = np.array(marks)[is_beat][beats.indices]
    return {
        "data": beats.data,
        "target": np.array([aami.STUDY_MAPPING[s] for s in symbols], dtype=np.int64),
        "records": np.full(len(symbols), record),
        "r_peaks": positions[is_beat][beats.indices],
        "symbols": symbols,
        "is_test": test_mask(record),
    }


def _in_class_order(records: Sequence[Mapping[str, npt.NDArray[Any]]]) -> Columns:
    target = np.concatenate([record["target"] for record in records])
    order = np.argsort(target, kind="stable")
    # One matrix at a time, and the largest filled in place: it is 82 MB.
    data = np.empty((len(order), N_SAMPLES), dtype=np.float32)
    np.concatenate([record["data"] for record in records]).take(order, 0, out=data)
    names = [name for name in records[0] if name != "data"]
    return {
        "data": data,
        **{n: np.concatenate([record[n] for record in records])[order] for n in names},
    }


def _store(cache: Path, columns: Columns) -> None:
    """Write the cache whole or not at all."""
    cache.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=cache.parent, suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **columns)
        part.replace(cache)
    finally:
        part.unlink(missing_ok=True)
