"""Synthetic recordings: sums of Gaussians on the cardiac phase.

Follows McSharry PE, Clifford GD, Tarassenko L, Smith LA. A dynamical model for
generating synthetic electrocardiogram signals. IEEE Transactions on Biomedical
Engineering 50(3):289-294, 2003. doi:10.1109/TBME.2003.808805
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skecg.mitdb import FS

__all__ = ["SyntheticSubject", "draw_subject", "synthetic_recording"]

Floats = npt.NDArray[np.float64]

# Phase (radian), width (radian) and height of the waves P, Q, R, S and T. Phases and
# widths are from Table I of the paper. Its coefficients a describe the derivative of
# the signal, so a wave of width b has the height a * b**2, here relative to the R wave.
_PHASES = np.array([-np.pi / 3, -np.pi / 12, 0.0, np.pi / 12, np.pi / 2])
_WIDTHS = np.array([0.25, 0.1, 0.1, 0.1, 0.4])
_HEIGHTS = np.array([1.2, -5.0, 30.0, -7.5, 0.75]) * _WIDTHS**2 / (30.0 * 0.1**2)

# A ventricular beat has no P wave, a wide QRS complex and an inverted T wave. In a
# paced beat, a spike precedes the QRS complex.
_WIDE_PHASES = np.array([-np.pi / 3, -np.pi / 7, 0.0, np.pi / 6, np.pi / 1.9])
_WIDE_WIDTHS = np.array([0.25, 0.2, 0.27, 0.3, 0.5])
_VENTRICULAR = np.array([0.0, -0.1, 1.25, -0.3, -0.5])
_PACED = np.array([0.0, -0.15, -0.8, -0.3, 0.45])
_SPIKE_TIME, _SPIKE_WIDTH = -0.05, 0.003  # seconds

# Seconds around an R peak, outside which its waves are negligible.
_BEFORE, _AFTER = 0.5, 0.8


@dataclass(frozen=True)
class SyntheticSubject:
    """Properties shared by all beats of a synthetic subject.

    Attributes
    ----------
    interval : float
        Mean time between beats, in seconds.
    jitter : float
        Relative variation of this time from beat to beat.
    normal, ventricular, paced : ndarray of shape (5,)
        Heights of the waves, in millivolts.
    shift : ndarray of shape (5,)
        Shift of the phases of the waves, in radian.
    breadth : ndarray of shape (5,)
        Factors of the widths of the waves.
    leads : ndarray of shape (n_leads, 5)
        Gain of each wave in each lead.
    early : float
        Time before a premature beat, as a fraction of the interval.
    """

    interval: float
    jitter: float
    normal: Floats
    ventricular: Floats
    paced: Floats
    shift: Floats
    breadth: Floats
    leads: Floats
    early: float


def draw_subject(rng: np.random.RandomState, n_leads: int) -> SyntheticSubject:
    """Draw a random subject."""
    gain = np.exp(rng.normal(0, 0.3))
    waves = np.exp(rng.normal(0, 0.25, size=(3, 5)))
    leads = np.ones((n_leads, 5))
    leads[1:] = rng.uniform(-0.8, 0.8, size=(n_leads - 1, 5))
    normal = gain * _HEIGHTS * waves[0]
    # T waves are flat or inverted in some people.
    normal[4] *= rng.choice([1.0, 0.4, -0.6], p=[0.7, 0.2, 0.1])
    # One subject in five has atrial fibrillation: no P wave, irregular intervals.
    fibrillates = rng.uniform() < 0.2
    normal[0] *= 0.1 if fibrillates else 1.0
    return SyntheticSubject(
        interval=60 / np.clip(rng.normal(76, 12), 50, 110),
        jitter=0.18 if fibrillates else rng.uniform(0.02, 0.06),
        normal=normal,
        ventricular=gain * _VENTRICULAR * waves[1] * rng.choice([1.0, -1.0]),
        paced=gain * _PACED * waves[2],
        shift=rng.normal(0, [0.1, 0.02, 0.0, 0.02, 0.15]),
        breadth=np.exp(rng.normal(0, 0.15, size=5)),
        leads=leads,
        early=rng.uniform(0.55, 0.8),
    )


def synthetic_recording(
    subject: SyntheticSubject,
    classes: str,
    noise: float,
    rng: np.random.RandomState,
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return a recording of a subject with beats of the given classes.

    Parameters
    ----------
    subject : SyntheticSubject
        The subject.
    classes : str of length n_beats
        The AAMI class of each beat, in order of time.
    noise : float
        Standard deviation of the white noise, in millivolts. The amplitude of
        the baseline wander is five times as large.
    rng : RandomState instance
        Draws intervals, shapes and noise.

    Returns
    -------
    signal : ndarray of shape (n_samples, n_leads)
        The recording at 360 Hz, in millivolts.
    r_peaks : ndarray of shape (n_beats,)
        The samples of the R peaks.
    """
    times = 1.0 + np.cumsum(_intervals(subject, classes, rng))
    r_peaks = np.round(times * FS).astype(np.int64)
    n_samples = int(r_peaks[-1]) + FS
    signal = np.zeros((n_samples, len(subject.leads)))
    window = np.arange(-int(_BEFORE * FS), int(_AFTER * FS))
    waves = _beats(subject, classes, window / FS, rng)
    np.add.at(signal, r_peaks[:, None] + window, waves)

    clock = np.arange(n_samples)[:, None] / FS
    rates = rng.uniform(0.1, 0.4, size=(3, signal.shape[1]))
    turns = rng.uniform(0, 2 * np.pi, size=rates.shape)
    for rate, turn in zip(rates, turns, strict=True):
        signal += 5 * noise / 3 * np.sin(2 * np.pi * rate * clock + turn)
    signal += rng.normal(0, noise, size=signal.shape)
    return signal, r_peaks


