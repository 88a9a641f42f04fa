"""The study's very data set, made from PhysioNet's records."""

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

# The number goes up when the rules change, so that an old cache is not read.
_CACHE_NAME = "mitdb-beats/study-2.npz"
_DIGEST = "sha256"

_DESCR = f"""\
MIT-BIH heartbeats

Beats of the 48 records of the MIT-BIH Arrhythmia Database in the AAMI classes N,
S, V, F and Q. In the study's layout, 187 samples at 120 Hz from the R peak to a
fifth of an interval past the next, scaled to 0..1 and padded with zeros, they are
the rows of the public heartbeat set of Kachuee et al. (mitbih_train.csv, 87,554
rows, and mitbih_test.csv, 21,892 rows), with the record and subject of each.

The public test set shares its patients with the training set: every record has
beats on both sides. A score on it does not say how well a classifier does on the
next patient. For that, split by `groups`.

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
    """Fetch the public heartbeat set, with the patient behind every beat.

    The beats are cut from PhysioNet's records and kept, with a digest, for the next
    call; a warning says so if they cannot be kept. They come in class order, and
    within a class by record and time.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        The rows of the public training file (87,554), of the test file (21,892)
        or both. All 48 records have beats on both sides.
    layout : str or Layout, default="study"
        What a row holds: a layout, or the name of one; see
        :func:`skecg.signal.get_layout`. Rows of other layouts than the study's are
        cut from the records at each call, from signals in millivolts, and there
        ``"all"`` includes the 48 beats that the public files lack.
    leads : sequence of str or of tuples of str, or None, default=None
        The leads to read, such as ``["MLII"]``. A tuple takes the first of its leads
        that a record has; two leads may not be one signal. 102 and 104 have no MLII:
        exclude them or name an alternative. None reads the first signal of each
        record, as the public set does, and is for the study's layout only, which
        takes no other leads.
    mapping : {"study", "ec57"}, default="study"
        How symbols become classes: as in the public set, or as PhysioNet's bxb
        does (:data:`skecg.aami.STUDY_MAPPING`, :data:`skecg.aami.EC57_MAPPING`);
        they differ in the escape beats ``e`` and ``j``.
    exclude : sequence of str, default=()
        Records to leave out, such as :data:`skecg.mitdb.PACED`.
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
    Bunch, or tuple (data, target)
        The beats, or with `return_X_y` only data and target. The entries:

        data : ndarray of shape (n_beats, n_features), float32
            The beats. The study's layout has 187 columns, in units of each
            beat's own range.
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
            The annotated positions, in samples at 360 Hz from the start of the record.
        symbols : ndarray of shape (n_beats,), str
            PhysioNet's annotation symbols.
        layout : Layout
            The layout of the rows. Pass it to a classifier.
        n_channels, n_aux_features : int
            The leads and the auxiliary columns of a row.
        subset, leads, mapping, exclude
            The arguments.
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
    >>> from skecg import mitdb
    >>> from skecg.datasets import fetch_mitdb_beats
    >>> beats = fetch_mitdb_beats(exclude=mitdb.PACED)
    >>> beats.data.shape
    (80540, 187)
    """
    left_out = MITDB.checked_records("exclude", exclude)
    if set(left_out) == set(mitdb.RECORDS):
        raise ValueError("exclude leaves no record; name fewer than all 48.")
    layout = get_layout(layout)
    if (layout == get_layout("study")) != (leads is None):
        raise ValueError(
            "leads must be None in the study's layout, which reads the first signal, "
            f"and name leads in any other; got {leads!r} with {layout!r}."
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
    """Return whether there is a cache of the beats, which may be damaged."""
    return (get_data_home(data_home) / _CACHE_NAME).is_file()


def all_beats(
    data_home: str | os.PathLike[str] | None,
    base_url: str | os.PathLike[str] | None,
    download_if_missing: bool,
) -> Columns:
    """Return all 109,446 beats: from the cache if it is intact, or the records."""
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
    """Return the beats of the cache, or None if it is not what was written."""
    try:
        with np.load(cache, allow_pickle=False) as stored:
            columns = {name: stored[name] for name in stored.files}
        is_intact = columns.pop(_DIGEST).tolist() == _digest(columns)
    # A damaged file may raise anything; the beats are then cut again.
    except Exception:
        return None
    return columns if is_intact else None


def _packed(columns: Columns) -> memoryview:
    """Return the content of a cache, in memory, as zipfile hides a full disk."""
    arrays: dict[str, Any] = {**columns, _DIGEST: np.array(_digest(columns))}
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getbuffer()


def _digest(columns: Columns) -> str:
    """Return the SHA-256 of names, types, shapes and values."""
    digest = hashlib.sha256()
    for name, values in sorted(columns.items()):
        head = f"{name} {values.dtype.str} {values.shape}\n"
        digest.update(head.encode())
        digest.update(np.ascontiguousarray(values).view(np.uint8).data)
    return digest.hexdigest()


_warned: set[Path] = set()


def _warn_once(cache: Path, error: OSError) -> None:
    """Warn that the beats are cut at each call, once in a process."""
    if cache not in _warned:
        _warned.add(cache)
        warnings.warn(
            f"The beats cannot be kept in {str(cache)!r} ({error.strerror or error}), "
            "so they are cut from the records again in each call; pass another "
            "data_home to keep them.",
            UserWarning,
            stacklevel=5,
        )
