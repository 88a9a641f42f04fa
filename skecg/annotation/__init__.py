"""Annotation of streams: beats with classes, as soon as they can be known."""

from skecg.annotation._streaming_annotator import StreamingAnnotator

__all__ = ["StreamingAnnotator"]
