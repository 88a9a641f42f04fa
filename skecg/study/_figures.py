"""The six figures of the study."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from skecg._files import write_figure
from skecg.plotting import (
    ArchitectureDisplay,
    BeatConfusionDisplay,
    ClassDistributionDisplay,
    TrainingHistoryDisplay,
)
from skecg.study._data import StudyData

__all__ = ["CAPTIONS", "save_figures"]

CAPTIONS = {
    "class_distribution_before": "Class distribution before resampling",
    "class_distribution_after": "Class distribution after resampling",
    "architecture": "Network architecture",
    "training_history": "Loss and accuracy by epoch",
    "confusion_matrix": "Confusion matrix of the test set",
    "confusion_matrix_normalized": "Confusion matrix normalised by annotated class",
}
"""File name and caption of each figure, in order."""


def save_figures(
    folder: Path, pipeline: Any, data: StudyData, predicted: np.ndarray
) -> None:
    """Save the figures to a folder, each as PNG and SVG.

    Parameters
    ----------
    folder : Path
        The folder.
    pipeline : Pipeline
        The fitted sampler and classifier.
    data : StudyData
        The beats of the study.
    predicted : ndarray of shape (n_test,)
        The classes predicted for the test beats.
    """
    import matplotlib.pyplot as plt

    # A fixed salt makes the SVG files reproducible.
    with plt.rc_context({"svg.hashsalt": "skecg"}):
        displays = _displays(pipeline, data, predicted)
        for name, display in zip(CAPTIONS, displays, strict=True):
            figure = display.figure_
            write_figure(folder / f"{name}.png", figure, dpi=150)
            write_figure(folder / f"{name}.svg", figure, metadata={"Date": None})
            plt.close(figure)


def _displays(pipeline: Any, data: StudyData, predicted: np.ndarray) -> Iterator[Any]:
    resampled = data.y_train[pipeline["sampler"].sample_indices_]
    # A class may occur in the test set only.
    trained = np.isin(data.labels, data.y_train)
    names = [name for name, known in zip(data.names, trained, strict=True) if known]
    for y in (data.y_train, resampled):
        yield ClassDistributionDisplay.from_targets(y, display_labels=names)
    yield ArchitectureDisplay.from_estimator(pipeline)
    yield TrainingHistoryDisplay.from_estimator(pipeline)
    for normalize in (None, "true"):
        yield BeatConfusionDisplay.from_predictions(
            data.y_test,
            predicted,
            labels=data.labels,
            display_labels=data.names,
            normalize=normalize,
        )
