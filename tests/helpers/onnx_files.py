"""ONNX files of small models, and manipulated files."""

import json

import numpy as np
import onnx
from sklearn.ensemble import HistGradientBoostingClassifier

from skecg import export_onnx
from skecg.classification._onnx_file import CHECKSUM, FACTS, NO_CHECKSUM, checksum_of
from skecg.datasets import make_beats


def small_boosting(n_beats=200, **options):
    """Return a small fitted boosting classifier, and its rows."""
    X, y = make_beats(n_beats, weights=[1] * 5, random_state=0, return_X_y=True)
    X = X[:, :30]
    clf = HistGradientBoostingClassifier(max_iter=3, max_leaf_nodes=4, **options)
    return clf.fit(X, y), X


def write_small_boosting(path):
    clf, X = small_boosting()
    export_onnx(clf, path, X, description="made-up beats")
    return clf, X


def sign(model):
    """Return the bytes of a model with a valid checksum, as an attacker would."""
    entry = next(x for x in model.metadata_props if x.key == CHECKSUM)
    entry.value = NO_CHECKSUM
    content = model.SerializeToString()
    checksum = checksum_of(content, NO_CHECKSUM)
    return content.replace(NO_CHECKSUM.encode(), checksum.encode())


def change_facts(model, **changed):
    """Change the metadata of a model."""
    entry = next(x for x in model.metadata_props if x.key == FACTS)
    entry.value = json.dumps({**json.loads(entry.value), **changed})


def plain_model():
    """Return an ONNX model of another program."""
    rows = onnx.helper.make_tensor_value_info("rows", onnx.TensorProto.FLOAT, ["n", 3])
    result = onnx.helper.make_tensor_value_info("r", onnx.TensorProto.FLOAT, ["n", 3])
    node = onnx.helper.make_node("Softmax", ["rows"], ["r"])
    graph = onnx.helper.make_graph([node], "plain", [rows], [result])
    return onnx.helper.make_model(graph)


def largest_difference(first, second, X):
    return np.abs(first.predict_proba(X) - second.predict_proba(X)).max()
