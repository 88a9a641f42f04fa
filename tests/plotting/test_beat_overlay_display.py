"""BeatOverlayDisplay: mean, percentiles and example beats of each class."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from skecg.datasets import make_beats
from skecg.plotting import BeatOverlayDisplay


def test_draws_mean_percentiles_and_examples():
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


def test_centred_layout_has_its_r_peak_at_zero_in_the_chosen_lead():
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


def test_errors_name_the_argument():
    X, y = np.zeros((4, 10)), [0, 0, 2, 2]
    with pytest.raises(ValueError, match=r"lead must be below .* 1, got 1"):
        BeatOverlayDisplay.from_beats(X, y, layout=None, lead=1)
    with pytest.raises(ValueError, match="n_channels=3 cannot divide"):
        BeatOverlayDisplay.from_beats(X, y, layout=None, n_channels=3)
    with pytest.raises(ValueError, match="n_aux_features must be 0 for these rows"):
        BeatOverlayDisplay.from_beats(np.zeros((4, 187)), y, n_aux_features=2)
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match="each of the 2 classes, got 1"):
        BeatOverlayDisplay.from_beats(X, y, layout=None, ax=ax)


@pytest.mark.parametrize("layout", ["study", "centered"])
def test_refuses_rows_of_another_layout(layout):
    other = "study" if layout == "centered" else "centered"
    beats = make_beats(100, layout=other, random_state=0)
    sentence = rf"Rows of get_layout\('{layout}'\) have .*, got"
    with pytest.raises(ValueError, match=sentence):
        BeatOverlayDisplay.from_beats(beats.data, beats.target, layout=layout)


def test_takes_display_labels():
    y, names = np.repeat([0, 1], 4), ["normal", "abnormal"]
    display = BeatOverlayDisplay.from_beats(np.zeros((8, 187)), y, display_labels=names)
    assert [ax.get_title() for ax in display.ax_] == [f"{x} (4 beats)" for x in names]
