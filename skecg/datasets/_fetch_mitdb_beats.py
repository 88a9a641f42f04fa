"""The public heartbeat set of the study, made from PhysioNet's records."""

import hashlib
import io
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from skecg import aami, mitdb
from skecg._files import collect_strays, whole_file
from skecg._group_names import subjects_of_records
from skecg._sklearn import StrOptions, validate_params
from skecg.datasets._bunch import beat_bunch
from skecg.datasets._cut_records import (
    MAPPINGS,
    Columns,
    cut_leads,
    cut_study,
    in_class_order,
)
from skecg.datasets._data_home import get_data_home
from skecg.datasets._fetch_mitdb import CITATIONS, MITDB, fetch_mitdb
from skecg.datasets._leads import Leads
from skecg.signal import Layout, get_layout

__all__ = ["all_beats", "beats_are_cached", "fetch_mitdb_beats"]

# Increase the number when the rules change, so that old caches are not read.
_CACHE_NAME = "mitdb-beats/study-2.npz"
_DIGEST = "sha256"

_DESCR = f"""\
MIT-BIH heartbeats

Beats of the 48 records of the MIT-BIH Arrhythmia Database in the AAMI classes N,
S, V, F and Q. In the study's layout, a beat is 187 samples at 120 Hz, from the R
peak to a fifth of an interval past the next one, scaled to 0..1 and padded with
zeros. These beats are the rows of the public heartbeat set of Kachuee et al.
(mitbih_train.csv, 87,554 rows, and mitbih_test.csv, 21,892 rows), with the record
and subject of each.

The public training set and test set contain the same patients: every record has
beats in both. A score on this test set is not an estimate of the performance on
unseen patients. For such an estimate, split by `groups`.

{CITATIONS}- Kachuee M, Fazeli S, Sarrafzadeh M. ECG heartbeat classification: a deep
  transferable representation. ICHI 2018. arXiv:1805.00794
"""


