"""Beats as a few features relative to the recording's own usual beat and rhythm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from skecg._sklearn import validate_params
from skecg.signal._atrial_features import ATRIAL_NAMES, atrial_features
from skecg.signal._rhythm_features import RHYTHM_NAMES, intervals, rhythm_features
from skecg.signal._shape_features import (
    LEAD_SHAPE_NAMES,
    SHAPE_FS,
    SHAPE_NAMES,
    beat_shapes,
    family_means,
    lead_shape_features,
)

__all__ = ["FEATURES_FS", "feature_rows", "names_of_features"]

FEATURES_FS = SHAPE_FS
"""The rate, in hertz, of the signal that the features are computed from."""

_FAMILY_NAMES = ("family_share", "family_pre_rr", "family_post_rr")


@validate_params({"leads": ["array-like"]}, prefer_skip_nested_validation=True)
def names_of_features(leads: Sequence[str]) -> list[str]:
    """Return the names of the columns of the layout ``"features"``.

    Parameters
    ----------
    leads : sequence of str
        The leads' names, in order.

    Returns
    -------
    list of str
        Those of rhythm first, then those of all leads together, then each lead's.

    Raises
    ------
    ValueError
        If `leads` is no sequence of names.

    Examples
    --------
    >>> from skecg.signal import names_of_features
    >>> names = names_of_features(["MLII", "V1"])
    >>> len(names), names[0], names[-1]
    (42, 'pre_rr_to_sinus', 'V1_t_difference')
    """
    by_lead = [f"{lead}_{name}" for lead in leads for name in LEAD_SHAPE_NAMES]
    return [*RHYTHM_NAMES, *SHAPE_NAMES, *_FAMILY_NAMES, *ATRIAL_NAMES, *by_lead]


def feature_rows(
    leads: npt.NDArray[np.float64],
    positions: npt.NDArray[np.int64],
    times: npt.NDArray[np.float64],
    *,
    is_causal: bool,
) -> npt.NDArray[np.float32]:
    """Compute the features of beats in leads at 120 Hz.

    Parameters
    ----------
    leads : ndarray of shape (n_samples, n_leads)
        The leads.
    positions : ndarray of int of shape (n_beats,)
        The samples of the R peaks.
    times : ndarray of shape (n_beats,)
        The R peaks in seconds, in order.
    is_causal : bool
        Whether a beat is compared with those before it alone.

    Returns
    -------
    ndarray of shape (n_beats, n_features), float32
        The columns that :func:`names_of_features` lists. A beat's family is the beats
        of the recording whose QRS is like its own: their share of all beats, and the
        means of the logarithms of their intervals' ratios to the typical ones.
    """
    if not len(positions):
        n_columns = len(names_of_features([""] * leads.shape[1]))
        return np.empty((0, n_columns), dtype=np.float32)
    pre, post = intervals(times, is_causal=is_causal)
    shapes = beat_shapes(leads, positions, pre, is_causal=is_causal)
    rhythm = rhythm_features(pre, post, shapes.is_typical, is_causal=is_causal)
    first = RHYTHM_NAMES.index("pre_rr_to_typical")
    ratios = np.log(rhythm[:, first : first + 2])
    share, means = family_means(shapes, ratios, is_causal=is_causal)
    mean, lowest = shapes.correlations.mean(axis=0), shapes.correlations.min(axis=0)
    by_lead = lead_shape_features(shapes, is_causal=is_causal)
    atrial = atrial_features(shapes, is_causal=is_causal)
    columns = [rhythm, mean, lowest, share, means, atrial, *by_lead]
    return np.column_stack(columns).astype(np.float32)
