"""EC57HeatmapDisplay: figures of each record, gross figures and intervals."""

import json
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

from skecg.metrics import bootstrap_interval, ec57_report, veb_se
from skecg.mitdb import SUBJECTS
from skecg.plotting import EC57HeatmapDisplay

STUDY = Path(__file__).parents[2] / "docs/results/study"


@pytest.mark.parametrize("other", ["233", "of-another-set"])
@pytest.mark.parametrize("has_subjects", [False, True])
def test_shows_the_report_with_intervals_by_subject(other, has_subjects):
    rng = np.random.default_rng(0)
    y_true = rng.choice(list("NSV"), size=400, p=[0.7, 0.1, 0.2])
    y_pred = np.where(rng.random(400) < 0.8, y_true, "N")
    records = np.repeat(["100", "201", "202", other], 100)
    mapping = {**SUBJECTS, "of-another-set": "p1"} if has_subjects else None
    display = EC57HeatmapDisplay.from_predictions(
        y_true, y_pred, records, subjects=mapping, n_resamples=50, random_state=0
    )
    report = ec57_report(y_true, y_pred, records)
    np.testing.assert_allclose(
        display.im_.get_array().reshape(5, 4)[:4], report.records[display.gross.index]
    )
    np.testing.assert_allclose(display.gross, report.gross[display.gross.index])
    subjects = np.where((records == "202") & has_subjects, "201", records)
    interval = bootstrap_interval(
        y_true, y_pred, subjects, veb_se, n_resamples=50, random_state=0
    )
    assert interval.n_groups == (3 if has_subjects else 4)
    assert list(display.intervals.veb_se) == [interval.low, interval.high]
    expected = f"{interval.estimate:.2f}\n{interval.low:.2f} to {interval.high:.2f}"
    assert display.text_[-1, 0].get_text() == expected
    rows = [text.get_text() for text in display.ax_.get_yticklabels()]
    assert rows == ["100", "201", "202", other, "Gross"]


@pytest.mark.parametrize("labels", [[0, 1, 2], list("NSV")])
def test_takes_labels_of_object_dtype(labels):
    rng = np.random.default_rng(0)
    y_true, y_pred = np.array(labels)[rng.integers(0, 3, size=(2, 60))]
    plain, objects = (
        EC57HeatmapDisplay.from_predictions(
            y_true.astype(dtype),
            y_pred.astype(dtype),
            list("abc") * 20,
            n_resamples=20,
            random_state=0,
        )
        for dtype in (y_true.dtype, object)
    )
    pd.testing.assert_frame_equal(objects.intervals, plain.intervals)
    pd.testing.assert_frame_equal(objects.records, plain.records)


def test_subjects_lack_no_record():
    y = list("NVNV")
    with pytest.raises(ValueError, match=r"subjects must contain .* but lacks x800"):
        EC57HeatmapDisplay.from_predictions(
            y, y, ["100", "100", "x800", "x800"], subjects=SUBJECTS
        )
    clf = DummyClassifier().fit(np.zeros((4, 1)), y)
    display = EC57HeatmapDisplay.from_estimator(
        clf, np.zeros((4, 1)), y, [201.0, 201, 202, 202], subjects=SUBJECTS
    )
    assert display.intervals is None  # of a single subject


def test_from_report_and_from_estimator():
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


def test_gross_figures_of_the_committed_results():
    """The VEB F1 of the study's cells is the one in their summary table."""
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
