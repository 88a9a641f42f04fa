"""Beats that extract_beats leaves out because they cannot be read."""

import numpy as np
import pandas as pd
import pytest
from plain_ecg import plain_ecg

from skecg.signal import extract_beats, get_layout

FS = 360
LAYOUTS = [
    get_layout("study"),
    get_layout("centered"),
    get_layout("centered", rr="causal"),
    get_layout("features"),
    get_layout("causal_features"),
    get_layout("context"),
    get_layout("causal_context"),
]
EXACT = {"study", "centered"}  # layouts whose rows read nothing else of the signal


@pytest.fixture(scope="module")
def recording():
    return plain_ecg(40, FS)


def unreadable(signal, r_peaks, layout, **options):
    beats = extract_beats(signal, FS, r_peaks, layout=layout, **options)
    # Each R peak has a row or a reason; the study's last beat is neither.
    listed = np.sort(np.concatenate([beats.indices, beats.unreadable.index]))
    assert listed.tolist() == list(range(len(r_peaks) - (beats.layout.name == "study")))
    np.testing.assert_array_equal(
        beats.unreadable["r_peak"], r_peaks[beats.unreadable.index]
    )
    return beats


def spoil(signal, reason, start, stop):
    spoiled = signal.copy()
    rng = np.random.default_rng(3)
    spoiled[start:stop] = {
        "missing": np.nan,
        "saturated": 5.0,
        "flat": 0.1,
        "noise": rng.normal(0, 1, (stop - start, signal.shape[1])),
    }[reason]
    return spoiled


@pytest.mark.parametrize("layout", LAYOUTS, ids=repr)
def test_a_real_looking_recording_has_no_unreadable_beats(recording, layout):
    beats = unreadable(*recording, layout)
    assert beats.unreadable.empty
    assert list(beats.unreadable.columns) == ["r_peak", "lead", "reason"]


@pytest.mark.parametrize("layout", LAYOUTS, ids=repr)
@pytest.mark.parametrize("reason", ["missing", "saturated", "flat", "noise"])
def test_a_spoiled_beat_has_a_reason_and_no_row(recording, layout, reason):
    signal, r_peaks = recording
    before, after = {"saturated": (20, 120), "noise": (140, 240)}.get(reason, (20, 200))
    start, stop = r_peaks[20] - before, r_peaks[20] + after
    clean = extract_beats(signal, FS, r_peaks, layout=layout)
    beats = unreadable(spoil(signal, reason, start, stop), r_peaks, layout)
    found = beats.unreadable
    assert found.loc[20, "reason"] == reason
    assert set(found.index) <= {19, 20, 21}
    assert set(found["lead"]) == {"lead_0"}
    if layout.name in EXACT:
        far = np.abs(beats.indices - 20) > 1
        np.testing.assert_allclose(
            beats.data[far], clean.data[beats.indices[far]], atol=1e-4
        )
    assert np.isfinite(beats.data).all()


@pytest.mark.parametrize("layout", LAYOUTS, ids=repr)
def test_a_gap_between_the_windows_costs_no_beat(layout):
    signal, r_peaks = plain_ecg(60, FS, rr=2.0)
    gap = slice(r_peaks[10] + 300, r_peaks[10] + 480)
    signal[gap] = np.nan
    beats = unreadable(signal, r_peaks, layout)
    # The study's rows reach to the next R peak.
    expected = [10] if layout.name == "study" else []
    assert beats.unreadable.index.tolist() == expected


def test_which_samples_a_row_reads():
    """The first and the last sample of the windows, at the rate of the layout."""
    signal, r_peaks = plain_ecg(20, 120)
    for layout, first, last in (
        ("centered", -36, 59),
        ("features", -60, 77),
        ("causal_features", -60, 89),
    ):
        for sample, is_read in (
            (first - 1, False),
            (first, True),
            (last, True),
            (last + 1, False),
        ):
            gap = signal.copy()
            gap[r_peaks[8] + sample] = np.nan
            beats = extract_beats(gap, 120, r_peaks, layout=layout)
            assert (8 in beats.unreadable.index) == is_read


def test_a_study_row_is_read_to_a_fifth_past_the_next_bound():
    signal = np.random.default_rng(0).normal(size=600)
    for sample, marks, is_read in (
        (99, (), False),
        (100, (), True),
        (319, (), True),
        (320, (), False),
        (319, (150,), False),  # the row ends at 150 + (300 - 150) / 5
        (179, (150,), True),
    ):
        gap = signal.copy()
        gap[sample] = np.nan
        beats = extract_beats(
            gap, FS, [100, 300, 400], marks=marks, check_quality=False
        )
        assert (0 in beats.unreadable.index) == is_read


