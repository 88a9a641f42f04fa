"""The split of the MIT-BIH beats into the public training and test files.

The public set (``mitbih_train.csv`` and ``mitbih_test.csv``, Kachuee et al.
2018) does not state the record of its rows. The rules in
:func:`skecg.signal.extract_beats`, applied to PhysioNet's 48 records, give
109,446 beats, as many as the two files have rows. Any two of these beats differ
by more than 0.016 in some sample, so the samples of a row identify its beat.
A public excerpt of all 21,892 test rows was compared with the beats. Each row
equals exactly one beat, to the last printed digit of the excerpt, and
``_kaggle_split.txt`` lists these beats. The other beats are the training rows:
ten published training rows agree to 3e-8, and the class sizes
(72,471 / 2,223 / 5,788 / 641 / 6,431) equal the published ones.

With the two files, this can be checked in a minute::

    csv = pandas.read_csv("mitbih_test.csv", header=None).to_numpy()
    match_kaggle_rows(csv[:, :187]).subset.value_counts()  # test: 21892

The text file has one line per record: its name, its number of beats, and one bit
per beat in order of time (1 = test), padded to whole bytes, in base64.
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
    """Return a mask of the record's beats that are in the public test file.

    Parameters
    ----------
    record : str
        The name of an MIT-BIH record.

    Returns
    -------
    ndarray of shape (n_beats,), bool
        The beats in order of time: True if the beat is in ``mitbih_test.csv``, False
        if it is in ``mitbih_train.csv``.
    """
    n_beats, bits = _lines()[record]
    packed = np.frombuffer(base64.b64decode(bits), dtype=np.uint8)
    return np.unpackbits(packed, count=n_beats).astype(bool)
