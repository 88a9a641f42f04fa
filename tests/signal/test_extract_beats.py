"""Beats cut from recordings, against results worked out by hand."""

import tracemalloc
from functools import partial

import numpy as np
import pandas as pd
import pytest
from plain_ecg import plain_ecg

from skecg import CNN1DClassifier, Recording
from skecg.datasets._ecg_model import draw_subject, synthetic_recording
from skecg.signal import extract_beats, get_layout, signal_quality

# Signals as simple as these are no ECG.
by_hand = partial(extract_beats, check_quality=False)


def study(signal, r_peaks, marks=()):
    return by_hand(signal, 360, r_peaks, marks=marks)


def test_study_layout_by_hand():
    # R peaks at 0, 30, 60 in a signal of 100: the first beat runs from 0 to
    # 30 + int(0.2 * 30) = 36, every third sample of it: 0, 3, ..., 33.
    beats = study(np.arange(100.0), [0, 30, 60])
    # The last beat has no two bounds after it, even counting the end.
    assert beats.indices.tolist() == [0, 1]
    np.testing.assert_allclose(beats.data[0, :12], np.arange(12) / 11, rtol=1e-6)
    assert not beats.data[0, 12:].any()
    # The second one ends at 60 + int(0.2 * 40) = 68: 30, 33, ..., 66.
    np.testing.assert_allclose(beats.data[1, :13], np.arange(13) / 12, rtol=1e-6)
    assert not beats.data[1, 13:].any()
    assert beats.feature_names[186] == "sample_186"


def test_marks_that_are_no_beats_bound_beats():
    beats = study(np.arange(100.0), [0, 60], marks=[30])
    assert beats.indices.tolist() == [0]
    assert np.count_nonzero(beats.data[0]) == 11


def test_a_long_beat_is_scaled_before_it_is_cut():
    signal = np.zeros(3000)
    signal[900] = 4.0  # past sample 187 of the segment: it sets the scale only
    signal[3] = 1.0
    beats = study(signal, [0, 1000, 1500])
    assert beats.data[0].max() == beats.data[0, 1] == pytest.approx(0.25)


def test_a_segment_of_one_value_is_a_row_of_zeros():
    beats = study(np.ones(50), [10, 20, 30])
    assert beats.indices.tolist() == [0, 1]
    assert not beats.data.any()


def test_no_peaks_no_beats():
    assert study(np.ones(50), []).data.shape == (0, 187)
    assert by_hand(np.ones(50), 120, [], layout="centered").data.shape == (0, 102)


def test_centered_layout_by_hand():
    leads = np.column_stack([np.arange(300.0), -np.arange(300.0)])
    beats = by_hand(leads, 120, [10, 100], layout=get_layout("centered", rr=None))
    # 64, 65, ..., 159 less their median, 111.5, and the other lead upside down.
    np.testing.assert_allclose(beats.data[1, :96], np.arange(64, 160) - 111.5)
    np.testing.assert_allclose(beats.data[1, 96:], 111.5 - np.arange(64, 160))
    # Before the first sample that sample stands in: 26 + 1 zeros, then 1 to 69.
    window = np.r_[np.zeros(26), np.arange(70)]
    np.testing.assert_allclose(beats.data[0, :96], window - np.median(window))
    assert (beats.n_channels, beats.n_aux_features) == (2, 0)
    assert beats.feature_names[96] == "lead_1_sample_0"


def test_rr_features_by_hand():
    # Intervals of 1, 1, 0.5, 1.5 and 1 s: their median is 1.
    peaks = np.array([0, 100, 200, 250, 400, 500])
    beats = by_hand(np.zeros(600), 100, peaks, layout="centered")
    table = pd.DataFrame(beats.data[:, 96:], columns=beats.feature_names[96:])
    np.testing.assert_allclose(table.pre_rr, [1, 1, 1, 0.5, 1.5, 1])
    np.testing.assert_allclose(table.post_rr, [1, 1, 0.5, 1.5, 1, 1])
    np.testing.assert_allclose(table.pre_rr_to_median, table.pre_rr)
    np.testing.assert_allclose(table.post_rr_to_local, table.post_rr)
    assert beats.n_aux_features == 6


