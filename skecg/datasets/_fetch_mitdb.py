"""The raw records of the MIT-BIH Arrhythmia Database, verified and cached."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.utils import Bunch

from skecg import mitdb
from skecg._sklearn import validate_params
from skecg.datasets._database import Database, header_row
from skecg.datasets._wfdb import read_header

__all__ = ["CITATIONS", "MITDB", "fetch_mitdb"]

MITDB = Database("MIT-BIH", "skecg.mitdb", "mitdb/1.0.0", mitdb.RECORDS)

CITATIONS = """\
Licence of the records: Open Data Commons Attribution License v1.0 (ODC-By 1.0).

Please cite:
- Moody GB, Mark RG. The impact of the MIT-BIH Arrhythmia Database. IEEE
  Engineering in Medicine and Biology 20(3):45-50, 2001. doi:10.13026/C2F305
- Goldberger AL et al. PhysioBank, PhysioToolkit, and PhysioNet: components of a
  new research resource for complex physiologic signals. Circulation
  101(23):e215-e220, 2000.
"""

_DESCR = f"""\
MIT-BIH Arrhythmia Database, version 1.0.0

48 half-hour ambulatory recordings of 47 subjects, two leads at {mitdb.FS} Hz with
11 bits over 10 mV. Two or more cardiologists annotated every beat. Records 201 and
202 come from the same man. 102, 104, 107 and 217 are paced. 102 and 104 have no lead
MLII, and 114 has its leads in the other order, so choose a lead by name.

{CITATIONS}"""


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
def fetch_mitdb(
    records: Iterable[str] | None = None,
    *,
    data_home: str | os.PathLike[str] | None = None,
    base_url: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
) -> Bunch:
    """Fetch the raw records of the MIT-BIH Arrhythmia Database (98 MB).

    Every file is compared with the SHA-256 that PhysioNet publishes, after its download
    and at each call. Damaged files are fetched again. A file is moved to the folder
    only when it is complete. After an interruption, the next call fetches the missing
    files. Several processes may fetch into the same folder at the same time.

    A download stops if it exceeds the published size, or takes longer than 60 s plus
    1 s for each 5,000 bytes. Failed requests and damaged downloads are repeated up to
    three times. A retry waits for the time that the server states (Retry-After), if it
    is at most 120 s.

    The next call removes the temporary files of a killed call. SIGTERM in the main
    thread removes them before the process ends, unless the program handles that signal.

    Parameters
    ----------
    records : iterable of str or None, default=None
        The records to fetch, such as ``["100", "201"]``; None fetches all 48.
    data_home : str, path or None, default=None
        The folder for the files; see :func:`get_data_home`.
    base_url : str, path or None, default=None
        The server or folder that provides the files: the URL of a server (``http``,
        ``https``) or folder (``file``), or the path of a folder. It must contain the
        files under ``mitdb/1.0.0/``, as PhysioNet does. None uses the environment
        variable ``SKECG_MIRROR`` or, if it is not set, PhysioNet. A user and password
        in the URL are sent to the server and appear in no message.
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
            hertz), ``n_samples``, ``age`` (missing where unknown), ``sex`` and
            ``notes`` (medication and remarks).
        DESCR : str
            Description of the database, with its licence and citations.

    Raises
    ------
    ValueError
        If a record is unknown, `base_url` is neither a URL nor a folder, or an
        argument has the wrong type.
    OSError
        If a file is missing and cannot be fetched, or `download_if_missing` is False.

    References
    ----------
    Moody GB, Mark RG. The impact of the MIT-BIH Arrhythmia Database. IEEE
    Engineering in Medicine and Biology 20(3):45-50, 2001. doi:10.13026/C2F305

    Examples
    --------
    >>> from skecg.datasets import fetch_mitdb
    >>> mitdb = fetch_mitdb(["100", "114"])
    >>> mitdb.headers.loc[1, "leads"]
    ('V5', 'MLII')
    """
    path, names = MITDB.fetch(records, data_home, base_url, download_if_missing)
    return Bunch(
        path=path,
        records=names,
        headers=pd.DataFrame([_header(path, name) for name in names]),
        DESCR=_DESCR,
    )


def _header(folder: Path, record: str) -> dict[str, Any]:
    """Read a record's header, in which the comments start with age and sex."""
    header = read_header(folder / record)
    age, sex = header.comments[0].split()[:2]
    return {
        **header_row(header, record),
        "age": float(age) if int(age) >= 0 else float("nan"),
        "sex": sex,
        "notes": " ".join(" ".join(header.comments[1:]).split()),
    }
