"""R peaks of whole recordings: accuracy on made-up ECGs, and what must not matter."""

import sys

import numpy as np
import pytest
from synthetic_ecg import beat_times, count_errors, make_lead

import skecg.detection._detect_r_peaks as blocks
from skecg.detection import detect_r_peaks
from skecg.recordings import Recording

FS = 250
SECONDS = 120


@pytest.fixture(params=["sleepecg", "pan_tompkins"])
def method(request):
    """A detector that the environment has."""
    if request.param == "sleepecg":
        pytest.importorskip("sleepecg")
    return request.param


@pytest.fixture(scope="module")
def times():
    return beat_times(SECONDS)


@pytest.fixture(scope="module")
def two_leads(times):
    """Two leads of one heart, the second smaller, noisier and upside down."""
    first = make_lead(times, SECONDS, FS)
    second = make_lead(times, SECONDS, FS, R=-0.4, T=-0.1, noise=0.015, seed=1)
    return np.column_stack([first, second])


def quick(signal, fs=FS, **options):
    return detect_r_peaks(signal, fs, method="pan_tompkins", **options)


def test_peaks_are_samples_in_order(two_leads, times, method):
    peaks = detect_r_peaks(two_leads, FS, method=method)
    assert peaks.dtype == np.int64
    assert (np.diff(peaks) > 0).all()
    assert count_errors(peaks, times, FS) == (0, 0)


@pytest.mark.parametrize("fs", [100, 128, 187.5, 360, 1000, 2000])
def test_peaks_lie_on_the_r_wave_at_any_rate(fs, method):
    times = beat_times(30)
    peaks = detect_r_peaks(make_lead(times, 30, fs), fs, method=method)
    assert count_errors(peaks, times, fs, window=0.01) == (0, 0)


@pytest.mark.parametrize("factor", [-1, 1e-6, 1e6, -2e-3])
def test_unit_and_polarity_do_not_matter(two_leads, method, factor):
    peaks = detect_r_peaks(two_leads, FS, method=method)
    scaled = detect_r_peaks(two_leads * factor, FS, method=method)
    np.testing.assert_array_equal(scaled, peaks)


def test_an_offset_does_not_matter(two_leads):
    moved = two_leads + np.array([500, -30])
    np.testing.assert_array_equal(quick(moved), quick(two_leads))


@pytest.mark.parametrize("n_leads", [1, 2, 12])
def test_any_number_of_leads(times, n_leads):
    heights = np.linspace(-1, 1, n_leads + 1)[1:]
    leads = [
        make_lead(times, SECONDS, FS, R=height, T=0.3 * height, seed=k)
        for k, height in enumerate(heights)
    ]
    assert count_errors(quick(np.column_stack(leads)), times, FS) == (0, 0)


def test_one_lead_may_be_an_array_of_one_dimension(two_leads):
    first = two_leads[:, 0]
    np.testing.assert_array_equal(quick(first), quick(first[:, None]))


def test_leads_chooses_columns(two_leads):
    chosen = quick(two_leads, leads=[1])
    np.testing.assert_array_equal(chosen, quick(two_leads[:, 1]))


def test_a_recording_states_its_rate_and_leads(two_leads):
    recording = Recording(two_leads, FS, leads=["II", "V1"])
    peaks = detect_r_peaks(recording, method="pan_tompkins")
    np.testing.assert_array_equal(peaks, quick(recording.signal))
    chosen = detect_r_peaks(recording, method="pan_tompkins", leads=["V1"])
    np.testing.assert_array_equal(chosen, quick(recording.signal[:, 1]))


def test_a_memory_mapped_signal(two_leads, tmp_path):
    path = tmp_path / "signal.npy"
    np.save(path, two_leads.astype(np.float32))
    mapped = np.load(path, mmap_mode="r")
    np.testing.assert_array_equal(quick(mapped), quick(np.array(mapped)))


def test_ten_missing_samples_change_no_other_peak(two_leads, times, method):
    # They make sleepecg itself return no peak at all.
    gap = slice(5000, 5010)
    assert np.abs(times * FS - 5005).min() > 30
    holed = two_leads.copy()
    holed[gap] = np.nan
    peaks = detect_r_peaks(two_leads, FS, method=method)
    np.testing.assert_array_equal(detect_r_peaks(holed, FS, method=method), peaks)


