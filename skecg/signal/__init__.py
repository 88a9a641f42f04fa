"""A signal and its R peaks in, beats out."""

from skecg.signal._centered_layout import centered_beats
from skecg.signal._study_layout import N_SAMPLES, study_beats

__all__ = ["N_SAMPLES", "centered_beats", "study_beats"]
