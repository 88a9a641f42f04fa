"""Synthetic beats: their numbers, their timing, and what can be learned."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split

from skecg.datasets import make_beats


def test_shapes_and_class_sizes_of_mitdb():
    beats = make_beats(10_000, random_state=0)
    assert beats.data.shape == (10_000, 187)
    assert beats.data.dtype == np.float32
    assert (beats.data.min(), beats.data.max()) == (0, 1)
    assert beats.target.dtype == np.int64
    # MIT-BIH's 90,589 / 2,779 / 7,236 / 803 / 8,039 of 109,446.
    expected = [8277, 254, 661, 73, 735]
    np.testing.assert_allclose(np.bincount(beats.target), expected, atol=1)
    assert len(set(beats.groups)) == 24
    assert beats.target_names == ["N", "S", "V", "F", "Q"]
    assert "come from no patient" in beats.DESCR


def test_weights_and_subjects():
    beats = make_beats(100, weights=[1, 0, 1, 0, 2], n_subjects=7, random_state=0)
    assert np.bincount(beats.target).tolist() == [25, 0, 25, 0, 50]
    assert len(set(beats.groups)) <= 7
    assert make_beats(3, random_state=0).data.shape == (3, 187)


def test_same_seed_same_beats_and_nobody_elses_state():
    np.random.seed(7)
    before = np.random.get_state()[1].copy()
    one, other = make_beats(50, random_state=1), make_beats(50, random_state=1)
    np.testing.assert_array_equal(one.data, other.data)
    assert not np.array_equal(one.data, make_beats(50, random_state=2).data)
    np.testing.assert_array_equal(before, np.random.get_state()[1])


def test_premature_beats_come_early():
    beats = make_beats(4000, layout="centered", random_state=0)
    table = pd.DataFrame({"subject": beats.groups, "peak": beats.r_peaks})
    interval = table.groupby("subject").peak.diff()
    share = interval / interval.groupby(beats.groups).transform("median")
    by_class = share.groupby(beats.target).median()
    assert by_class[0] == pytest.approx(1, abs=0.05)
    assert by_class[1] < 0.85
    assert by_class[2] < 0.85


def test_centered_beats_have_their_r_peak_in_place():
    beats = make_beats(
        300, layout="centered", n_leads=2, weights=[1, 0, 0, 0, 0], random_state=0
    )
    assert beats.data.shape == (300, 198)
    assert beats.feature_names[96] == "lead_1_sample_0"
    peaks = beats.data[:, :96].argmax(axis=1)
    assert abs(np.median(peaks) - 36) <= 1
    # Millivolts, as the model's R waves are about one high.
    assert 0.3 < np.median(beats.data[:, :96].max(axis=1)) < 3


def test_learnable_but_not_trivial():
    X, y = make_beats(6000, random_state=0, return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, stratify=y, random_state=0
    )
    boosting = HistGradientBoostingClassifier(max_iter=30, random_state=0)
    predicted = boosting.fit(X_train, y_train).predict(X_test)
    assert 0.5 < balanced_accuracy_score(y_test, predicted) < 0.98


def test_frames():
    beats = make_beats(20, as_frame=True, random_state=0)
    assert beats.frame.shape == (20, 188)
    X, y = make_beats(20, as_frame=True, return_X_y=True, random_state=0)
    pd.testing.assert_frame_equal(X, beats.data)
    pd.testing.assert_series_equal(y, beats.target)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_beats": 0}, "n_beats"),
        ({"n_beats": 9, "layout": "round"}, "layout"),
        ({"n_beats": 9, "n_leads": 2}, "n_leads must be 1 in .*study"),
        ({"n_beats": 9, "weights": [1, 2]}, r"five finite numbers.*got \[1, 2\]"),
        ({"n_beats": 9, "weights": [0] * 5}, "not all 0"),
        ({"n_beats": 9, "weights": ["a"] * 5}, "five finite numbers"),
        ({"n_beats": 9, "weights": [[1, 2], [3]]}, "five finite numbers"),
        ({"n_beats": 9, "weights": {"N": 1}}, "five finite numbers"),
        ({"n_beats": 9, "noise": -1}, "noise"),
    ],
)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        make_beats(**arguments)


@pytest.mark.parametrize("classes", [range(5), "NSVFQ"])
def test_weights_of_a_series_belong_to_its_index(classes):
    weights = pd.Series([1, 5, 3, 1, 40], index=list(classes)[::-1])
    y = make_beats(50, weights=weights, random_state=0).target
    assert np.bincount(y).tolist() == [40, 1, 3, 5, 1]


def test_small_tails_of_waves_are_no_errors():
    with np.errstate(all="raise"):
        beats = make_beats(200, weights=[1] * 5, random_state=0)
    again = make_beats(200, weights=[1] * 5, random_state=0)
    np.testing.assert_array_equal(beats.data, again.data)
