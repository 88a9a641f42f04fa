"""The settings of the groups."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["GroupSettings"]


@dataclass(frozen=True)
class GroupSettings:
    """Settings of the groups, chosen on DS1 with annotators of other folds.

    Parameters
    ----------
    n_components : int
        The principal components of the windows.
    w_shape, w_timing, w_model : float
        The weights of the components, of the intervals and of the model's
        probabilities in the distance between two beats.
    floor : float
        The least probability of a class; also that of no beat, and of the classes that
        the model does not know.
    sharpness : float
        The power of the model's probabilities; below 1, they are softened.
    trust : float
        What an answer adds to the log odds of its label for a beat like the medoid.
    reach : float
        The distance at which this is 1/e of it.
    n_sampled : int
        The beats that are clustered, if there are more; others join the nearest.
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
