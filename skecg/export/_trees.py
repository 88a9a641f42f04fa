"""Conversion of histogram gradient boosting to an ONNX graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import numpy_helper

from skecg._sklearn import boosted_trees
from skecg.export._graph import GraphBuilder

__all__ = ["boosting"]

_SUM = 1  # aggregate_function of TreeEnsemble: the sum of the trees
_AT_MOST = 0  # nodes_modes: true branch if the value is at most the threshold
_CHILDREN = ("left", "right")


def boosting(builder: GraphBuilder, clf: Any, rows: str) -> str:
    """Add a fitted HistGradientBoostingClassifier.

    Thresholds, leaves and sums stay float64, so that every row takes the same path as
    in scikit-learn, including rows with missing values.

    Parameters
    ----------
    builder : GraphBuilder
        The graph, which must compute in float64.
    clf : HistGradientBoostingClassifier
        The classifier.
    rows : str
        The name of the tensor with its rows.

    Returns
    -------
    str
        The name of the tensor with the probabilities.

    Raises
    ------
    ValueError
        If it has categorical features.

    References
    ----------
    The operator TreeEnsemble of version 5 of ai.onnx.ml,
    https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsemble.html
    """
    trees, baseline = boosted_trees(clf)
    if any(nodes["is_categorical"].any() for column in trees for nodes in column):
        raise ValueError(
            "model must have no categorical features to be exported, but its "
            "HistGradientBoostingClassifier has some; encode them before it."
        )
    scores = builder.add(
        "TreeEnsemble", rows, n_targets=len(baseline), **_ensemble(trees)
    )
    scores = builder.add("Add", scores, builder.constant([baseline]))
    if len(baseline) > 1:
        return builder.add("Softmax", scores, axis=1)
    probability = builder.add("Sigmoid", scores)
    other = builder.add("Sub", builder.constant([[1.0]]), probability)
    return builder.add("Concat", other, probability, axis=1)


def _ensemble(trees: Sequence[Sequence[npt.NDArray[Any]]]) -> dict[str, Any]:
    """Return the attributes of TreeEnsemble, with nodes and leaves in two lists."""
    branches: list[tuple[int, float, int]] = []
    children: list[list[tuple[int, int]]] = []
    leaves: list[tuple[int, float]] = []
    roots: list[int] = []
    for target, column in enumerate(trees):
        for nodes in column:
            inner = np.flatnonzero(nodes["is_leaf"] == 0).tolist()
            place = {node: len(branches) + k for k, node in enumerate(inner)}

            def reached(
                node: int,
                nodes: npt.NDArray[Any] = nodes,
                place: dict[int, int] = place,
                target: int = target,
            ) -> tuple[int, int]:
                """Return the position of a node, and whether it is a leaf."""
                if node in place:
                    return place[node], 0
                leaves.append((target, float(nodes[node]["value"])))
                return len(leaves) - 1, 1

            roots.append(len(branches))
            if not inner:  # Replace a single leaf by a branch to that leaf.
                branches.append((0, 0.0, 0))
                children.append([reached(0)] * 2)
            elif len(leaves) in [place.get(int(nodes[0][x])) for x in _CHILDREN]:
                # ONNX Runtime up to 1.23 treats a root as a leaf if its children, a
                # branch and a leaf, have the same position in the two lists (issue
                # 24679 of ONNX Runtime). An unused leaf shifts the position.
                leaves.append((target, 0.0))
            for node in nodes[inner]:
                threshold = float(node["num_threshold"])
                feature = int(node["feature_idx"])
                branches.append((feature, threshold, int(node["missing_go_to_left"])))
                children.append([reached(int(node[x])) for x in _CHILDREN])
    features, thresholds, missing = zip(*branches, strict=True)
    targets, weights = zip(*leaves, strict=True)
    modes = np.full(len(branches), _AT_MOST, dtype=np.uint8)
    return {
        "aggregate_function": _SUM,
        "tree_roots": roots,
        "nodes_featureids": features,
        "nodes_splits": numpy_helper.from_array(np.array(thresholds)),
        "nodes_modes": numpy_helper.from_array(modes),
        "nodes_missing_value_tracks_true": missing,
        "nodes_truenodeids": [left for (left, _), _ in children],
        "nodes_trueleafs": [is_leaf for (_, is_leaf), _ in children],
        "nodes_falsenodeids": [right for _, (right, _) in children],
        "nodes_falseleafs": [is_leaf for _, (_, is_leaf) in children],
        "leaf_targetids": targets,
        "leaf_weights": numpy_helper.from_array(np.array(weights)),
    }
