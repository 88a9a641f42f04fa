"""The beat-by-beat comparison of two annotators that EC57 prescribes."""

from collections.abc import Hashable, Mapping
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
import pandas as pd

from skecg import aami
from skecg.metrics._annotator import read_annotator
from skecg.metrics._ec57_report import EC57Report
from skecg.metrics._ec57_table import PAIRINGS
from skecg.metrics._matching import match

__all__ = ["compare_annotations"]

_MAPPINGS: Mapping[str, Mapping[str, int]] = {
    "ec57": aami.EC57_MAPPING,
    # The study says nothing of the symbols that MIT-BIH does not use.
    "study": {**aami.EC57_MAPPING, **aami.STUDY_MAPPING},
}

# Beats farther apart than that, in seconds, are two beats; the number means another
# unit.
_MAX_WINDOW = 1.0


def compare_annotations(
    reference: Any,
    test: Any,
    *,
    fs: float | Mapping[Any, float],
    sig_len: int | Mapping[Any, int],
    start: float = 300.0,
    window: float = 0.15,
    mapping: Literal["ec57", "study"] = "ec57",
) -> EC57Report:
    """Compare an annotator with the reference, beat by beat as PhysioNet's bxb does.

    Counts and statistics are those of ``bxb`` and ``sumstats``, with SVEB reported.

    Parameters
    ----------
    reference, test : wfdb.Annotation, tuple, or dict of these
        The annotations of a record by the reference and by the annotator on trial: a
        ``wfdb.Annotation`` or a tuple (samples, symbols) or (samples, symbols,
        subtypes), in order of time, samples counted from the record's start and
        symbols as PhysioNet has them. All marks belong in, not beats alone: ``[``,
        ``]`` and ``~`` matter, and PhysioNet's others that are no beats are passed
        over. For several records, two dicts of such with the same keys, the records'
        names.
    fs : float or dict of float
        The sampling frequency in hertz; a dict where records differ.
    sig_len : int or dict of int
        The record's length in samples; a dict where records differ.
    start : float, default=300.0
        Where the comparison begins, in seconds. EC57 allows a learning period of five
        minutes; most papers on classifiers use 0. It is rounded to the nearest sample.
    window : float, default=0.15
        How far apart, in seconds, the two annotations of a beat may be, at most 1;
        EC57's is 0.15. It becomes a number of samples, rounded down.
    mapping : {"ec57", "study"}, default="ec57"
        How symbols become classes: by :data:`skecg.aami.EC57_MAPPING`, as bxb does, or
        by :data:`skecg.aami.STUDY_MAPPING`, which counts the escape beats e and j as
        N. Symbols that the latter lacks (B, n, r and ?) stay as bxb has them.

    Returns
    -------
    EC57Report
        The counts, a row a record, the statistics and, in ``rr_error``, the root mean
        square error of RR intervals in milliseconds. A single record is named after
        its ``wfdb.Annotation``, or "record" where it is a tuple.

    Raises
    ------
    ValueError
        If an argument is none of these, a symbol is none of PhysioNet's, or `start`
        lies beyond a record's end.

    See Also
    --------
    ec57_report : The same for labels of beats whose places are known.

    Notes
    -----
    **Periods without beats.** What an annotator marks from ``[`` to ``]`` is
    ventricular flutter or fibrillation, and ignored. A surplus test beat inside such
    a period of the reference, ends included, is not counted; a reference beat inside
    one of the test annotator's is missed. A ``~`` with bits 4 and 5 of its subtype
    set says that no signal can be read, up to the next ``~`` without both, or to the
    end. If a beat or ``[`` comes before that, the period lasts from a window after
    the beat (or ``]``) before it to a window before the one that comes. A surplus
    test beat inside such a period of the reference, ends included, is paired with X
    instead of O, a missed beat inside one of the test annotator's with x instead of o.

    **The first beats.** Reference beats before `start` are left out. The last test
    beat before it is taken in if it is within the window of the first reference beat
    and nearer to it than the next test beat is. Otherwise, the first test beat is
    passed over if it lies within a window of `start` and its successor is nearer to
    the first reference beat.

    **Matching.** Both lists are walked in time. The earlier of the two current beats
    (the reference beat, if they are at one time) is paired with the later if they are
    within the window and either are nearer to each other than the later one is to the
    earlier one's successor, or both successors are nearer to each other than that.
    Otherwise the earlier beat is missed or surplus. It goes on while either current
    beat lies before `sig_len`.

    **RR intervals.** The error is that of pairs where both annotators have a beat
    before, in or out of the period compared, and neither fibrillation nor lost signal
    in between.

    References
    ----------
    ANSI/AAMI EC57, Testing and reporting performance results of cardiac rhythm and ST
    segment measurement algorithms.

    Moody GB. WFDB Applications Guide, bxb(1) and sumstats(1). PhysioNet.

    Examples
    --------
    Of four beats, one is missed, one is called V, and one more is found that is none:

    >>> from skecg.metrics import compare_annotations
    >>> reference = ([360, 720, 1080, 1440], ["N", "N", "N", "V"])
    >>> test = ([362, 900, 1078, 1440], ["N", "N", "V", "V"])
    >>> report = compare_annotations(reference, test, fs=360, sig_len=1800, start=0)
    >>> report
    EC57 report on 1 record with 4 reference beats, in percent
            QRS Se QRS +P  VEB Se VEB +P VEB FPR SVEB Se SVEB +P
    record   75.00  75.00  100.00  50.00   33.33       -       -
    Gross    75.00  75.00  100.00  50.00   33.33       -       -
    Average  75.00  75.00  100.00  50.00   33.33       -       -
    >>> report.counts.loc["record", ["Nn", "Nv", "Vv", "No", "On"]].to_list()
    [1, 1, 1, 1, 1]
    """
    pairs = _pairs_of_annotators(reference, test)
    if not isinstance(mapping, str) or mapping not in _MAPPINGS:
        raise ValueError(f"mapping must be 'ec57' or 'study', got {mapping!r}.")
    _check_seconds("start", start)
    _check_seconds("window", window)
    if window > _MAX_WINDOW:
        raise ValueError(
            f"window must be a number of seconds of at most {_MAX_WINDOW:g}, got "
            f"{window:g}; EC57's is 0.15, which is 150 milliseconds."
        )
    rows, errors = [], []
    for record, (true, called) in pairs.items():
        rate = _rate(_of_record("fs", fs, record))
        end = _length(_of_record("sig_len", sig_len, record))
        first = round(start * rate)
        if first >= end:
            raise ValueError(
                f"start must lie within the record, got {start} s for {record!r} of "
                f"{end / rate:.1f} s; pass start=0 to compare all of it."
            )
        # A product such as 0.29 * 100 comes out just below what it should be.
        reach = int(round(window * rate, 6))
        pairings, error = match(
            read_annotator("reference", true, reach, _MAPPINGS[mapping]),
            read_annotator("test", called, reach, _MAPPINGS[mapping]),
            start=first,
            end=end,
            window=reach,
        )
        rows.append([pairings[name] for name in PAIRINGS])
        errors.append(1000 * error / rate)
    index = pd.Index(list(pairs), name="record")
    return EC57Report(
        pd.DataFrame(rows, index=index, columns=list(PAIRINGS)),
        pd.Series(errors, index=index, name="rr_error", dtype=np.float64),
    )


