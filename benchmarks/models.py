"""What is compared: ours, and what a user would pick instead."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
from imblearn.pipeline import Pipeline
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import RidgeClassifierCV
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skecg import (
    CNN1DClassifier,
    HybridSampler,
    PriorAdjustedClassifier,
    ResidualCNNClassifier,
    make_beat_classifier,
)

__all__ = ["MODELS", "Model", "Shape"]


@dataclass(frozen=True)
class Shape:
    """How to read a row: its leads, and the auxiliary columns behind them."""

    n_channels: int = 1
    n_aux_features: int = 0


@dataclass(frozen=True)
class Model:
    """A contestant.

    Attributes
    ----------
    title : str
        What it is, in a table's words.
    build : callable
        Takes seed, shape and whether to be quick; returns an estimator.
    variants : tuple of str
        Under which names its answers are kept: one, or, of a network, that as
        trained and that with the prior undone.
    layout : {"beats", "features"}
        The rows that it reads.
    """

    title: str
    build: Callable[[int, Shape, bool], Any]
    variants: tuple[str, ...]
    layout: str = "beats"

    @property
    def is_network(self) -> bool:
        """Whether it chooses an epoch, and its prior can be undone."""
        return len(self.variants) == 2


def _network(cls: type, **settings: Any) -> Callable[[int, Shape, bool], Any]:
    """Put a network behind the hybrid sampler, and a way to undo the prior around."""

    def build(seed: int, shape: Shape, quick: bool) -> Any:
        clf = cls(
            n_channels=shape.n_channels,
            n_aux_features=shape.n_aux_features,
            random_state=seed,
            **settings,
        )
        sampler = HybridSampler(random_state=seed)
        if quick:
            clf.set_params(max_epochs=2)
        return PriorAdjustedClassifier(Pipeline([("sampler", sampler), ("clf", clf)]))

    return build


def _boosting(seed: int, shape: Shape, quick: bool) -> Any:
    rounds = 10 if quick else 200
    return HistGradientBoostingClassifier(max_iter=rounds, random_state=seed)


def _forest(seed: int, shape: Shape, quick: bool) -> Any:
    trees = 10 if quick else 200
    return RandomForestClassifier(trees, n_jobs=-1, random_state=seed)


def _minirocket(seed: int, shape: Shape, quick: bool) -> Any:
    """MiniRocket reads the leads alone; ridge regression reads what it finds."""
    from aeon.transformations.collection.convolution_based import MiniRocket

    def as_series(X: np.ndarray) -> np.ndarray:
        n_values = X.shape[1] - shape.n_aux_features
        return X[:, :n_values].reshape(len(X), shape.n_channels, -1)

    return Pipeline(
        [
            ("series", FunctionTransformer(as_series)),
            ("rocket", MiniRocket(2_000, n_jobs=joblib.cpu_count(), random_state=seed)),
            ("scale", StandardScaler(copy=False)),
            ("ridge", RidgeClassifierCV(np.logspace(-3, 3, 7))),
        ]
    )


def _preset(name: str, network: str = "clf") -> Callable[[int, Shape, bool], Any]:
    """Return how to build a preset whose network stands under a name."""

    def build(seed: int, shape: Shape, quick: bool) -> Any:
        settings = {
            "n_channels": shape.n_channels,
            "n_aux_features": shape.n_aux_features,
            **({"max_epochs": 2} if quick else {}),
        }
        given = {f"{network}__{key}": value for key, value in settings.items()}
        return make_beat_classifier(name, random_state=seed, **given)

    return build


MODELS = {
    "recommended": Model(
        "preset recommended",
        _preset("recommended", "clf__estimator"),
        ("recommended",),
    ),
    "ensemble": Model(
        "preset ensemble",
        _preset("ensemble", "clf__estimator__estimator"),
        ("ensemble",),
    ),
    "fast": Model("preset fast", _preset("fast"), ("fast",)),
    "inter_patient": Model(
        "preset inter_patient",
        lambda seed, shape, quick: make_beat_classifier("inter_patient"),
        ("inter_patient",),
        layout="features",
    ),
    "cnn1d": Model(
        "CNN1D, the study's settings",
        _network(CNN1DClassifier),
        ("cnn1d", "cnn1d-prior"),
    ),
    "cnn1d-5": Model(
        "CNN1D, 5 epochs",
        _network(CNN1DClassifier, max_epochs=5),
        ("cnn1d-5", "cnn1d-5-prior"),
    ),
    "residual": Model(
        "ResidualCNN of Kachuee et al., 30 epochs",
        _network(ResidualCNNClassifier),
        ("residual", "residual-prior"),
    ),
    "residual-5": Model(
        "ResidualCNN of Kachuee et al., 5 epochs",
        _network(ResidualCNNClassifier, max_epochs=5),
        ("residual-5", "residual-5-prior"),
    ),
    "residual-100": Model(
        "ResidualCNN of Kachuee et al., 100 epochs",
        _network(ResidualCNNClassifier, max_epochs=100),
        ("residual-100", "residual-100-prior"),
    ),
    "boosting": Model("HistGradientBoosting, 200 rounds", _boosting, ("boosting",)),
    "forest": Model("Random forest, 200 trees", _forest, ("forest",)),
    "minirocket": Model(
        "MiniRocket (2,000 kernels) and ridge", _minirocket, ("minirocket",)
    ),
}
"""Name on the command line to contestant."""
