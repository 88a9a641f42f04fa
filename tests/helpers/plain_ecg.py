"""A simple synthetic ECG: P, QRS and T waves, drift and noise."""

import numpy as np


def plain_ecg(seconds, fs, n_leads=1, rr=0.8, seed=0):
    """Return leads in millivolts, (n_samples, n_leads), and their R peaks."""
    rng = np.random.default_rng(seed)
    times = np.arange(0.6, seconds - 0.6, rr)
    time = np.arange(int(seconds * fs)) / fs
    lead = 0.2 * np.sin(2 * np.pi * 0.2 * time)
    for offset, height, width in (
        (-0.16, 0.12, 0.03),
        (0.0, 1.2, 0.014),
        (0.035, -0.3, 0.012),
        (0.28, 0.25, 0.06),
    ):
        where = (times + offset)[:, None] + np.arange(-0.3, 0.3, 1 / fs)
        samples = np.round(where * fs).astype(int)
        bump = height * np.exp(
            -(((samples / fs - times[:, None] - offset) / width) ** 2)
        )
        inside = (samples >= 0) & (samples < len(lead))
        np.add.at(lead, samples[inside], bump[inside])
    leads = lead[:, None] * np.linspace(1.0, 0.6, n_leads)
    leads = leads + rng.normal(0, 0.01, leads.shape)
    return leads, np.round(times * fs).astype(int)