@validate_params(
    {
        "subset": [StrOptions({"train", "test", "all"})],
        "layout": [str, Layout],
        "leads": ["array-like", None],
        "mapping": [StrOptions(set(MAPPINGS))],
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
    layout: str | Layout = "study",
    leads: Leads | None = None,
    mapping: str = "study",
    exclude: Sequence[str] = (),
    data_home: str | os.PathLike[str] | None = None,
    base_url: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch the public heartbeat set, with the patient of every beat.

    The beats are cut from PhysioNet's records and cached with a digest. A warning is
    issued if they cannot be cached. The beats are sorted by class, and within a class
    by record and time.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        The rows of the public training file (87,554), of the test file (21,892)
        or of both. All 48 records have beats in both files.
    layout : str or Layout, default="study"
        The layout of the rows, or its name; see :func:`skecg.signal.get_layout`. Rows
        of layouts other than the study's are cut at each call from signals in
        millivolts; ``"all"`` then includes the 48 beats that the public files lack.
    leads : sequence of str or of tuples of str, or None, default=None
        The leads to read, such as ``["MLII"]``. From a tuple, the first lead that the
        record has is read. Two leads must not select the same signal. Records 102 and
        104 have no MLII: exclude them or name an alternative. None reads the first
        signal of each record, as the public set does. It is required in the study's
        layout and not allowed in others.
    mapping : {"study", "ec57"}, default="study"
        The map from symbols to classes: as in the public set
        (:data:`skecg.aami.STUDY_MAPPING`), or as in PhysioNet's bxb
        (:data:`skecg.aami.EC57_MAPPING`). They differ in the escape beats ``e`` and
        ``j``.
    exclude : sequence of str, default=()
        Records to leave out, such as :data:`skecg.mitdb.PACED`.
    data_home : str, path or None, default=None
        The folder for the files; see :func:`get_data_home`.
    base_url : str, path or None, default=None
        The server or folder that provides the records; see :func:`fetch_mitdb`.
    download_if_missing : bool, default=True
        Whether to fetch missing records if the beats are not cached. If False, a
        missing record raises OSError.
    return_X_y : bool, default=False
        Whether to return only ``(data, target)``.
    as_frame : bool, default=False
        Whether to return data and target as a DataFrame and a Series.

    Returns
    -------
    Bunch, or tuple (data, target)
        The beats or, with `return_X_y`, only data and target. The entries:

        data : ndarray of shape (n_beats, n_features), float32
            The beats. The study's layout has 187 columns, with each beat scaled to
            its own range.
        target : ndarray of shape (n_beats,), int64
            0 to 4 for N, S, V, F and Q.
        frame : DataFrame or None
            Both, if `as_frame`.
        feature_names, target_names : list of str
            The names of the columns and of the classes.
        groups : ndarray of shape (n_beats,), str
            The subjects. Records 201 and 202 come from the same man.
        records : ndarray of shape (n_beats,), str
            The records.
        r_peaks : ndarray of shape (n_beats,), int64
            The annotated positions from the start of the record, in samples at 360 Hz.
        symbols : ndarray of shape (n_beats,), str
            PhysioNet's annotation symbols.
        layout : Layout
            The layout of the rows, which a classifier takes as its `layout`.
        n_channels, n_aux_features : int
            The numbers of leads and of auxiliary columns of a row.
        subset, leads, mapping, exclude
            The arguments.
        DESCR : str
            Description of the data set, with its licence and citations.

    Raises
    ------
    ValueError
        If an argument is invalid, or `exclude` leaves no record.
    OSError
        If a record is missing and cannot be fetched, or `download_if_missing` is
        False.

    References
    ----------
    Kachuee M, Fazeli S, Sarrafzadeh M. ECG heartbeat classification: a deep
    transferable representation. ICHI 2018. arXiv:1805.00794

    Examples
    --------
    >>> from skecg import mitdb
    >>> from skecg.datasets import fetch_mitdb_beats
    >>> beats = fetch_mitdb_beats(exclude=mitdb.PACED)
    >>> beats.data.shape
    (80540, 187)
    """
    left_out = MITDB.checked_records("exclude", exclude)
    if set(left_out) == set(mitdb.RECORDS):
        raise ValueError(
            "exclude must leave at least one record, got all 48; name fewer."
        )
    layout = get_layout(layout)
    if (layout == get_layout("study")) != (leads is None):
        raise ValueError(
            "leads must be None in the study's layout, which reads the first signal, "
            f"and must name leads in other layouts; got {leads!r} with {layout!r}."
        )
    if leads is None:
        feature_names = layout.feature_names(["lead_0"])
        columns = all_beats(data_home, base_url, download_if_missing)
    else:
        records = [name for name in mitdb.RECORDS if name not in left_out]
        fetched = fetch_mitdb(
            records,
            data_home=data_home,
            base_url=base_url,
            download_if_missing=download_if_missing,
        )
        columns, feature_names = cut_leads(fetched.path, records, leads, layout)
    wanted = ~np.isin(columns["records"], left_out)
    if subset != "all":
        wanted &= columns["is_test"] == (subset == "test")
    kept = {name: values[wanted] for name, values in columns.items()}
    if mapping == "ec57":
        kept["target"] = np.array([aami.EC57_MAPPING[s] for s in kept["symbols"]])
        kept = in_class_order([kept])
    return beat_bunch(
        data=kept["data"],
        layout=layout,
        feature_names=feature_names,
        target=kept["target"],
        target_names=aami.CLASSES,
        groups=subjects_of_records(kept["records"], mitdb.SUBJECTS),
        records=kept["records"],
        r_peaks=kept["r_peaks"],
        symbols=kept["symbols"],
        descr=_DESCR,
        return_X_y=return_X_y,
        as_frame=as_frame,
        subset=subset,
        leads=None if leads is None else list(leads),
        mapping=mapping,
        exclude=list(left_out),
    )


def beats_are_cached(data_home: str | os.PathLike[str] | None = None) -> bool:
    """Return whether a cache of the beats exists, even a damaged one."""
    return (get_data_home(data_home) / _CACHE_NAME).is_file()


def all_beats(
    data_home: str | os.PathLike[str] | None,
    base_url: str | os.PathLike[str] | None,
    download_if_missing: bool,
) -> Columns:
    """Return all 109,446 beats, from the cache if intact, else from the records."""
    cache = get_data_home(data_home) / _CACHE_NAME
    collect_strays(cache.parent)
    stored = _stored(cache)
    if stored is not None:
        return stored
    fetched = fetch_mitdb(
        data_home=data_home,
        base_url=base_url,
        download_if_missing=download_if_missing,
    )
    columns = cut_study(fetched.path, fetched.records)
    try:
        with whole_file(cache) as file:
            file.write(_packed(columns))
    except OSError as error:
        _warn_once(cache, error)
    return columns


def _stored(cache: Path) -> Columns | None:
    """Return the cached beats, or None if the cache is missing or damaged."""
    try:
        with np.load(cache, allow_pickle=False) as stored:
            columns = {name: stored[name] for name in stored.files}
        is_intact = columns.pop(_DIGEST).tolist() == _digest(columns)
    # A damaged file may raise any error; the beats are then cut again.
    except Exception:
        return None
    return columns if is_intact else None


def _packed(columns: Columns) -> memoryview:
    """Return the content of a cache, in memory: zipfile hides errors of a full disk."""
    arrays: dict[str, Any] = {**columns, _DIGEST: np.array(_digest(columns))}
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getbuffer()


def _digest(columns: Columns) -> str:
    """Return the SHA-256 digest of names, types, shapes and values."""
    digest = hashlib.sha256()
    for name, values in sorted(columns.items()):
        head = f"{name} {values.dtype.str} {values.shape}\n"
        digest.update(head.encode())
        digest.update(np.ascontiguousarray(values).view(np.uint8).data)
    return digest.hexdigest()


_warned: set[Path] = set()


def _warn_once(cache: Path, error: OSError) -> None:
    """Warn once per process that the beats cannot be cached."""
    if cache not in _warned:
        _warned.add(cache)
        warnings.warn(
            f"The beats cannot be cached in {str(cache)!r} "
            f"({error.strerror or error}), so each call cuts them from the records "
            "again; pass another data_home to cache them.",
            UserWarning,
            stacklevel=5,
        )
