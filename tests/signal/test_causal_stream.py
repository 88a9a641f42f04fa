"""Rows of a stream: those of the whole recording, bit by bit."""

import numpy as np
import pytest
from annotated import mixed_ecg

from skecg.signal import extract_beats, get_layout
from skecg.signal._causal_stream import CausalFeatureStream


def streamed(stream, signal, peaks, sizes, late):
    """Push blocks of sizes that repeat, R peaks some samples late."""
    parts, start, first, k = [], 0, 0, 0
    while start < len(signal):
        stop = min(start + sizes[k % len(sizes)], len(signal))
        last = max(np.searchsorted(peaks, stop - late), first)
        last = len(peaks) if stop == len(signal) else last
        parts.append(stream.push(signal[start:stop], peaks[first:last]))
        start, first, k = stop, last, k + 1
    return [*parts, stream.finish()]


@pytest.mark.parametrize("layout", ["causal_features", "causal_context"])
@pytest.mark.parametrize("n_leads", [1, 2])
@pytest.mark.parametrize("fs", [128, 250, 360])
def test_rows_do_not_depend_on_the_sizes_of_blocks(layout, n_leads, fs):
    signal, peaks, _ = mixed_ecg("NNANNNVNNVVN", 90, fs, n_leads, seed=fs)
    signal[30 * fs : 32 * fs, 0] = np.nan
    whole = extract_beats(signal, fs, peaks, layout=layout)
    rng = np.random.default_rng(fs)
    for sizes in ([len(signal)], [fs // 5], rng.integers(0, 40 * fs, 8)):
        layout = get_layout(layout)
        stream = CausalFeatureStream(fs, n_leads, layout)
        parts = streamed(stream, signal, peaks, sizes, late=fs // 4)
        rows = np.concatenate([part.rows for part in parts])
        found = np.concatenate([part.r_peaks for part in parts])
        is_readable = ~np.concatenate([part.codes for part in parts], axis=1).any(0)
        assert found.tolist() == peaks.tolist()
        assert np.flatnonzero(is_readable).tolist() == whole.indices.tolist()
        assert 0 < len(whole.unreadable) < 6
        np.testing.assert_array_equal(rows[is_readable], whole.data)


@pytest.mark.parametrize("layout", ["causal_features", "causal_context"])
def test_a_stream_without_beats_has_rows_of_the_width_of_the_layout(layout):
    layout = get_layout(layout, n_leads=2)
    stream = CausalFeatureStream(250, 2, layout)
    n_columns = len(layout.feature_names(["a", "b"]))
    for part in (stream.push(np.zeros((500, 2)), []), stream.finish()):
        assert part.rows.shape == (0, n_columns)
