"""Immutable settings of a fit: the architecture and the training."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from skecg.modules import CNN1D, ResidualCNN
from skecg.signal import Layout

__all__ = ["Architecture", "TrainingSettings"]


@dataclass(frozen=True)
class Architecture:
    """The description of a network, from which it can be built again.

    Attributes
    ----------
    module : callable
        Returns the network.
    arguments : mapping of str to object
        The network's own parameters, such as its numbers of filters.
    n_channels, n_samples, n_aux_features : int
        The composition of a row: leads, samples per lead, auxiliary columns.
    n_classes : int
        Number of outputs of the network.
    layout : Layout or None
        The layout of the rows, if the classifier has one.
    """

    module: Callable[..., torch.nn.Module]
    arguments: Mapping[str, Any]
    n_channels: int
    n_samples: int
    n_aux_features: int
    n_classes: int
    layout: Layout | None

    @property
    def is_filled_by_weights(self) -> bool:
        """Whether the state dict contains all values of the network.

        If so, the network can be built without values before a state dict is loaded.
        """
        return self.module in (CNN1D, ResidualCNN)

    def build(self) -> torch.nn.Module:
        """Return a new network, with random weights.

        Returns
        -------
        torch.nn.Module
            The network.

        Raises
        ------
        ValueError
            If `module` is a network instead of a callable that returns one, takes other
            arguments, or does not return a network.
        """
        if isinstance(self.module, torch.nn.Module):
            name = type(self.module).__name__
            raise ValueError(
                "module must be a class or a function that returns a network, got the "
                f"network {name}(...); pass {name} itself."
            )
        known = {
            "n_channels": self.n_channels,
            "n_samples": self.n_samples,
            "n_classes": self.n_classes,
            "n_aux_features": self.n_aux_features,
            **self.arguments,
        }
        try:
            signature = inspect.signature(self.module)
            if not any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values()):
                names = known.keys() & signature.parameters.keys()
                known = {name: known[name] for name in names}
            signature.bind(**known)
        except (TypeError, ValueError) as error:
            raise ValueError(
                "module must take any of n_channels, n_samples, n_classes and "
                "n_aux_features, and no other argument without a default "
                f"({error}); set other arguments with functools.partial."
            ) from error
        network = self.module(**known)
        if not isinstance(network, torch.nn.Module):
            raise ValueError(
                "module must return a torch.nn.Module, got "
                f"{type(network).__name__}; pass the network's class."
            )
        # Convolutions over (1, n_samples) are faster in the channels-last format.
        return network.to(memory_format=torch.channels_last)

    def example_inputs(self, device: torch.device) -> tuple[torch.Tensor, ...]:
        """Return beats of zeros, for a trial forward pass.

        Parameters
        ----------
        device : torch.device
            The device of the network.

        Returns
        -------
        tuple of Tensor
            Two beats and, if there are any, their auxiliary features.
        """
        beats = torch.zeros(2, self.n_channels, self.n_samples, device=device)
        aux = torch.zeros(2, self.n_aux_features, device=device)
        return (beats, aux) if self.n_aux_features else (beats,)


@dataclass(frozen=True)
class TrainingSettings:
    """The settings of a training; see the parameters of the same names.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        The labels.
    class_weights : ndarray of shape (n_classes,)
        The weight of each class in the loss.
    optimizer : callable
        Takes parameters and ``lr``.
    scorer : callable or None
        ``scorer(estimator, X, y)``; None scores by the loss.
    autocast : torch.dtype or None
        The number format of convolutions and matrix products; None keeps float32.
    previous_weights : mapping of str to Tensor, or None
        The weights that a warm start continues from.
    max_epochs, batch_size, lr, lr_schedule, label_smoothing, augment, patience, \
callbacks, device, pretrained, freeze, verbose
        As in the network classifiers.
    """

    classes: np.ndarray
    class_weights: np.ndarray
    max_epochs: int
    batch_size: int
    lr: float
    optimizer: Callable[..., Any]
    lr_schedule: str | None
    label_smoothing: float
    augment: Callable[..., Any] | None
    scorer: Callable[..., float] | None
    patience: int | None
    callbacks: Sequence[Any]
    autocast: torch.dtype | None
    device: torch.device
    previous_weights: Mapping[str, torch.Tensor] | None
    pretrained: Any
    freeze: bool
    verbose: int
