"""Features of the family of a beat: the beats with a similar QRS complex."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from skecg.signal._shape_features import QRS
from skecg.signal._tail import Tail
from skecg.signal._windows import SMALLEST, by_rows

__all__ = ["FAMILY_NAMES", "FamilyPast", "family_means"]

FAMILY_NAMES = ("family_share", "family_pre_rr", "family_post_rr")
"""The columns, in order."""

_ALIKE = 0.9  # two beats of a family have a higher correlation
_FAMILY_REACH = 2000  # beats to either side, half an hour; limits the computing time
_CHUNK = 500

Floats = npt.NDArray[np.float64]


@dataclass
class FamilyPast:
    """State of causal families: the last beats of the recording and their values."""

    units: Tail = field(default_factory=lambda: Tail(_FAMILY_REACH, axis=0))
    values: Tail = field(default_factory=lambda: Tail(_FAMILY_REACH, axis=0))


def family_means(
    windows: Floats, values: Floats, past: FamilyPast | None
) -> tuple[Floats, Floats]:
    """Return the fraction of beats in each beat's family, and the family's means.

    Parameters
    ----------
    windows : ndarray of shape (n_leads, n_beats, 126)
        The beats.
    values : ndarray of shape (n_beats, n_values)
        The values to average.
    past : FamilyPast or None
        The preceding beats, if a beat is compared with those alone; it is updated. None
        compares a beat with the beats to either side.

    Returns
    -------
    share : ndarray of shape (n_beats,)
        The fraction of the surrounding beats that are in the family: their QRS complex
        correlates above 0.9 with that of the beat. The beat itself is included. The
        surrounding beats are up to 2,000 before and, unless causal, up to 2,000 after,
        which covers a recording of half an hour.
    means : ndarray of shape (n_beats, n_values)
        The means of `values` over the family.
    """
    by_lead = [by_rows(_units, lead) for lead in windows]
    units = _summable(np.concatenate(by_lead, axis=1) / np.sqrt(len(by_lead)))
    values = _summable(values)
    n_new, after = len(units), _FAMILY_REACH
    if past is not None:
        units, values, after = past.units.join(units), past.values.join(values), 0
    n_beats = len(units)
    share, means = np.empty(n_beats), np.empty(values.shape)
    for start in range(n_beats - n_new, n_beats, _CHUNK):
        rows = slice(start, min(start + _CHUNK, n_beats))
        around = slice(max(start - _FAMILY_REACH, 0), min(rows.stop + after, n_beats))
        own = start - around.start  # the column of the beat of the first row
        is_alike = units[rows] @ units[around].T > _ALIKE
        np.fill_diagonal(is_alike[:, own:], True)  # also for a flat beat
        is_alike = np.triu(np.tril(is_alike, own + after), own - _FAMILY_REACH)
        beats = np.arange(n_beats)[rows]
        n_around = 1 + np.minimum(beats, _FAMILY_REACH)
        n_around += np.minimum(n_beats - 1 - beats, after)
        counts = is_alike.sum(axis=1)
        share[rows] = counts / n_around
        means[rows] = is_alike.astype(np.float64) @ values[around] / counts[:, None]
    return share[-n_new:], means[-n_new:]


def _units(windows: Floats) -> Floats:
    """Return QRS complexes minus their mean, scaled to norm 1."""
    qrs = windows[:, QRS] - windows[:, QRS].mean(axis=-1, keepdims=True)
    return qrs / np.maximum(np.linalg.norm(qrs, axis=-1, keepdims=True), SMALLEST)


def _summable(values: Floats) -> Floats:
    """Round values, so that sums are exact and do not depend on their order."""
    return np.asarray(np.round(values * 2**24) / 2**24)