def test_local_ratio_looks_at_ten_intervals_around():
    # Twenty intervals of 1 s, then twenty of 2 s.
    peaks = np.r_[0, np.cumsum(np.repeat([100, 200], 20))]
    beats = by_hand(np.zeros(7000), 100, peaks, layout="centered")
    table = pd.DataFrame(beats.data[:, 96:], columns=beats.feature_names[96:])
    np.testing.assert_allclose(table.pre_rr_to_local[[5, 14, 30]], 1)
    np.testing.assert_allclose(table.pre_rr_to_local[20], 1 / 1.5)
    np.testing.assert_allclose(table.pre_rr_to_median[[5, 30]], [1 / 1.5, 2 / 1.5])


def test_causal_features_by_hand_and_blind_to_the_future():
    peaks = np.array([0, 100, 200, 250, 400, 500])
    layout = get_layout("centered", rr="causal")
    beats = by_hand(np.zeros(600), 100, peaks, layout=layout)
    aux = beats.data[:, 96:]
    np.testing.assert_allclose(aux[:, 0], [1, 1, 1, 0.5, 1.5, 1])
    # Medians of what came before: -, -, 1, (1, 1), (1, 1, 0.5), (1, 1, 0.5, 1.5).
    np.testing.assert_allclose(aux[:, 1], [1, 1, 1, 0.5, 1.5, 1])
    np.testing.assert_allclose(aux[:, 2], aux[:, 1])
    shorter = by_hand(np.zeros(600), 100, peaks[:4], layout=layout)
    np.testing.assert_array_equal(shorter.data[:, 96:], aux[:4])


def test_leads_by_name_and_by_column():
    frame = pd.DataFrame({"V5": np.zeros(99), "MLII": np.arange(99.0)})
    named = by_hand(frame, 360, [0, 30, 60], leads=["MLII"])
    numbered = by_hand(frame.to_numpy(), 360, [0, 30, 60], leads=[1])
    np.testing.assert_array_equal(named.data, numbered.data)
    assert named.data.any()
    both = by_hand(frame, 360, [0, 30], layout="centered", leads=["MLII", "V5"])
    assert both.feature_names[:1] == ["MLII_sample_0"]
    assert both.data[:, :96].any()
    assert not both.data[:, 96:192].any()


def test_numbers_of_other_types_are_the_same_numbers():
    signal = np.sin(np.arange(1000) / 7)
    expected = extract_beats(signal, 257, [100, 400, 700]).data
    for fs in (257.0, np.float32(257), np.int16(257)):
        for peaks in (np.array([100.0, 400, 700]), pd.Series([100, 400, 700.0])):
            beats = extract_beats(signal, fs, peaks, marks=np.empty(0))
            np.testing.assert_array_equal(beats.data, expected)


@pytest.mark.parametrize(("odd_fs", "even_fs"), [(99_999.7, 100_000), (359.999, 360)])
def test_an_odd_rate_needs_no_endless_filter(odd_fs, even_fs):
    # As the nearest of all ratios, either has a filter of millions of coefficients.
    n_samples = 20 * even_fs
    signal = np.sin(np.arange(n_samples) / even_fs * 30)
    peaks = np.arange(1, 19) * even_fs
    tracemalloc.start()
    odd = extract_beats(signal, odd_fs, peaks, layout="centered")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 120e6
    even = extract_beats(signal, even_fs, peaks, layout="centered")
    np.testing.assert_allclose(odd.data, even.data, atol=1e-3)


