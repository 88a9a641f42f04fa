"""Records in the format of WFDB, with beats at known samples."""

import warnings

import numpy as np

BEAT_SYMBOLS = "NLRBAaJSVrFejnE/fQ?"


def signal_with_beats(n_samples, peaks, fs, n_leads=1, seed=0):
    """Return noise with a narrow peak of 1 mV at each R peak, lower in later leads."""
    seconds = np.arange(n_samples) / fs
    lead = sum(np.exp(-(((seconds - p / fs) / 0.02) ** 2)) for p in peaks)
    noise = np.random.default_rng(seed).normal(0, 0.01, (n_samples, n_leads))
    return np.outer(lead, 1 / np.arange(1, n_leads + 1)) + noise


def write_record(
    folder,
    name,
    symbols=BEAT_SYMBOLS,
    *,
    fs=250,
    leads=("MLII",),
    units=None,
    peaks=None,
    n_samples=None,
    extension="atr",
    ann_fs=None,
):
    """Write a record with one beat per second; return the beats' sample numbers."""
    peaks = fs * np.arange(1, len(symbols) + 1) if peaks is None else np.array(peaks)
    n_samples = n_samples or fs * (len(symbols) + 2)
    values = signal_with_beats(n_samples, peaks[peaks < n_samples], fs, len(leads))
    scale = {"uV": 1000, "V": 0.001}
    units = units or ["mV"] * len(leads)
    values *= [scale.get(unit, 1) for unit in units]
    with warnings.catch_warnings():
        # wfdb calls functions that pandas 3.1 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        import wfdb

        wfdb.wrsamp(
            name,
            fs=fs,
            units=units,
            sig_name=list(leads),
            p_signal=values,
            fmt=["16"] * len(leads),
            write_dir=str(folder),
        )
        if extension:
            at = np.rint(peaks * (ann_fs or fs) / fs).astype(np.int64)
            wfdb.wrann(
                name,
                extension,
                at,
                symbol=list(symbols),
                fs=ann_fs,
                write_dir=str(folder),
            )
    return peaks
