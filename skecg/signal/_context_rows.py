"""Rows of a beat's windows, with rhythm and shapes of the beats around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from skecg.signal._atrial_features import ATRIAL_NAMES
from skecg.signal._family_features import FAMILY_NAMES
from skecg.signal._feature_rows import BeatFeatures, FeaturePast, beat_features
from skecg.signal._rhythm_features import RHYTHM_NAMES
from skecg.signal._shape_features import QRS, SHAPE_NAMES
from skecg.signal._tail import Tail
from skecg.signal._windows import SMALLEST

__all__ = [
    "BEAT_NAMES",
    "N_CONTEXT",
    "WINDOW_FS",
    "WINDOW_SAMPLES",
    "ContextPast",
    "beats_around",
    "context_rows",
]

WINDOW_FS = 60
"""Sampling rate of the windows, in hertz."""
WINDOW_SAMPLES = 27, 36
"""Samples of a window before the R peak (0.45 s), and from it on (0.6 s)."""
N_CONTEXT = 15
"""Number of beats of a context: a beat, and seven to either side or fourteen before."""

_RATIOS = (
    "pre_rr_to_sinus",
    "pre_rr_to_local",
    "pre_rr_to_typical",
    "pre_rr_to_previous",
    "post_rr_to_local",
    "post_rr_to_typical",
)
_DEVIATIONS = ("pre_rr_in_irregularities", "pre_rr_in_deviations")
BEAT_NAMES = (
    "is_beat",
    *(f"log_{name}" for name in _RATIOS),
    "log_rr_irregularity",
    *_DEVIATIONS,
    *ATRIAL_NAMES,
    *FAMILY_NAMES,
    *SHAPE_NAMES,
    "log_pre_rr",
)
"""The columns of each beat of a context, in order."""

# Values outside of these ranges are artefacts and would dominate the gradients.
_RATIO_RANGE = 1e-3, 20.0
_IRREGULARITY_RANGE = 5e-3, 2.0
_COLUMN_LIMIT, _WINDOW_LIMIT = 4.0, 6.0
_SMALLEST_SHARE = 1e-4

Floats = npt.NDArray[np.float64]


@dataclass
class ContextPast:
    """State of causal context rows: the last beats of the recording."""

    features: FeaturePast = field(default_factory=FeaturePast)
    columns: Tail = field(default_factory=lambda: Tail(N_CONTEXT - 1, axis=0))


def beats_around(is_causal: bool) -> range:
    """Return the offsets of the beats of a context from the beat itself."""
    return range(1 - N_CONTEXT, 1) if is_causal else range(-(N_CONTEXT // 2), 8)


def context_rows(
    filtered: Floats,
    positions: npt.NDArray[np.int64],
    pre: Floats,
    post: Floats,
    past: ContextPast | None,
    n_leads: int,
) -> npt.NDArray[np.float32]:
    """Compute the rows of beats in filtered leads at 120 Hz.

    Parameters
    ----------
    filtered : ndarray of shape (n_present, n_samples)
        The leads.
    positions : ndarray of int of shape (n_beats,)
        The samples of the R peaks, at least one.
    pre, post : ndarray of shape (n_beats,)
        The intervals before and after each beat, in seconds.
    past : ContextPast or None
        The preceding beats, if a beat is compared with those alone; it is updated. None
        compares a beat with all beats.
    n_leads : int
        The number of leads in a row; missing leads are zeros.

    Returns
    -------
    ndarray of shape (n_beats, n_columns), float32
        The windows of all leads, in units of the peak of the usual QRS complex; the
        columns of each beat of the context, with zeros past the ends of the recording;
        and the differences of the windows from the usual beat.
    """
    found = beat_features(
        filtered, positions, pre, post, None if past is None else past.features
    )
    columns = _beat_columns(found, pre)
    n_beats = len(columns)
    joined = columns if past is None else past.columns.join(columns)
    around = beats_around(past is not None)
    first = len(joined) - n_beats - around.start
    padded = np.pad(joined, ((-around.start, max(around.stop - 1, 0)), (0, 0)))
    beats = np.arange(first, first + n_beats)[:, np.newaxis] + np.array(around)
    windows, differences = _windows(found)
    rows = [
        _by_beat(windows, n_leads),
        padded[beats].reshape(n_beats, -1),
        _by_beat(differences, n_leads),
    ]
    return np.column_stack(rows).astype(np.float32)


def _beat_columns(found: BeatFeatures, pre: Floats) -> Floats:
    """Return the columns of ``BEAT_NAMES``, scaled to the order of one."""
    families = found.families.copy()
    families[:, 0] = np.log(families[:, 0] + _SMALLEST_SHARE) / 3
    irregularity = np.clip(_rhythm(found, ["rr_irregularity"]), *_IRREGULARITY_RANGE)
    columns = np.column_stack(
        [
            np.ones(len(pre)),
            np.log(np.clip(_rhythm(found, _RATIOS), *_RATIO_RANGE)),
            np.log(irregularity) / 2 + 1,
            _rhythm(found, _DEVIATIONS) / 10,
            found.atrial,
            families,
            found.correlations,
            np.log(np.maximum(pre, SMALLEST)),
        ]
    )
    return np.clip(np.nan_to_num(columns), -_COLUMN_LIMIT, _COLUMN_LIMIT)


def _rhythm(found: BeatFeatures, names: Sequence[str]) -> Floats:
    return found.rhythm[:, [RHYTHM_NAMES.index(name) for name in names]]


def _windows(found: BeatFeatures) -> tuple[Floats, Floats]:
    """Return the windows and their differences from the usual beat, at 60 Hz."""
    windows, usual = found.shapes.windows, found.shapes.template
    peak = np.abs(usual[..., QRS]).max(axis=-1, keepdims=True)
    scale = 1 / np.maximum(peak, SMALLEST)
    halves = (*windows.shape[:2], -1, 2)
    scaled = windows.reshape(halves).mean(axis=-1) * scale
    difference = scaled - usual.reshape(halves).mean(axis=-1) * scale
    return (
        np.clip(scaled, -_WINDOW_LIMIT, _WINDOW_LIMIT),
        np.clip(difference, -_WINDOW_LIMIT, _WINDOW_LIMIT),
    )


def _by_beat(leads: Floats, n_leads: int) -> Floats:
    """Concatenate the leads of each beat, with zeros for missing leads."""
    missing = ((0, n_leads - len(leads)), (0, 0), (0, 0))
    return np.pad(leads, missing).swapaxes(0, 1).reshape(leads.shape[1], -1)
