"""Which beats of MIT-BIH the public heartbeat set keeps for its test.

The public set (``mitbih_train.csv`` and ``mitbih_test.csv``, Kachuee et al.
2018) does not say whose beats its rows are. The rules in
:func:`skecg.signal.extract_beats`, applied to PhysioNet's 48 records, give
109,446 beats, as many as the two files have rows. No two of these beats are
alike: in any two, some sample differs by more than 0.016. A row is therefore
known by its numbers. A public excerpt of all 21,892 test rows was compared
with them; each row is exactly one beat, to the excerpt's last printed digit,
and that set of beats is what ``_kaggle_split.txt`` holds. The training rows
are the others: ten of them that stand in public agree to 3e-8, and the class
sizes (72,471 / 2,223 / 5,788 / 641 / 6,431) are the published ones.

Whoever has the two files can check it in a minute::

    csv = pandas.read_csv("mitbih_test.csv", header=None).to_numpy()
    match_kaggle_rows(csv[:, :187]).subset.value_counts()  # test: 21892

The file has a line a record: its name, its number of beats, and in base64 one
bit a beat in order of time, padded to whole bytes, 1 = test.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

__all__ = ["in_test_file"]


@cache
def _lines() -> dict[str, tuple[int, str]]:
    text = files("skecg.datasets").joinpath("_kaggle_split.txt").read_text("ascii")
    lines = (line.split() for line in text.splitlines())
    return {record: (int(n_beats), bits) for record, n_beats, bits in lines}


def in_test_file(record: str) -> npt.NDArray[np.bool_]:
    """Return which of a record's beats, in order of time, are public test rows.

    Parameters
    ----------
    record : str
        The name of an MIT-BIH record.

    Returns
    -------
    ndarray of shape (n_beats,), bool
        True where the beat is in ``mitbih_test.csv``, False where it is in
        ``mitbih_train.csv``.
    """
    n_beats, bits = _lines()[record]
    packed = np.frombuffer(base64.b64decode(bits), dtype=np.uint8)
    return np.unpackbits(packed, count=n_beats).astype(bool)
