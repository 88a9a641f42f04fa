"""Fit time to reach the scores of the study, and scores against fit time."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split

from benchmarks.models import MODELS, Shape
from benchmarks.speed.rounds import Ratio, Values, seconds
from skecg import make_beat_classifier
from skecg.datasets import fetch_mitdb_beats

__all__ = ["FAST_EPOCHS", "precision", "quality", "quality_ratios"]

STUDY = "study's recipe, 30 epochs"
_STUDY_SHARE = 3
"""The number of timed epochs of the study; all 30 epochs take the same time."""
FAST_EPOCHS = 2
"""The smallest number of epochs with which the fast preset exceeded both scores of the
study on the held-out tenth of the training beats."""


def quality_ratios() -> tuple[Ratio, ...]:
    """Return the ratio of the fit times of the fast preset and the study."""
    return (Ratio(_ours(FAST_EPOCHS), STUDY, at_most=1 / 20),)


def quality(rounds: int, quick: bool) -> Values:
    """Fit seconds, accuracy and macro F1 on a tenth of the training beats.

    The tenth is held out before any fit. The test set is used once, by the fast preset.
    Each contestant is fitted once, because the fit of the study takes minutes.
    """
    X, y, X_val, y_val = _with_a_tenth_aside(quick)
    values: Values = {}
    for name, build in _contestants(quick).items():
        model = build()
        values[name] = [seconds(partial(model.fit, X, y))]
        _score(values, name, y_val, model.predict(X_val))
        print(name, {key: values[key] for key in values if key.startswith(name)})
        if name == _ours(FAST_EPOCHS):
            test = fetch_mitdb_beats("test")
            _score(values, f"{name}, test set", test.target, model.predict(test.data))
    study = _preset("study", 1 if quick else _STUDY_SHARE)
    values[STUDY] = [30 / _STUDY_SHARE * seconds(partial(study.fit, X, y))]
    return values


def precision(rounds: int, quick: bool) -> Values:
    """Fit time in seconds and scores on the same tenth, in float32 and bfloat16."""
    X, y, X_val, y_val = _with_a_tenth_aside(quick)
    values: Values = {}
    for number in ("bfloat16", "float32"):
        model = _preset("known_patients_fast", 1 if quick else 3)
        model.set_params(clf__precision=number)
        name = f"fast preset, {number}"
        values[name] = [seconds(partial(model.fit, X, y))]
        _score(values, name, y_val, model.predict(X_val))
    return values


def _with_a_tenth_aside(quick: bool) -> tuple[np.ndarray, ...]:
    """Return the study's training beats, with a tenth of them held out."""
    data = fetch_mitdb_beats("train")
    train, held_out = train_test_split(
        np.arange(len(data.target)),
        test_size=0.1,
        stratify=data.target,
        random_state=0,
    )
    if quick:
        train = train[::40]
    X, y = data.data[train], data.target[train]
    X_val, y_val = data.data[held_out], data.target[held_out]
    return X, y, X_val, y_val


def _score(values: Values, name: str, y: np.ndarray, predicted: np.ndarray) -> None:
    values[f"{name}: accuracy"] = [float(accuracy_score(y, predicted))]
    values[f"{name}: macro F1"] = [float(f1_score(y, predicted, average="macro"))]


def _ours(max_epochs: int) -> str:
    return f"skecg, fast preset, {max_epochs} epochs"


def _contestants(quick: bool) -> dict[str, Callable[[], Any]]:
    contestants: dict[str, Callable[[], Any]] = {
        _ours(n): partial(_preset, "known_patients_fast", n)
        for n in (1, FAST_EPOCHS, 3, 5, 8)
    }
    for n in (50, 100, 200, 400):
        contestants[f"boosting, {n} rounds"] = partial(_rounds, n, quick)
    forest = MODELS["forest"]
    contestants[forest.title] = partial(forest.build, 0, Shape(), quick)
    return contestants


def _preset(name: str, max_epochs: int) -> Any:
    return make_beat_classifier(name, clf__max_epochs=max_epochs, random_state=0)


def _rounds(n: int, quick: bool) -> Any:
    model = MODELS["boosting"].build(0, Shape(), quick)
    return model.set_params(max_iter=2 if quick else n)
