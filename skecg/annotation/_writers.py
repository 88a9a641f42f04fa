"""Writers of annotation files, which replace a file in one atomic step."""

from __future__ import annotations

import io
import os
import re
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from skecg._files import expanded_path, whole_file

__all__ = ["write_csv", "write_parquet", "write_wfdb"]


def write_wfdb(
    table: pd.DataFrame, fs: float, path: str | os.PathLike[str], extension: str
) -> Path:
    """Write beats as a WFDB annotation file."""
    record = expanded_path("path", path)
    if not re.fullmatch(r"[-\w]+", record.name, re.ASCII):
        raise ValueError(
            "path must end with a record name of letters, digits, hyphens and "
            f"underscores, got {record.name!r}; leave out the suffix."
        )
    if not isinstance(extension, str) or not re.fullmatch("[A-Za-z]+", extension):
        raise ValueError(
            f"extension must be letters only, got {extension!r}; for example, pass "
            "'skecg'."
        )
    target = record.with_name(f"{record.name}.{extension}")
    content = _wfdb_bytes(table, fs)
    with whole_file(target) as file:
        file.write(content)
    return target


def write_csv(table: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    """Write a table as CSV."""
    with whole_file(path) as file:
        table.to_csv(file, index=False, encoding="utf-8", lineterminator="\n")
    return expanded_path("path", path)


def write_parquet(table: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    """Write a table as Parquet."""
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "to_parquet needs pyarrow; install it with pip install 'skecg[parquet]', "
            "or write CSV."
        ) from error
    content = io.BytesIO()
    table.to_parquet(content, engine="pyarrow", index=False)
    with whole_file(path) as file:
        file.write(content.getbuffer())
    return expanded_path("path", path)


def _wfdb_bytes(table: pd.DataFrame, fs: float) -> bytes:
    """Return the content of an annotation file."""
    if table.empty:
        # wfdb does not write files without annotations. Two zero bytes end every file.
        return b"\0\0"
    with warnings.catch_warnings():
        # wfdb 4.3 calls functions that pandas 3.1 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        import wfdb

        with tempfile.TemporaryDirectory() as folder:
            wfdb.wrann(
                "x",
                "skecg",
                table["sample"].to_numpy(np.int64),
                symbol=table["class"].tolist(),
                aux_note=table["reason"].tolist(),
                fs=fs,
                write_dir=folder,
            )
            return (Path(folder) / "x.skecg").read_bytes()
