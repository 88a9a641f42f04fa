"""Displays of beats, of records and of probabilities, read back from the axes."""

import json
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from sklearn.calibration import calibration_curve
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from skecg import CNN1DClassifier, aami
from skecg.datasets import make_beats
from skecg.metrics import bootstrap_interval, ec57_report, veb_se
from skecg.plotting import (
    ArchitectureDisplay,
    BeatConfusionDisplay,
    BeatOverlayDisplay,
    ClassDistributionDisplay,
    EC57HeatmapDisplay,
    ReliabilityDisplay,
    SaliencyDisplay,
    TrainingHistoryDisplay,
)

STUDY = Path(__file__).parents[2] / "docs/results/study"


pytestmark = pytest.mark.usefixtures("close_figures")


def test_overlay_draws_mean_spread_and_examples():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 20)), np.repeat(["N", "V"], [40, 20])
    display = BeatOverlayDisplay.from_beats(
        X, y, layout=None, n_examples=2, random_state=0
    )
    ventricular = X[y == "V"]
    lines = display.ax_[1].lines
    np.testing.assert_allclose(lines[-1].get_ydata(), ventricular.mean(axis=0))
    np.testing.assert_allclose(
        display.spreads[1], np.percentile(ventricular, [10, 90], axis=0)
    )
    assert len(lines) == 3
    for line in lines[:2]:
        assert (line.get_ydata() == ventricular).all(axis=1).sum() == 1
    assert [ax.get_title() for ax in display.ax_] == ["N (40 beats)", "V (20 beats)"]
    assert display.figure_ is display.ax_[0].figure
    assert display.times is None
    np.testing.assert_array_equal(lines[-1].get_xdata(), range(20))
    assert display.figure_.get_supxlabel() == "Sample"


def test_overlay_knows_where_the_r_peak_is_and_which_lead():
    beats = make_beats(300, layout="centered", n_leads=2, random_state=0)
    display = BeatOverlayDisplay.from_beats(
        beats.data,
        beats.target,
        layout="centered",
        n_channels=beats.n_channels,
        n_aux_features=beats.n_aux_features,
        lead=1,
    )
    assert len(display.times) == 96
    assert display.times[36] == 0
    second = beats.data[beats.target == 0, 96:192]
    np.testing.assert_allclose(display.means[0], second.mean(axis=0), rtol=1e-5)
    # R waves are the highest part of a normal beat.
    assert abs(display.times[np.abs(display.means[0]).argmax()]) < 0.05


def test_overlay_refuses_what_it_cannot_read():
    X, y = np.zeros((4, 10)), [0, 0, 2, 2]
    with pytest.raises(ValueError, match="lead must be one of the 1 that X's 10"):
        BeatOverlayDisplay.from_beats(X, y, lead=1)
    with pytest.raises(ValueError, match=r"n_channels and n_aux_features"):
        BeatOverlayDisplay.from_beats(X, y, n_channels=3)
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match="each of the 2 classes, got 1"):
        BeatOverlayDisplay.from_beats(X, y, layout=None, ax=ax)


@pytest.mark.parametrize("layout", ["study", "centered"])
def test_overlay_refuses_rows_of_another_layout(layout):
    other = "study" if layout == "centered" else "centered"
    beats = make_beats(100, layout=other, random_state=0)
    sentence = rf"the layout '{layout}' have \d+; pass the layout, n_channels and n_aux"
    with pytest.raises(ValueError, match=sentence):
        BeatOverlayDisplay.from_beats(beats.data, beats.target, layout=layout)


@pytest.mark.parametrize(
    ("other", "n_subjects"), [("233", 3), ("of-another-set", 4)], ids=["mitdb", "other"]
)
def test_heatmap_is_the_report_with_intervals_by_patient(other, n_subjects):
    rng = np.random.default_rng(0)
    y_true = rng.choice(list("NSV"), size=400, p=[0.7, 0.1, 0.2])
    y_pred = np.where(rng.random(400) < 0.8, y_true, "N")
    records = np.repeat(["100", "201", "202", other], 100)
    display = EC57HeatmapDisplay.from_predictions(
        y_true, y_pred, records, n_resamples=50, random_state=0
    )
    report = ec57_report(y_true, y_pred, records)
    np.testing.assert_allclose(
        display.im_.get_array().reshape(5, 4)[:4], report.records[display.gross.index]
    )
    np.testing.assert_allclose(display.gross, report.gross[display.gross.index])
    # 201 and 202 are one man, where they are MIT-BIH's.
    is_one_man = (records == "202") & (n_subjects == 3)
    subjects = np.where(is_one_man, "201", records)
    interval = bootstrap_interval(
        y_true, y_pred, subjects, veb_se, n_resamples=50, random_state=0
    )
    assert interval.n_groups == n_subjects
    assert list(display.intervals.veb_se) == [interval.low, interval.high]
    expected = f"{interval.estimate:.2f}\n{interval.low:.2f} to {interval.high:.2f}"
    assert display.text_[-1, 0].get_text() == expected
    rows = [text.get_text() for text in display.ax_.get_yticklabels()]
    assert rows == ["100", "201", "202", other, "Gross"]


