"""The beat classes of ANSI/AAMI EC57, and the class of each annotation symbol.

The symbols are PhysioNet's annotation codes
(https://archive.physionet.org/physiobank/annotations.shtml).
"""

from types import MappingProxyType

__all__ = [
    "CLASSES",
    "CLASS_NAMES",
    "EC57_MAPPING",
    "NOT_A_BEAT",
    "STUDY_MAPPING",
]

CLASSES = ("N", "S", "V", "F", "Q")
"""The class letters; their positions are the codes 0 to 4 of a target."""

NOT_A_BEAT = 5
"""The code of detected peaks that are not beats, which a classifier may predict.

It is not a class of EC57. Such peaks are dropped from an annotation.
"""

CLASS_NAMES = MappingProxyType(
    {
        "N": "Normal",
        "S": "Supraventricular ectopic",
        "V": "Ventricular ectopic",
        "F": "Fusion",
        "Q": "Paced or unclassifiable",
    }
)
"""Mapping from class letter to the name of the class."""

STUDY_MAPPING = MappingProxyType(
    {
        symbol: code
        for code, symbols in enumerate(("NLRBejn", "AaJS", "VrE", "F", "/fQ?"))
        for symbol in symbols
    }
)
"""Mapping from beat symbol to class code, as in the public heartbeat set.

Escape beats ``e`` and ``j`` count as N here, as in de Chazal et al. 2004 and
Kachuee et al. 2018; PhysioNet's ``bxb`` counts them as S. The public set does not
define ``B``, ``n``, ``r`` and ``?``, because MIT-BIH does not use them. Here ``n``, an
atrial or nodal escape beat, counts as N like ``e`` and ``j``; the others count as in
``bxb``.
"""

EC57_MAPPING = MappingProxyType(
    {
        symbol: code
        for code, symbols in enumerate(("NLRB", "AaJSejn", "VrE", "F", "Q/f?"))
        for symbol in symbols
    }
)
"""Mapping from beat symbol to class code, as in PhysioNet's ``bxb`` for EC57 reports.

It contains all beat symbols of PhysioNet, including those that MIT-BIH does not use.
Escape beats ``e``, ``j`` and ``n`` count as S: EC57 counts supraventricular premature
and escape beats as ectopic.
"""