def _intervals(
    subject: SyntheticSubject, classes: str, rng: np.random.RandomState
) -> Floats:
    """Return the time before each beat, in seconds."""
    letters = np.array(list(classes))
    # Respiration and slower rhythms modulate the heart rate.
    breath = np.sin(2 * np.pi * np.arange(len(letters)) / rng.uniform(3, 6))
    wave = 1 + subject.jitter * (breath + rng.normal(size=len(letters))) / np.sqrt(1.5)
    factor = np.where(letters == "Q", 1.0, wave)
    early = np.isin(letters, ["S", "V"])
    hurry = subject.early + rng.normal(0, 0.06, size=len(letters))
    factor = np.where(early, hurry, factor)
    factor = np.where(letters == "F", factor * 0.95, factor)
    # The beat after a ventricular beat has a compensatory pause; the beat after a
    # supraventricular one comes slightly late.
    after = np.roll(letters, 1)
    after[0] = "N"
    factor = factor + np.where(after == "V", 1 - np.roll(hurry, 1), 0)
    factor = factor + np.where(after == "S", 0.1, 0)
    return subject.interval * np.clip(factor, 0.4, 2.2)


def _beats(
    subject: SyntheticSubject,
    classes: str,
    time: Floats,
    rng: np.random.RandomState,
) -> Floats:
    """Return the waves of every beat, of shape (n_beats, n_times, n_leads)."""
    n_beats = len(classes)
    letters = np.array(list(classes))
    # A fusion beat is a mixture of a normal and a ventricular beat.
    share = np.select(
        [np.isin(letters, ["V", "Q"]), letters == "F"],
        [1.0, rng.uniform(0.3, 0.7, size=n_beats)],
    )[:, None]
    wide = np.where((letters == "Q")[:, None], subject.paced, subject.ventricular)
    heights = (1 - share) * subject.normal + share * wide
    # The P wave of a supraventricular beat is ectopic, so its shape differs.
    heights[letters == "S", 0] *= rng.uniform(-0.8, 0.4)
    phases = (1 - share) * (_PHASES + subject.shift) + share * _WIDE_PHASES
    widths = ((1 - share) * _WIDTHS + share * _WIDE_WIDTHS) * subject.breadth
    heights = heights * np.exp(rng.normal(0, 0.08, size=(n_beats, 5)))

    # At a higher rate the waves shorten less than the cycle. ECGSYN (McSharry) scales
    # phases and widths by the square root of the rate, and so does this.
    second = np.sqrt(subject.interval) / (2 * np.pi)
    signal = np.zeros((n_beats, len(time), len(subject.leads)))
    for wave in range(5):
        at, width = second * phases[:, [wave]], second * widths[:, [wave]]
        shape = np.exp(-0.5 * ((time - at) / width) ** 2) * heights[:, [wave]]
        signal += shape[:, :, None] * subject.leads[:, wave]
    spike = np.exp(-0.5 * ((time - _SPIKE_TIME) / _SPIKE_WIDTH) ** 2)
    signal[letters == "Q"] += 0.8 * spike[:, None] * subject.leads[:, 2]
    return signal