def test_heatmap_of_a_report_and_of_an_estimator():
    y = np.repeat(["N", "V"], 4)
    alone = EC57HeatmapDisplay.from_report(ec57_report(y, y))
    assert alone.intervals is None
    assert [text.get_text() for text in alone.text_[-1]] == ["1.00", "1.00", "-", "-"]
    clf = DummyClassifier(strategy="constant", constant="V").fit(y[:, None] == "V", y)
    _, ax = plt.subplots()
    display = EC57HeatmapDisplay.from_estimator(
        clf, np.zeros((8, 1)), y, ["100"] * 8, ax=ax
    )
    assert display.ax_ is ax
    assert display.intervals is None
    assert [text.get_text() for text in display.text_[0, :2]] == ["1.00", "0.50"]


def test_heatmap_of_the_committed_results():
    """Gross figures of the study's split are those of its table."""
    true, predicted, records = [], [], []
    for seed in range(3):
        cell = json.loads((STUDY / f"cnn1d-fold0-seed{seed}.json").read_text())
        for record, matrix in cell["records"].items():
            for (i, j), n_beats in np.ndenumerate(matrix):
                true += [i] * n_beats
                predicted += [j] * n_beats
                records += [record] * n_beats
    display = EC57HeatmapDisplay.from_predictions(
        true, predicted, records, n_resamples=2, random_state=0
    )
    assert len(display.records) == 48
    se, pp = display.gross[["veb_se", "veb_pp"]]
    table = pd.read_csv(STUDY / "summary.csv", index_col="model")
    ours = table.loc["CNN1D, the study's settings", "VEB F1"]
    assert round(2 * se * pp / (se + pp), 4) == ours


def test_reliability_is_a_curve_a_class():
    X, y = make_beats(600, random_state=0, return_X_y=True)
    clf = LogisticRegression(max_iter=500).fit(X, y)
    display = ReliabilityDisplay.from_estimator(clf, X, y, n_bins=4)
    share, mean = calibration_curve(y == 2, clf.predict_proba(X)[:, 2], n_bins=4)
    np.testing.assert_allclose(display.lines_["V"].get_xydata(), np.c_[mean, share])
    assert list(display.lines_) == ["N", "S", "V", "F", "Q"]
    styles = {
        (to_hex(line.get_color()), line.get_marker())
        for line in display.lines_.values()
    }
    assert len(styles) == 5
    assert len({marker for _, marker in styles}) == 5


def test_reliability_takes_labels_and_refuses_too_few_columns():
    proba = [[0.9, 0.1, 0.0], [0.2, 0.8, 0.0]]
    display = ReliabilityDisplay.from_predictions(
        ["N", "V"], proba, labels=["N", "V", "F"], n_bins=2
    )
    np.testing.assert_allclose(display.curves["F"], [[0], [0]])
    with pytest.raises(ValueError, match="each of the 2 classes, got 3"):
        ReliabilityDisplay.from_predictions(["N", "V"], proba)


def test_names_of_ones_own_are_shown_and_told_apart():
    y = np.repeat([0, 1], 4)
    proba = np.c_[1 - y * 0.8, y * 0.8]
    names = ["normal", "abnormal"]
    curves = ReliabilityDisplay.from_predictions(y, proba, display_labels=names)
    looks = [(to_hex(x.get_color()), x.get_marker()) for x in curves.lines_.values()]
    assert list(curves.lines_) == names
    assert len({color for color, _ in looks}) == len({m for _, m in looks}) == 2
    beats = BeatOverlayDisplay.from_beats(np.zeros((8, 187)), y, display_labels=names)
    assert [ax.get_title() for ax in beats.ax_] == [f"{x} (4 beats)" for x in names]
    clf = DummyClassifier(strategy="prior").fit(proba, y)
    plain = ReliabilityDisplay.from_estimator(clf, proba, y)
    assert list(plain.lines_) == ["0", "1"]
    with pytest.raises(ValueError, match=r"the 2 classes .* 1 names; .* of \[0, 1\]"):
        ReliabilityDisplay.from_estimator(clf, proba, y, display_labels=["normal"])


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


def test_the_legend_of_curves_stays_within_the_users_axes():
    figure, ax = plt.subplots()
    ReliabilityDisplay.from_predictions([0, 1], [[0.7, 0.3], [0.4, 0.6]], ax=ax)
    figure.canvas.draw()
    legend = ax.get_legend().get_window_extent()
    assert figure.bbox.fully_containsx(legend.x0)
    assert figure.bbox.fully_containsx(legend.x1)


def luminance(color):
    """WCAG 2's relative luminance, written anew as an oracle."""
    channels = [int(to_hex(color)[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("style", ["default", "dark_background", "grayscale"])
def test_text_is_seen_on_light_and_on_dark(style):
    """WCAG asks for a contrast of 4.5; text inside cells is judged by its cell."""
    beats = make_beats(300, weights=[1, 0, 1, 0, 0], random_state=0)
    X, y = beats.data, beats.target
    clf = CNN1DClassifier(n_filters=(4,), max_epochs=1, random_state=0).fit(X, y)
    y_pred = np.where(np.arange(len(y)) % 3, y, 2 - y)
    with plt.style.context(style):
        plain = [
            ArchitectureDisplay.from_estimator(clf),
            BeatOverlayDisplay.from_beats(X, y),
            ClassDistributionDisplay.from_targets(y),
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
