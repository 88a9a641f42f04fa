"""Features that compare the P wave of a beat with that of the usual beat."""

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
    """Compare the P wave of each beat with that of the usual beat, over all leads.

    The P wave of an ectopic atrial beat has another shape, or lies in the preceding T
    wave. A junctional beat has no P wave, or one after the QRS complex. In atrial
    fibrillation no beat has a P wave, so a missing one carries no information.

    Parameters
    ----------
    shapes : Shapes
        The beats.
    past : Tail or None
        The correlations of the preceding usual beats, if a beat is compared with
        those alone; it is updated. None compares a beat with all beats.

    Returns
    -------
    ndarray of shape (n_beats, 3)
        The columns of ``ATRIAL_NAMES``:

        - ``p_correlation``: the correlation with the template from 283 ms to 67 ms
          before the R peak, over the joined leads;
        - ``p_constancy``: the median of this correlation over the beats of usual shape
          that are not early; it is near 0 if the recording has no P wave;
        - ``p_lost``: ``max(p_constancy, 0) * (1 - p_correlation)``.

    References
    ----------
    Dotsinsky I. Atrial wave detection algorithm for discovery of some rhythm
    abnormalities. Physiological Measurement 28(5), 2007,
    doi:10.1088/0967-3334/28/5/012: correlation with a template detects P waves and
    their absence.
    """
    alike = by_beat(_p_correlation, shapes.windows, shapes.template)
    usual = np.where(shapes.is_usual, alike, np.nan)
    constancy = np.broadcast_to(median_over_past(usual, past), alike.shape)
    lost = np.maximum(constancy, 0) * (1 - alike)
    return np.column_stack([alike, constancy, lost])


def _p_correlation(windows: Floats, template: Floats) -> Floats:
    return correlation(_joint(windows), _joint(template))


def _joint(windows: Floats) -> Floats:
    """Concatenate the P waves of all leads, each minus its mean."""
    waves = windows[..., P_WAVE]
    waves = waves - waves.mean(axis=-1, keepdims=True)
    return waves.reshape(len(waves), -1)
