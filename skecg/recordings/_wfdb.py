"""Reader of WFDB records, in all formats of signal files."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.recordings._limits import BLOCK
from skecg.recordings._memory import empty_signal
from skecg.recordings._recording import Recording
from skecg.recordings._selection import Selection, select_leads
from skecg.recordings._sources import damaged, parsing, size_of

__all__ = ["read_wfdb"]

# Samples and bytes of a group in each format (signal(5), WFDB Applications Guide).
_GROUPS = {
    "8": (1, 1),
    "16": (1, 2),
    "24": (1, 3),
    "32": (1, 4),
    "61": (1, 2),
    "80": (1, 1),
    "160": (1, 2),
    "212": (2, 3),
    "310": (3, 4),
    "311": (3, 4),
}
_FLAC = ("508", "516", "524")
_MAX_HEADER = 1 << 24
# Maximum skew of a signal, in frames; real skews are below one second.
_MAX_SKEW = 10_000
_MICRO = re.compile(rb"/(\xc2\xb5|\xce\xbc|\xb5)[vV](?!\w)")


@dataclass(frozen=True)
class _Segment:
    """A segment of a record, stored in separate files."""

    path: Path
    header: Any
    first: int
    n_frames: int


def read_wfdb(path: Path, leads: Any, units: str | None) -> Recording:
    """Read a WFDB record.

    Parameters
    ----------
    path : Path
        The record, without suffix.
    leads : sequence of str or int, or None
        The signals to read.
    units : str or None
        The unit of signals for which the header states raw values (``"NU"``). A header
        without a unit means millivolts (header(5) of the WFDB Applications Guide).

    Returns
    -------
    Recording
        The recording. Missing segments, and leads that a segment lacks, are NaN.

    Raises
    ------
    ValueError
        If the record is damaged or has no lead.
    """
    header = _header(path)
    is_layout = False
    if hasattr(header, "seg_name"):
        segments = list(_segments(path, header))
        is_layout = header.layout == "variable"
        named = _header(_beside(path, header.seg_name[0])) if is_layout else None
        if not segments:
            raise damaged(path, "it has no segment with samples")
        named = segments[0].header if named is None else named
    else:
        named = header
        segments = [_Segment(path, header, 0, _n_frames(path, header))]
    for segment in segments:
        _check_files(segment)
    selection = select_leads(path, named.sig_name, named.units, leads, units)
    rates = [named.samps_per_frame[i] for i in selection.signals]
    if len(set(rates)) > 1:
        found = ", ".join(f"{header.fs * rate:g}" for rate in rates)
        raise ValueError(
            f"leads must have the same sampling rate, but those of {path.name} have "
            f"{found} Hz; choose leads of one rate."
        )
    signal = _read_segments(path, header, segments, selection, rates[0], is_layout)
    return Recording(
        signal,
        header.fs * rates[0],
        leads=selection.names,
        units=selection.units,
        start=getattr(header, "base_datetime", None),
        name=path.name,
    )


def _read_segments(
    path: Path,
    header: Any,
    segments: list[_Segment],
    selection: Selection,
    rate: int,
    is_layout: bool,
) -> npt.NDArray[np.float32]:
    """Return the selected signals of all segments, in millivolts."""
    has_segments = hasattr(header, "seg_name")
    n_frames = sum(header.seg_len) if has_segments else segments[0].n_frames
    signal = empty_signal(n_frames * rate, len(selection.signals), path)
    if has_segments:
        signal[:] = np.nan
    for segment in segments:
        here = selection
        columns = list(range(len(selection.signals)))
        if is_layout:
            names = segment.header.sig_name
            wanted = selection.names or []
            columns = [j for j in columns if wanted[j] in names]
            if not columns:
                continue
            chosen = [names.index(wanted[j]) for j in columns]
            here = select_leads(
                segment.path, names, segment.header.units, chosen, selection.units
            )
        rates = [segment.header.samps_per_frame[i] for i in here.signals]
        if any(each != rate for each in rates):
            raise damaged(segment.path, "its leads have other rates than the record")
        for first, part in _blocks(segment, here.signals, rate):
            where = slice(first * rate, first * rate + len(part))
            signal[where, columns] = part * here.factors
    return signal


def _blocks(
    segment: _Segment, signals: list[int], rate: int
) -> Iterator[tuple[int, npt.NDArray[np.float64]]]:
    """Yield the first frame of each block in the record, and its samples."""
    size = max(BLOCK // rate, 1)
    if "8" in segment.header.fmt:
        size = segment.n_frames  # Format 8 stores differences from the first sample.
    for start in range(0, segment.n_frames, size):
        end = min(start + size, segment.n_frames)
        with parsing(segment.path):
            import wfdb

            record = wfdb.rdrecord(
                str(segment.path),
                sampfrom=start,
                sampto=end,
                channels=signals,
                smooth_frames=False,
            )
            part = np.column_stack(record.e_p_signal)
        if len(part) != (end - start) * rate:
            raise damaged(segment.path, f"its samples end in frame {start + len(part)}")
        yield segment.first + start, part


def _header(path: Path) -> Any:
    """Read the header of a record and fill in defaults for each signal."""
    file = path.with_name(f"{path.name}.hea")
    size = size_of(file)
    if size > _MAX_HEADER:
        raise damaged(file, f"{size:,} bytes are too many for a header")
    with parsing(file):
        # wfdb loads matplotlib, which takes time that other formats do not need.
        import wfdb

        header = wfdb.rdheader(str(path))
        lines = [x for x in file.read_bytes().splitlines() if x.strip()[:1] not in b"#"]
    if not 0 < header.fs < math.inf or (header.sig_len or 0) < 0:
        raise damaged(file, f"its sampling rate is {header.fs}")
    if hasattr(header, "seg_name"):
        return header
    n_lines = len(getattr(header, "file_name", None) or [])
    if header.n_sig != n_lines or not n_lines:
        raise damaged(file, f"it states {header.n_sig} signals but describes {n_lines}")
    for i, line in enumerate(lines[1 : n_lines + 1]):
        # wfdb drops characters that are not ASCII, and so reads microvolts as volts.
        if _MICRO.search(line):
            header.units[i] = "uV"
    for field, default in (("samps_per_frame", 1), ("skew", 0), ("byte_offset", 0)):
        values = getattr(header, field)
        setattr(header, field, [default if x is None else x for x in values])
    if min(header.samps_per_frame) < 1:
        raise damaged(file, "a signal has no sample in a frame")
    if not all(math.isfinite(gain) and gain for gain in header.adc_gain):
        raise damaged(file, f"its gains are {header.adc_gain}")
    return header


def _segments(path: Path, header: Any) -> Iterator[_Segment]:
    """Check the segments and yield those with files."""
    file = path.with_name(f"{path.name}.hea")
    if header.n_seg != len(header.seg_name) or not header.seg_name:
        raise damaged(
            file,
            f"it states {header.n_seg} segments but describes {len(header.seg_name)}",
        )
    total = sum(header.seg_len)
    if header.sig_len is not None and header.sig_len != total:
        raise damaged(
            file, f"it states {header.sig_len} samples, but its segments {total}"
        )
    first = 0
    for number, (name, length) in enumerate(
        zip(header.seg_name, header.seg_len, strict=True)
    ):
        is_layout = number == 0 and header.layout == "variable"
        if name != "~" and not is_layout and length:
            beside = _beside(path, name)
            inner = _header(beside)
            if hasattr(inner, "seg_name"):
                raise damaged(beside, "a segment has segments of its own")
            n_frames = _n_frames(beside, inner)
            if n_frames != length or inner.fs != header.fs:
                raise damaged(
                    beside,
                    f"it has {n_frames} frames at {inner.fs:g} Hz, but the record "
                    f"states {length} at {header.fs:g} Hz",
                )
            if header.layout == "fixed" and inner.n_sig != header.n_sig:
                raise damaged(
                    beside, f"it has {inner.n_sig} signals, not {header.n_sig}"
                )
            yield _Segment(beside, inner, first, length)
        first += length


def _beside(path: Path, name: str) -> Path:
    """Return the path of a file that the header names, in the folder of the record."""
    if Path(name).name != name or name in (".", ".."):
        raise damaged(path, f"its header names {name!r}, which is not in its folder")
    return path.with_name(name)


def _n_frames(path: Path, header: Any) -> int:
    """Return the length of a record, computed from its first file if not stated."""
    if header.sig_len:
        return int(header.sig_len)
    if header.fmt[0] not in _GROUPS:
        raise damaged(path, "its header states no length")
    n_samples, n_bytes = _GROUPS[header.fmt[0]]
    size = size_of(_beside(path, header.file_name[0])) - header.byte_offset[0]
    per_frame = sum(
        rate
        for file, rate in zip(header.file_name, header.samps_per_frame, strict=True)
        if file == header.file_name[0]
    )
    return max(size, 0) * n_samples // n_bytes // per_frame


def _check_files(segment: _Segment) -> None:
    """Raise an error if files are too short, before memory is allocated."""
    header = segment.header
    if segment.n_frames < 1:
        raise damaged(segment.path, "it has no samples")
    if max(header.skew) > min(_MAX_SKEW, segment.n_frames):
        raise damaged(segment.path, f"a signal is shifted by {max(header.skew)} frames")
    files = dict.fromkeys(header.file_name)
    for name in files:
        signals = [i for i, x in enumerate(header.file_name) if x == name]
        formats = {header.fmt[i] for i in signals}
        offsets = {header.byte_offset[i] for i in signals}
        is_mixed = signals[-1] - signals[0] >= len(signals)
        if is_mixed or len(formats) > 1 or len(offsets) > 1:
            raise damaged(segment.path, f"its signals in {name} differ in their format")
        file = _beside(segment.path, name)
        size, form, offset = size_of(file), formats.pop(), offsets.pop()
        n_samples = segment.n_frames * sum(header.samps_per_frame[i] for i in signals)
        if form in _FLAC:
            with parsing(file):
                import soundfile

                there = soundfile.info(str(file)).frames - offset
            stated = segment.n_frames * header.samps_per_frame[signals[0]]
        elif form in _GROUPS:
            in_group, n_bytes = _GROUPS[form]
            there, stated = size - offset, -(-n_samples * n_bytes // in_group)
        else:
            raise damaged(segment.path, f"{name} is in the unknown format {form}")
        if there < stated:
            kind = "samples" if form in _FLAC else "bytes"
            raise damaged(
                file,
                f"it has {max(there, 0):,} {kind}, but its header states {stated:,}",
            )
