"""All displays: nothing is cut off, overlaps or lacks contrast."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from sklearn.linear_model import LogisticRegression

from skecg import CNN1DClassifier, aami
from skecg.datasets import make_beats
from skecg.plotting import (
    ArchitectureDisplay,
    BeatConfusionDisplay,
    BeatOverlayDisplay,
    ClassDistributionDisplay,
    EC57HeatmapDisplay,
    MetricIntervalDisplay,
    ReliabilityDisplay,
    SaliencyDisplay,
    TrainingHistoryDisplay,
)


@pytest.mark.parametrize("names", [None, list(aami.CLASS_NAMES.values())])
def test_nothing_is_cut_off_or_overlaps(names):
    X, y = make_beats(600, weights=[6, 2, 2, 2, 2], random_state=0, return_X_y=True)
    clf = LogisticRegression(max_iter=200).fit(X, y)
    named = {"display_labels": names}
    displays = [
        BeatConfusionDisplay.from_predictions(y, y, **named),
        BeatOverlayDisplay.from_beats(X, y, **named),
        ClassDistributionDisplay.from_targets(y, **named),
        ReliabilityDisplay.from_estimator(clf, X, y, **named),
        SaliencyDisplay(X[0], X[0], target_name=(names or "NSVFQ")[1]).plot(),
        *(
            MetricIntervalDisplay.from_predictions(
                y,
                {name: y if i else 2 - y % 2 for i, name in enumerate(names or "ab")},
                np.arange(len(y)) % 9,
                differences=differences,
            )
            for differences in (False, True)
        ),
    ]
    for display in displays:
        figure = display.figure_
        figure.canvas.draw()
        (left, bottom), (right, top) = figure.get_tightbbox().get_points()
        width, height = figure.get_size_inches()
        assert left >= 0, display
        assert bottom >= 0, display
        assert right <= width, display
        assert top <= height, display
        for ax in np.ravel(display.ax_):
            ticks = [text.get_window_extent() for text in ax.get_xticklabels()]
            assert all(a.x1 < b.x0 for a, b in pairwise(ticks)), display
    titles = [ax.title.get_window_extent() for ax in displays[1].ax_]
    assert all(a.x1 < b.x0 or a.y0 > b.y1 for a, b in pairwise(titles))


def luminance(color):
    """Return WCAG 2's relative luminance, independently of the package."""
    channels = [int(to_hex(color)[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("style", ["default", "dark_background", "grayscale"])
def test_text_has_contrast_on_light_and_dark_backgrounds(style):
    """WCAG asks for a contrast of 4.5; text in a cell is compared with the cell."""
    beats = make_beats(300, weights=[1, 0, 1, 0, 0], random_state=0)
    X, y = beats.data, beats.target
    clf = CNN1DClassifier(n_filters=(4,), max_epochs=1, random_state=0).fit(X, y)
    y_pred = np.where(np.arange(len(y)) % 3, y, 2 - y)
    with plt.style.context(style):
        plain = [
            ArchitectureDisplay.from_estimator(clf),
            BeatOverlayDisplay.from_beats(X, y),
            ClassDistributionDisplay.from_targets(y),
            *(
                MetricIntervalDisplay.from_predictions(
                    y, {"a": y, "b": y_pred}, beats.records, differences=differences
                )
                for differences in (False, True)
            ),
            ReliabilityDisplay.from_estimator(clf, X, y),
            TrainingHistoryDisplay.from_estimator(clf),
        ]
        in_cells = [
            EC57HeatmapDisplay.from_predictions(y, y_pred, beats.records),
            BeatConfusionDisplay.from_predictions(y, y_pred),
        ]
    for display in plain:
        background = display.figure_.get_facecolor()
        for text in display.figure_.findobj(plt.Text):
            if text.get_text():
                assert contrast(text.get_color(), background) >= 4.5, text
    for display in in_cells:
        cells = np.ma.ravel(display.im_.get_array())
        for text, value in zip(display.text_.flat, cells, strict=True):
            background = display.figure_.get_facecolor()
            if not np.ma.is_masked(value):
                background = display.im_.to_rgba(value)
            assert contrast(text.get_color(), background) >= 4.5, text
