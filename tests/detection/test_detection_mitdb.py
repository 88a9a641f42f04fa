"""R peaks on real records, by the beat-by-beat comparison."""

import numpy as np
import pytest

from skecg.detection import StreamingRPeakDetector, detect_r_peaks
from skecg.metrics import compare_annotations
from skecg.mitdb import FS

pytestmark = pytest.mark.real


@pytest.fixture
def read(mitdb, wfdb):
    """Return a function that reads a record's signal and annotations."""

    def read_record(record):
        path = str(mitdb.path / record)
        return wfdb.rdrecord(path).p_signal, wfdb.rdann(path, "atr")

    return read_record


def figures(reference, peaks, sig_len):
    """Return sensitivity and positive predictivity of all beats, in percent."""
    test = (peaks, ["N"] * len(peaks))
    report = compare_annotations(reference, test, fs=FS, sig_len=sig_len, start=0)
    counts = report.pairings.iloc[0]
    surplus = sum(n for name, n in counts.items() if name[0] in "OX")
    missed = sum(n for name, n in counts.items() if name[1] in "ox")
    matched = counts.sum() - surplus - missed
    return 100 * matched / (matched + missed), 100 * matched / (matched + surplus)


# Tall P waves, noise and fibrillation, flutter, and tall T waves.
@pytest.mark.parametrize(
    "record, least", [("108", 97), ("203", 98.5), ("207", 99.5), ("223", 99.8)]
)
def test_both_leads(read, record, least):
    pytest.importorskip("sleepecg")
    signal, reference = read(record)
    peaks = detect_r_peaks(signal, FS)
    assert min(figures(reference, peaks, len(signal))) >= least


def test_without_a_library(read):
    signal, reference = read("106")
    peaks = detect_r_peaks(signal, FS, method="pan_tompkins")
    assert min(figures(reference, peaks, len(signal))) >= 99.5


@pytest.mark.parametrize("record, least", [("106", 99.5), ("208", 99)])
def test_a_stream_of_the_first_lead(read, record, least):
    signal, reference = read(record)
    detector = StreamingRPeakDetector(FS)
    blocks = np.array_split(signal[:, 0], 500)
    peaks = [detector.push(block) for block in blocks]
    peaks = np.concatenate([*peaks, detector.finish()])
    assert min(figures(reference, peaks, len(signal))) >= least


def test_peaks_lie_on_the_r_wave(read):
    pytest.importorskip("sleepecg")
    signal, reference = read("101")
    peaks = detect_r_peaks(signal, FS)
    beats = reference.sample[[symbol == "N" for symbol in reference.symbol]]
    distances = np.abs(beats[:, None] - peaks[None]).min(axis=1) / FS
    assert np.mean(distances <= 0.01) >= 0.99