def test_a_mask_is_the_same_as_nan(two_leads):
    mask = np.zeros(two_leads.shape, dtype=bool)
    mask[3000:5000, 0] = True
    mask[9000:9700] = True
    holed = np.where(mask, np.nan, two_leads)
    masked = np.ma.array(two_leads, mask=mask)
    np.testing.assert_array_equal(quick(masked), quick(holed))


def test_no_peaks_in_a_gap_of_all_leads_and_all_outside(two_leads, times, method):
    two_leads = two_leads.copy()
    two_leads[40 * FS : 60 * FS] = np.nan
    peaks = detect_r_peaks(two_leads, FS, method=method)
    assert not ((peaks >= 40 * FS) & (peaks < 60 * FS)).any()
    outside = times[(times < 39.9) | (times > 60.1)]
    missed, surplus = count_errors(peaks, outside, FS)
    # A beat that the gap cuts may be found or not.
    assert missed == 0
    assert surplus <= 2


@pytest.mark.parametrize("value", [np.nan, 5.0])
@pytest.mark.parametrize("start, stop", [(0, 120), (40, 60), (100, 120)])
def test_the_other_lead_decides_where_one_is_lost(
    two_leads, times, method, value, start, stop
):
    two_leads = two_leads.copy()
    two_leads[start * FS : stop * FS, 0] = value
    peaks = detect_r_peaks(two_leads, FS, method=method)
    missed, surplus = count_errors(peaks, times, FS)
    # A step of several millivolts may look like a beat, or hide one.
    n_steps = 0 if np.isnan(value) else (start > 0) + (stop < SECONDS)
    assert missed <= n_steps
    assert surplus <= n_steps


def test_an_artefact_in_one_lead_is_no_beat(two_leads, times, method):
    two_leads = two_leads.copy()
    rng = np.random.default_rng(0)
    two_leads[30 * FS : 50 * FS, 1] += rng.normal(0, 1, 20 * FS)
    for second in range(70, 100, 3):
        start = int(second * FS)
        two_leads[start : start + 20, 1] += 3 * np.hanning(20)
    peaks = detect_r_peaks(two_leads, FS, method=method)
    assert count_errors(peaks, times, FS) == (0, 0)


def test_t_waves_as_tall_as_r_waves_are_no_beats(times, method):
    lead = make_lead(times, SECONDS, FS, T=1.0)
    peaks = detect_r_peaks(lead, FS, method=method)
    assert count_errors(peaks, times, FS) == (0, 0)


def test_early_and_wide_beats_and_pauses_are_found(method):
    times = np.array([0.6 + 0.8 * k for k in range(100)])
    early = times[10::10] - 0.3
    normal = np.setdiff1d(times, times[15::20])
    normal = np.setdiff1d(normal, times[10::10])
    wide = {"P": 0, "Q": 0, "R": 0, "S": 0, "T": 0}
    lead = make_lead(normal, 82, FS)
    lead += make_lead(early, 82, FS, noise=0, drift=0, **wide)
    at = np.arange(len(lead)) / FS
    for time in early:
        lead += 1.2 * np.exp(-((at - time) ** 2) / (2 * 0.035**2))
    expected = np.union1d(normal, early)
    peaks = detect_r_peaks(lead, FS, method=method)
    assert count_errors(peaks, expected, FS) == (0, 0)


def test_doubled_and_missed_peaks_of_a_detector_are_mended(two_leads, times):
    def careless(lead, fs):
        """Find each beat twice, take T waves for beats and leave a quarter out."""
        found = np.flatnonzero(np.abs(np.diff(lead)) > 0.05)
        doubled = np.union1d(found, np.minimum(found + int(0.27 * fs), len(lead) - 1))
        return doubled[doubled % (4 * int(fs)) > fs]

    peaks = detect_r_peaks(two_leads, FS, method=careless)
    assert count_errors(peaks, times, FS) == (0, 0)


def test_a_callable_gets_leads_without_missing_samples(two_leads):
    two_leads = two_leads.copy()
    two_leads[:1000, 0] = np.nan
    two_leads[5000:5100] = np.nan

    def check(lead, fs):
        assert lead.dtype == np.float64
        assert np.isfinite(lead).all()
        assert fs == FS
        return []

    detect_r_peaks(two_leads, FS, method=check)


