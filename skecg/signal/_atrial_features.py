"""Whether the P wave before a beat is the recording's own usual one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from skecg.signal._shape_features import (
    P_WAVE,
    Shapes,
    by_beat,
    median_over_past,
)
from skecg.signal._tail import Tail
from skecg.signal._windows import correlation

__all__ = ["ATRIAL_NAMES", "atrial_features"]

ATRIAL_NAMES = ("p_correlation", "p_constancy", "p_lost")
"""The columns, in order."""

Floats = npt.NDArray[np.float64]


def atrial_features(shapes: Shapes, past: Tail | None) -> Floats:
    """Return how like the usual beat's P wave each beat's is, over all leads.

    An ectopic atrial beat has a P wave of another shape, or hides it in the T wave
    before; a junctional one has none, or behind the QRS. In fibrillation no beat has
    one, so that a lost P wave means nothing there.

    Parameters
    ----------
    shapes : Shapes
        The beats.
    past : Tail or None
        The likeness of the usual beats before, if those are to compare with.

    Returns
    -------
    ndarray of shape (n_beats, 3)
        The columns of ``ATRIAL_NAMES``: the correlation with the template from
        283 ms to 67 ms before the R peak, all leads in one; its median over the beats
        of usual shape that are not early, which is near 0 where the recording has no
        P wave; and what is lost of the P wave, that median where it is positive times
        one less the correlation.

    References
    ----------
    Dotsinsky I. Atrial wave detection algorithm for discovery of some rhythm
    abnormalities. Physiological Measurement 28(5), 2007,
    doi:10.1088/0967-3334/28/5/012: correlation with a template tells P waves, and
    where there are none.
    """
    alike = by_beat(_p_correlation, shapes.windows, shapes.template)
    usual = np.where(shapes.is_usual, alike, np.nan)
    constancy = np.broadcast_to(median_over_past(usual, past), alike.shape)
    lost = np.maximum(constancy, 0) * (1 - alike)
    return np.column_stack([alike, constancy, lost])


def _p_correlation(windows: Floats, template: Floats) -> Floats:
    return correlation(_joint(windows), _joint(template))


def _joint(windows: Floats) -> Floats:
    """Return the P waves of all leads behind each other, each less its mean."""
    waves = windows[..., P_WAVE]
    waves = waves - waves.mean(axis=-1, keepdims=True)
    return waves.reshape(len(waves), -1)
