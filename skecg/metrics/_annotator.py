"""The beats, fibrillation and signal loss that an annotator marked in a record."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from skecg import aami
from skecg._validation import whole_numbers

__all__ = ["Annotator", "Beat", "read_annotator"]

# Bits 4 and 5 of a noise annotation's subtype: neither signal can be read.
_NO_SIGNAL = 0x30

# PhysioNet's codes: the beats, and its list of those that are none, to which wfdb adds
# a blank (https://archive.physionet.org/physiobank/annotations.shtml).
_SYMBOLS = frozenset(aami.EC57_MAPPING) | frozenset("[!]x()ptu`'^|~+sT*D=\"@ ")

Period = tuple[float, float]


class Beat(NamedTuple):
    """A beat annotation.

    Attributes
    ----------
    time : int
        The position, in samples from the start of the record.
    code : int
        The class code.
    interval : int or None
        Samples since the annotator's previous beat; None without a previous beat, or
        with fibrillation or signal loss in between.
    """

    time: int
    code: int
    interval: int | None


@dataclass(frozen=True)
class Annotator:
    """The beats of an annotator in time order, and the periods without beats.

    Attributes
    ----------
    beats : list of Beat
        The beats outside fibrillation.
    flutter : list of (start, end)
        Ventricular flutter and fibrillation, in samples, ends included.
    shutdowns : list of (start, end)
        The periods without a readable signal, in samples, ends included.
    """

    beats: list[Beat]
    flutter: list[Period]
    shutdowns: list[Period]


def read_annotator(
    name: str, annotations: Any, window: int, mapping: Mapping[str, int]
) -> Annotator:
    """Read annotations in the order of time.

    Parameters
    ----------
    name : str
        The argument's name, for messages.
    annotations : wfdb.Annotation or tuple
        The annotations as the user passed them.
    window : int
        The match window in samples, which bounds a shutdown that nothing ends.
    mapping : mapping of str to int
        Symbol to class code, for every symbol that is a beat.

    Returns
    -------
    Annotator
        Beats and periods.

    Raises
    ------
    ValueError
        If these are no annotations.
    """
    beats: list[Beat] = []
    flutter: list[Period] = []
    shutdowns: list[Period] = []
    # The last beat (or end of fibrillation), and the same as far as an interval may
    # be counted from it.
    previous: float = -math.inf
    interval_from: int | None = None
    flutter_from: int | None = None
    silent_from: int | None = None
    for time, symbol, subtype in _checked_marks(name, annotations):
        if flutter_from is not None:
            if symbol == "]":
                flutter.append((flutter_from, time))
                flutter_from, previous = None, time
        elif symbol == "~":
            no_signal = subtype & _NO_SIGNAL == _NO_SIGNAL
            if no_signal and silent_from is None:
                silent_from, interval_from = time, None
            elif not no_signal and silent_from is not None:
                shutdowns.append((silent_from, time))
                silent_from = None
        elif symbol == "[" or symbol in mapping:
            if silent_from is not None:
                # Without a mark of its end, the signal loss ends here at the latest.
                shutdowns.append((previous + window, time - window))
                silent_from = None
            if symbol == "[":
                flutter_from, interval_from = time, None
                continue
            interval = None if interval_from is None else time - interval_from
            beats.append(Beat(time, mapping[symbol], interval))
            previous = interval_from = time
    if flutter_from is not None:
        flutter.append((flutter_from, math.inf))
    if silent_from is not None:
        shutdowns.append((silent_from, math.inf))
    return Annotator(beats, flutter, shutdowns)


def _checked_marks(name: str, annotations: Any) -> Iterator[tuple[int, str, int]]:
    samples, symbols, subtypes = _columns(name, annotations)
    times = whole_numbers(
        f"{name}'s samples", samples, "give places in samples, not in seconds"
    )
    marks = list(symbols) if isinstance(symbols, Iterable) else [symbols]
    kinds = np.zeros(len(times), dtype=np.int64)
    if subtypes is not None:
        kinds = whole_numbers(f"{name}'s subtypes", subtypes, "leave them out if none")
    if not len(times) == len(marks) == len(kinds):
        raise ValueError(
            f"{name} must have a symbol (and a subtype, if any) for each sample, got "
            f"{len(times)} samples, {len(marks)} symbols and {len(kinds)} subtypes; "
            "give one each."
        )
    if times.size and (times[0] < 0 or (np.diff(times) < 0).any()):
        raise ValueError(
            f"{name}'s samples must not be negative and must not decrease; sort the "
            "annotations by time."
        )
    for mark in marks:
        if not isinstance(mark, str) or mark not in _SYMBOLS:
            raise ValueError(
                f"{name}'s symbols must be PhysioNet's, a character each such as 'N' "
                f"or '+', got {mark!r}; translate it or leave it out."
            )
    return zip(times.tolist(), marks, kinds.tolist(), strict=True)


def _columns(name: str, annotations: Any) -> tuple[Any, Any, Any]:
    """Return samples, symbols and, where there are any, subtypes."""
    # By its attributes, so that wfdb need not be loaded to know its class.
    if hasattr(annotations, "sample") and hasattr(annotations, "symbol"):
        subtypes = getattr(annotations, "subtype", None)
        return annotations.sample, annotations.symbol, subtypes
    if isinstance(annotations, tuple) and len(annotations) in (2, 3):
        samples, symbols, *rest = annotations
        return samples, symbols, rest[0] if rest else None
    raise ValueError(
        f"{name} must be a wfdb.Annotation or a tuple (samples, symbols) or (samples, "
        f"symbols, subtypes), got {type(annotations).__name__}; pass one of these."
    )
