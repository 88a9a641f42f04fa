"""The identity of a fit: the configuration and data that determine its result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import torch
from sklearn.frozen import FrozenEstimator

from skecg.classification.network._description import describe
from skecg.classification.network._device import autocast_dtype
from skecg.classification.network._find_network import find_network

__all__ = ["FitIdentity", "fit_identity"]

_NO_EFFECT = {"checkpoint_dir", "verbose"}
"""Parameters that do not change the result of a fit."""

_SHORT = 20
"""The most characters of a description that a message shows."""


@dataclass(frozen=True)
class FitIdentity:
    """Descriptions of everything that determines the result of a fit.

    Attributes
    ----------
    configuration : dict of str to str
        The class and the parameters of the classifier, the device, the number format,
        and the weights that the fit starts from.
    data : dict of str to str
        The beats and classes passed to ``fit``.
    """

    configuration: dict[str, str]
    data: dict[str, str]

    def token(self, number: int) -> str:
        """Return a name of 16 characters for the fit with this number.

        Parameters
        ----------
        number : int
            Distinguishes identical fits that run at the same time.

        Returns
        -------
        str
            Hexadecimal digits.
        """
        text = json.dumps([asdict(self), number], sort_keys=True)
        return blake2b(text.encode(), digest_size=8).hexdigest()

    def difference(self, other: FitIdentity) -> str:
        """Return the differences from another fit as text.

        Parameters
        ----------
        other : FitIdentity
            The other fit.

        Returns
        -------
        str
            The names, with short values; empty if nothing differs.
        """
        parts = []
        for name in {**self.configuration, **other.configuration}:
            here = self.configuration.get(name, "none")
            there = other.configuration.get(name, "none")
            if here != there:
                is_short = max(len(here), len(there)) <= _SHORT
                values = f" ({there} there, {here} here)" if is_short else ""
                parts.append(name + values)
        names = {**self.data, **other.data}
        parts += [k for k in names if self.data.get(k) != other.data.get(k)]
        return ", ".join(parts)


def fit_identity(
    clf: Any,
    beats: np.ndarray,
    labels: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray] | None,
    *,
    seed: int,
    device: torch.device,
    previous_weights: Mapping[str, torch.Tensor] | None,
) -> FitIdentity:
    """Describe everything that determines the result of a fit.

    Parameters
    ----------
    clf : NetworkClassifier
        The classifier.
    beats : ndarray of shape (n_rows, n_features), float32
        The beats.
    labels : tuple of two ndarrays
        The classes, and the class of each row as a position among them.
    validation : tuple of two ndarrays, or None
        The beats that the user holds out, and their labels.
    seed : int
        The seed drawn from ``random_state``. It is left out if ``random_state`` is
        None, so that the next fit finds the checkpoint, which contains the seed.
    device : torch.device
        The device that the fit runs on.
    previous_weights : mapping of str to Tensor, or None
        The weights that a warm start continues from.

    Returns
    -------
    FitIdentity
        The description.
    """
    params = clf.get_params(deep=False)
    for name in _NO_EFFECT & params.keys():
        del params[name]
    params["class"] = type(clf)
    params["device"] = str(device)
    params["precision"] = str(autocast_dtype(clf.precision, device))
    params["pretrained"] = _source(clf.pretrained)
    params["random_state"] = None if clf.random_state is None else seed
    params["weights of the last fit"] = previous_weights
    data = {"X": beats, "y": labels}
    if validation is not None:
        data["X_val"], data["y_val"] = validation
    return FitIdentity(
        {name: describe(value) for name, value in sorted(params.items())},
        {name: describe(value) for name, value in data.items()},
    )


def _source(pretrained: Any) -> Any:
    """Return the classes and weights that a fit takes from a pretrained classifier."""
    if not isinstance(pretrained, FrozenEstimator):
        return pretrained
    # Not the whole classifier, because its history contains times.
    _, source = find_network(pretrained, argument="pretrained")
    return source.classes_, source.net_.module_.state_dict()
