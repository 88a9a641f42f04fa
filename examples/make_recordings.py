"""Write made-up recordings: one lead in CSV, twelve leads in WFDB, two leads in EDF.

python examples/make_recordings.py FOLDER
"""

import sys
from pathlib import Path

import edfio
import numpy as np
import wfdb

SECONDS = 300
LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
# The size of each lead's waves, relative to lead II.
SIZES = (0.6, 1.0, 0.4, -0.8, 0.1, 0.7, -0.5, 0.4, 0.8, 1.2, 1.1, 0.9)
# The waves P, R, S and T of a beat: seconds after the R peak, width in seconds, and
# millivolts. Ventricular beats have a wide QRS complex, a T wave against it, and no P.
NORMAL = ((-0.16, 0.025, 0.12), (0, 0.012, 1.1), (0.03, 0.01, -0.3), (0.28, 0.05, 0.3))
VENTRICULAR = ((0, 0.045, 1.6), (0.25, 0.07, -0.6))


def make_ecg(fs, leads, seed):
    """Return leads in millivolts, the samples of the R peaks and their symbols."""
    rng = np.random.default_rng(seed)
    time = np.arange(SECONDS * fs) / fs
    lead = np.zeros(len(time))
    samples, symbols = [], []
    at = 1.0
    while at < SECONDS - 1:
        symbol = "V" if len(samples) % 12 == 11 else "N"
        # Ventricular beats come early, and a pause follows them.
        at -= 0.25 * (symbol == "V")
        for after, width, size in VENTRICULAR if symbol == "V" else NORMAL:
            lead += size * np.exp(-(((time - at - after) / width) ** 2) / 2)
        samples.append(round(at * fs))
        symbols.append(symbol)
        at += 0.8 + 0.25 * (symbol == "V") + rng.normal(0, 0.015)
    sizes = [SIZES[LEADS.index(name)] for name in leads]
    noise = rng.normal(0, 0.01, (len(time), len(leads)))
    return np.outer(lead, sizes) + noise, np.array(samples), symbols


def write_recordings(folder):
    """Write the recordings, and the annotations of the twelve leads."""
    folder.mkdir(parents=True, exist_ok=True)

    signal, _, _ = make_ecg(250, ["II"], seed=0)
    path = folder / "one_lead.csv"
    np.savetxt(path, signal, fmt="%.3f", header="II [mV]", comments="")

    signal, samples, symbols = make_ecg(500, LEADS, seed=1)
    wfdb.wrsamp(
        "twelve_leads",
        fs=500,
        units=["mV"] * len(LEADS),
        sig_name=list(LEADS),
        p_signal=signal,
        fmt=["16"] * len(LEADS),
        write_dir=str(folder),
    )
    wfdb.wrann("twelve_leads", "atr", samples, symbols, write_dir=str(folder))

    names = ("II", "V1")
    signal, _, _ = make_ecg(256, names, seed=2)
    signals = [
        edfio.EdfSignal(lead, 256, label=f"ECG {name}", physical_dimension="mV")
        for name, lead in zip(names, signal.T.copy(), strict=True)
    ]
    edfio.Edf(signals).write(folder / "two_leads.edf")


if __name__ == "__main__":
    write_recordings(Path(sys.argv[1]))