@pytest.mark.parametrize("fs", [250, 128, 1000, 257.5])
@pytest.mark.parametrize("layout", ["study", "centered"])
def test_any_rate_gives_much_the_same_beats(fs, layout):
    """A smooth wave sampled at another rate is the same wave."""
    time_fs, time_360 = np.arange(0, 20, 1 / fs), np.arange(0, 20, 1 / 360)
    seconds = np.arange(1, 19, 0.8)

    def wave(time):
        return np.sin(2 * np.pi * 1.25 * time) + 0.3 * np.sin(2 * np.pi * 7 * time) + 5

    there = extract_beats(
        wave(time_fs), fs, np.round(seconds * fs).astype(int), layout=layout
    )
    here = extract_beats(
        wave(time_360), 360, np.round(seconds * 360).astype(int), layout=layout
    )
    assert there.data.shape == here.data.shape
    # The R peak may fall between two samples, and a beat end one sample sooner.
    assert np.median(np.abs(there.data - here.data)) < 0.03


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"signal": np.zeros((5, 2, 2))}, r"\(n_samples, n_leads\), got \(5, 2, 2\)"),
        ({"signal": [0.0, np.inf, 1.0]}, "signal must be finite, got infinite"),
        ({"signal": [1.0], "r_peaks": [0]}, "at least two samples, got 1"),
        ({"signal": pd.DataFrame({"V1": []})}, "at least two samples, got 0"),
        ({"signal": [[1.0, 2.0], [3.0]]}, "signal must be an array, got parts of"),
        ({"signal": ["high", "low"]}, "signal must contain only numbers"),
        ({"r_peaks": [1, 20.5]}, "r_peaks must be whole numbers, got 20.5; pass"),
        ({"r_peaks": [1, np.nan]}, "r_peaks must be whole numbers, got nan"),
        ({"r_peaks": [1, np.inf]}, "r_peaks must be whole numbers, got inf"),
        ({"r_peaks": [True]}, "r_peaks must be a list of whole numbers, got bool"),
        ({"r_peaks": [0, 99]}, "r_peaks must lie within the signal's 50 samples"),
        ({"r_peaks": [9, 5]}, "r_peaks must ascend"),
        ({"r_peaks": [9, 9]}, "pass each beat once"),
        (
            {"signal": pd.DataFrame(np.zeros((50, 2)), columns=["V1", "V1"])},
            "signal must name each lead once",
        ),
        ({"marks": [-1]}, "marks must lie within"),
        (
            {"signal": np.zeros((50, 2)), "leads": [1, 1], "layout": "centered"},
            r"leads must name each lead once, got \[1, 1\]",
        ),
        ({"leads": [3]}, r"leads must be some of \[0\], got \[3\]"),
        (
            {"signal": np.zeros((50, 2)), "leads": [0, 1]},
            r"leads must have length 1 in get_layout\('study'\), got 2",
        ),
        (
            {"layout": "features", "marks": [3]},
            r"marks must be None in get_layout\('features'\)",
        ),
        (
            {"r_peaks": np.ma.masked_array([1, 20], [False, True])},
            "r_peaks must be whole numbers, but some are masked",
        ),
        (
            {"marks": np.ma.masked_array([1, 20], [False, True])},
            "marks must be whole numbers, but some are masked",
        ),
        (
            {
                "signal": pd.DataFrame(
                    {"time_s": np.arange(50) / 360, "ecg_mV": np.zeros(50)}
                ),
                "layout": "centered",
            },
            "only leads, but 'time_s' ascends",
        ),
        (
            {
                "signal": np.column_stack([np.arange(50.0), np.arange(50.0)]),
                "layout": "centered",
            },
            "0 and 1 have the same samples",
        ),
        ({"check_quality": "no"}, "check_quality"),
        ({"layout": "round"}, "layout must be a Layout or one of .*, got 'round'"),
        ({"fs": 0}, "fs"),
        ({"fs": 1e9}, "fs must be at most 100,000 Hz, got 1"),
    ],
)
def test_bad_input_is_named(arguments, message):
    given = {"signal": np.zeros(50), "fs": 360, "r_peaks": [1, 20], **arguments}
    with pytest.raises(ValueError, match=message):
        extract_beats(**given)


def test_a_network_reads_leads_and_rhythm():
    """Early beats of one shape: only the RR columns tell them from the rest."""
    rng = np.random.RandomState(0)
    subject = draw_subject(rng, 2)
    classes = "NNNNS" * 60
    signal, peaks = synthetic_recording(subject, classes, 0.02, rng)
    beats = extract_beats(signal, 360, peaks, layout="centered")
    clf = CNN1DClassifier(
        layout=beats.layout,
        n_filters=(8, 8),
        max_epochs=10,
        random_state=0,
    )
    y = np.array(list(classes))
    assert clf.fit(beats.data, y).score(beats.data, y) > 0.9


