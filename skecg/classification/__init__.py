"""Classifiers of beats with scikit-learn's interface.

Names resolve on first use, so that only network classifiers load torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skecg.classification._cascade import CascadeClassifier
    from skecg.classification._onnx_beat_classifier import OnnxBeatClassifier
    from skecg.classification._prior_adjusted import PriorAdjustedClassifier
    from skecg.classification.network import (
        CNN1DClassifier,
        NetworkClassifier,
        ResidualCNNClassifier,
    )

__all__ = [
    "CNN1DClassifier",
    "CascadeClassifier",
    "NetworkClassifier",
    "OnnxBeatClassifier",
    "PriorAdjustedClassifier",
    "ResidualCNNClassifier",
]

_HOMES = {
    "CNN1DClassifier": "skecg.classification.network",
    "CascadeClassifier": "skecg.classification._cascade",
    "NetworkClassifier": "skecg.classification.network",
    "OnnxBeatClassifier": "skecg.classification._onnx_beat_classifier",
    "PriorAdjustedClassifier": "skecg.classification._prior_adjusted",
    "ResidualCNNClassifier": "skecg.classification.network",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'skecg.classification' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
