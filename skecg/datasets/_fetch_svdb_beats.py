"""The beats of the MIT-BIH Supraventricular Arrhythmia Database."""

import os
from collections.abc import Iterable
from typing import Any

from skecg import svdb
from skecg._sklearn import StrOptions, validate_params
from skecg.datasets._cut_records import MAPPINGS
from skecg.datasets._fetch_svdb import SVDB_DESCR, fetch_svdb
from skecg.datasets._folder_beats import folder_beats
from skecg.datasets._leads import Leads
from skecg.signal import Layout

__all__ = ["fetch_svdb_beats"]


@validate_params(
    {
        # fetch_svdb checks the names; an iterator is accepted too.
        "records": [Iterable, None],
        "layout": [str, Layout],
        "leads": ["array-like", None],
        "mapping": [StrOptions(set(MAPPINGS))],
        "data_home": [str, os.PathLike, None],
        "base_url": [str, os.PathLike, None],
        "download_if_missing": ["boolean"],
        "return_X_y": ["boolean"],
        "as_frame": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def fetch_svdb_beats(
    records: Iterable[str] | None = None,
    *,
    layout: str | Layout = "study",
    leads: Leads | None = None,
    mapping: str = "study",
    data_home: str | os.PathLike[str] | None = None,
    base_url: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Fetch the beats of the MIT-BIH Supraventricular Arrhythmia Database.

    The records are fetched once, and the beats are cut from them at each call. The
    beats are sorted by class, and within a class by record and time.

    Parameters
    ----------
    records : iterable of str or None, default=None
        The records to fetch, such as ``["800", "894"]``; None fetches all 78.
    layout : str or Layout, default="study"
        The layout of the rows, or its name; see :func:`skecg.signal.get_layout`.
        The signals are resampled from 128 Hz.
    leads : sequence of str, int or tuples of these, or None, default=None
        The leads to read: ``"ECG1"``, ``"ECG2"`` or column numbers. None reads as many
        leads as the layout fixes, or both; the study's layout reads the first.
    mapping : {"study", "ec57"}, default="study"
        The map from symbols to classes: :data:`skecg.aami.STUDY_MAPPING` or
        :data:`skecg.aami.EC57_MAPPING`.
    data_home : str, path or None, default=None
        The folder for the files; see :func:`get_data_home`.
    base_url : str, path or None, default=None
        The server or folder that provides the records; see :func:`fetch_svdb`.
    download_if_missing : bool, default=True
        Whether to fetch missing records. If False, a missing record raises OSError.
    return_X_y : bool, default=False
        Whether to return only ``(data, target)``.
    as_frame : bool, default=False
        Whether to return data and target as a DataFrame and a Series.

    Returns
    -------
    Bunch, or tuple (data, target)
        The beats with the entries of :func:`load_wfdb_beats` or, with `return_X_y`,
        only data and target. `groups` contains the records, because no two records
        are known to come from one subject. `r_peaks` are in samples at 128 Hz.

    Raises
    ------
    ValueError
        If an argument is invalid.
    OSError
        If a record is missing and cannot be fetched, or `download_if_missing` is
        False.

    See Also
    --------
    fetch_mitdb_beats : The beats of the MIT-BIH Arrhythmia Database.
    load_wfdb_beats : The beats of any folder of records.

    References
    ----------
    Greenwald SD. Improved detection and classification of arrhythmias in
    noise-corrupted electrocardiograms using contextual information. PhD thesis,
    Harvard-MIT Division of Health Sciences and Technology, 1990. doi:10.13026/C2V30W

    Examples
    --------
    >>> from skecg.datasets import fetch_svdb_beats
    >>> beats = fetch_svdb_beats(["800", "804"], layout="centered")
    >>> beats.n_channels, beats.layout.fs
    (2, 120)
    """
    fetched = fetch_svdb(
        records,
        data_home=data_home,
        base_url=base_url,
        download_if_missing=download_if_missing,
    )
    return folder_beats(
        fetched.path,
        fetched.records,
        layout=layout,
        leads=leads,
        mapping=mapping,
        subjects=svdb.SUBJECTS,
        descr=SVDB_DESCR,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )
