"""Layouts, and the beats that they cut from a signal and its R peaks."""

from skecg.signal._extract_beats import ExtractedBeats, extract_beats
from skecg.signal._layout import Layout
from skecg.signal._layouts import get_layout, list_layouts

__all__ = [
    "ExtractedBeats",
    "Layout",
    "extract_beats",
    "get_layout",
    "list_layouts",
]
