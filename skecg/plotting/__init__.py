"""Displays like those of scikit-learn; matplotlib is imported on first use."""

from skecg._class_colors import CLASS_COLORS
from skecg.plotting._architecture import ArchitectureDisplay
from skecg.plotting._beat_overlay import BeatOverlayDisplay
from skecg.plotting._class_distribution import ClassDistributionDisplay
from skecg.plotting._confusion import BeatConfusionDisplay
from skecg.plotting._ec57_heatmap import EC57HeatmapDisplay
from skecg.plotting._embedding import EmbeddingDisplay
from skecg.plotting._metric_intervals import MetricIntervalDisplay
from skecg.plotting._recording_display import RecordingDisplay
from skecg.plotting._reliability import ReliabilityDisplay
from skecg.plotting._saliency import SaliencyDisplay
from skecg.plotting._training_history import TrainingHistoryDisplay

__all__ = [
    "CLASS_COLORS",
    "ArchitectureDisplay",
    "BeatConfusionDisplay",
    "BeatOverlayDisplay",
    "ClassDistributionDisplay",
    "EC57HeatmapDisplay",
    "EmbeddingDisplay",
    "MetricIntervalDisplay",
    "RecordingDisplay",
    "ReliabilityDisplay",
    "SaliencyDisplay",
    "TrainingHistoryDisplay",
]
