"""Draws of groups with replacement, and the ends of percentile intervals."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_random_state

__all__ = ["check_settings", "draws", "percentiles"]


def check_settings(n_resamples: int, confidence_level: float) -> None:
    """Raise ValueError if the settings of a bootstrap interval are invalid.

    Parameters
    ----------
    n_resamples : int
        The number of resamples, at least 1.
    confidence_level : float
        The level of the interval, between 0 and 1.
    """
    if not isinstance(n_resamples, Integral) or n_resamples < 1:
        raise ValueError(
            f"n_resamples must be a whole number of at least 1, got {n_resamples!r}."
        )
    if not isinstance(confidence_level, Real) or not 0 < confidence_level < 1:
        raise ValueError(
            f"confidence_level must lie between 0 and 1, got {confidence_level!r}; "
            "pass 0.95 for 95 %."
        )


def draws(
    n_groups: int, n_resamples: int, random_state: Any
) -> Iterator[npt.NDArray[np.intp]]:
    """Draw `n_groups` groups with replacement for each resample.

    Parameters
    ----------
    n_groups : int
        The number of groups.
    n_resamples : int
        The number of resamples.
    random_state : int, RandomState instance or None
        Seed or generator of the draws.

    Yields
    ------
    ndarray of shape (n_groups,), int
        The number of times that each group was drawn.
    """
    random = check_random_state(random_state)
    for _ in range(n_resamples):
        drawn = random.randint(n_groups, size=n_groups)
        yield np.bincount(drawn, minlength=n_groups)


def percentiles(
    distribution: npt.NDArray[np.float64], confidence_level: Any
) -> tuple[float, float]:
    """Return the ends of a percentile interval.

    Parameters
    ----------
    distribution : ndarray of shape (n_resamples,)
        The metric on each resample; those that are NaN are left out.
    confidence_level : float
        The level of the interval, between 0 and 1.

    Returns
    -------
    low, high : float
        The ends; NaN if the metric is undefined on every resample.
    """
    defined = distribution[~np.isnan(distribution)]
    if not len(defined):
        return np.nan, np.nan
    tail = (1 - confidence_level) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(low), float(high)
