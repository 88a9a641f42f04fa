"""Readers of tables of samples in text (CSV) and Parquet files."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.recordings._frames import column_roles, numbers_of
from skecg.recordings._limits import BLOCK
from skecg.recordings._memory import empty_signal
from skecg.recordings._recording import Recording, checked_fs
from skecg.recordings._sources import damaged, parsing, size_of
from skecg.recordings._times import fs_and_start, parsed_times
from skecg.recordings._units import in_millivolts

__all__ = ["read_csv", "read_parquet"]

Values = npt.NDArray[Any]
# Number of bytes from the start of a text file that must contain the header.
_HEAD = 1 << 16
# Number of rows that are read to distinguish leads from times.
_FIRST_ROWS = 1000
_COMMA = re.compile(r"[-+]?\d*,\d+")


def read_csv(path: Path, fs: float | None, leads: Any, units: str | None) -> Recording:
    """Read a text table with one row per sample, with or without a header.

    Parameters
    ----------
    path : Path
        The file, with columns separated by commas, semicolons, tabs or blanks.
    fs : float or None
        The sampling rate; None computes it from a column of times.
    leads : sequence of str or int, or None
        The columns to read, by name, or by number without counting times.
    units : str or None
        The unit of leads without a stated unit.

    Returns
    -------
    Recording
        The recording.

    Raises
    ------
    ValueError
        If the table is damaged, its leads are not numbers, or the sampling rate is
        unknown.
    """
    size_of(path)
    style = _style(path)
    with parsing(path), path.open("rb") as file:
        n_lines = sum(
            part.count(b"\n") + part.count(b"\r")
            for part in iter(lambda: file.read(1 << 24), b"")
        )

    def blocks(columns: list[int] | None, size: int) -> Iterator[list[Values]]:
        import pandas as pd

        with parsing(path):
            reader = pd.read_csv(
                path,
                sep=style.separator,
                decimal=style.decimal,
                header=None,
                names=range(len(style.names)),
                index_col=False,
                skiprows=style.n_skipped,
                skipinitialspace=True,
                usecols=columns,
                chunksize=size,
                low_memory=False,
                encoding_errors="strict",
            )
        with reader:
            while True:
                with parsing(path):
                    part = next(reader, None)
                if part is None:
                    return
                yield [part[column].to_numpy() for column in part]

    table = _Table(path, style.names, style.units, blocks, n_lines + 1)
    return _recording(table, fs, leads, units)


def read_parquet(
    path: Path, fs: float | None, leads: Any, units: str | None
) -> Recording:
    """Read a Parquet table with one row per sample.

    Parameters
    ----------
    path : Path
        The file.
    fs : float or None
        The sampling rate; None computes it from a column of times.
    leads : sequence of str or int, or None
        The columns to read, by name, or by number without counting times.
    units : str or None
        The unit of leads without a stated unit.

    Returns
    -------
    Recording
        The recording.

    Raises
    ------
    ValueError
        If the table is damaged, its leads are not numbers, or the sampling rate is
        unknown.
    ImportError
        If pyarrow is not installed.
    """
    size_of(path)
    try:
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ImportError(
            "Parquet files require pyarrow, which is not installed; run "
            "pip install 'skecg[parquet]'."
        ) from error
    with parsing(path):
        file = pq.ParquetFile(path, pre_buffer=False)
        schema = file.schema_arrow
        names, n_rows = list(schema.names), file.metadata.num_rows
        is_zoned = any(getattr(field.type, "tz", None) for field in schema)

    def blocks(columns: list[int] | None, size: int) -> Iterator[list[Values]]:
        with parsing(path):
            chosen = None if columns is None else [names[i] for i in columns]
            batches = file.iter_batches(batch_size=size, columns=chosen)
        while True:
            with parsing(path):
                batch = next(batches, None)
                part = batch and [
                    batch.column(name).to_numpy(zero_copy_only=False)
                    for name in chosen or names
                ]
            if part is None:
                return
            yield part

    with file:
        table = _Table(path, names, None, blocks, n_rows, UTC if is_zoned else None)
        return _recording(table, fs, leads, units)


@dataclass(frozen=True)
class _Table:
    """A table that is read in blocks of columns, with an upper limit of its rows."""

    path: Path
    names: list[Any]
    stated: list[str | None] | None
    blocks: Callable[[list[int] | None, int], Iterator[list[Values]]]
    most_rows: int
    zone: tzinfo | None = None


def _recording(
    table: _Table, fs: float | None, leads: Any, units: str | None
) -> Recording:
    """Read the recording in a table."""
    path, names, most_rows = table.path, table.names, table.most_rows
    if len(set(names)) < len(names):
        raise ValueError(
            f"path must name each lead once, but {path.name} has the columns {names}; "
            "rename them."
        )
    first = next(table.blocks(None, _FIRST_ROWS), None)
    if first is None:
        raise damaged(path, "it has no rows")
    roles = column_roles(names, lambda i: first[i], leads, table.stated)
    if fs is None and roles.times is None:
        checked_fs(None)
    columns = sorted({*roles.leads, *([] if roles.times is None else [roles.times])})
    signal = empty_signal(most_rows, len(roles.leads), path)
    times, zone = None, table.zone
    n_rows = 0
    for part in table.blocks(columns, BLOCK):
        values = dict(zip(columns, part, strict=True))
        where = slice(n_rows, n_rows + len(part[0]))
        if where.stop > most_rows:
            raise damaged(path, f"it has more than {most_rows} rows")
        for j, factor in enumerate(roles.filled_factors(units)):
            number = roles.leads[j]
            signal[where, j] = numbers_of(names[number], values[number]) * factor
        if roles.times is not None:
            found, seen = parsed_times(names[roles.times], values[roles.times])
            zone = seen or zone
            if times is None:
                times = np.empty(most_rows, dtype=found.dtype)
            times[where] = found.astype(times.dtype)
        n_rows = where.stop
    start = None
    if roles.times is not None and times is not None:
        fs, start = fs_and_start(names[roles.times], times[:n_rows], zone, fs)
    return Recording(
        signal[:n_rows],
        fs,
        leads=roles.known_names,
        units=roles.units(units),
        start=start,
        name=path.stem,
    )


@dataclass(frozen=True)
class _Style:
    """Format of a text table."""

    separator: str
    decimal: str
    names: list[Any]
    units: list[str | None] | None
    n_skipped: int


def _style(path: Path) -> _Style:
    """Determine the format of a text table from its first lines."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if b"\0" in head:
        raise damaged(path, "it is not a text file")
    if len(head) == _HEAD:  # The last line may be incomplete.
        head = head[: head.rfind(b"\n") + 1]
    with parsing(path):
        all_lines = head.decode("utf-8-sig").splitlines()
    n_skipped = next(
        (i for i, x in enumerate(all_lines) if x.strip() and x.lstrip()[0] not in "#%"),
        len(all_lines),
    )
    lines = all_lines[n_skipped:]
    if not lines:
        raise damaged(path, "it has no line of samples in its first 64 KiB")
    separator = max(";\t,", key=lines[0].count)
    if separator not in lines[0] and len(lines[:3][-1].split()) > 1:
        separator, rows = r"\s+", [line.split() for line in lines[:3]]
    else:
        rows = list(csv.reader(lines[:3], delimiter=separator, skipinitialspace=True))
    cells = [cell.strip() for cell in rows[-1]]
    is_comma = separator != "," and any(_COMMA.fullmatch(cell) for cell in cells)
    names: list[Any] = list(range(len(rows[0])))
    units = None
    if not any(_is_number(cell, is_comma) for cell in rows[0]):
        names, n_skipped = [cell.strip("' ") for cell in rows[0]], n_skipped + 1
        # In PhysioNet's tables, the second line contains units.
        second = [cell.strip("' ") for cell in rows[1]] if len(rows) > 1 else []
        if any(in_millivolts(cell) is not None for cell in second):
            units, n_skipped = [cell or None for cell in second], n_skipped + 1
    if units is not None and len(units) != len(names):
        raise damaged(path, f"it has {len(names)} columns but {len(units)} units")
    return _Style(separator, "," if is_comma else ".", names, units, n_skipped)


def _is_number(cell: str, is_comma: bool) -> bool:
    """Return whether a cell is a number or a time, and not a name."""
    text = cell.strip("' ").replace(",", "." if is_comma else ",")
    return bool(re.match(r"[-+]?\.?\d", text)) or text.lower() in ("nan", "-inf", "inf")
