"""Group the beats of an annotated recording in a tree."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.metrics import pairwise_distances_argmin

from skecg.annotation import AnnotatedRecording
from skecg.review._beat_features import BeatFeatures, ClassifiedBeats, boosts
from skecg.review._divided_points import DividedPoints, divide
from skecg.review._group_settings import GroupSettings
from skecg.review._group_tree import GroupTree, Node
from skecg.review._priorities import priorities
from skecg.review._procedure import MODEL

__all__ = ["grow_tree"]

Indices = npt.NDArray[np.int64]


def grow_tree(
    annotated: AnnotatedRecording,
    settings: GroupSettings,
    beats: ClassifiedBeats | None = None,
) -> GroupTree:
    """Return the tree of groups of the beats that the model has classified.

    Parameters
    ----------
    annotated : AnnotatedRecording
        The annotated recording.
    settings : GroupSettings
        The settings.
    beats : ClassifiedBeats or None, default=None
        The classified beats, if they were extracted before.

    Returns
    -------
    GroupTree
        The tree.
    """
    beats = ClassifiedBeats(annotated) if beats is None else beats
    leaves = np.full(len(annotated.table), -1)
    features = BeatFeatures.of(beats, settings)
    if not len(features.rows):
        return GroupTree((), leaves, features)
    sampled = _sample(beats, settings.n_sampled)
    # Cluster a sample, because hierarchical clustering takes quadratic time.
    nearest = pairwise_distances_argmin(features.points, features.points[sampled])
    nearest[sampled] = np.arange(len(sampled))
    weights = np.bincount(nearest, minlength=len(sampled))
    divided = divide(
        features.points[sampled], weights, settings.n_leaves, settings.method
    )
    leaves[features.rows] = divided.leaf_of[nearest]
    classes = annotated.table["class"].to_numpy(str)[features.rows]
    counts = {
        str(name): np.bincount(nearest[classes == name], minlength=len(sampled))
        for name in sorted(set(classes))
    }
    samples = annotated.table["sample"].to_numpy(np.int64)
    nodes = []
    for part, members in enumerate(divided.members):
        mine = {name: int(count[members].sum()) for name, count in counts.items()}
        mine = {name: count for name, count in mine.items() if count}
        row = int(features.rows[sampled[divided.medoids[part]]])
        values = _values(features, sampled, weights, divided, part, settings)
        nodes.append(
            Node(
                id=part,
                parent=int(divided.parents[part]) if part else None,
                children=divided.children[part],
                n_beats=int(weights[members].sum()),
                medoid=row,
                sample=int(samples[row]),
                guess=max(mine, key=lambda name: mine[name]),
                counts=mine,
                priorities=dict(zip([MODEL, *features.labels], values, strict=True)),
            )
        )
    return GroupTree(tuple(nodes), leaves, features)


def _values(
    features: BeatFeatures,
    sampled: Indices,
    weights: Indices,
    divided: DividedPoints,
    part: int,
    settings: GroupSettings,
) -> list[int]:
    """Return the priorities of a part."""
    members = divided.members[part]
    points = features.points[sampled[members]]
    medoids = features.points[sampled[divided.medoids]]
    from_above = np.zeros(len(members))
    if part:
        from_above = boosts(points, medoids[divided.parents[part]], settings)
    return priorities(
        features.logs[sampled[members]],
        weights[members].astype(np.float64),
        from_above,
        boosts(points, medoids[part], settings),
    )


def _sample(beats: ClassifiedBeats, n_sampled: int) -> Indices:
    """Return the positions of the beats that are clustered."""
    n_beats = len(beats.rows)
    if n_beats <= n_sampled:
        return np.arange(n_beats)
    half = n_sampled // 2
    even = np.linspace(0, n_beats - 1, half).astype(np.int64)
    # Half of the sample has low probabilities, because rare shapes are among these.
    unsure = np.argsort(beats.probabilities.max(axis=1), kind="stable")[: 8 * half]
    chosen = unsure[np.linspace(0, len(unsure) - 1, half).astype(np.int64)]
    return np.unique(np.concatenate([even, chosen]))
