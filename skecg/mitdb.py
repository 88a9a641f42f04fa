"""Facts about the MIT-BIH Arrhythmia Database: records, leads, subjects, protocols.

The database is described at https://physionet.org/content/mitdb/1.0.0/ and, record by
record, at https://physionet.org/physiobank/database/html/mitdbdir/records.htm.

References
----------
Moody GB, Mark RG. The impact of the MIT-BIH Arrhythmia Database. IEEE Engineering in
Medicine and Biology 20(3):45-50, 2001. doi:10.13026/C2F305
"""

from types import MappingProxyType

__all__ = [
    "BEAT_SYMBOLS",
    "DS1",
    "DS2",
    "FS",
    "LEADS",
    "PACED",
    "RECORDS",
    "SUBJECTS",
]

FS = 360
"""The sampling rate of every record, in hertz."""

RECORDS = tuple(
    "100 101 102 103 104 105 106 107 108 109 111 112 113 114 115 116 "
    "117 118 119 121 122 123 124 200 201 202 203 205 207 208 209 210 "
    "212 213 214 215 217 219 220 221 222 223 228 230 231 232 233 234".split()
)
"""The names of the 48 records, in ascending order."""

SUBJECTS = MappingProxyType(
    {record: "201" if record == "202" else record for record in RECORDS}
)
"""Mapping from record to subject; a subject has the name of its first record.

Records 201 and 202 are from the same patient, according to the directory of the
database. All other records are from different subjects. Pass the mapping as `subjects`
with `records`. ``groups`` of the data sets already contain subjects.
"""

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
"""Mapping from record to the names of its two leads, in the order of the header.

102 and 104 have no lead MLII, and in 114 it is the second lead.
"""

BEAT_SYMBOLS = frozenset("NLRejAaJSVEF/fQ")
"""The symbols of the database that mark a beat; its other symbols mark events.

:data:`skecg.aami.EC57_MAPPING` contains the beat symbols of all databases.
"""

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

Record 202 here and record 201 in :data:`DS1` are from the same patient.
"""
