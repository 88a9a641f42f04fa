"""Heartbeat classification in the ECG with scikit-learn's interface.

Names resolve on first use, so that ``import skecg`` loads neither torch nor
matplotlib.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from skecg._moved_modules import register_moved_modules

if TYPE_CHECKING:
    from skecg.annotation import BeatAnnotator, annotate, load_pretrained
    from skecg.classification import (
        CascadeClassifier,
        CNN1DClassifier,
        NetworkClassifier,
        PriorAdjustedClassifier,
        ResidualCNNClassifier,
    )
    from skecg.presets import make_beat_classifier
    from skecg.recordings import Recording, read_recording
    from skecg.sampling import HybridSampler

__version__ = "0.1.0.dev0"

__all__ = [
    "BeatAnnotator",
    "CNN1DClassifier",
    "CascadeClassifier",
    "HybridSampler",
    "NetworkClassifier",
    "PriorAdjustedClassifier",
    "Recording",
    "ResidualCNNClassifier",
    "aami",
    "annotate",
    "annotation",
    "augmentation",
    "classification",
    "datasets",
    "inspection",
    "load_pretrained",
    "make_beat_classifier",
    "metrics",
    "mitdb",
    "model_selection",
    "modules",
    "plotting",
    "presets",
    "read_recording",
    "recordings",
    "review",
    "sampling",
    "signal",
    "study",
    "svdb",
]

_HOMES = {
    "BeatAnnotator": "skecg.annotation",
    "CNN1DClassifier": "skecg.classification",
    "CascadeClassifier": "skecg.classification",
    "HybridSampler": "skecg.sampling",
    "NetworkClassifier": "skecg.classification",
    "PriorAdjustedClassifier": "skecg.classification",
    "Recording": "skecg.recordings",
    "ResidualCNNClassifier": "skecg.classification",
    "annotate": "skecg.annotation",
    "load_pretrained": "skecg.annotation",
    "make_beat_classifier": "skecg.presets",
    "read_recording": "skecg.recordings",
}

# Stored models name the modules in which their classes were.
register_moved_modules()


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in __all__:
        return import_module(f"skecg.{name}")
    raise AttributeError(f"module 'skecg' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
