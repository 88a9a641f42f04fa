"""The causal detector: blocks of any size, bounded memory and accuracy."""

import pickle

import numpy as np
import pytest
from synthetic_ecg import beat_times, count_errors, make_lead

from skecg.detection import StreamingRPeakDetector

FS = 250


def run(lead, fs, sizes):
    """Return all peaks of a lead in blocks of the given sizes, which repeat."""
    detector = StreamingRPeakDetector(fs)
    peaks, start, k = [], 0, 0
    while start < len(lead):
        size = sizes[k % len(sizes)]
        peaks.append(detector.push(lead[start : start + size]))
        start, k = start + size, k + 1
    assert detector.n_samples == len(lead)
    return np.concatenate([*peaks, detector.finish()])


@pytest.fixture(scope="module")
def noisy_lead():
    """A lead with an irregular rhythm, noise, gaps and an offset."""
    times = beat_times(60, jitter=0.2, seed=3)
    lead = make_lead(times, 60, FS, noise=0.1, T=0.6, seed=3) + 7
    rng = np.random.default_rng(3)
    lead[rng.integers(0, len(lead), 40)] = np.nan
    lead[5000:5600] = np.nan
    lead[:30] = np.nan
    return lead


@pytest.mark.parametrize("fs", [100, 128, 187.5, 360, 1000])
def test_peaks_lie_on_the_r_wave_at_any_rate(fs):
    times = beat_times(40)
    peaks = run(make_lead(times, 40, fs), fs, [round(fs / 5)])
    assert count_errors(peaks, times, fs, window=0.01) == (0, 0)


@pytest.mark.parametrize("seed", range(8))
def test_peaks_do_not_depend_on_the_sizes_of_blocks(noisy_lead, seed):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(0, rng.choice([3, 40, 700, 9000]), 50).tolist()
    whole = run(noisy_lead, FS, [len(noisy_lead)])
    assert len(whole) > 50
    np.testing.assert_array_equal(run(noisy_lead, FS, [*sizes, 1]), whole)


def test_sample_by_sample_is_the_same(noisy_lead):
    start = noisy_lead[:1500]
    np.testing.assert_array_equal(run(start, FS, [1]), run(start, FS, [1500]))


@pytest.mark.parametrize("fs", [360, 1999.5])
def test_the_rate_changes_nothing_about_blocks(fs):
    lead = make_lead(beat_times(20), 20, fs, noise=0.05)
    np.testing.assert_array_equal(run(lead, fs, [7, 801]), run(lead, fs, [10**6]))


def test_a_peak_does_not_depend_on_what_follows(noisy_lead):
    """What was returned stays when the stream is cut there."""
    detector = StreamingRPeakDetector(FS)
    so_far = detector.push(noisy_lead[:9000])
    other = StreamingRPeakDetector(FS)
    changed = np.concatenate([noisy_lead[:9000], 50 * noisy_lead[:3000]])
    peaks = other.push(changed)
    np.testing.assert_array_equal(peaks[: len(so_far)], so_far)


def test_peaks_come_soon():
    times = beat_times(30)
    lead = make_lead(times, 30, FS)
    detector = StreamingRPeakDetector(FS)
    delays = []
    for start in range(0, len(lead), 5):
        delays += [
            (start + 5 - peak) / FS
            for peak in detector.push(lead[start : start + 5])
            if peak > 2.5 * FS
        ]
    assert len(delays) > 30
    assert max(delays) < 0.4


@pytest.mark.parametrize("factor", [-1, 1e-6, 1e6])
def test_unit_and_polarity_do_not_matter(factor):
    lead = make_lead(beat_times(30), 30, FS)
    np.testing.assert_array_equal(run(lead * factor, FS, [99]), run(lead, FS, [99]))


def test_tall_t_waves_are_no_beats():
    times = beat_times(60)
    peaks = run(make_lead(times, 60, FS, T=0.8), FS, [100])
    assert count_errors(peaks, times, FS) == (0, 0)


def test_an_artefact_at_the_start_does_not_silence_the_detector():
    times = beat_times(60)
    lead = make_lead(times, 60, FS)
    lead[100:200] += 100 * np.hanning(100)
    missed, surplus = count_errors(run(lead, FS, [100]), times[times > 12], FS)
    assert missed == 0
    assert surplus < 12


def test_memory_does_not_grow():
    times = beat_times(60)
    lead = make_lead(times, 60, FS, noise=0.3)
    detector = StreamingRPeakDetector(FS)
    sizes = []
    for _ in range(6):
        detector.push(lead)
        sizes.append(len(pickle.dumps(detector)))
    assert max(sizes) < 100_000
    assert sizes[-1] < 1.5 * sizes[0]


@pytest.mark.parametrize("value", [0.0, 3.0, np.nan])
def test_a_flat_or_missing_lead_has_no_peaks(value):
    assert not len(run(np.full(5000, value), FS, [500]))


@pytest.mark.parametrize("n_samples", [0, 1, 10, 100])
def test_a_short_stream(n_samples):
    peaks = run(make_lead([], 1, FS)[:n_samples], FS, [10])
    assert peaks.dtype == np.int64
    assert (peaks < max(n_samples, 1)).all()


@pytest.mark.parametrize(
    "block, message",
    [
        (np.zeros((10, 2)), r"block must be one lead, .* got \(10, 2\)"),
        (["a"], "block must contain real numbers"),
        ([0.0, np.inf], "block must be finite or NaN"),
    ],
)
def test_a_wrong_block_is_refused_and_changes_nothing(block, message):
    detector = StreamingRPeakDetector(FS)
    with pytest.raises(ValueError, match=message):
        detector.push(block)
    assert detector.n_samples == 0


@pytest.mark.parametrize("fs", [0, 50, "250", None, 5000])
def test_a_wrong_rate_is_refused(fs):
    with pytest.raises(ValueError, match="fs must be"):
        StreamingRPeakDetector(fs)


def test_no_block_after_the_end():
    detector = StreamingRPeakDetector(FS)
    detector.finish()
    with pytest.raises(ValueError, match="push must come before finish"):
        detector.push([0.0])
