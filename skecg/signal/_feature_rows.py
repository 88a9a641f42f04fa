"""Feature rows of a whole recording, or of the next beats of a causal one."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from skecg.signal._atrial_features import atrial_features
from skecg.signal._family_features import FamilyPast, family_means
from skecg.signal._rhythm_features import RHYTHM_NAMES, RhythmPast, rhythm_features
from skecg.signal._shape_features import (
    N_PAST,
    ShapePast,
    Shapes,
    beat_shapes,
    lead_shape_features,
)
from skecg.signal._tail import Tail

__all__ = ["BeatFeatures", "FeaturePast", "beat_features", "feature_rows"]

Floats = npt.NDArray[np.float64]


@dataclass
class FeaturePast:
    """State of causal feature rows: the last beats of the recording."""

    shapes: ShapePast = field(default_factory=ShapePast)
    rhythm: RhythmPast = field(default_factory=RhythmPast)
    families: FamilyPast = field(default_factory=FamilyPast)
    atrial: Tail = field(default_factory=lambda: Tail(N_PAST))


@dataclass(frozen=True)
class BeatFeatures:
    """The features of beats over all leads, and their shapes.

    Attributes
    ----------
    shapes : Shapes
        The beats, aligned on the recording's usual one.
    rhythm : ndarray of shape (n_beats, 10)
        The columns of ``RHYTHM_NAMES``.
    correlations : ndarray of shape (n_beats, 2)
        The columns of ``SHAPE_NAMES``.
    families : ndarray of shape (n_beats, 3)
        The columns of ``FAMILY_NAMES``. The family of a beat contains the beats around
        it with a similar QRS complex. The columns are the fraction of these beats in
        the family, and the mean logarithms of ``pre_rr_to_typical`` and
        ``post_rr_to_typical`` in it.
    atrial : ndarray of shape (n_beats, 3)
        The columns of ``ATRIAL_NAMES``.
    """

    shapes: Shapes
    rhythm: Floats
    correlations: Floats
    families: Floats
    atrial: Floats


def beat_features(
    filtered: Floats,
    positions: npt.NDArray[np.int64],
    pre: Floats,
    post: Floats,
    past: FeaturePast | None,
) -> BeatFeatures:
    """Compute the features of beats over all leads; see :func:`feature_rows`."""
    of_shapes = None if past is None else past.shapes
    shapes = beat_shapes(filtered, positions, pre, of_shapes)
    rhythm = rhythm_features(
        pre, post, shapes.is_typical, None if past is None else past.rhythm
    )
    first = RHYTHM_NAMES.index("pre_rr_to_typical")
    ratios = np.log(rhythm[:, first : first + 2])
    share, means = family_means(
        shapes.windows, ratios, None if past is None else past.families
    )
    alike = shapes.correlations
    return BeatFeatures(
        shapes,
        rhythm,
        np.column_stack([alike.mean(axis=0), alike.min(axis=0)]),
        np.column_stack([share, means]),
        atrial_features(shapes, None if past is None else past.atrial),
    )


def feature_rows(
    filtered: Floats,
    positions: npt.NDArray[np.int64],
    pre: Floats,
    post: Floats,
    past: FeaturePast | None,
) -> npt.NDArray[np.float32]:
    """Compute the features of beats in filtered leads at 120 Hz.

    Parameters
    ----------
    filtered : ndarray of shape (n_leads, n_samples)
        The leads.
    positions : ndarray of int of shape (n_beats,)
        The samples of the R peaks, at least one.
    pre, post : ndarray of shape (n_beats,)
        The intervals before and after each beat, in seconds.
    past : FeaturePast or None
        The preceding beats, if a beat is compared with those alone; it is updated. None
        compares a beat with all beats.

    Returns
    -------
    ndarray of shape (n_beats, n_features), float32
        The columns that :meth:`FeatureLayout.aux_names` lists.
    """
    found = beat_features(filtered, positions, pre, post, past)
    by_lead = lead_shape_features(found.shapes, None if past is None else past.shapes)
    columns = [found.rhythm, found.correlations, found.families, found.atrial, *by_lead]
    return np.column_stack(columns).astype(np.float32)
