"""Recipes with measured results: what each is, and an estimator from it."""

from skecg.presets._make import make_beat_classifier
from skecg.presets._table import PRESETS, Preset

__all__ = ["PRESETS", "Preset", "make_beat_classifier"]
