"""Beats cut from signals, against results worked out by hand."""

import numpy as np
import pytest

from skecg.signal import centered_beats, study_beats


def test_study_beats_by_hand():
    # Annotations at 0, 30, 60 in a signal of 100: the first beat runs from 0 to
    # 30 + int(0.2 * 30) = 36, every third sample of it: 0, 3, ..., 33.
    signal = np.arange(100.0)
    beats, indices = study_beats(signal, [0, 30, 60], ["N", "V", "N"])
    # The last beat has no two annotations after it, even counting the end.
    assert indices.tolist() == [0, 1]
    np.testing.assert_allclose(beats[0, :12], np.arange(12) / 11, rtol=1e-6)
    assert not beats[0, 12:].any()
    # The second one ends at 60 + int(0.2 * 40) = 68: 30, 33, ..., 66.
    np.testing.assert_allclose(beats[1, :13], np.arange(13) / 12, rtol=1e-6)
    assert not beats[1, 13:].any()


def test_marks_that_are_no_beats_bound_beats():
    beats, indices = study_beats(np.arange(100.0), [0, 30, 60], ["N", "+", "N"])
    assert indices.tolist() == [0]
    assert np.count_nonzero(beats[0]) == 11


def test_a_long_beat_is_scaled_before_it_is_cut():
    signal = np.zeros(3000)
    signal[900] = 4.0  # past sample 187 of the segment: it sets the scale only
    signal[3] = 1.0
    beats, _ = study_beats(signal, [0, 1000, 1500], ["N", "N", "N"])
    assert beats[0].max() == beats[0, 1] == pytest.approx(0.25)


def test_empty_and_constant_segments_are_rows_of_zeros():
    beats, indices = study_beats(np.ones(50), [10, 10, 20, 30], ["N"] * 4)
    assert indices.tolist() == [0, 1, 2]
    assert not beats.any()


@pytest.mark.parametrize(
    ("signal", "positions", "symbols", "message"),
    [
        (np.zeros((5, 2)), [0], ["N"], r"signal must be one lead.*\(5, 2\)"),
        ([0.0, np.nan], [0], ["N"], "finite"),
        (np.zeros(5), [0, 1], ["N"], "of one length"),
        (np.zeros(5), [0.5], ["N"], "positions must be integers, got float64"),
        (np.zeros(5), [0, 7], ["N", "N"], "ascend within the signal's 5 samples"),
        (np.zeros(5), [3, 1], ["N", "N"], "ascend within"),
    ],
)
def test_bad_input_of_study_beats_is_named(signal, positions, symbols, message):
    with pytest.raises(ValueError, match=message):
        study_beats(signal, positions, symbols)


def test_centered_beats_by_hand():
    leads = np.column_stack([np.arange(20.0), -np.arange(20.0)])
    rows = centered_beats(leads, [10, 0], before=4, after=6, step=2)
    # 6, 8, 10, 12, 14 less their median, 10, and the other lead upside down.
    assert rows[0].tolist() == [-4, -2, 0, 2, 4, 4, 2, 0, -2, -4]
    # Before the first sample that sample stands in: 0, 0, 0, 2, 4.
    assert rows[1].tolist() == [0, 0, 0, 2, 4, 0, 0, 0, -2, -4]


def test_bad_input_of_centered_beats_is_named():
    with pytest.raises(ValueError, match=r"\(n_samples, n_leads\), got \(5,\)"):
        centered_beats(np.zeros(5), [1], before=1, after=1)
    with pytest.raises(ValueError, match="within the signal's 5 samples, got 9"):
        centered_beats(np.zeros((5, 1)), [9], before=1, after=1)