def test_a_masked_array_without_masked_samples_is_the_array():
    signal, r_peaks = np.arange(100.0), [0, 30, 60]
    masked = np.ma.masked_array(signal, np.zeros(100, dtype=bool))
    np.testing.assert_array_equal(
        study(masked, r_peaks).data, study(signal, r_peaks).data
    )


def test_leads_may_be_named_as_times_are_if_they_are_not():
    frame = pd.DataFrame({"t": np.sin(np.arange(100)), "V1": np.cos(np.arange(100))})
    assert extract_beats(frame, 120, [40], layout="centered").n_channels == 2


@pytest.mark.parametrize("package", ["polars", "pyarrow"])
def test_other_frames_name_their_leads(package):
    frames = pytest.importorskip(package)
    leads = {"V1": np.zeros(1200), "MLII": np.sin(np.arange(1200) / 40) ** 8}
    frame = frames.DataFrame(leads) if package == "polars" else frames.table(leads)
    peaks = [63, 188, 314, 440]
    beats = extract_beats(frame, 360, peaks, leads=["MLII"])
    expected = extract_beats(leads["MLII"], 360, peaks)
    np.testing.assert_array_equal(beats.data, expected.data)


@pytest.mark.parametrize("package", ["polars", "pyarrow"])
@pytest.mark.parametrize("dtype", [float, int])
def test_nulls_of_other_frames_are_missing(package, dtype):
    frames = pytest.importorskip(package)
    signal, r_peaks = plain_ecg(20, 250)
    lead = np.round(1000 * signal[:, 0]).astype(dtype).tolist()
    lead[r_peaks[7] : r_peaks[7] + 5] = [None] * 5
    frame = frames.DataFrame if package == "polars" else frames.table
    beats = extract_beats(frame({"V1": lead}), 250, r_peaks, layout="centered")
    assert beats.unreadable.to_dict("index") == {
        7: {"r_peak": r_peaks[7], "lead": "V1", "reason": "missing"}
    }


@pytest.mark.parametrize("package", ["polars", "pyarrow"])
def test_integers_keep_their_type_beside_a_lead_of_floats(package):
    frames = pytest.importorskip(package)
    signal, r_peaks = plain_ecg(20, 250, n_leads=2)
    counts = np.round(1000 * signal[:, 0]).astype(np.int16)
    counts[r_peaks[7]] = -32768  # marks an invalid sample
    frame = frames.DataFrame if package == "polars" else frames.table
    table = frame({"I": counts, "II": signal[:, 1]})
    beats = extract_beats(table, 250, r_peaks, layout="centered")
    assert beats.unreadable["reason"].to_dict() == {7: "missing"}


def test_results_can_be_compared_and_hashed():
    signal, r_peaks = plain_ecg(10, 250)
    for function in (extract_beats, signal_quality):
        arguments = (signal, 250, r_peaks)[: 3 if function is extract_beats else 2]
        one, other = function(*arguments), function(*arguments)
        assert one == one
        assert len({one, other}) == 2


def test_a_recording_states_its_rate_and_leads():
    signal, peaks = plain_ecg(30, 250, n_leads=3)
    recording = Recording(signal, 250, leads=["II", "V1", "V5"])
    table = pd.DataFrame(signal.astype(np.float32), columns=["II", "V1", "V5"])
    for options in ({"layout": "features", "leads": ["V5", "II"]}, {"leads": ["V1"]}):
        found = extract_beats(recording, r_peaks=peaks, **options)
        expected = extract_beats(table, 250, peaks, **options)
        np.testing.assert_array_equal(found.data, expected.data)
        assert found.feature_names == expected.feature_names
    with pytest.raises(ValueError, match="fs must be None with a Recording"):
        extract_beats(recording, 250, peaks)
    with pytest.raises(ValueError, match="fs must be given with an array"):
        extract_beats(signal, r_peaks=peaks)
    with pytest.raises(ValueError, match="r_peaks"):
        extract_beats(recording)
