"""A classifier with the network of Kachuee et al. (2018), the study's comparison."""

from collections.abc import Callable, Mapping, Sequence
from numbers import Integral
from os import PathLike
from typing import Any, ClassVar

import numpy as np

from skecg._sklearn import Interval
from skecg.classification.network._network_classifier import NetworkClassifier
from skecg.classification.network._parameters import document_shared
from skecg.modules import ResidualCNN
from skecg.signal import Layout

__all__ = ["ResidualCNNClassifier"]


@document_shared
class ResidualCNNClassifier(NetworkClassifier):
    """Classify heartbeats with the residual network of Kachuee et al. (2018).

    Network and training are as published: batches of 500, and Adam with a learning rate
    of 0.001, which is multiplied by 0.75 every 10,000 batches. The paper gives neither
    a number of epochs nor a method to choose it; choosing the epoch on held-out rows is
    an addition of this package.

    Parameters
    ----------
    n_blocks : int, default=5
        Number of residual blocks.
    n_filters : int, default=32
        Number of filters of each convolution.
    n_hidden : int, default=32
        Number of units of each of the two dense layers.
    %(parameters)s

    Attributes
    ----------
    %(attributes)s

    See Also
    --------
    CNN1DClassifier : A classifier with the network of the study.
    NetworkClassifier : A classifier with a network of your own.

    References
    ----------
    Kachuee M, Fazeli S, Sarrafzadeh M. ECG heartbeat classification: a deep
    transferable representation. ICHI 2018. arXiv:1805.00794

    Examples
    --------
    >>> import numpy as np
    >>> from skecg import ResidualCNNClassifier
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat(["N", "V"], 60)
    >>> X = rng.normal(size=(120, 20)) + (y == "V")[:, None]
    >>> clf = ResidualCNNClassifier(batch_size=20, max_epochs=8, random_state=0)
    >>> clf.fit(X, y).score(X, y) > 0.9
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **NetworkClassifier._parameter_constraints,
        "n_blocks": [Interval(Integral, 1, None, closed="left")],
        "n_filters": [Interval(Integral, 1, None, closed="left")],
        "n_hidden": [Interval(Integral, 1, None, closed="left")],
    }
    del _parameter_constraints["module"]

    def __init__(
        self,
        *,
        n_blocks: int = 5,
        n_filters: int = 32,
        n_hidden: int = 32,
        layout: str | Layout | None = None,
        n_channels: int | None = None,
        n_aux_features: int | None = None,
        max_epochs: int = 30,
        batch_size: int = 500,
        lr: float = 1e-3,
        optimizer: str | Callable[..., Any] = "adam",
        lr_schedule: str | None = "step",
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
            ResidualCNN,
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
        self.n_blocks = n_blocks
        self.n_filters = n_filters
        self.n_hidden = n_hidden

    def _module_arguments(self) -> dict[str, Any]:
        return {
            "n_blocks": self.n_blocks,
            "n_filters": self.n_filters,
            "n_hidden": self.n_hidden,
        }
