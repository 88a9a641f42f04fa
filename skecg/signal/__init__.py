"""A signal and its R peaks in, beats out."""

from skecg.signal._extract_beats import ExtractedBeats, extract_beats
from skecg.signal._feature_layout import names_of_features
from skecg.signal._study_layout import N_SAMPLES

__all__ = ["N_SAMPLES", "ExtractedBeats", "extract_beats", "names_of_features"]
