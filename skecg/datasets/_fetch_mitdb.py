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
11 bits over 10 mV, every beat annotated by two or more cardiologists. 201 and
202 come from the same man. 102, 104, 107 and 217 are paced. 102 and 104 have no
lead MLII, and 114 has its leads in the other order, so choose a lead by name.

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

    Every file is compared with the SHA-256 that PhysioNet publishes for it, when
    it arrives and at each call. Damaged files are fetched again, and a file takes its
    place when it is complete. A call after an interrupted one fetches the files that
    are missing, and several processes may fetch into one folder at a time.

    A download stops when more than the published size arrives, or after 60 s plus
    1 s for each 5,000 bytes. Requests that fail, and downloads that arrive damaged,
    are repeated up to three times. A request waits for the time that the server asks
    for (Retry-After) if that is at most 120 s.

    The next call removes what a killed call has left. SIGTERM in the main thread
    removes it before the process ends, unless the program handles that signal.

    Parameters
    ----------
    records : iterable of str or None, default=None
        The records to fetch, such as ``["100", "201"]``; None stands for all 48.
    data_home : str, path or None, default=None
        Where to keep the files; see :func:`get_data_home`.
    base_url : str, path or None, default=None
        Where the files come from: the URL of a server (``http``, ``https``) or
        folder (``file``) or the path of a folder, laid out like PhysioNet's, with
        the files under ``mitdb/1.0.0/``. None takes the environment variable
        ``SKECG_MIRROR`` or, where that is not set, PhysioNet. A user and password
        in the URL are sent to the server and appear in no message.
    download_if_missing : bool, default=True
        Whether to fetch what is missing or damaged; False raises OSError then,
        and changes no record.

    Returns
    -------
    Bunch
        The records, with these entries:

        path : Path
            The folder with the files.
        records : list of str
            The records' names.
        headers : DataFrame
            A row a record: ``record``, ``leads`` (a tuple of names), ``fs`` (in
            hertz), ``n_samples``, ``age`` (missing where unknown), ``sex`` and
            ``notes`` (medication and remarks).
        DESCR : str
            What the database is, its licence and whom to cite.

    Raises
    ------
    ValueError
        If a record is unknown, `base_url` is neither a URL nor a folder, or another
        argument is of another type.
    OSError
        If a file is missing and cannot, or may not, be fetched.

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
    """Read a record's header; its comments start with age, sex and tape numbers."""
    header = read_header(folder / record)
    age, sex = header.comments[0].split()[:2]
    return {
        **header_row(header, record),
        "age": float(age) if int(age) >= 0 else float("nan"),
        "sex": sex,
        "notes": " ".join(" ".join(header.comments[1:]).split()),
    }