def _pairs_of_annotators(reference: Any, test: Any) -> dict[Hashable, tuple[Any, Any]]:
    """Return both annotations of each record under its name."""
    if isinstance(reference, Mapping) != isinstance(test, Mapping):
        raise ValueError(
            "reference and test must both be annotations or both be dicts of "
            f"annotations, got {type(reference).__name__} and {type(test).__name__}; "
            "pass the same of both."
        )
    if not isinstance(reference, Mapping):
        name = getattr(reference, "record_name", None) or "record"
        return {name: (reference, test)}
    if not reference:
        raise ValueError("reference must hold at least one record, got an empty dict.")
    if reference.keys() != test.keys():
        odd = sorted(map(str, reference.keys() ^ test.keys()))
        raise ValueError(
            f"reference and test must hold the same records, but only one has "
            f"{', '.join(odd)}; an annotator that found nothing has the entry ([], [])."
        )
    return {record: (reference[record], test[record]) for record in reference}


def _of_record(name: str, value: Any, record: Hashable) -> Any:
    if not isinstance(value, Mapping):
        return value
    if record not in value:
        raise ValueError(
            f"{name} lacks record {record!r}; give each record's, or one for all."
        )
    return value[record]


def _rate(fs: Any) -> float:
    rate = float(fs) if isinstance(fs, Real) else np.nan
    if not 0 < rate < np.inf:
        raise ValueError(
            f"fs must be a number of hertz above 0, got {fs!r}; read the record's "
            "header."
        )
    return rate


def _length(sig_len: Any) -> int:
    if not isinstance(sig_len, Integral) or sig_len < 1:
        raise ValueError(
            "sig_len must be a whole number of samples of at least 1, got "
            f"{sig_len!r}; read the record's header."
        )
    return int(sig_len)


def _check_seconds(name: str, value: Any) -> None:
    if not isinstance(value, Real) or not 0 <= float(value) < np.inf:
        raise ValueError(
            f"{name} must be a number of seconds of at least 0, got {value!r}."
        )
