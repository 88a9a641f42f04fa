"""Reader of EDF and EDF+ files, based on edfio."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from skecg.recordings._limits import BLOCK
from skecg.recordings._memory import empty_signal
from skecg.recordings._recording import Recording
from skecg.recordings._selection import select_leads
from skecg.recordings._sources import damaged, parsing, size_of

__all__ = ["read_edf"]


def read_edf(path: Path, leads: Any, units: str | None) -> Recording:
    """Read an EDF or EDF+ file.

    Parameters
    ----------
    path : Path
        The file.
    leads : sequence of str or int, or None
        The signals to read.
    units : str or None
        The unit of signals without a stated unit.

    Returns
    -------
    Recording
        The recording.

    Raises
    ------
    ValueError
        If the file is damaged, has gaps (EDF+D), or has no lead.
    ImportError
        If edfio is not installed.
    """
    size_of(path)
    try:
        import edfio
    except ImportError as error:
        raise ImportError(
            "EDF files require edfio, which is not installed; run "
            "pip install 'skecg[edf]'."
        ) from error
    with parsing(path):
        # Latin-1 decodes any byte, such as a micro sign, which is not ASCII.
        edf = edfio.read_edf(path, lazy_load_data=True, header_encoding="latin-1")
        signals = edf.signals
        labels = [_text(signal.label) for signal in signals]
        stated = [_text(signal.physical_dimension) for signal in signals]
        is_continuous = not edf.reserved.startswith("EDF+D") or edf.is_continuous
    if not is_continuous:
        raise ValueError(
            f"path must be a recording without gaps, but {path.name} is an EDF+D file "
            "with gaps; split it into continuous files."
        )
    selection = select_leads(path, labels, stated, leads, units)
    chosen = [signals[i] for i in selection.signals]
    rates = {signal.sampling_frequency for signal in chosen}
    if len(rates) > 1:
        found = [
            f"{labels[i]} {signals[i].sampling_frequency:g}" for i in selection.signals
        ]
        raise ValueError(
            f"leads must have the same sampling rate, but those of {path.name} have "
            f"{', '.join(found)} Hz; choose leads of one rate."
        )
    fs = rates.pop()
    with parsing(path):
        n_samples = edf.num_data_records * chosen[0].samples_per_data_record
        # edfio returns raw values for a signal without a range.
        ranges = [(*s.physical_range, *s.digital_range) for s in chosen]
    if not np.isfinite(ranges).all() or not 0 < fs < np.inf:
        raise damaged(path, f"its signals have the ranges {ranges} at {fs:g} Hz")
    data = empty_signal(n_samples, len(chosen), path)
    for start in range(0, n_samples, BLOCK):
        end = min(start + BLOCK, n_samples)
        for column, signal in enumerate(chosen):
            with parsing(path):
                part = signal.get_data_slice(start / fs, end / fs)
            data[start:end, column] = part * selection.factors[column]
    return Recording(
        data,
        fs,
        leads=selection.names,
        units=selection.units,
        start=_start(edf),
        name=path.stem,
    )


def _text(latin: str) -> str:
    """Decode text that was read as Latin-1 but may be UTF-8, as one printable line."""
    try:
        text = latin.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        text = latin
    return "".join(x if x.isprintable() else "?" for x in text)


def _start(edf: Any) -> Any:
    """Return the start of a recording; None if its date is unknown or invalid."""
    try:
        with parsing(Path("start")):
            return edf.startdatetime
    except ValueError:
        return None
