"""Heartbeat classification in ECG recordings with scikit-learn's interface.

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
        OnnxBeatClassifier,
        PriorAdjustedClassifier,
        ResidualCNNClassifier,
    )
    from skecg.export import export_onnx
    from skecg.persistence import load_model, save_model
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
    "OnnxBeatClassifier",
    "PriorAdjustedClassifier",
    "Recording",
    "ResidualCNNClassifier",
    "aami",
    "annotate",
    "annotation",
    "augmentation",
    "classification",
    "datasets",
    "export",
    "export_onnx",
    "inspection",
    "load_model",
    "load_pretrained",
    "make_beat_classifier",
    "metrics",
    "mitdb",
    "model_selection",
    "modules",
    "persistence",
    "plotting",
    "presets",
    "read_recording",
    "recordings",
    "review",
    "sampling",
    "save_model",
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
    "OnnxBeatClassifier": "skecg.classification",
    "PriorAdjustedClassifier": "skecg.classification",
    "Recording": "skecg.recordings",
    "ResidualCNNClassifier": "skecg.classification",
    "annotate": "skecg.annotation",
    "export_onnx": "skecg.export",
    "load_model": "skecg.persistence",
    "load_pretrained": "skecg.annotation",
    "make_beat_classifier": "skecg.presets",
    "read_recording": "skecg.recordings",
    "save_model": "skecg.persistence",
}

# Stored models contain the old names of modules.
register_moved_modules()


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    if name in __all__:
        return import_module(f"skecg.{name}")
    raise AttributeError(f"module 'skecg' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
