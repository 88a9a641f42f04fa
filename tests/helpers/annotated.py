"""Synthetic recordings with annotations, and a fitted annotator."""

import warnings

import numpy as np

from skecg import BeatAnnotator, Recording


def mixed_ecg(pattern="NNNNVNNNNN", seconds=120, fs=250, n_leads=2, seed=0):
    """Return leads in millivolts, R peaks and symbols: narrow N, wide V, early A."""
    rng = np.random.default_rng(seed)
    symbols, times, time = [], [], 1.0
    while time < seconds - 1:
        symbol = pattern[len(times) % len(pattern)]
        # V and A come early; a V is followed by a pause.
        time += {"V": -0.25, "A": -0.25}.get(symbol, 0.0)
        symbols.append(symbol)
        times.append(time)
        time += 0.8 + {"V": 0.25}.get(symbol, 0.0) + rng.normal(0, 0.01)
    peaks = np.round(np.array(times) * fs).astype(int)
    lead = np.zeros(int(seconds * fs))
    offsets = np.arange(-round(0.35 * fs), round(0.5 * fs))
    for peak, symbol in zip(peaks, symbols, strict=True):
        x = offsets / fs
        if symbol == "V":
            beat = 1.5 * np.exp(-((x / 0.05) ** 2)) - 0.6 * np.exp(
                -(((x - 0.2) / 0.07) ** 2)
            )
        else:
            beat = (
                1.2 * np.exp(-((x / 0.015) ** 2))
                - 0.3 * np.exp(-(((x - 0.035) / 0.012) ** 2))
                + 0.25 * np.exp(-(((x - 0.28) / 0.06) ** 2))
            )
            if symbol == "N":
                beat += 0.12 * np.exp(-(((x + 0.16) / 0.03) ** 2))
        where = peak + offsets
        inside = (where >= 0) & (where < len(lead))
        lead[where[inside]] += beat[inside]
    leads = lead[:, None] * np.linspace(1, 0.6, n_leads)
    return leads + rng.normal(0, 0.01, leads.shape), peaks, symbols


def mixed_recording(leads=("II", "V1"), **options):
    """Return a recording from `mixed_ecg`, with its annotations."""
    signal, peaks, symbols = mixed_ecg(n_leads=len(leads), **options)
    return Recording(signal, options.get("fs", 250), leads=leads), (peaks, symbols)


def recording_with_artefacts(seed, pattern="NNNNNNVNNNANN"):
    """Return a recording with artefacts that a detector detects as beats."""
    signal, peaks, symbols = mixed_ecg(pattern=pattern, seed=seed)
    artefacts = (peaks[5::9] + peaks[6::9][: len(peaks[5::9])]) // 2
    bump = 1.5 * np.hanning(20)
    for artefact in artefacts:
        signal[artefact - 10 : artefact + 10] += np.outer(bump, [1, -1])
    recording = Recording(signal, 250, leads=["II", "V1"])
    return recording, (peaks, symbols), artefacts


def write_mixed_record(folder, name, **options):
    """Write a recording from `mixed_ecg` as a WFDB record with annotations (atr)."""
    recording, (peaks, symbols) = mixed_recording(**options)
    with warnings.catch_warnings():
        # wfdb calls functions that pandas 3.1 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        import wfdb

        wfdb.wrsamp(
            name,
            fs=recording.fs,
            units=["mV"] * len(recording.leads),
            sig_name=list(recording.leads),
            p_signal=recording.signal.astype(float),
            fmt=["16"] * len(recording.leads),
            write_dir=str(folder),
        )
        wfdb.wrann(name, "atr", peaks, symbol=symbols, write_dir=str(folder))


def fitted_annotator(**options):
    """Return an annotator that is fitted to three recordings from `mixed_ecg`."""
    pairs = [
        mixed_recording(pattern=pattern, seed=seed)
        for seed, pattern in enumerate(("NNNNVNNNNN", "NNANNNNVVN", "NNNVNNNANN"))
    ]
    recordings, annotations = zip(*pairs, strict=True)
    annotator = BeatAnnotator(**options)
    return annotator.fit(recordings, annotations, description="made-up beats")
