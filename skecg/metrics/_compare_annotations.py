"""Beat-by-beat comparison of two annotators as in EC57."""

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
    "study": aami.STUDY_MAPPING,
}

# In seconds. A larger window is probably in another unit.
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

    Counts, statistics and RR errors equal those of ``bxb`` and ``sumstats`` (WFDB
    10.7.0) with SVEB reported.

    Parameters
    ----------
    reference, test : wfdb.Annotation, tuple, or dict of these
        The annotations of a record by the reference and by the annotator under test: a
        ``wfdb.Annotation`` or a tuple (samples, symbols) or (samples, symbols,
        subtypes), sorted by time. Samples count from the start of the record. Symbols
        are those of PhysioNet. Pass all annotations, not only beats: any annotation
        may end a period without a readable signal. For several records, pass two
        dicts with the same keys, the names of the records.
    fs : float or dict of float
        The sampling rate in hertz, to which samples and `sig_len` refer; a dict if
        records differ. Annotations with an attribute ``fs`` that states another rate
        are rescaled to this one, each to the nearest sample. Those without the
        attribute, or with None, are taken to be at `fs`.
    sig_len : int or dict of int
        The length of the record in samples; a dict if records differ.
    start : float, default=300.0
        The start of the comparison in seconds, rounded to the nearest sample. EC57
        allows a learning period of five minutes. Most papers on classifiers use 0.
    window : float, default=0.15
        The largest distance in seconds between the two annotations of a beat, at most
        1. EC57 requires 0.15. It is rounded down to a number of samples.
    mapping : {"ec57", "study"}, default="ec57"
        The classes of symbols: :data:`skecg.aami.EC57_MAPPING` as in bxb, or
        :data:`skecg.aami.STUDY_MAPPING`, which counts the escape beats e, j and n as
        N.

    Returns
    -------
    EC57Report
        The counts, one row per record, the statistics and, in ``rr_error``, the root
        mean square error of RR intervals in milliseconds. A single record has the name
        of its ``wfdb.Annotation``, or "record" for a tuple.

    Raises
    ------
    ValueError
        If an argument is invalid, a symbol is not one of PhysioNet's, or `start` is
        beyond the end of a record.

    See Also
    --------
    ec57_report : The report from labels of beats with known positions.

    Notes
    -----
    **Periods without beats.** An annotator's ``[`` and ``]`` enclose ventricular
    flutter or fibrillation; its annotations in between are ignored. A surplus test beat
    inside such a period of the reference, ends included, is not counted. A reference
    beat inside such a period of the test annotator is missed.

    A ``~`` with bits 4 and 5 of its subtype set starts a shutdown, a period without a
    readable signal. The next annotation of any kind ends it. If this is a ``~`` without
    both bits, the shutdown lasts from the first to the second. Otherwise it lasts from
    one window after the previous beat or ``]`` to one window before the annotation that
    ends it. It never ends before it starts; without a previous beat or ``]``, it starts
    with the record. A surplus test beat inside a shutdown of the reference, ends
    included, is paired with X instead of O. A missed beat inside a shutdown of the test
    annotator is paired with x instead of o.

    A period that is open at the end of the annotations lasts to the end of the record.
    Only the two latest periods of each kind and annotator count. They include periods
    between the beat and the next one, because a beat is compared after the next one has
    been read.

    **The first beats.** Reference beats before `start` are left out. The last test
    beat before `start` is compared if it is within the window of the first reference
    beat and nearer to it than the next test beat. Otherwise, the first test beat is
    skipped if it is within one window of `start` and the next test beat is nearer to
    the first reference beat. No beat is skipped if `start` is 0.

    **Matching.** The two lists are processed in time order. Of the two current beats,
    E is the earlier one (the reference beat, if both are at the same time) and L the
    later one. They are paired if two conditions are met: they are within the window;
    and L is nearer to E than to the beat after E in E's list, or that beat is nearer to
    the beat after L than to L. Otherwise E is missed or surplus. Matching continues
    while either current beat is before `sig_len`.

    **RR intervals.** At every pairing, including missed and surplus beats, the interval
    before the current reference beat is compared with the interval before the current
    test beat. The current beats are those of the pairing. For a missed or surplus beat,
    the other current beat is the next beat of the other annotator. A pairing counts if
    both intervals exist and no period of an annotator starts within its interval. An
    interval may begin before `start`.

    References
    ----------
    ANSI/AAMI EC57, Testing and reporting performance results of cardiac rhythm and ST
    segment measurement algorithms.

    Moody GB. WFDB Applications Guide, bxb(1) and sumstats(1). PhysioNet.

    Examples
    --------
    One of five beats is missed, one N is called V, one V is called N, and there is one
    surplus beat:

    >>> from skecg.metrics import compare_annotations
    >>> reference = ([360, 720, 1080, 1440, 1800], ["N", "N", "N", "V", "V"])
    >>> test = ([362, 900, 1078, 1440, 1801], ["N", "N", "V", "V", "N"])
    >>> report = compare_annotations(reference, test, fs=360, sig_len=2160, start=0)
    >>> report
    EC57 report on 1 record with 5 reference beats, in percent
            QRS Se QRS +P VEB Se VEB +P VEB FPR SVEB Se SVEB +P QRS F1* VEB F1* SVEB F1*
    record   80.00  80.00  50.00  50.00   33.33       -       -   80.00   50.00        -
    Gross    80.00  80.00  50.00  50.00   33.33       -       -   80.00   50.00        -
    Average  80.00  80.00  50.00  50.00   33.33       -       -   80.00   50.00        -
    * F1, the harmonic mean of Se and +P, is not a statistic of EC57.
    >>> report.counts.loc["record", ["Nn", "Nv", "Vn", "Vv", "No", "On"]].to_list()
    [1, 1, 1, 1, 1, 1]
    """
    pairs = _pairs_of_annotators(reference, test)
    if not isinstance(mapping, str) or mapping not in _MAPPINGS:
        raise ValueError(f"mapping must be 'ec57' or 'study', got {mapping!r}.")
    _check_seconds("start", start)
    _check_seconds("window", window)
    if window > _MAX_WINDOW:
        raise ValueError(
            f"window must be a number of seconds of at most {_MAX_WINDOW:g}, got "
            f"{window:g}; EC57 requires 0.15, which is 150 milliseconds."
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
        # 0.29 * 100 is 28.999999999999996, which would be rounded down to 28.
        reach = int(round(window * rate, 6))
        pairings, error = match(
            read_annotator("reference", true, rate, reach, _MAPPINGS[mapping]),
            read_annotator("test", called, rate, reach, _MAPPINGS[mapping]),
            start=first,
            end=end,
            window=reach,
        )
        rows.append([pairings[name] for name in PAIRINGS])
        errors.append(1000 * error / rate)
    index = pd.Index(list(pairs), name="record", tupleize_cols=False)
    return EC57Report(
        pd.DataFrame(rows, index=index, columns=list(PAIRINGS)),
        pd.Series(errors, index=index, name="rr_error"),
    )


def _pairs_of_annotators(reference: Any, test: Any) -> dict[Hashable, tuple[Any, Any]]:
    """Return both annotations of each record under its name."""
    if isinstance(reference, Mapping) != isinstance(test, Mapping):
        raise ValueError(
            "reference and test must both be annotations or both be dicts of "
            f"annotations, got {type(reference).__name__} and {type(test).__name__}; "
            "pass the same type for both."
        )
    if not isinstance(reference, Mapping):
        name = getattr(reference, "record_name", None) or "record"
        return {name: (reference, test)}
    if not reference:
        raise ValueError("reference must contain at least one record, got {}.")
    if reference.keys() != test.keys():
        odd = sorted(map(repr, reference.keys() ^ test.keys()))
        raise ValueError(
            f"reference and test must contain the same records, but only one has "
            f"{', '.join(odd)}; pass ([], []) for an annotator without annotations."
        )
    return {record: (reference[record], test[record]) for record in reference}


def _of_record(name: str, value: Any, record: Hashable) -> Any:
    if not isinstance(value, Mapping):
        return value
    if record not in value:
        raise ValueError(
            f"{name} lacks record {record!r}; pass one value per record or one for all."
        )
    return value[record]


def _rate(fs: Any) -> float:
    rate = float(fs) if isinstance(fs, Real) else np.nan
    if not 0 < rate < np.inf:
        raise ValueError(
            f"fs must be a positive number of hertz, got {fs!r}; read it from the "
            "record's header."
        )
    return rate


def _length(sig_len: Any) -> int:
    if not isinstance(sig_len, Integral) or sig_len < 1:
        raise ValueError(
            "sig_len must be a whole number of samples of at least 1, got "
            f"{sig_len!r}; read it from the record's header."
        )
    return int(sig_len)


def _check_seconds(name: str, value: Any) -> None:
    if not isinstance(value, Real) or not 0 <= float(value) < np.inf:
        raise ValueError(
            f"{name} must be a number of seconds of at least 0, got {value!r}."
        )
