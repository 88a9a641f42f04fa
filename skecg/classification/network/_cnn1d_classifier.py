"""A classifier with the network of the study."""

from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from os import PathLike
from typing import Any, ClassVar

import numpy as np

from skecg._sklearn import Interval
from skecg.classification.network._network_classifier import NetworkClassifier
from skecg.classification.network._parameters import document_shared
from skecg.modules import CNN1D
from skecg.signal import Layout

__all__ = ["CNN1DClassifier"]


@document_shared
class CNN1DClassifier(NetworkClassifier):
    """Classify heartbeats with a 1-D convolutional network with two skip connections.

    The defaults are the network and the training of the study.

    Parameters
    ----------
    n_filters : tuple of int, default=(32, 64, 128, 256)
        Number of filters of each convolutional block.
    kernel_size : int, default=5
        Width of the convolutions in samples; an odd number.
    dropout : float, default=0.2
        Share of features dropped after each block.
    n_hidden : int, default=128
        Number of units of the hidden layer of the head.
    head_dropout : float, default=0.3
        Share of hidden units dropped in the head.
    %(parameters)s

    Attributes
    ----------
    %(attributes)s

    See Also
    --------
    NetworkClassifier : A classifier with a network of your own.
    skecg.HybridSampler : Balances the classes before training.

    Notes
    -----
    Fits in several threads of a process run one at a time, because torch has one random
    generator per process. Fits in several processes (``n_jobs``) run in parallel.

    Examples
    --------
    >>> import numpy as np
    >>> from skecg import CNN1DClassifier
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat(["N", "V"], 60)
    >>> X = rng.normal(size=(120, 20)) + (y == "V")[:, None]
    >>> clf = CNN1DClassifier(n_filters=(8, 8), max_epochs=8, random_state=0)
    >>> clf.fit(X, y).score(X, y) > 0.9
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **NetworkClassifier._parameter_constraints,
        "n_filters": [tuple, list],
        "kernel_size": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "n_hidden": [Interval(Integral, 1, None, closed="left")],
        "head_dropout": [Interval(Real, 0, 1, closed="left")],
    }
    del _parameter_constraints["module"]

    def __init__(
        self,
        *,
        n_filters: Sequence[int] = (32, 64, 128, 256),
        kernel_size: int = 5,
        dropout: float = 0.2,
        n_hidden: int = 128,
        head_dropout: float = 0.3,
        layout: str | Layout | None = None,
        n_channels: int | None = None,
        n_aux_features: int | None = None,
        max_epochs: int = 30,
        batch_size: int = 32,
        lr: float = 1e-3,
        optimizer: str | Callable[..., Any] = "adam",
        lr_schedule: str | None = None,
        label_smoothing: float = 0.0,
        augment: Callable[..., Any] | None = None,
        class_weight: Mapping[Any, float] | str | None = None,
        validation_fraction: float | None = 0.1,
        validation_scoring: str | Callable[..., float] = "f1_macro",
        patience: int | None = None,
        callbacks: Sequence[Any] | None = None,
        precision: str = "float32",
        device: Any = "auto",
        warm_start: bool = False,
        pretrained: Any = None,
        freeze: bool = False,
        checkpoint_dir: str | PathLike[str] | None = None,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            CNN1D,
            layout=layout,
            n_channels=n_channels,
            n_aux_features=n_aux_features,
            max_epochs=max_epochs,
            batch_size=batch_size,
            lr=lr,
            optimizer=optimizer,
            lr_schedule=lr_schedule,
            label_smoothing=label_smoothing,
            augment=augment,
            class_weight=class_weight,
            validation_fraction=validation_fraction,
            validation_scoring=validation_scoring,
            patience=patience,
            callbacks=callbacks,
            precision=precision,
            device=device,
            warm_start=warm_start,
            pretrained=pretrained,
            freeze=freeze,
            checkpoint_dir=checkpoint_dir,
            random_state=random_state,
            verbose=verbose,
        )
        self.n_filters = n_filters
        self.kernel_size = kernel_size
        self.dropout = dropout
        self.n_hidden = n_hidden
        self.head_dropout = head_dropout

    def _module_arguments(self) -> dict[str, Any]:
        return {
            "n_filters": tuple(self.n_filters),
            "kernel_size": self.kernel_size,
            "dropout": self.dropout,
            "n_hidden": self.n_hidden,
            "head_dropout": self.head_dropout,
        }
