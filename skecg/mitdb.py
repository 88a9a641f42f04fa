"""Facts about the MIT-BIH Arrhythmia Database: records, leads, subjects, protocols.

The database is described at https://physionet.org/content/mitdb/1.0.0/ and, record by
record, at https://physionet.org/physiobank/database/html/mitdbdir/records.htm.

References
----------
Moody GB, Mark RG. The impact of the MIT-BIH Arrhythmia Database. IEEE Engineering in
Medicine and Biology 20(3):45-50, 2001. doi:10.13026/C2F305
"""

from types import MappingProxyType

import numpy as np
import numpy.typing as npt

__all__ = [
    "BEAT_SYMBOLS",
    "DS1",
    "DS2",
    "FS",
    "LEADS",
    "PACED",
    "RECORDS",
    "subject_of",
    "subjects_of",
]

FS = 360
"""The sampling rate of every record, in hertz."""

RECORDS = tuple(
    "100 101 102 103 104 105 106 107 108 109 111 112 113 114 115 116 "
    "117 118 119 121 122 123 124 200 201 202 203 205 207 208 209 210 "
    "212 213 214 215 217 219 220 221 222 223 228 230 231 232 233 234".split()
)
"""The names of the 48 records, in ascending order."""

_UNUSUAL_LEADS = {
    "100": ("MLII", "V5"),
    "102": ("V5", "V2"),
    "103": ("MLII", "V2"),
    "104": ("V5", "V2"),
    "114": ("V5", "MLII"),
    "117": ("MLII", "V2"),
    "123": ("MLII", "V5"),
    "124": ("MLII", "V4"),
}

LEADS = MappingProxyType(
    {record: _UNUSUAL_LEADS.get(record, ("MLII", "V1")) for record in RECORDS}
)
"""Record name to the names of its two leads, in the order of its header.

102 and 104 have no lead MLII, and in 114 it is the second lead.
"""

BEAT_SYMBOLS = frozenset("NLRejAaJSVEF/fQ")
"""The annotation symbols that mark a beat; all other symbols mark events."""

PACED = ("102", "104", "107", "217")
"""The four records with paced beats, which AAMI EC57 excludes from an evaluation."""

DS1 = tuple(
    "101 106 108 109 112 114 115 116 118 119 122 "
    "124 201 203 205 207 208 209 215 220 223 230".split()
)
"""The 22 training records of the inter-patient protocol of de Chazal et al.

de Chazal P, O'Dwyer M, Reilly RB. Automatic classification of heartbeats using ECG
morphology and heartbeat interval features. IEEE Transactions on Biomedical
Engineering 51(7):1196-1206, 2004. doi:10.1109/TBME.2004.827359
"""

DS2 = tuple(
    "100 103 105 111 113 117 121 123 200 202 210 "
    "212 213 214 219 221 222 228 231 232 233 234".split()
)
"""The 22 test records of that protocol. The paced records are in neither list.

Record 202 here and record 201 in :data:`DS1` come from the same man.
"""

_SAME_SUBJECT = MappingProxyType({"202": "201"})
_KNOWN = frozenset(RECORDS)


def subject_of(record: str) -> str:
    """Return the subject of a record, named after the subject's first record.

    Records 201 and 202 come from the same man. Every other record is from a subject of
    its own.

    Parameters
    ----------
    record : str
        The name of a record, such as ``"100"``.

    Returns
    -------
    str
        The name of the subject, which is the same for all of the subject's records.

    See Also
    --------
    subjects_of : The same for an array of names.

    References
    ----------
    MIT-BIH Arrhythmia Database Directory.
    https://physionet.org/physiobank/database/html/mitdbdir/records.htm

    Examples
    --------
    >>> from skecg.mitdb import subject_of
    >>> subject_of("202"), subject_of("100")
    ('201', '100')
    """
    return _SAME_SUBJECT.get(record, record)


def subjects_of(names: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    """Return the subject of each row, from the names of records or of subjects.

    If every name is that of an MIT-BIH record, 202 is replaced by 201. Otherwise the
    names are returned unchanged, because subjects 201 and 202 of another data set may
    be two people.

    Parameters
    ----------
    names : ndarray of shape (n_rows,), str
        The record or the subject of each row.

    Returns
    -------
    ndarray of shape (n_rows,), str
        The subject of each row.

    See Also
    --------
    subject_of : The subject of one record.

    Examples
    --------
    >>> import numpy as np
    >>> from skecg.mitdb import subjects_of
    >>> subjects_of(np.array(["201", "202", "100"])).tolist()
    ['201', '201', '100']
    >>> subjects_of(np.array(["201", "202", "no record"])).tolist()
    ['201', '202', 'no record']
    """
    distinct, which = np.unique(names, return_inverse=True)
    if not _KNOWN.issuperset(distinct.tolist()):
        return names
    subjects = [subject_of(record) for record in distinct.tolist()]
    return np.array(subjects, dtype=np.str_)[which]
