"""Settings for grouping beats and applying answers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GroupSettings"]


@dataclass(frozen=True)
class GroupSettings:
    """Settings for grouping beats and applying answers.

    They were chosen on DS1, with annotators that were trained on other folds.

    Parameters
    ----------
    n_components : int
        The number of principal components of the windows.
    w_shape, w_timing, w_model : float
        The weights of the components, of the intervals and of the model's
        probabilities in the distance between two beats.
    floor : float
        The smallest probability of a class. It is also the probability of no beat and
        of classes that the model does not have.
    sharpness : float
        The exponent of the model's probabilities; values below 1 flatten them.
    trust : float
        The value that an answer adds to the log odds of its label for the medoid.
    reach : float
        The distance from the medoid at which this value has decreased to 1/e.
    n_sampled : int
        The largest number of beats that are clustered; other beats join the nearest.
    n_leaves : int
        The largest number of groups that are not divided.
    method : str
        The linkage of the clusters; see :func:`scipy.cluster.hierarchy.linkage`.
    """

    n_components: int = 10
    w_shape: float = 1.0
    w_timing: float = 1.0
    w_model: float = 0.2
    floor: float = 1e-3
    sharpness: float = 0.5
    trust: float = 8.0
    reach: float = 1.0
    n_sampled: int = 3000
    n_leaves: int = 256
    method: str = "ward"
