"""The compared models: those of skecg and alternatives."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import joblib
import numpy as np
from imblearn.pipeline import Pipeline
from sklearn.ensemble import (
    BaggingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import RidgeClassifierCV
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skecg import (
    CNN1DClassifier,
    HybridSampler,
    PriorAdjustedClassifier,
    ResidualCNNClassifier,
    make_beat_classifier,
)
from skecg.augmentation import BeatAugmentation
from skecg.signal import get_layout

__all__ = ["MODELS", "Model", "Shape"]


@dataclass(frozen=True)
class Shape:
    """The numbers of leads and of auxiliary columns in a row."""

    n_channels: int = 1
    n_aux_features: int = 0


@dataclass(frozen=True)
class Model:
    """A compared model.

    Attributes
    ----------
    title : str
        The name in the tables.
    build : callable
        Takes the seed, the shape and `quick`, and returns an estimator.
    variants : tuple of str
        The names of its stored predictions: one, or, for a network, one without and one
        with the adjusted prior.
    layout : {"beats", "differences", "features", "causal_features"}
        The rows that it reads.
    draws : bool
        Whether it uses random numbers.
    """

    title: str
    build: Callable[[int, Shape, bool], Any]
    variants: tuple[str, ...]
    layout: str = "beats"
    draws: bool = True

    @property
    def is_network(self) -> bool:
        """Whether the model is a network, whose epoch is chosen and prior adjusted."""
        return len(self.variants) == 2


def _network(cls: type, **settings: Any) -> Callable[[int, Shape, bool], Any]:
    """Return a builder of a network after the sampler, with an adjusted prior."""

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


def _natural(**settings: Any) -> Callable[[int, Shape, bool], Any]:
    """Return a builder of the study's network, one cycle, without a sampler."""

    def build(seed: int, shape: Shape, quick: bool) -> Any:
        clf = CNN1DClassifier(
            n_channels=shape.n_channels,
            n_aux_features=shape.n_aux_features,
            batch_size=128,
            lr=1e-2,
            lr_schedule="one_cycle",
            validation_fraction=None,
            precision="auto",
            random_state=seed,
        )
        clf.set_params(**settings)
        return clf.set_params(max_epochs=2) if quick else clf

    return build


def _adjusted(seed: int, shape: Shape, quick: bool) -> Any:
    """Build three blocks without a sampler; adjust the prior towards rare classes."""
    build = _natural(max_epochs=5, n_filters=(32, 64, 96))
    return PriorAdjustedClassifier(
        build(seed, shape, quick), prior="uniform", strength=0.25
    )


def _boosting(
    seed: int, shape: Shape, quick: bool, class_weight: str | None = None
) -> Any:
    rounds = 10 if quick else 200
    return HistGradientBoostingClassifier(
        max_iter=rounds, class_weight=class_weight, random_state=seed
    )


def _forest(seed: int, shape: Shape, quick: bool) -> Any:
    trees = 10 if quick else 200
    return RandomForestClassifier(trees, n_jobs=-1, random_state=seed)


def _minirocket(seed: int, shape: Shape, quick: bool) -> Any:
    """Build MiniRocket with ridge regression; it reads the leads only."""
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
    """Return a builder of a preset; `network` is the step with the network."""

    def build(seed: int, shape: Shape, quick: bool) -> Any:
        quicker = {f"{network}__max_epochs": 2} if quick else {}
        return make_beat_classifier(name, random_state=seed, **quicker)

    return build


def _ensemble(seed: int, shape: Shape, quick: bool) -> Any:
    """Build an average of three networks of known_patients with different seeds."""
    model = _preset("known_patients", "clf__estimator")(seed, shape, quick)
    network = model["clf"].estimator
    return model.set_params(
        clf__estimator=BaggingClassifier(
            network, n_estimators=3, bootstrap=False, random_state=seed
        )
    )


def _between(preset: str, without: str = "") -> Callable[[int, Shape, bool], Any]:
    """Return a builder of a preset for new patients, without some features if given."""

    def build(seed: int, shape: Shape, quick: bool) -> Any:
        model = make_beat_classifier(preset)
        if not without:
            return model
        names = get_layout("features").feature_names(["first", "second"])
        column = names.index(without)

        def blind(X: np.ndarray) -> np.ndarray:
            seen = X.copy()
            seen[:, column] = 0
            return seen

        return Pipeline([("blind", FunctionTransformer(blind)), *model.steps])

    return build


MODELS = {
    "known_patients": Model(
        "preset known_patients",
        _preset("known_patients", "clf__estimator"),
        ("known_patients",),
    ),
    "ensemble": Model(
        "preset known_patients, average of three networks", _ensemble, ("ensemble",)
    ),
    "known_patients_fast": Model(
        "preset known_patients_fast",
        _preset("known_patients_fast"),
        ("known_patients_fast",),
    ),
    "new_patients": Model(
        "preset new_patients",
        _between("new_patients"),
        ("new_patients",),
        layout="features",
        draws=False,
    ),
    "new_patients-no-p": Model(
        "preset new_patients, without the P wave",
        _between("new_patients", without="p_lost"),
        ("new_patients-no-p",),
        layout="features",
        draws=False,
    ),
    "new_patients_causal": Model(
        "preset new_patients_causal",
        _between("new_patients_causal"),
        ("new_patients_causal",),
        layout="causal_features",
        draws=False,
    ),
    "new_patients_causal-no-p": Model(
        "preset new_patients_causal, without the P wave",
        _between("new_patients_causal", without="p_lost"),
        ("new_patients_causal-no-p",),
        layout="causal_features",
        draws=False,
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
    "natural-3": Model(
        "CNN1D, natural class distribution, 3 epochs, one cycle",
        _natural(max_epochs=3),
        ("natural-3",),
    ),
    "natural-15": Model(
        "CNN1D, natural class distribution, 15 epochs, one cycle",
        _natural(max_epochs=15),
        ("natural-15",),
    ),
    "natural-24": Model(
        "CNN1D, natural class distribution, 24 epochs, augmentation, label smoothing",
        _natural(
            max_epochs=24,
            augment=BeatAugmentation(stretch=0, gain=0.1, noise=0.02),
            label_smoothing=0.05,
        ),
        ("natural-24",),
    ),
    "weighted-5": Model(
        "CNN1D of 3 blocks, 5 epochs, one cycle, class weights",
        _natural(max_epochs=5, n_filters=(32, 64, 96), class_weight="balanced"),
        ("weighted-5",),
    ),
    "plain-5": Model(
        "CNN1D of 3 blocks, 5 epochs, without differences from the median beat",
        _adjusted,
        ("plain-5",),
    ),
    "differences-5": Model(
        "CNN1D of 3 blocks, 5 epochs, with differences from the median beat",
        _adjusted,
        ("differences-5",),
        layout="differences",
    ),
    "boosting": Model("HistGradientBoosting, 200 rounds", _boosting, ("boosting",)),
    "boosting-weighted": Model(
        "HistGradientBoosting, 200 rounds, class weights",
        partial(_boosting, class_weight="balanced"),
        ("boosting-weighted",),
    ),
    "forest": Model("Random forest, 200 trees", _forest, ("forest",)),
    "minirocket": Model(
        "MiniRocket (2,000 kernels) and ridge", _minirocket, ("minirocket",)
    ),
}
"""Mapping from the name on the command line to the model."""