@pytest.mark.parametrize("layout", LAYOUTS[1:], ids=repr)
def test_one_bad_lead_of_two(layout):
    signal, r_peaks = plain_ecg(40, FS, n_leads=2)
    frame = pd.DataFrame(signal, columns=["MLII", "V1"])
    frame.loc[5000:8000, "V1"] = np.nan
    both = unreadable(frame, r_peaks, layout)
    assert len(both.unreadable)
    assert set(both.unreadable["lead"]) == {"V1"}
    # The lead that is not read does not count, and a lead that is not there does.
    assert unreadable(frame, r_peaks, layout, leads=["MLII"]).unreadable.empty
    alone = extract_beats(frame, FS, r_peaks, layout=layout, leads=["V1"])
    pd.testing.assert_frame_equal(alone.unreadable, both.unreadable)


def test_the_first_reason_and_its_lead_are_listed():
    signal, r_peaks = plain_ecg(20, FS, n_leads=2)
    signal[3000:4500, 0] = 0.0
    signal[3700, 1] = np.nan
    found = extract_beats(signal, FS, r_peaks, layout="centered").unreadable
    by_reason = found.groupby("reason")["lead"].unique()
    assert by_reason["missing"].tolist() == ["lead_1"]
    assert by_reason["flat"].tolist() == ["lead_0"]


@pytest.mark.parametrize("layout", LAYOUTS, ids=repr)
@pytest.mark.parametrize("content", ["missing", "flat", "noise"])
def test_a_recording_without_a_readable_beat(layout, content):
    r_peaks = np.arange(200, 6000, 300)
    signal = spoil(np.zeros((6500, 1)), content, 0, 6500)
    beats = unreadable(signal, r_peaks, layout)
    assert beats.data.shape == (0, len(beats.feature_names))
    assert set(beats.unreadable["reason"]) == {content}


def test_integers_with_the_mark_of_invalid_samples():
    signal, r_peaks = plain_ecg(20, FS)
    counts = np.round(1000 * signal).astype(np.int16)
    expected = extract_beats(counts, FS, r_peaks, layout="centered")
    counts[r_peaks[5] + 20] = -32768
    beats = unreadable(counts, r_peaks, "centered")
    assert beats.unreadable["reason"].to_dict() == {5: "missing"}
    np.testing.assert_array_equal(beats.data, np.delete(expected.data, 5, axis=0))


@pytest.mark.parametrize("layout", LAYOUTS, ids=repr)
def test_masked_samples_are_missing_whatever_is_under_the_mask(recording, layout):
    signal, r_peaks = recording
    mask = np.zeros(signal.shape, dtype=bool)
    mask[r_peaks[5] + 20] = True
    expected = unreadable(np.where(mask, np.nan, signal), r_peaks, layout)
    for value in (0.0, 1e6):
        masked = np.ma.masked_array(np.where(mask, value, signal), mask)
        beats = unreadable(masked, r_peaks, layout)
        assert beats.unreadable.loc[5, "reason"] == "missing"
        np.testing.assert_array_equal(beats.data, expected.data)


@pytest.mark.parametrize("layout", LAYOUTS, ids=repr)
def test_without_the_check_only_missing_samples_count(recording, layout):
    signal, r_peaks = recording
    noisy = spoil(signal, "noise", 3000, 7000)
    beats = unreadable(noisy, r_peaks, layout, check_quality=False)
    assert beats.unreadable.empty
    noisy[9000] = np.nan
    beats = unreadable(noisy, r_peaks, layout, check_quality=False)
    assert set(beats.unreadable["reason"]) == {"missing"}


@pytest.mark.parametrize("reason", ["missing", "saturated", "flat", "noise"])
def test_causal_rows_do_not_depend_on_a_fault_that_follows(recording, reason):
    """Bit for bit, while the fault is not over and after it."""
    signal, r_peaks = recording
    layout = get_layout("causal_features")
    start, stop = r_peaks[20] + 280, r_peaks[25] + 100
    spoiled = spoil(signal, reason, start, stop)
    whole = extract_beats(spoiled, FS, r_peaks, layout=layout)
    for beat in (19, 20, 23, 30):
        end = r_peaks[beat] + max(round(0.75 * FS), r_peaks[beat + 1] - r_peaks[beat])
        known = r_peaks[r_peaks <= end]
        so_far = extract_beats(spoiled[: end + 1], FS, known, layout=layout)
        n_final = np.searchsorted(so_far.indices, beat, side="right")
        n_same = np.searchsorted(whole.indices, beat, side="right")
        np.testing.assert_array_equal(so_far.data[:n_final], whole.data[:n_same])
        pd.testing.assert_frame_equal(
            so_far.unreadable.loc[:beat], whole.unreadable.loc[:beat]
        )


@pytest.mark.real
def test_few_beats_of_real_records_are_unreadable(mitdb, wfdb):
    """116 is at the limit of its converter at four places; 100 is clean."""
    for record, n_saturated in (("100", 0), ("116", 3)):
        path = str(mitdb.path / record)
        signal = wfdb.rdrecord(path).p_signal[:, 0]
        annotation = wfdb.rdann(path, "atr")
        r_peaks = annotation.sample[np.isin(annotation.symbol, list("NVA"))]
        found = extract_beats(signal, FS, r_peaks, layout="centered").unreadable
        assert (found["reason"] == "saturated").sum() == n_saturated
        assert len(found) < 0.01 * len(r_peaks)
