"""Presets: classifiers with measured results, by task."""

from skecg.presets._make_beat_classifier import make_beat_classifier
from skecg.presets._table import PRESETS, Preset

__all__ = ["PRESETS", "Preset", "make_beat_classifier"]
