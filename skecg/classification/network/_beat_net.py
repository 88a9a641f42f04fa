"""A skorch net that reads rows of X in batches and reshapes them into beats."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from skorch import NeuralNetClassifier
from skorch.dataset import Dataset
from torch import Tensor

__all__ = ["BeatBatches", "BeatDataset", "BeatNet", "as_tensor"]


class BeatDataset(Dataset):
    """Rows of a matrix of beats, without copying the matrix.

    Parameters
    ----------
    X : array-like of shape (n_rows, n_features)
        The beats; an array of float32 is not copied.
    y : array-like of shape (n_rows,) or None, default=None
        Their class codes; None means 0 for each row, as in prediction.
    rows : ndarray of int, or None, default=None
        The rows that belong to the data set; None for all.
    """

    # Do not call skorch's __init__, which would set X and y; they are properties here.
    def __init__(self, X: Any, y: Any = None, rows: np.ndarray | None = None) -> None:
        matrix = X if isinstance(X, Tensor) else as_tensor(np.asarray(X, np.float32))
        codes = np.zeros(len(matrix)) if y is None else y
        self.matrix = matrix
        self.codes = torch.from_numpy(np.asarray(codes).astype(np.int64))
        self.rows = (
            torch.arange(len(matrix)) if rows is None else torch.from_numpy(rows)
        )

    @property
    def X(self) -> Tensor:
        """The rows of the data set, for skorch's scoring callbacks."""
        return self.matrix[self.rows]

    @property
    def y(self) -> Tensor:
        """The class codes of these rows."""
        return self.codes[self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: Any) -> tuple[Tensor, Tensor]:
        rows = self.rows[index]
        return self.matrix[rows], self.codes[rows]


class BeatBatches:
    """Iterate over a :class:`BeatDataset` in batches, gathered by index.

    Parameters
    ----------
    dataset : BeatDataset
        The beats.
    batch_size : int
        Beats in a batch; the last one may be smaller.
    shuffle : bool, default=False
        Whether to shuffle the rows in each pass.
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


class BeatNet(NeuralNetClassifier):
    """A skorch classifier whose module reads beats as (batch, channels, samples).

    Parameters
    ----------
    *args
        Passed to :class:`skorch.NeuralNetClassifier`.
    n_channels : int, default=1
        Number of leads of a beat.
    n_aux_features : int, default=0
        Number of columns at the end of a row that are not samples.
    augment : callable or None, default=None
        Takes the training beats of a batch, returns augmented ones.
    autocast : torch.dtype or None, default=None
        The number format of convolutions and matrix products in training.
    frozen : bool, default=False
        Whether all of the module except its head stays in evaluation mode during
        training: batch normalisation keeps its statistics and dropout is off. The
        attribute ``head_name`` must then be set.
    dataset, iterator_train, iterator_valid : class
        The classes that turn rows into batches.
    **kwargs
        Passed to :class:`skorch.NeuralNetClassifier`.
    """

    def __init__(
        self,
        *args: Any,
        n_channels: int = 1,
        n_aux_features: int = 0,
        augment: Callable[[Tensor], Tensor] | None = None,
        autocast: torch.dtype | None = None,
        frozen: bool = False,
        dataset: Any = BeatDataset,
        iterator_train: Any = BeatBatches,
        iterator_valid: Any = BeatBatches,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            *args,
            dataset=dataset,
            iterator_train=iterator_train,
            iterator_valid=iterator_valid,
            **kwargs,
        )
        self.n_channels = n_channels
        self.n_aux_features = n_aux_features
        self.augment = augment
        self.autocast = autocast
        self.frozen = frozen
        self.head_name = ""

    def initialize_optimizer(self, *args: Any, **kwargs: Any) -> BeatNet:
        """Initialize the optimizer, unless it is None.

        A net that only predicts has no optimizer, because torch's optimizers import its
        compiler, which takes a second and 70 MB.

        Parameters
        ----------
        *args, **kwargs
            The arguments from skorch.

        Returns
        -------
        BeatNet
            The net itself.
        """
        if self.optimizer is None:
            self.optimizer_ = None
            return self
        return super().initialize_optimizer(*args, **kwargs)

    @property
    def _default_callbacks(self) -> list[Any]:
        # BestEpoch replaces skorch's callbacks for scores and time.
        return []

    def infer(self, x: Tensor, **fit_params: Any) -> Tensor:
        """Return the module's logits for rows of X.

        Parameters
        ----------
        x : Tensor of shape (n_beats, n_channels * n_samples + n_aux_features)
            Rows of X.
        **fit_params
            Passed to the module.

        Returns
        -------
        Tensor of shape (n_beats, n_classes)
            The logits.
        """
        beats, *aux = self.module_inputs(x.to(self.device))
        if self.module_.training:
            if self.frozen:
                self._freeze_body()
            if self.augment is not None:
                beats = _augmented(self.augment(beats), beats)
        with torch.autocast(
            beats.device.type, dtype=self.autocast, enabled=self.autocast is not None
        ):
            logits = self.module_(beats, *aux, **fit_params)
        if self.classes is not None and logits.shape[1:] != (len(self.classes),):
            raise ValueError(
                f"module must return a logit for each of {len(self.classes)} classes, "
                f"got shape {tuple(logits.shape)} for {len(beats)} beats; end it with "
                "a layer of n_classes outputs."
            )
        return logits.float()

    def _freeze_body(self) -> None:
        self.module_.eval()
        self.module_.get_submodule(self.head_name).train()
        # The module as a whole stays in training mode, which skorch sets per step.
        self.module_.training = True

    def module_inputs(self, x: Tensor) -> tuple[Tensor, ...]:
        """Reshape rows of X into the inputs of the module.

        Parameters
        ----------
        x : Tensor of shape (n_beats, n_channels * n_samples + n_aux_features)
            Rows of X.

        Returns
        -------
        beats : Tensor of shape (n_beats, n_channels, n_samples)
            The beats.
        aux : Tensor of shape (n_beats, n_aux_features)
            The auxiliary columns, if there are any.
        """
        n_values = x.shape[1] - self.n_aux_features
        beats = x[:, :n_values].unflatten(1, (self.n_channels, -1))
        return (beats, x[:, n_values:]) if self.n_aux_features else (beats,)


def _augmented(others: Any, beats: Tensor) -> Tensor:
    """Return the output of a user's augmentation after checking its shape."""
    if isinstance(others, Tensor) and others.shape == beats.shape:
        return others
    came = tuple(others.shape) if isinstance(others, Tensor) else type(others).__name__
    raise ValueError(
        f"augment must return a tensor of shape {tuple(beats.shape)}, as its input, "
        f"got {came}; return the same number of beats, of the same length."
    )


def as_tensor(array: np.ndarray) -> Tensor:
    """Return a tensor that shares the memory of an array, which may be read-only."""
    if min(array.strides) < 0:
        # torch refuses negative strides, which a contiguous single row may have.
        array = array.copy()
    if array.flags.writeable:
        return torch.from_numpy(array)
    # torch warns about read-only arrays, such as joblib's memory maps.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*not writable")
        return torch.from_numpy(array)
