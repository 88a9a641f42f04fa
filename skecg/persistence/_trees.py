"""Checks of the trees of boosters in a model file.

scikit-learn does not check the indices in a tree. With the indices of a hostile file,
it could read other memory or loop for ever.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.persistence._nodes import Node, name_of
from skecg.persistence._schema import Schema
from skecg.persistence._trusted import TREE_PREDICTOR

__all__ = ["check_trees"]

_BOOSTERS = "sklearn.ensemble._hist_gradient_boosting.gradient_boosting."
_FIELDS = ("feature_idx", "left", "right", "is_leaf", "is_categorical", "bitset_idx")


def check_trees(schema: Schema) -> None:
    """Refuse trees of boosters with invalid indices.

    Parameters
    ----------
    schema : Schema
        The tree of the file.

    Raises
    ------
    ValueError
        If an index is outside its table, or a branch leads back to an earlier node; the
        message contains only the reason.
    """
    trees = {
        id(node): _checked_nodes(schema, node)
        for node in schema.nodes
        if name_of(node) == TREE_PREDICTOR
    }
    for node in schema.nodes:
        attributes = schema.attributes_of(node) or {}
        if not name_of(node).startswith(_BOOSTERS) or "_predictors" not in attributes:
            continue
        n_features, is_categorical = _features(schema, attributes)
        rounds = schema.items_of(attributes["_predictors"])
        for trees_of_round in map(schema.items_of, [] if rounds is None else rounds):
            for tree in trees_of_round or []:
                if id(tree) not in trees:
                    raise _refused("something else in the place of a tree")
                nodes = trees[id(tree)]
                inner = nodes[nodes["is_leaf"] == 0]
                if (inner["feature_idx"] >= n_features).any():
                    raise _refused("a feature that the model does not have")
                categorical = inner[inner["is_categorical"] != 0]
                if not is_categorical[categorical["feature_idx"]].all():
                    raise _refused("categories of a feature that has none")
            if trees_of_round is None:
                raise _refused("something else in the place of trees")
        if rounds is None:
            raise _refused("something else in the place of trees")


def _features(
    schema: Schema, attributes: dict[str, Node]
) -> tuple[int, npt.NDArray[np.bool_]]:
    """Return the number of features of a booster, and which are categorical."""
    n_features = schema.value_of(attributes.get("_n_features", _NOTHING))
    mapper = schema.resolve(attributes.get("_bin_mapper", _NOTHING))
    table = (schema.attributes_of(mapper) or {}).get("is_categorical_", _NOTHING)
    is_categorical = schema.array_of(table)
    if type(n_features) is not int or n_features < 1:
        raise _refused("no number of features")
    if is_categorical is None or is_categorical.shape != (n_features,):
        raise _refused("no table of its categorical features")
    return n_features, is_categorical != 0


def _checked_nodes(schema: Schema, tree: Node) -> npt.NDArray[Any]:
    """Return the nodes of a tree after checking that branches lead to later nodes."""
    attributes = schema.attributes_of(tree) or {}
    nodes = schema.array_of(attributes.get("nodes", _NOTHING))
    if (
        nodes is None
        or nodes.ndim != 1
        or not len(nodes)
        or not set(_FIELDS) <= set(nodes.dtype.names or ())
        or any(nodes.dtype[field].kind not in "iu" for field in _FIELDS)
    ):
        raise _refused("no table of nodes")
    numbers = np.arange(len(nodes))
    is_inner = nodes["is_leaf"] == 0
    for side in ("left", "right"):
        children = nodes[side][is_inner].astype(np.int64)
        if (children <= numbers[is_inner]).any() or (children >= len(nodes)).any():
            raise _refused("a branch that leads back or outside")
    if (nodes["feature_idx"][is_inner] < 0).any():
        raise _refused("a negative feature")
    is_categorical = is_inner & (nodes["is_categorical"] != 0)
    for name in ("binned_left_cat_bitsets", "raw_left_cat_bitsets"):
        bitsets = schema.array_of(attributes.get(name, _NOTHING))
        if bitsets is None or bitsets.ndim != 2 or bitsets.shape[1] != 8:
            raise _refused("no table of categories")
        if (nodes["bitset_idx"][is_categorical] >= len(bitsets)).any():
            raise _refused("categories outside their table")
    return nodes


_NOTHING: Node = {
    "__loader__": "JsonNode",
    "__module__": "builtins",
    "__class__": "str",
    "content": "null",
}


def _refused(what: str) -> ValueError:
    return ValueError(
        f"a tree of its boosters has {what}, which could read other memory"
    )
