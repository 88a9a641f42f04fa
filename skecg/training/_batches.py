"""Batches gathered by index, not collated beat by beat."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

__all__ = ["BeatBatches", "BeatDataset", "as_tensor"]


class BeatDataset(Dataset):
    """Rows of a matrix of beats, held without copying it.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features), float32
        The beats.
    codes : ndarray of shape (n_rows,), int
        Their classes.
    rows : ndarray of shape (n_beats,), int
        The rows that belong to the data set.
    """

    def __init__(self, X: np.ndarray, codes: np.ndarray, rows: np.ndarray) -> None:
        self.X = as_tensor(X)
        self.y = torch.from_numpy(codes.astype(np.int64))
        self.rows = torch.from_numpy(rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: Any) -> tuple[Tensor, Tensor]:
        rows = self.rows[index]
        return self.X[rows], self.y[rows]


class BeatBatches:
    """Iterate over a :class:`BeatDataset` in batches; skorch's iterator.

    Parameters
    ----------
    dataset : BeatDataset
        The beats.
    batch_size : int
        Beats in a batch; the last one may be smaller.
    shuffle : bool, default=False
        Whether each pass has an order of its own.
    """

    def __init__(
        self, dataset: BeatDataset, batch_size: int, shuffle: bool = False
    ) -> None:
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle

    def __len__(self) -> int:
        return -(-len(self.dataset) // self.batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        n_beats = len(self.dataset)
        order = torch.randperm(n_beats) if self.shuffle else torch.arange(n_beats)
        for index in order.split(self.batch_size):
            yield self.dataset[index]


def as_tensor(array: np.ndarray) -> Tensor:
    """Return a tensor that shares the memory of an array, which may be read-only."""
    if array.flags.writeable:
        return torch.from_numpy(array)
    # torch warns of a read-only array (a memmap of joblib's, say).
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*not writable")
        return torch.from_numpy(array)
