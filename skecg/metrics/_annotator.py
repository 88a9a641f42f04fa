"""Beats, fibrillation and signal loss in the annotations of a record."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from skecg import aami
from skecg._validation import whole_numbers

__all__ = ["Annotator", "Beat", "Period", "Periods", "read_annotator"]

# Bits 4 and 5 of a noise annotation's subtype: neither signal can be read.
_NO_SIGNAL = 0x30

# The symbols of beats and of other annotations
# (https://archive.physionet.org/physiobank/annotations.shtml), and the blank of wfdb.
_SYMBOLS = frozenset(aami.EC57_MAPPING) | frozenset("[!]x()ptu`'^|~+sT*D=\"@ ")

Period = tuple[float, float]
"""The first and the last sample of a period, both included."""

# As in bxb, only the latest two periods of each kind count.
_REMEMBERED = 2


class Beat(NamedTuple):
    """A beat annotation.

    Attributes
    ----------
    time : int
        The position, in samples from the start of the record.
    code : int
        The class code.
    """

    time: int
    code: int


class Periods(NamedTuple):
    """The latest periods without beats, at most two of each kind.

    Attributes
    ----------
    flutter : tuple of (start, end)
        Ventricular flutter and fibrillation.
    shutdowns : tuple of (start, end)
        The periods without a readable signal.
    """

    flutter: tuple[Period, ...]
    shutdowns: tuple[Period, ...]


@dataclass(frozen=True)
class Annotator:
    """The beats of an annotator in time order, and the periods without beats.

    Attributes
    ----------
    beats : list of Beat
        The beats outside fibrillation.
    periods : list of Periods
        For each beat, the latest periods that start before the next beat. The list has
        one more entry than `beats`, for the time after the last beat.
    """

    beats: list[Beat]
    periods: list[Periods]

    def interval(self, position: int) -> int | None:
        """Return the RR interval that ends with a beat.

        Parameters
        ----------
        position : int
            The position of the beat in `beats`.

        Returns
        -------
        int or None
            The interval in samples; None for the first beat, after the last beat, and
            if a period starts between the two beats.
        """
        if not 0 < position < len(self.beats):
            return None
        previous, current = (b.time for b in self.beats[position - 1 : position + 1])
        for periods in self.periods[position]:
            if any(previous <= start < current for start, _ in periods):
                return None
        return current - previous


def read_annotator(
    name: str, annotations: Any, fs: float, window: int, mapping: Mapping[str, int]
) -> Annotator:
    """Read beats and periods from annotations.

    Parameters
    ----------
    name : str
        The argument's name, for messages.
    annotations : wfdb.Annotation or tuple
        The annotations as the user passed them.
    fs : float
        The sampling rate of the record in hertz. Annotations at another rate are
        rescaled.
    window : int
        The match window in samples, from which the bounds of some shutdowns follow.
    mapping : mapping of str to int
        The class code of each symbol that denotes a beat.

    Returns
    -------
    Annotator
        Beats and periods.

    Raises
    ------
    ValueError
        If `annotations` are not valid.
    """
    beats: list[Beat] = []
    read: list[Periods] = []  # The periods that precede each beat.
    flutter: list[Period] = []
    shutdowns: list[Period] = []
    in_flutter = in_shutdown = False
    # The latest beat or end of fibrillation.
    previous: float = -math.inf
    for time, symbol, subtype in _checked_marks(name, annotations, fs):
        if in_flutter:
            if symbol == "]":
                flutter[-1] = (flutter[-1][0], time)
                in_flutter, previous = False, time
            continue
        no_signal = symbol == "~" and subtype & _NO_SIGNAL == _NO_SIGNAL
        if in_shutdown:
            # Any annotation ends a shutdown. Only a noise annotation states its end.
            if symbol == "~" and not no_signal:
                shutdowns[-1] = (shutdowns[-1][0], time)
            else:
                start = previous + window
                shutdowns[-1] = (start, max(start, time - window))
            in_shutdown = False
        if no_signal:
            shutdowns.append((time, math.inf))
            in_shutdown = True
        elif symbol == "[":
            flutter.append((time, math.inf))
            in_flutter = True
        elif symbol == "]":
            previous = time
        elif symbol in mapping:
            read.append(_latest(flutter, shutdowns))
            beats.append(Beat(time, mapping[symbol]))
            previous = time
    read += 2 * [_latest(flutter, shutdowns)]
    # Shifted by one beat, because bxb reads the next beat before it compares a beat.
    return Annotator(beats, read[1:])


def _latest(flutter: list[Period], shutdowns: list[Period]) -> Periods:
    return Periods(tuple(flutter[-_REMEMBERED:]), tuple(shutdowns[-_REMEMBERED:]))


def _checked_marks(
    name: str, annotations: Any, fs: float
) -> Iterator[tuple[int, str, int]]:
    samples, symbols, subtypes = _columns(name, annotations)
    times = whole_numbers(
        f"{name}'s samples", samples, "pass positions in samples, not in seconds"
    )
    marks = list(symbols) if isinstance(symbols, Iterable) else [symbols]
    kinds = np.zeros(len(times), dtype=np.int64)
    if subtypes is not None:
        kinds = whole_numbers(f"{name}'s subtypes", subtypes, "omit unknown subtypes")
    if not len(times) == len(marks) == len(kinds):
        raise ValueError(
            f"{name} must have a symbol (and a subtype, if any) for each sample, got "
            f"{len(times)} samples, {len(marks)} symbols and {len(kinds)} subtypes; "
            "pass sequences of equal length."
        )
    if times.size and (times[0] < 0 or (np.diff(times) < 0).any()):
        raise ValueError(
            f"{name}'s samples must not be negative and must not decrease; sort the "
            "annotations by time."
        )
    for mark in marks:
        if not isinstance(mark, str) or mark not in _SYMBOLS:
            raise ValueError(
                f"{name}'s symbols must be single characters of PhysioNet's table, "
                f"such as 'N' or '+', got {mark!r}; translate it or leave it out."
            )
    times = _rescaled(name, times, getattr(annotations, "fs", None), fs)
    return zip(times.tolist(), marks, kinds.tolist(), strict=True)


def _rescaled(
    name: str, times: npt.NDArray[np.int64], stated: Any, fs: float
) -> npt.NDArray[np.int64]:
    """Return samples at the rate `stated` as samples at the rate `fs`."""
    if stated is None or stated == fs:
        return times
    if not isinstance(stated, Real) or not 0 < float(stated) < math.inf:
        raise ValueError(
            f"{name}.fs must be a positive number of hertz or None, got {stated!r}; "
            "set the sampling rate to which its samples refer."
        )
    return np.floor(times * (fs / float(stated)) + 0.5).astype(np.int64)


def _columns(name: str, annotations: Any) -> tuple[Any, Any, Any]:
    """Return samples, symbols and subtypes (None if there are none)."""
    # Checking attributes instead of the class avoids the import of wfdb.
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
