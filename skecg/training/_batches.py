"""Batches gathered by index, not collated beat by beat."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Dataset


class BeatDataset(Dataset):
    """Rows of a matrix of beats, held without copying it.

    Parameters
    ----------
    X : Tensor of shape (n_rows, n_features)
        The beats.
    y : Tensor of shape (n_rows,)
        Their class codes.
    rows : Tensor of shape (n_beats,)
        The rows that belong to the data set.
    """

    def __init__(self, X: Tensor, y: Tensor, rows: Tensor) -> None:
        self.X = X
        self.y = y
        self.rows = rows

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
