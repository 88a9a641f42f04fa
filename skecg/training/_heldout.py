"""Hold out distinct rows, so that copies of a beat never face each other."""

from hashlib import blake2b

import numpy as np

__all__ = ["MIN_HELD_OUT", "held_out_rows"]

MIN_HELD_OUT = 5
"""Distinct held-out rows that each class needs for a score to mean anything."""


def held_out_rows(
    X: np.ndarray,
    y: np.ndarray,
    fraction: float,
    random_state: np.random.RandomState,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Split rows in two so that all copies of a row fall on one side.

    The split is drawn over distinct rows, stratified by class. The held-out
    side counts each distinct row (and label) once; the training side keeps all
    of its copies.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
        The rows, C-contiguous.
    y : ndarray of shape (n_rows,)
        Class codes from 0 to ``n_classes - 1``.
    fraction : float
        Share of each class's distinct rows to hold out.
    random_state : RandomState instance
        Draws the rows.

    Returns
    -------
    train : ndarray of int
        Row numbers of the training side, in order.
    held_out : ndarray of int
        Row numbers of the held-out side, in order; empty where a class would
        have fewer than `MIN_HELD_OUT`.
    smallest : int
        How many rows the smallest class would have held out.

    Examples
    --------
    >>> import numpy as np
    >>> from skecg.training._heldout import held_out_rows
    >>> X = np.repeat(np.arange(100.0), 3).reshape(-1, 1)
    >>> y = np.repeat([0, 1], 150)
    >>> rng = np.random.RandomState(0)
    >>> train, held_out, smallest = held_out_rows(X, y, 0.1, rng)
    >>> len(train), len(held_out), smallest
    (270, 10, 5)
    >>> np.intersect1d(X[train], X[held_out]).size
    0
    """
    # Rows are told apart by a digest, as sorting them would copy X twice.
    digests = b"".join(blake2b(row, digest_size=16).digest() for row in X)
    keys = np.frombuffer(digests, dtype="V16")
    _, first, row_of = np.unique(keys, return_index=True, return_inverse=True)
    label_of = y[first]
    chosen = np.zeros(len(first), dtype=bool)
    sizes = []
    for label in range(y.max() + 1):
        members = np.flatnonzero(label_of == label)
        # At least one stays to be learned from, however large the fraction.
        sizes.append(min(round(fraction * len(members)), len(members) - 1))
        chosen[random_state.permutation(members)[: sizes[-1]]] = True
    everything = np.arange(len(y))
    if min(sizes) < MIN_HELD_OUT:
        return everything, everything[:0], min(sizes)
    held_out = everything[chosen[row_of]]
    # One row for each distinct (row, label): a copy says nothing new.
    key = row_of[held_out] * (y.max() + 1) + y[held_out]
    _, once = np.unique(key, return_index=True)
    return everything[~chosen[row_of]], np.sort(held_out[once]), min(sizes)
