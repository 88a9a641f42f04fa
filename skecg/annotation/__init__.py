"""Annotation of recordings and streams: beats with classes, a summary, and files."""

from skecg.annotation._annotate import annotate
from skecg.annotation._annotated_recording import AnnotatedRecording
from skecg.annotation._beat_annotator import BeatAnnotator
from skecg.annotation._model_card import ModelCard
from skecg.annotation._onnx_annotator import load_onnx
from skecg.annotation._pretrained import load_pretrained
from skecg.annotation._rhythm_summary import RhythmSummary
from skecg.annotation._streaming_annotator import StreamingAnnotator

__all__ = [
    "AnnotatedRecording",
    "BeatAnnotator",
    "ModelCard",
    "RhythmSummary",
    "StreamingAnnotator",
    "annotate",
    "load_onnx",
    "load_pretrained",
]
