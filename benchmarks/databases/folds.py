"""The records of two databases, divided into folds by subject."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from skecg import mitdb, svdb
from skecg.datasets import fetch_mitdb, fetch_svdb

__all__ = ["DATABASES", "N_FOLDS", "folds_of", "read_records"]

DATABASES = {"DS1": mitdb.DS1, "SVDB": svdb.EVEN_RECORDS}
"""Mapping from the name in the tables to the records, all of different subjects."""

N_FOLDS = 5


def folds_of(draw: int) -> list[dict[str, list[str]]]:
    """Divide the records of each database into folds.

    Parameters
    ----------
    draw : int
        The number of the draw. The records are shuffled with the seed 100 + draw.

    Returns
    -------
    list of dict of str to list of str
        The test records of each database, for each fold.
    """
    random = np.random.default_rng(100 + draw)
    shuffled = {name: random.permutation(x).tolist() for name, x in DATABASES.items()}
    return [
        {name: records[fold::N_FOLDS] for name, records in shuffled.items()}
        for fold in range(N_FOLDS)
    ]


def read_records(records: Sequence[str]) -> tuple[list[str], list[Any]]:
    """Return the paths and the annotations of records of either database."""
    # Imported here, because the import issues warnings of pandas, errors in the tests.
    import wfdb

    paths = [str(_folder(record in mitdb.RECORDS) / record) for record in records]
    return paths, [wfdb.rdann(path, "atr") for path in paths]


@cache
def _folder(is_mitdb: bool) -> Path:
    """Return the folder of the files of a database, fetched and verified once."""
    if is_mitdb:
        return Path(fetch_mitdb(DATABASES["DS1"]).path)
    return Path(fetch_svdb(DATABASES["SVDB"]).path)
