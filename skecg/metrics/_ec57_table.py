"""From pairings to the line format's counts, and from these to the statistics.

The functions compute with numbers and with columns of a DataFrame alike.

ANSI/AAMI EC57, Testing and reporting performance results of cardiac rhythm and ST
segment measurement algorithms; and PhysioNet's ``bxb`` and ``sumstats`` as the WFDB
Applications Guide describes them.
"""

from collections.abc import Mapping
from typing import Any

from skecg import aami

__all__ = [
    "COUNTS",
    "PAIRINGS",
    "TEST_LABELS",
    "line_format",
    "ratios",
]

_REFERENCE_LABELS = (*aami.CLASSES, "O", "X")

TEST_LABELS = tuple(label.lower() for label in _REFERENCE_LABELS)
"""The labels of the test side of a pairing."""

PAIRINGS = tuple(
    reference + test
    for reference in _REFERENCE_LABELS
    for test in TEST_LABELS
    if not (reference in "OX" and test in "ox")
)
"""Every pairing of a reference label with a test label.

``O`` is no reference beat, ``X`` none because the reference had no signal there; ``o``
and ``x`` are the same of the test annotator.
"""

COUNTS = tuple("Nn Sn Vn Fn On Ns Ss Vs Fs Os Nv Sv Vv Fv Ov No So Vo Fo".split())
"""The columns of the line format, in its order."""

# The line format has no test F and Q, no reference Q and neither X nor x.
_MERGED = str.maketrans("fqxQX", "nnoFO")
_COUNT_OF = {pairing: pairing.translate(_MERGED) for pairing in PAIRINGS}


def line_format(pairings: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the line format's counts.

    Parameters
    ----------
    pairings : mapping
        The number of each pairing, under its name in :data:`PAIRINGS`; those that are
        not named did not occur.

    Returns
    -------
    dict
        The counts under their names in :data:`COUNTS`.
    """
    counts: dict[str, Any] = dict.fromkeys(COUNTS, 0)
    for pairing, count in _COUNT_OF.items():
        if pairing in pairings:
            counts[count] = counts[count] + pairings[pairing]
    return counts


def ratios(
    counts: Mapping[Any, Any], fusion_called_sveb: Any = 0
) -> dict[str, tuple[Any, Any]]:
    """Return every statistic as a fraction's two parts.

    Parameters
    ----------
    counts : mapping
        The counts under their names in :data:`COUNTS`.
    fusion_called_sveb : int or column, default=0
        The pairings Fs, which the programs hold against a record's SVEB positive
        predictivity. Not so in the gross figure: the line format has merged F and Q
        by then, and Q is never held against it.

    Returns
    -------
    dict
        Numerator and denominator of each under its name.
    """
    c = counts
    missed = c["No"] + c["So"] + c["Vo"] + c["Fo"]
    surplus = c["On"] + c["Os"] + c["Ov"]
    matched = sum(c[name] for name in COUNTS if "o" not in name and "O" not in name)
    # A fusion or unclassifiable beat called V is neither right nor wrong.
    false_veb = c["Nv"] + c["Sv"] + c["Ov"]
    true_other = sum(c[r + t] for r in "NSFO" for t in "ns")
    return {
        "qrs_se": (matched, matched + missed),
        "qrs_pp": (matched, matched + surplus),
        "veb_se": (c["Vv"], c["Vn"] + c["Vs"] + c["Vv"] + c["Vo"]),
        "veb_pp": (c["Vv"], c["Vv"] + false_veb),
        "veb_fpr": (false_veb, false_veb + true_other),
        "sveb_se": (c["Ss"], c["Sn"] + c["Ss"] + c["Sv"] + c["So"]),
        "sveb_pp": (
            c["Ss"],
            c["Ns"] + c["Ss"] + c["Vs"] + c["Os"] + fusion_called_sveb,
        ),
    }
