"""A simple ECG: Gaussian waves at chosen times."""

import numpy as np

# Delay after the R peak in s, width in s, and height relative to the R wave.
WAVES = {
    "P": (-0.17, 0.02, 0.12),
    "Q": (-0.03, 0.008, -0.1),
    "R": (0.0, 0.011, 1.0),
    "S": (0.03, 0.009, -0.2),
    "T": (0.27, 0.045, 0.3),
}


def beat_times(seconds, interval=0.8, jitter=0.03, seed=0):
    """Return times of beats from half a second to half a second before the end."""
    rng = np.random.default_rng(seed)
    n_beats = int(seconds / interval) + 1
    times = 0.5 + np.cumsum(interval * (1 + rng.normal(0, jitter, n_beats)))
    return times[times < seconds - 0.5]


def make_lead(times, seconds, fs, *, noise=0.01, drift=0.1, seed=0, **heights):
    """Return a lead with a beat at each time; `heights` replace those of WAVES."""
    rng = np.random.default_rng(seed)
    at = np.arange(round(seconds * fs)) / fs
    lead = drift * np.sin(2 * np.pi * 0.2 * at) + noise * rng.normal(size=len(at))
    for name, (delay, width, height) in WAVES.items():
        height = heights.get(name, height)
        for time in times:
            near = slice(*np.searchsorted(at, [time + delay - 0.4, time + delay + 0.4]))
            lead[near] += height * np.exp(
                -((at[near] - time - delay) ** 2) / (2 * width**2)
            )
    return lead


def count_errors(peaks, times, fs, window=0.05):
    """Return the number of missed beats and that of surplus peaks."""
    found = np.asarray(peaks) / fs
    if not len(found) or not len(times):
        return len(times), len(found)
    distances = np.abs(found[:, None] - np.asarray(times)[None])
    matched = np.count_nonzero(distances.min(axis=0) <= window)
    return len(times) - matched, len(found) - matched