@pytest.mark.parametrize("n_windows", [6, 13])
def test_peaks_do_not_depend_on_the_borders_of_blocks(monkeypatch, n_windows):
    seconds = 250
    times = beat_times(seconds, jitter=0.15)
    leads = [
        make_lead(times, seconds, FS, R=height, noise=0.2, seed=k)
        for k, height in enumerate((1.0, -0.6))
    ]
    signal = np.column_stack(leads)
    whole = quick(signal)
    monkeypatch.setattr(blocks, "_BLOCK", n_windows)
    np.testing.assert_array_equal(quick(signal), whole)


def test_the_start_of_a_recording_matters_only_nearby(two_leads):
    cut = 37 * FS + 11
    peaks, later = quick(two_leads), quick(two_leads[cut:]) + cut
    after = cut + 5 * FS
    np.testing.assert_array_equal(later[later > after], peaks[peaks > after])


@pytest.mark.parametrize("n_samples", [0, 1, 2, 20, 60])
def test_a_very_short_signal_has_no_peaks(two_leads, method, n_samples):
    peaks = detect_r_peaks(two_leads[:n_samples], FS, method=method)
    assert peaks.shape == (0,)
    assert peaks.dtype == np.int64


@pytest.mark.parametrize("n_samples", [200, 400, 1000])
def test_a_short_signal_has_the_peaks_that_it_holds(two_leads, times, n_samples):
    inside = times[times * FS < n_samples - 0.2 * FS]
    peaks = quick(two_leads[:n_samples])
    missed, _ = count_errors(peaks, inside, FS)
    assert missed == 0


@pytest.mark.parametrize("value", [0.0, 1.5, np.nan])
def test_flat_and_missing_leads_have_no_peaks(method, value):
    assert not len(detect_r_peaks(np.full((5000, 2), value), FS, method=method))


@pytest.mark.parametrize(
    "signal, fs, options, message",
    [
        (
            np.zeros((9, 9, 9)),
            250,
            {},
            r"signal must have the shape .* got \(9",
        ),
        (np.zeros((900, 0)), 250, {}, "at least one lead"),
        (np.zeros(900, dtype=complex), 250, {}, "real numbers, got complex128"),
        (np.array(["a", "b"]), 250, {}, "real numbers"),
        (np.full(900, np.inf), 250, {}, "signal must be finite or NaN"),
        (np.zeros(900), None, {}, "fs must be given"),
        (np.zeros(900), 50, {}, "fs must be from 100 to 2000 Hz, got 50"),
        (np.zeros(900), "250", {}, "fs must be a number in hertz"),
        (np.zeros(900), 250, {"leads": [1]}, "leads must be some of"),
        (np.zeros(900), 250, {"leads": []}, "at least one"),
        (np.zeros(900), 250, {"method": "best"}, "method must be one of .*'best'"),
        (np.zeros(900), 250, {"method": None}, "method must be one of"),
    ],
)
def test_wrong_arguments_are_named(signal, fs, options, message):
    with pytest.raises(ValueError, match=message):
        detect_r_peaks(signal, fs, **{"method": "pan_tompkins", **options})


def test_a_recording_takes_no_rate(two_leads):
    with pytest.raises(ValueError, match="fs must be None with a Recording"):
        quick(Recording(two_leads, FS), 250)


@pytest.mark.parametrize(
    "returned, message",
    [
        ([-1, 4], "got -1 to 4"),
        ([10**9], "from 0 to"),
        ([0.5], "whole numbers, got 0.5"),
        ([[1, 2]], "what method returns must be a list of whole numbers"),
    ],
)
def test_a_callable_that_returns_no_samples_is_refused(two_leads, returned, message):
    with pytest.raises(ValueError, match=message):
        detect_r_peaks(two_leads, FS, method=lambda lead, fs: returned)


def test_a_missing_library_is_named(monkeypatch, two_leads):
    monkeypatch.setitem(sys.modules, "sleepecg", None)
    with pytest.raises(ImportError, match=r"pip install 'skecg\[detect\]'"):
        detect_r_peaks(two_leads, FS)


def test_xqrs_by_name(wfdb, two_leads, times):
    peaks = detect_r_peaks(two_leads[: 30 * FS], FS, method="xqrs")
    assert count_errors(peaks, times[times < 29.8], FS)[0] == 0
