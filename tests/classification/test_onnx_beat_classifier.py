"""Classifiers read from ONNX files, and files that are refused."""

import json
import os
import pickle
import threading

import joblib
import numpy as np
import onnx
import pandas as pd
import pytest
from onnx import TensorProto, helper
from onnx_files import change_facts, plain_model, sign, write_small_boosting
from sklearn.base import clone, is_classifier
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import check_is_fitted

from skecg import (
    HybridSampler,
    OnnxBeatClassifier,
    export_onnx,
    load_model,
    save_model,
)
from skecg.classification._onnx_file import CHECKSUM, FACTS
from skecg.presets import PRESETS


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The path of a file, the model that was exported, and rows."""
    path = tmp_path_factory.mktemp("onnx") / "model.onnx"
    return path, *write_small_boosting(path)


@pytest.fixture
def model(written):
    """The content of the file, to change."""
    return onnx.load(written[0])


@pytest.fixture
def refused(tmp_path):
    """Return a function that returns the message with which a content is refused."""

    def read(content):
        path = tmp_path / "hostile.onnx"
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"^path must be a file that") as caught:
            OnnxBeatClassifier(path).predict(np.zeros((1, 30)))
        return str(caught.value)

    return read


def test_it_is_a_fitted_classifier(written):
    path, fitted, X = written
    clf = OnnxBeatClassifier(path)
    check_is_fitted(clf)
    assert is_classifier(clf)
    np.testing.assert_array_equal(clf.classes_, fitted.classes_)
    assert clf.classes_.dtype == fitted.classes_.dtype
    assert clf.n_features_in_ == 30
    assert not hasattr(clf, "feature_names_in_")
    assert clf.layout_ is None
    assert clf.card_["description"] == "made-up beats"
    np.testing.assert_array_equal(clf.predict(X), fitted.predict(X))
    assert clf.score(X, fitted.predict(X)) == 1


def test_a_clone_reads_the_file_again(written):
    path, fitted, X = written
    copy = clone(OnnxBeatClassifier(str(path), n_threads=2))
    assert copy.get_params() == {
        "path": str(path),
        "output": "probabilities",
        "n_threads": 2,
    }
    np.testing.assert_array_equal(copy.predict(X), fitted.predict(X))


def test_a_pickle_holds_the_file(written, tmp_path):
    path, fitted, X = written
    other = tmp_path / "other.onnx"
    other.write_bytes(path.read_bytes())
    clf = OnnxBeatClassifier(other)
    stored = pickle.dumps(clf)
    clf.predict(X)
    joblib.dump(clf, tmp_path / "clf.joblib")
    other.unlink()
    for again in (pickle.loads(stored), joblib.load(tmp_path / "clf.joblib")):
        np.testing.assert_array_equal(again.predict(X), fitted.predict(X))
        assert pickle.loads(pickle.dumps(again)).n_features_in_ == 30
        np.testing.assert_array_equal(clone(again).predict(X), fitted.predict(X))


def test_a_model_file_holds_the_file(written, tmp_path):
    path, fitted, X = written
    other = tmp_path / "other.onnx"
    other.write_bytes(path.read_bytes())
    save_model(OnnxBeatClassifier(other), tmp_path / "model.skops")
    other.unlink()
    again = load_model(tmp_path / "model.skops")
    assert again.path == str(other)  # Text, which each operating system reads.
    np.testing.assert_array_equal(again.predict(X), fitted.predict(X))


def test_another_path_is_read(written, tmp_path):
    path, _, X = written
    clf = OnnxBeatClassifier(tmp_path / "none.onnx")
    with pytest.raises(FileNotFoundError, match=r"'.*none\.onnx' does not exist"):
        clf.predict(X)
    assert len(clf.set_params(path=path).predict(X)) == len(X)


def test_it_works_inside_pipelines_and_validation(written):
    path, fitted, X = written
    clf = OnnxBeatClassifier(path)
    y = fitted.predict(X)
    assert make_pipeline(clf).fit(X, y).score(X, y) == 1
    assert cross_val_score(clf, X, y, cv=2).tolist() == [1, 1]


def test_threads_share_it(written):
    path, fitted, X = written
    clf, found = OnnxBeatClassifier(path), []
    threads = [
        threading.Thread(target=lambda: found.append(clf.predict_proba(X)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for probabilities in found:
        np.testing.assert_allclose(probabilities, fitted.predict_proba(X), atol=1e-12)


def test_rows_of_any_type_and_number_are_read(written, tmp_path):
    path, fitted, X = written
    clf = OnnxBeatClassifier(path)
    many = np.tile(X, (3, 1))[:300]
    for rows in (X[:1], X.astype(np.float32), X.tolist(), np.asfortranarray(X), many):
        expected = fitted.predict_proba(rows)
        np.testing.assert_allclose(clf.predict_proba(rows), expected, atol=1e-12)
    whole = (X * 9).astype(np.int8)
    stored = np.memmap(tmp_path / "X", dtype=np.int8, mode="w+", shape=whole.shape)
    stored[:] = whole
    expected = fitted.predict_proba(whole)
    np.testing.assert_allclose(clf.predict_proba(stored), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            np.zeros((2, 29)),
            "X has 29 features, but OnnxBeatClassifier is expecting",
        ),
        (np.zeros((2, 29), dtype=np.float64).tolist(), "X has 29 features"),
        (np.zeros(30), "Expected 2D array"),
        (np.zeros((0, 30)), "0 sample"),
        (np.full((2, 30), np.inf), "infinity"),
    ],
)
def test_other_rows_are_refused(written, rows, message):
    clf = OnnxBeatClassifier(written[0])
    with pytest.raises(ValueError, match=message):
        clf.predict(rows)
    with pytest.raises(ValueError, match=message):
        clf.fit(rows)


def test_names_of_columns_are_kept_and_checked(tmp_path):
    preset = PRESETS["new_patients"]
    names = preset.layout.feature_names(["MLII", "V1"])
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(300, 42)), columns=names)
    y = np.digitize(X.iloc[:, 3] + X.iloc[:, 20], [-1, 1])
    fitted = preset.make().fit(X, y)
    export_onnx(fitted, tmp_path / "m.onnx", X)
    clf = OnnxBeatClassifier(tmp_path / "m.onnx")
    assert clf.feature_names_in_.tolist() == names
    assert clf.layout_ == preset.layout
    np.testing.assert_array_equal(clf.predict(X), fitted.predict(X))
    with pytest.raises(ValueError, match="feature names should match"):
        clf.predict(X[names[::-1]])


def test_wrong_parameters_are_refused(written):
    path, _, X = written
    with pytest.raises(ValueError, match="n_threads must be at least 1, got 0"):
        OnnxBeatClassifier(path, n_threads=0).predict(X)
    with pytest.raises(ValueError, match=r"output must be one of \['probabilities'\]"):
        OnnxBeatClassifier(path, output="surplus_1").predict(X)


def test_files_of_other_programs_are_refused(refused):
    assert "has no metadata of skecg" in refused(plain_model().SerializeToString())
    assert "has no metadata of skecg" in refused(b"")
    assert "is damaged, or not an ONNX file" in refused(b"not a model\n" * 20)


def test_folders_and_pipes_are_refused(tmp_path):
    with pytest.raises(ValueError, match="is not a regular file"):
        OnnxBeatClassifier(tmp_path).predict([[0]])
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="is not a regular file"):
        OnnxBeatClassifier(tmp_path / "pipe").predict([[0]])


def test_each_flipped_bit_and_each_truncation_is_noticed(written, refused):
    content = written[0].read_bytes()
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(content), 100).tolist():
        damaged = bytearray(content)
        damaged[place] ^= 1 << int(rng.integers(8))
        refused(bytes(damaged))
    for length in (1, len(content) // 2, len(content) - 1):
        refused(content[:length])
    refused(content + b"\0")


def test_the_helper_of_the_tests_signs_as_the_export_does(model, tmp_path):
    (tmp_path / "m.onnx").write_bytes(sign(model))
    assert OnnxBeatClassifier(tmp_path / "m.onnx").n_features_in_ == 30


def test_operators_beyond_the_standard_are_refused(model, refused):
    model.graph.node.add(op_type="Run", domain="evil", input=["rows"], output=["x"])
    message = refused(sign(model))
    assert "needs operators outside the ONNX standard, ['evil']" in message


def test_operators_of_graphs_inside_are_found(model, refused):
    inside = helper.make_node("Run", [], ["x"], domain="evil")
    graph = helper.make_graph([inside], "inside", [], [])
    model.graph.node.append(
        helper.make_node("If", ["c"], ["y"], then_branch=graph, else_branch=graph)
    )
    assert "outside the ONNX standard, ['evil']" in refused(sign(model))


def test_operators_of_onnx_runtime_alone_are_refused(model, refused):
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    assert "['com.microsoft']" in refused(sign(model))


def test_functions_of_a_model_are_refused(model, refused):
    node = helper.make_node("Identity", ["a"], ["b"])
    opset = [helper.make_opsetid("", 18)]
    model.functions.append(
        helper.make_function("", "Softmax", ["a"], ["b"], [node], opset)
    )
    assert "outside the ONNX standard, ['Softmax']" in refused(sign(model))


@pytest.mark.parametrize("is_attribute", [False, True])
def test_weights_in_other_files_are_refused(model, refused, tmp_path, is_attribute):
    (tmp_path / "secret").write_bytes(bytes(range(12)))
    tensor = helper.make_tensor("outside", TensorProto.FLOAT, [3], [0, 0, 0])
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="secret")
    if is_attribute:
        node = helper.make_node("Constant", [], ["outside"], value=tensor)
        model.graph.node.append(node)
    else:
        model.graph.initializer.append(tensor)
    assert "reads weights from another file" in refused(sign(model))


def test_metadata_that_do_not_fit_are_refused(model, refused):
    entry = next(x for x in model.metadata_props if x.key == FACTS)
    facts = json.loads(entry.value)
    change_facts(model, format=2)
    assert "has format 2, while this skecg reads formats" in refused(sign(model))
    for changed in ({"dtype": "|O"}, {"classes": ["a"]}, {"classes": []}):
        change_facts(model, format=1, outputs=[{**facts["outputs"][0], **changed}])
        assert "contains invalid metadata" in refused(sign(model))
    for changed in ({"n_features": 29}, {"classes": [0, 1]}):
        change_facts(model, outputs=[{**facts["outputs"][0], **changed}])
        assert "while its metadata state" in refused(sign(model))
    change_facts(model, outputs=[{**facts["outputs"][0], "input": "others"}])
    assert "ONNX Runtime cannot open" in refused(sign(model))
    entry.value = "{"
    assert "contains damaged metadata" in refused(sign(model))


def test_a_graph_that_onnx_runtime_refuses_is_refused(model, refused):
    model.graph.node[0].input[0] = "nowhere"
    assert "ONNX Runtime cannot open" in refused(sign(model))


def test_a_file_without_a_checksum_is_refused(model, refused):
    entries = [x for x in model.metadata_props if x.key != CHECKSUM]
    del model.metadata_props[:]
    model.metadata_props.extend(entries)
    assert "has no metadata of skecg" in refused(model.SerializeToString())


def test_it_stands_at_the_end_of_a_pipeline_of_samplers(written):
    from imblearn.pipeline import make_pipeline as make_imblearn_pipeline

    path, fitted, X = written
    pipeline = make_imblearn_pipeline(HybridSampler(), OnnxBeatClassifier(path))
    y = fitted.predict(X)
    assert pipeline.fit(X, y).score(X, y) == 1
