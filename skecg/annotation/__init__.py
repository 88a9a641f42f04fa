"""Annotation of recordings: beats with classes, a summary of the rhythm, and files."""

from skecg.annotation._annotate import annotate
from skecg.annotation._annotated_recording import AnnotatedRecording
from skecg.annotation._beat_annotator import BeatAnnotator
from skecg.annotation._model_card import ModelCard
from skecg.annotation._rhythm_summary import RhythmSummary

__all__ = [
    "AnnotatedRecording",
    "BeatAnnotator",
    "ModelCard",
    "RhythmSummary",
    "annotate",
]
