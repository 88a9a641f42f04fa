"""Line format and statistics of EC57, from the counts of pairings.

The functions take numbers or columns of a DataFrame.

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

``O`` means that there is no reference beat, ``X`` that there is none because the
reference had no readable signal there; ``o`` and ``x`` mean the same for the test
annotator.
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
        The number of each pairing, under its name in :data:`PAIRINGS`. A missing name
        counts as 0.

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
    """Return numerator and denominator of every statistic.

    Parameters
    ----------
    counts : mapping
        The counts under their names in :data:`COUNTS`.
    fusion_called_sveb : int or column, default=0
        The pairings Fs, which belong to the denominator of SVEB +P in bxb's statistics
        of a record. sumstats computes gross and average statistics without them,
        because it reads the line format, in which F and Q are merged.

    Returns
    -------
    dict
        Numerator and denominator under the name of the statistic: those of EC57 and,
        last, the F1 scores.
    """
    c = counts
    missed = c["No"] + c["So"] + c["Vo"] + c["Fo"]
    surplus = c["On"] + c["Os"] + c["Ov"]
    matched = sum(c[name] for name in COUNTS if "o" not in name and "O" not in name)
    # A fusion or unclassifiable beat called V is neither a true nor a false positive.
    false_veb = c["Nv"] + c["Sv"] + c["Ov"]
    true_other = sum(c[r + t] for r in "NSFO" for t in "ns")
    called_sveb = c["Ns"] + c["Ss"] + c["Vs"] + c["Os"] + fusion_called_sveb
    found = {
        "qrs_se": (matched, matched + missed),
        "qrs_pp": (matched, matched + surplus),
        "veb_se": (c["Vv"], c["Vn"] + c["Vs"] + c["Vv"] + c["Vo"]),
        "veb_pp": (c["Vv"], c["Vv"] + false_veb),
        "veb_fpr": (false_veb, false_veb + true_other),
        "sveb_se": (c["Ss"], c["Sn"] + c["Ss"] + c["Sv"] + c["So"]),
        "sveb_pp": (c["Ss"], called_sveb),
    }
    for kind in ("qrs", "veb", "sveb"):
        # The harmonic mean of Se and +P. It is 0, not undefined, if only one of the
        # two is undefined.
        right, true = found[f"{kind}_se"]
        called = found[f"{kind}_pp"][1]
        found[f"{kind}_f1"] = (2 * right, true + called)
    return found
