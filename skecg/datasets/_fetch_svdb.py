"""The raw records of the MIT-BIH Supraventricular Arrhythmia Database."""

import os
from collections.abc import Iterable

import pandas as pd
from sklearn.utils import Bunch

from skecg import svdb
from skecg._sklearn import validate_params
from skecg.datasets._database import Database, header_row
from skecg.datasets._wfdb import read_header

__all__ = ["SVDB_DESCR", "fetch_svdb"]

_SVDB = Database("SVDB", "skecg.svdb", "svdb/1.0.0", svdb.RECORDS)

SVDB_DESCR = f"""\
MIT-BIH Supraventricular Arrhythmia Database (SVDB), version 1.0.0

{len(svdb.RECORDS)} half-hour recordings with many supraventricular ectopic beats, two
signals at {svdb.FS} Hz, with annotated beats. The headers name the signals ECG1 and
ECG2; they state neither the leads nor age and sex. No two records are known to come
from one subject, so each record counts as a subject.

Licence of the records: Open Data Commons Attribution License v1.0 (ODC-By 1.0).

Please cite:
- Greenwald SD. Improved detection and classification of arrhythmias in
  noise-corrupted electrocardiograms using contextual information. PhD thesis,
  Harvard-MIT Division of Health Sciences and Technology, 1990.
  doi:10.13026/C2V30W
- Goldberger AL et al. PhysioBank, PhysioToolkit, and PhysioNet: components of a
  new research resource for complex physiologic signals. Circulation
  101(23):e215-e220, 2000.
"""


@validate_params(
    {
        # The names are checked below; an iterator is accepted too.
        "records": [Iterable, None],
        "data_home": [str, os.PathLike, None],
        "base_url": [str, os.PathLike, None],
        "download_if_missing": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def fetch_svdb(
    records: Iterable[str] | None = None,
    *,
    data_home: str | os.PathLike[str] | None = None,
    base_url: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
) -> Bunch:
    """Fetch the raw records of the MIT-BIH Supraventricular Arrhythmia Database.

    The 78 records have 54 MB. Files are verified, fetched again after errors and
    stored as described in :func:`fetch_mitdb`.

    Parameters
    ----------
    records : iterable of str or None, default=None
        The records to fetch, such as ``["800", "894"]``; None fetches all 78.
    data_home : str, path or None, default=None
        The folder for the files; see :func:`get_data_home`.
    base_url : str, path or None, default=None
        The server or folder that provides the files, under ``svdb/1.0.0/``; see
        :func:`fetch_mitdb`.
    download_if_missing : bool, default=True
        Whether to fetch missing or damaged files. If False, such a file raises
        OSError and no record is changed.

    Returns
    -------
    Bunch
        The records, with these entries:

        path : Path
            The folder with the files.
        records : list of str
            The names of the records.
        headers : DataFrame
            One row per record: ``record``, ``leads`` (a tuple of names), ``fs`` (in
            hertz) and ``n_samples``. The headers state no age or sex.
        DESCR : str
            Description of the database, with its licence and citations.

    Raises
    ------
    ValueError
        If a record is unknown, `base_url` is neither a URL nor a folder, or an
        argument has the wrong type.
    OSError
        If a file is missing and cannot be fetched, or `download_if_missing` is False.

    See Also
    --------
    fetch_svdb_beats : The beats of the records, one per row.

    References
    ----------
    Greenwald SD. Improved detection and classification of arrhythmias in
    noise-corrupted electrocardiograms using contextual information. PhD thesis,
    Harvard-MIT Division of Health Sciences and Technology, 1990. doi:10.13026/C2V30W

    Examples
    --------
    >>> from skecg.datasets import fetch_svdb
    >>> svdb = fetch_svdb(["800", "804"])
    >>> svdb.headers.loc[0, "leads"]
    ('ECG1', 'ECG2')
    """
    path, names = _SVDB.fetch(records, data_home, base_url, download_if_missing)
    rows = [header_row(read_header(path / name), name) for name in names]
    return Bunch(path=path, records=names, headers=pd.DataFrame(rows), DESCR=SVDB_DESCR)
