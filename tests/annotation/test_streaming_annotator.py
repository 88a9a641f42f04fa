"""Beats of a stream: those of the whole recording, in time and in bounded memory."""

import pickle

import numpy as np
import pandas as pd
import pytest
from annotated import mixed_recording
from sklearn.ensemble import HistGradientBoostingClassifier
from synthetic_ecg import beat_times, make_lead

from skecg import aami
from skecg.annotation import BeatAnnotator, StreamingAnnotator
from skecg.detection import StreamingRPeakDetector
from skecg.presets import make_beat_classifier
from skecg.signal import extract_beats

LAYOUT = "causal_features"


def ecg(seconds, fs, *, interval=0.7, seed=0):
    """Return two leads with early, wide and unreadable beats, and their R peaks."""
    rng = np.random.default_rng(seed)
    times = beat_times(seconds, interval, jitter=0.05, seed=seed)
    times[10::11] -= 0.3 * interval
    lead = make_lead(times, seconds, fs, noise=0.03, seed=seed)
    wide = make_lead(times[7::17], seconds, fs, noise=0, drift=0, T=-0.8, S=-1.5)
    signal = np.column_stack([lead + wide, 0.4 * lead - wide + 3])
    signal[:, 1] += rng.normal(0, 0.02, len(signal))
    # The start, two gaps, one missing sample, and a flat lead.
    second = round(fs)
    signal[: second // 5, 0] = np.nan
    signal[20 * second : 23 * second, 0] = np.nan
    signal[40 * second : 41 * second] = np.nan
    signal[50 * second, 1] = np.nan
    signal[55 * second : 57 * second, 1] = signal[55 * second, 1]
    return signal, np.round(times * fs).astype(int)


def fitted_model(layout):
    signal, peaks = ecg(120, 250)
    beats = extract_beats(signal, 250, peaks, layout=layout)
    wide = np.isin(beats.indices, np.arange(7, len(peaks), 17))
    early = np.isin(beats.indices, np.arange(10, len(peaks), 11))
    target = np.select([wide, early], [2, 1], 0)
    classifier = HistGradientBoostingClassifier(max_iter=10, min_samples_leaf=3)
    return classifier.fit(beats.data, target)


@pytest.fixture(scope="module")
def model():
    return fitted_model(LAYOUT)


@pytest.fixture(scope="module", params=[LAYOUT, "causal_context"])
def any_model(request):
    """Return a model of rows of each causal layout of a stream."""
    return fitted_model(request.param)


def stream(annotator, signal, peaks, sizes, late=0):
    """Push a recording in blocks of sizes that repeat, R peaks some samples late."""
    parts, start, first, k = [], 0, 0, 0
    while start < len(signal):
        stop = min(start + sizes[k % len(sizes)], len(signal))
        last = np.searchsorted(peaks, stop - late)
        last = len(peaks) if stop == len(signal) else max(last, first)
        parts.append(annotator.push(signal[start:stop], peaks[first:last]))
        start, first, k = stop, last, k + 1
    return pd.concat([*parts, annotator.finish()], ignore_index=True)


def offline(model, signal, fs, peaks):
    """Return the table of the whole recording."""
    layout = {42: LAYOUT, 537: "causal_context"}[model.n_features_in_]
    beats = extract_beats(signal, fs, peaks, layout=layout)
    table = pd.DataFrame({"sample": peaks, "time": peaks / fs})
    table["class"] = "Q"
    table.loc[beats.indices, "class"] = [
        aami.CLASSES[code] for code in model.predict(beats.data)
    ]
    for name, values in zip("NSV", model.predict_proba(beats.data).T, strict=True):
        table[f"probability_{name}"] = np.nan
        table.loc[beats.indices, f"probability_{name}"] = values
    return table, beats.unreadable


def assert_same(streamed, model, signal, fs, peaks):
    expected, unreadable = offline(model, signal, fs, peaks)
    pd.testing.assert_frame_equal(
        streamed.drop(columns="reason"), expected, check_exact=True, check_dtype=False
    )
    assert (streamed.index[streamed["reason"] != ""] == unreadable.index).all()


@pytest.mark.parametrize("fs", [128, 250, 360])
@pytest.mark.parametrize("seed", range(3))
def test_beats_do_not_depend_on_the_sizes_of_blocks(any_model, fs, seed):
    rng = np.random.default_rng(seed)
    signal, peaks = ecg(200, fs, seed=seed)
    largest = rng.choice([40, 3 * fs, 90 * fs])
    sizes = [*rng.integers(0, largest, 30), largest]
    late = rng.integers(0, round(0.3 * fs) + 1)
    annotator = StreamingAnnotator(any_model, fs)
    streamed = stream(annotator, signal, peaks, sizes, late)
    assert annotator.n_samples == len(signal)
    assert set(streamed["class"]) == {"N", "S", "V", "Q"}
    assert_same(streamed, any_model, signal, fs, peaks)


def test_sample_by_sample_is_the_same(any_model):
    signal, peaks = ecg(60, 100)
    signal, peaks = signal[:1200], peaks[peaks < 1200]
    streamed = stream(StreamingAnnotator(any_model, 100), signal, peaks, [1])
    assert_same(streamed, any_model, signal, 100, peaks)


@pytest.mark.parametrize("fs", [120, 257, 1000])
def test_any_rate_is_the_same_in_one_block_and_in_many(any_model, fs):
    signal, peaks = ecg(60, fs)
    for sizes in ([len(signal)], [fs // 3]):
        streamed = stream(StreamingAnnotator(any_model, fs), signal, peaks, sizes)
        assert_same(streamed, any_model, signal, fs, peaks)


def test_thousands_of_beats_are_the_same(any_model):
    """Families reach two thousand beats back."""
    signal, peaks = ecg(1000, 100, interval=0.4)
    assert len(peaks) > 2300
    streamed = stream(StreamingAnnotator(any_model, 100), signal, peaks, [2500, 900])
    assert_same(streamed, any_model, signal, 100, peaks)


@pytest.mark.parametrize("n_beats", [0, 1, 2])
def test_a_short_stream_is_the_same(any_model, n_beats):
    signal, peaks = ecg(60, 250)
    signal, peaks = signal[:600], peaks[:n_beats]
    streamed = stream(StreamingAnnotator(any_model, 250), signal, peaks, [100])
    assert len(streamed) == n_beats
    if n_beats:
        assert_same(streamed, any_model, signal, 250, peaks)


@pytest.mark.parametrize("fs", [100, 128, 250, 257, 360])
@pytest.mark.parametrize("late", [0.0, 0.3])
def test_a_beat_is_known_after_the_delay(model, fs, late):
    """Or with the next R peak, where that is pushed later."""
    signal, peaks = ecg(60, fs, interval=0.5)
    signal, peaks = np.nan_to_num(signal[: 8 * fs]), peaks[peaks < 7 * fs]
    annotator, known, pushed = StreamingAnnotator(model, fs), {}, {}
    for sample in range(len(signal)):
        new = peaks[peaks + round(late * fs) == sample]
        pushed.update(dict.fromkeys(new.tolist(), sample + 1))
        for beat in annotator.push(signal[sample : sample + 1], new)["sample"]:
            known[beat] = sample + 1
    n_after = round(annotator.delay * fs)
    assert annotator.delay == pytest.approx(n_after / fs)
    assert annotator.delay < 0.77
    slack = []
    for peak, following in zip(peaks[:-2].tolist(), peaks[1:-1].tolist(), strict=True):
        due = max(peak + n_after, pushed[following])
        slack.append(due - known[peak])
    # The rounding to 120 Hz saves some beats a sample or two.
    assert min(slack) == 0
    assert max(slack) <= 2


def test_detected_beats_are_the_same(any_model):
    signal, _ = ecg(90, 250)
    signal[:, 0] = np.nan_to_num(signal[:, 0])
    detector = StreamingRPeakDetector(250)
    peaks = np.concatenate([detector.push(signal[:, 0]), detector.finish()])
    annotator = StreamingAnnotator(any_model, 250)
    parts = [annotator.push(signal[i : i + 400]) for i in range(0, len(signal), 400)]
    streamed = pd.concat([*parts, annotator.finish()], ignore_index=True)
    assert_same(streamed, any_model, signal, 250, peaks)


def test_a_detector_of_your_own_finds_the_peaks(model):
    class Clock:
        """Finds a peak every second."""

        n_samples = 0

        def push(self, block):
            stop = self.n_samples + len(block)
            found = np.arange(-(-self.n_samples // 250) * 250, stop, 250)
            self.n_samples = stop
            return found

        def finish(self):
            return []

    annotator = StreamingAnnotator(model, 250, detector=Clock())
    beats = annotator.push(ecg(60, 250)[0][:2600])
    assert beats["sample"].tolist() == list(range(0, 2500, 250))


def test_memory_is_bounded(any_model):
    """Also in minutes without any sample or R peak."""
    signal, peaks = ecg(400, 100, interval=0.35)
    annotator, sizes = StreamingAnnotator(any_model, 100), []
    for repeat in range(5):
        start = annotator.n_samples
        for first in range(0, len(signal), 1000):
            near = peaks[(peaks >= first) & (peaks < first + 1000)]
            annotator.push(signal[first : first + 1000], start + near)
        if repeat == 3:
            annotator.push(np.full((60_000, 2), np.nan), [])
        sizes.append(len(pickle.dumps(annotator)))
    assert len(peaks) * 2 > 2000
    assert sizes[-1] < 1.01 * sizes[2]
    assert sizes[-1] < 5e6


def test_a_gap_makes_its_beats_unreadable_at_once(model):
    signal, peaks = ecg(60, 250)
    signal, peaks = np.nan_to_num(signal[:5000]), peaks[peaks < 5000]
    signal[2500:, 1] = np.nan
    annotator = StreamingAnnotator(model, 250, ["II", "V1"])
    beats = annotator.push(signal, peaks)
    touched = beats["sample"] + 188 > 2500
    assert (beats["class"] == "Q").equals(touched)
    assert (beats["reason"] == "V1 missing").equals(touched)
    assert beats["probability_N"].isna().equals(touched)
    # They are not kept back until the gap ends.
    assert beats["sample"].tolist() == peaks[peaks + 188 <= 5000][: len(beats)].tolist()
    assert touched.sum() > 5


def test_the_preset_is_read_and_leads_are_chosen_by_name():
    signal, peaks = ecg(120, 250)
    frame = pd.DataFrame(signal, columns=["II", "V1"])
    beats = extract_beats(frame, 250, peaks, layout=LAYOUT)
    target = np.arange(len(beats.data)) % 3
    preset = make_beat_classifier("new_patients_causal").fit(beats.data, target)
    expected = stream(StreamingAnnotator(preset, 250), signal, peaks, [3000])
    frame.insert(0, "V2", 1.0)
    annotator = StreamingAnnotator(preset, 250, ["II", "V1"])
    beats = annotator.push(frame, peaks)
    pd.testing.assert_frame_equal(
        beats.drop(columns="reason"), expected[: len(beats)].drop(columns="reason")
    )
    with pytest.raises(ValueError, match=r"lacks \['V1'\]"):
        annotator.push(frame[["II", "V2"]], [])


def causal_annotator():
    """Return a BeatAnnotator that is fitted to a recording of N, S and V."""
    recording, marks = mixed_recording(pattern="NNANNNNVVN")
    annotator = BeatAnnotator(layout=LAYOUT, drop_surplus=False)
    return annotator.fit([recording], [marks])


@pytest.mark.parametrize("leads", [["II", "V1"], ["II"]])
def test_a_causal_annotator_answers_as_on_the_whole_recording(leads):
    annotator = causal_annotator()
    recording, (peaks, _) = mixed_recording(leads=leads, pattern="NNNVNNA", seed=9)
    expected = annotator.annotate(recording, peaks).table
    streamed = stream(
        StreamingAnnotator(annotator, 250, leads), recording.signal, peaks, [700]
    )
    assert set(streamed["class"]) == {"N", "S", "V"}
    assert streamed["class"].tolist() == expected["class"].tolist()
    for letter in "NSV":
        name = f"probability_{letter}"
        np.testing.assert_allclose(streamed[name], expected[name], rtol=1e-6)


def test_an_annotator_that_does_not_suit_is_refused():
    with pytest.raises(ValueError, match="not fitted"):
        StreamingAnnotator(BeatAnnotator(layout=LAYOUT), 250)
    with pytest.raises(ValueError, match=r"leads must be 2 or 1 .* got 3"):
        StreamingAnnotator(causal_annotator(), 250, 3)
    recording, marks = mixed_recording(pattern="NNANNNNVVN")
    other = BeatAnnotator(drop_surplus=False).fit([recording], [marks])
    with pytest.raises(ValueError, match=r"this annotator reads rows of .*'features'"):
        StreamingAnnotator(other, 250)


def test_times_are_no_lead(model):
    with pytest.raises(ValueError, match=r"'time \[s\]' names a column of times"):
        StreamingAnnotator(model, 250, ["time [s]", "II"])


def test_a_model_of_named_columns_is_read():
    signal, peaks = ecg(120, 250)
    frame = pd.DataFrame(signal, columns=["II", "V1"])
    beats = extract_beats(frame, 250, peaks, layout=LAYOUT)
    rows = pd.DataFrame(beats.data, columns=beats.feature_names)
    letters = np.array(["N", "V"])[np.arange(len(rows)) % 2]
    named = HistGradientBoostingClassifier(max_iter=3).fit(rows, letters)
    annotator = StreamingAnnotator(named, 250)
    assert annotator.classes == ("N", "V")
    assert "probability_V" in annotator.push(signal, peaks)
    rows.columns = [name.removesuffix("_causal") for name in rows]
    other = HistGradientBoostingClassifier(max_iter=3).fit(rows, letters)
    with pytest.raises(ValueError, match="columns of get_layout"):
        StreamingAnnotator(other, 250)


def test_a_model_of_other_rows_or_classes_is_refused(model):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(60, model.n_features_in_))
    with pytest.raises(ValueError, match="predict_proba, got str"):
        StreamingAnnotator("new_patients_causal", 250)
    with pytest.raises(ValueError, match="not fitted"):
        StreamingAnnotator(HistGradientBoostingClassifier(), 250)
    with pytest.raises(ValueError, match="number of leads with leads"):
        StreamingAnnotator(model, 250, 3)
    of_all = make_beat_classifier("new_patients").fit(rows, np.arange(60) % 3)
    with pytest.raises(ValueError, match="layout is get_layout\\('features'"):
        StreamingAnnotator(of_all, 250)
    odd = HistGradientBoostingClassifier(max_iter=2).fit(rows, np.arange(60) % 2 + 7)
    with pytest.raises(ValueError, match=r"got \[7, 8\]"):
        StreamingAnnotator(odd, 250)


@pytest.mark.parametrize("leads", [0, "II", [], ["II", "II"], None])
def test_leads_are_a_number_or_names(model, leads):
    with pytest.raises(ValueError, match="leads must be the number"):
        StreamingAnnotator(model, 250, leads)


@pytest.mark.parametrize(
    ("block", "peaks", "message"),
    [
        (np.zeros((10, 3)), [], r"shape \(n_samples, 2\), got \(10, 3\)"),
        (np.zeros(10), [], r"got \(10,\)"),
        (np.full((10, 2), np.inf), [], "infinite"),
        (np.zeros((10, 2)), [2000], "must ascend"),
        (np.zeros((10, 2)), [15005, 15005], "must ascend"),
        (np.zeros((10, 2)), [15010], "lie from 7500 to 15009"),
        (np.zeros((10, 2)), [7000], "lie from 7500 to 15009"),
        (np.zeros((10, 2)), [0.5], "whole numbers"),
        (np.zeros((10, 2)), None, r"first push had some; pass \[\]"),
    ],
)
def test_a_push_that_is_refused_changes_nothing(model, block, peaks, message):
    signal, r_peaks = ecg(60, 250)
    expected, annotator = (StreamingAnnotator(model, 250) for _ in range(2))
    for one in (expected, annotator):
        one.push(signal, r_peaks[r_peaks < 3000])
    with pytest.raises(ValueError, match=message):
        annotator.push(block, peaks)
    later = r_peaks[r_peaks > 7600]
    for one in (expected, annotator):
        one.beats = one.push(np.zeros((300, 2)), later)
    pd.testing.assert_frame_equal(annotator.beats, expected.beats)


def test_a_stream_has_pushed_peaks_or_detects_them_and_ends(model):
    annotator = StreamingAnnotator(model, 250)
    annotator.push(np.zeros((100, 2)))
    with pytest.raises(ValueError, match="first push had none; pass None"):
        annotator.push(np.zeros((100, 2)), [])
    annotator.finish()
    assert annotator.finish().empty
    with pytest.raises(ValueError, match="called before finish"):
        annotator.push(np.zeros((100, 2)))
