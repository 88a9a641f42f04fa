"""Layouts of beats, extraction of beats from signals, and signal quality."""

from skecg.signal._extract_beats import ExtractedBeats, extract_beats
from skecg.signal._layout import Layout
from skecg.signal._layouts import get_layout, list_layouts
from skecg.signal._signal_quality import SignalQuality, signal_quality

__all__ = [
    "ExtractedBeats",
    "Layout",
    "SignalQuality",
    "extract_beats",
    "get_layout",
    "list_layouts",
    "signal_quality",
]
