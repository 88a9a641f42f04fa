"""Beat symbols, classes, records and subjects: the one place for the field's facts.

The five classes are those of ANSI/AAMI EC57; the symbols are PhysioNet's
annotation codes (https://archive.physionet.org/physiobank/annotations.shtml).
"""

from types import MappingProxyType

__all__ = [
    "BEAT_SYMBOLS",
    "CLASSES",
    "CLASS_NAMES",
    "DS1",
    "DS2",
    "EC57_MAPPING",
    "PACED",
    "STUDY_MAPPING",
    "subject_of",
]

CLASSES = ("N", "S", "V", "F", "Q")
"""The class letters; their positions are the codes 0 to 4 of a target."""

CLASS_NAMES = MappingProxyType(
    {
        "N": "Normal",
        "S": "Supraventricular ectopic",
        "V": "Ventricular ectopic",
        "F": "Fusion",
        "Q": "Paced or unclassifiable",
    }
)
"""What each class letter stands for."""

STUDY_MAPPING = MappingProxyType(
    {
        symbol: code
        for code, symbols in enumerate(("NLRej", "AaJS", "VE", "F", "/fQ"))
        for symbol in symbols
    }
)
"""Beat symbol to class code as the public heartbeat set has it.

Escape beats ``e`` and ``j`` count as N here, as in de Chazal et al. 2004 and
Kachuee et al. 2018; PhysioNet's ``bxb`` counts them as S.
"""

EC57_MAPPING = MappingProxyType(
    {
        symbol: code
        for code, symbols in enumerate(("NLRB", "AaJSejn", "VrE", "F", "Q/f?"))
        for symbol in symbols
    }
)
"""Beat symbol to class code as PhysioNet's ``bxb`` has it for EC57's reports.

It knows PhysioNet's every beat symbol, also those that MIT-BIH does not use. Escape
beats ``e``, ``j`` and ``n`` count as S.
"""

BEAT_SYMBOLS = frozenset(STUDY_MAPPING)
"""The symbols in MIT-BIH that mark a beat; every other symbol marks an event."""

PACED = ("102", "104", "107", "217")
"""The records with paced beats, which AAMI EC57 leaves out of an evaluation."""

DS1 = tuple(
    "101 106 108 109 112 114 115 116 118 119 122 "
    "124 201 203 205 207 208 209 215 220 223 230".split()
)
"""The 22 records that train in the inter-patient protocol of de Chazal et al.

de Chazal P, O'Dwyer M, Reilly RB. Automatic classification of heartbeats using ECG
morphology and heartbeat interval features. IEEE Transactions on Biomedical
Engineering 51(7):1196-1206, 2004. doi:10.1109/TBME.2004.827359
"""

DS2 = tuple(
    "100 103 105 111 113 117 121 123 200 202 210 "
    "212 213 214 219 221 222 228 231 232 233 234".split()
)
"""The 22 records that test in that protocol; the paced ones are in neither list.

Record 202 here and record 201 in :data:`DS1` come from the same man.
"""

_SAME_SUBJECT = MappingProxyType({"202": "201"})


def subject_of(record: str) -> str:
    """Return the subject of an MIT-BIH record, named by his or her first record.

    Every record is one subject's, but 201 and 202 come from the same man
    (https://physionet.org/physiobank/database/html/mitdbdir/records.htm).

    Parameters
    ----------
    record : str
        A record's name, such as ``"100"``.

    Returns
    -------
    str
        The name that all records of the subject share.

    Examples
    --------
    >>> from skecg.aami import subject_of
    >>> subject_of("202"), subject_of("100")
    ('201', '100')
    """
    return _SAME_SUBJECT.get(record, record)
