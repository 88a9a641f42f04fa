"""A synthetic ECG, and its WFDB files."""

import numpy as np


def made_up_ecg(n_samples=2000, n_leads=2):
    """Return leads in millivolts, rounded to 1 uV, as columns."""
    rng = np.random.default_rng(0)
    beats = np.sin(np.arange(n_samples) / 40) ** 8
    leads = np.outer(beats, np.linspace(1, 0.5, n_leads))
    return (leads + rng.normal(0, 0.02, leads.shape)).round(3)


def write_record(wfdb, folder, name, signal, **settings):
    """Write a record with wfdb, in 16 bits unless the settings state a format."""
    n_leads = signal.shape[1]
    settings = {
        "fs": 250,
        "units": ["mV"] * n_leads,
        "sig_name": ["II", "V1", "V2", "V3"][:n_leads],
        "fmt": ["16"] * n_leads,
    } | settings
    wfdb.wrsamp(name, p_signal=signal, write_dir=str(folder), **settings)
    return folder / name
