"""Annotators in ONNX files, also where torch is not installed."""

import json
import pickle
import subprocess
import sys
from functools import partial

import numpy as np
import onnx
import pytest
from annotated import mixed_recording, recording_with_artefacts, write_mixed_record
from onnx_files import change_facts, sign, write_small_boosting
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import skecg
from skecg import BeatAnnotator, NetworkClassifier, OnnxBeatClassifier, export_onnx
from skecg.annotation import StreamingAnnotator, load_onnx
from skecg.classification._onnx_file import FACTS
from skecg.cli import main
from skecg.modules import ContextNetwork
from skecg.presets import PRESETS

# Where torch and skorch cannot be imported, as if they were not installed.
WITHOUT_TORCH = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "skorch", "onnx", "onnxscript"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocked())
"""


@pytest.fixture(scope="module")
def fitted():
    """An annotator with four classifiers, and a recording with surplus peaks."""
    found = [recording_with_artefacts(seed) for seed in (1, 2, 3)]
    recordings, annotations, _ = zip(*found, strict=True)
    annotator = BeatAnnotator(leads=["II", "V1"], random_state=0)
    return annotator.fit(recordings, annotations, description="made-up"), recordings[0]


@pytest.fixture(scope="module")
def written(fitted, tmp_path_factory):
    path = tmp_path_factory.mktemp("onnx") / "annotator.onnx"
    annotator, recording = fitted
    export_onnx(annotator, path, [recording])
    return path


def assert_equal_annotations(first, second):
    assert second.table["sample"].equals(first.table["sample"])
    assert second.table["class"].equals(first.table["class"])
    found = [x.table.filter(like="probability").to_numpy() for x in (first, second)]
    np.testing.assert_allclose(*found, atol=1e-6)
    assert second.n_dropped == first.n_dropped


def test_an_annotator_of_boosters_answers_as_before(fitted, written):
    annotator, recording = fitted
    assert annotator.surplus_models_
    light = load_onnx(written)
    assert light.card_ == annotator.card_
    assert light.layout_ == annotator.layout_
    assert light.lead_counts_ == (2, 1)
    assert light.class_names_ == annotator.class_names_
    for name in ("detector", "drop_surplus", "leads", "mapping"):
        assert getattr(light, name) == getattr(annotator, name)
    expected = annotator.annotate(recording)
    assert expected.n_dropped > 0
    assert_equal_annotations(expected, light.annotate(recording))
    assert_equal_annotations(expected, skecg.annotate(recording, written))
    assert_equal_annotations(
        expected, pickle.loads(pickle.dumps(light)).annotate(recording)
    )


def test_beats_of_one_readable_lead_are_answered_as_before(fitted, written):
    annotator, recording = fitted
    signal = recording.signal.copy()
    signal[5000:15000, 1] = np.nan
    recording = skecg.Recording(signal, 250, leads=["II", "V1"])
    expected = annotator.annotate(recording)
    assert (expected.table["quality"] == "partial").any()
    assert_equal_annotations(expected, load_onnx(written).annotate(recording))


def test_a_network_and_its_stream_answer_as_before(tmp_path):
    recording, (peaks, symbols) = mixed_recording(seed=1)
    small = partial(ContextNetwork, n_members=1, n_filters=8, n_embedding=4, n_hidden=8)
    network = NetworkClassifier(
        small,
        layout="causal_context",
        max_epochs=1,
        validation_fraction=None,
        random_state=0,
    )
    annotator = BeatAnnotator(network, layout="causal_context", drop_surplus=False)
    annotator.fit([recording], [(peaks, symbols)])
    export_onnx(annotator, tmp_path / "m.onnx", recording)
    light = load_onnx(tmp_path / "m.onnx")
    assert_equal_annotations(annotator.annotate(recording), light.annotate(recording))
    tables = []
    for model in (annotator, light):
        stream = StreamingAnnotator(model, 250, ["II", "V1"])
        tables.append(stream.push(recording.signal, peaks))
    assert tables[1]["class"].tolist() == tables[0]["class"].tolist()
    # One network reads both numbers of leads.
    assert OnnxBeatClassifier(tmp_path / "m.onnx").n_features_in_ == 537


def test_a_stream_refuses_the_file_of_another_layout(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 42))
    clf = PRESETS["new_patients"].make().fit(X, np.digitize(X[:, 3], [-1, 1]))
    export_onnx(clf, tmp_path / "m.onnx", X)
    with pytest.raises(ValueError, match=r"rows of get_layout\('causal_features'"):
        StreamingAnnotator(OnnxBeatClassifier(tmp_path / "m.onnx"), 250)


def test_a_classifier_from_a_file_annotates(tmp_path):
    recording, (peaks, symbols) = mixed_recording(pattern="NNNNVNNANN", seed=1)
    layout = skecg.signal.get_layout("features", n_leads=2)
    annotator = BeatAnnotator(layout=layout, drop_surplus=False)
    annotator.fit([recording], [(peaks, symbols)])
    rows = skecg.signal.extract_beats(recording, r_peaks=peaks, layout=layout).data
    export_onnx(annotator.models_[2], tmp_path / "m.onnx", rows)
    light = BeatAnnotator(
        OnnxBeatClassifier(tmp_path / "m.onnx"), layout=layout, drop_surplus=False
    ).fit([recording], [(peaks, symbols)])
    assert_equal_annotations(annotator.annotate(recording), light.annotate(recording))


@pytest.mark.parametrize("given", ["file", "command"])
def test_torch_is_not_needed(written, fitted, tmp_path, given):
    write_mixed_record(tmp_path, "a", pattern="NNNNVNNANN", seed=7)
    out = tmp_path / "out"
    record = str(tmp_path / "a")
    tasks = {
        "file": "import skecg\n"
        f"found = skecg.annotate({record!r}, {str(written)!r})\n"
        f"found.to_csv({str(tmp_path / 'a.csv')!r})",
        "command": "from skecg.cli import main\n"
        f"assert main(['annotate', {record!r}, '--out', {str(out)!r}, '--model', "
        f"{str(written)!r}]) == 0",
    }
    checks = "assert not {'torch', 'skorch', 'onnx'} & set(sys.modules)"
    code = f"{WITHOUT_TORCH}\n{tasks[given]}\n{checks}"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=300)
    expected = fitted[0].annotate(record).table["class"].tolist()
    path = tmp_path / "a.csv" if given == "file" else out / "a.csv"
    lines = path.read_text().splitlines()
    column = lines[0].split(",").index("class")
    assert [line.split(",")[column] for line in lines[1:]] == expected


def test_without_torch_the_model_of_the_package_says_what_it_needs():
    code = f"{WITHOUT_TORCH}\nimport skecg\nskecg.load_pretrained()"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300
    )
    assert found.returncode == 1
    message = found.stderr.splitlines()[-1]
    assert "is a PyTorch network, but torch is not installed" in message
    assert "an annotator's ONNX file" in message


def test_without_torch_a_model_file_says_what_it_needs(tmp_path):
    path = tmp_path / "model.skops"
    skecg.save_model(skecg.load_pretrained(), path)
    code = f"{WITHOUT_TORCH}\nimport skecg\nskecg.load_model({str(path)!r})"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300
    )
    assert found.returncode == 1
    message = found.stderr.splitlines()[-1]
    assert "The model file needs torch, which is not installed" in message


def test_boosters_are_exported_without_torch(tmp_path):
    code = WITHOUT_TORCH.replace(', "onnx", "onnxscript"', "") + (
        "sys.path.insert(0, 'tests/helpers')\n"
        "from onnx_files import write_small_boosting\n"
        f"write_small_boosting({str(tmp_path / 'm.onnx')!r})\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)
    assert OnnxBeatClassifier(tmp_path / "m.onnx").n_features_in_ == 30


def test_the_command_refuses_what_needs_other_files(written, tmp_path, capsys):
    assert main(["train", "--out", str(tmp_path / "m.onnx")]) == 2
    assert "out must be a .skops or .npz file" in capsys.readouterr().err
    words = ["evaluate", "--data", "mitdb", "--save-scores", "--model", str(written)]
    assert main(words) == 2
    assert "ONNX file is not changed after its export" in capsys.readouterr().err
    assert main(["info", str(written)]) == 0
    assert "made-up" in capsys.readouterr().out


def test_files_of_classifiers_and_of_annotators_are_told_apart(written, tmp_path):
    write_small_boosting(tmp_path / "m.onnx")
    with pytest.raises(ValueError, match="contains a classifier of rows; read it"):
        load_onnx(tmp_path / "m.onnx")
    outputs = r"\['probabilities_2', 'probabilities_1', 'surplus_2', 'surplus_1'\]"
    with pytest.raises(ValueError, match=f"one of {outputs} of this file"):
        OnnxBeatClassifier(written).predict(np.zeros((1, 42)))
    one = OnnxBeatClassifier(written, output="probabilities_1")
    assert one.n_features_in_ == 30


def test_damaged_files_are_refused(written, tmp_path):
    path = tmp_path / "m.onnx"
    content = written.read_bytes()
    path.write_bytes(content[:-1])
    with pytest.raises(ValueError, match="is damaged"):
        skecg.annotate(mixed_recording()[0], path)
    model = onnx.load(written)
    entry = next(x for x in model.metadata_props if x.key == FACTS)
    annotator = json.loads(entry.value)["annotator"]
    for changed in (
        {"models": {"2": "nothing"}},
        {"models": None},
        {"class_names": None},
        {"surplus_models": {"two": "surplus_2"}},
    ):
        change_facts(model, annotator={**annotator, **changed})
        path.write_bytes(sign(model))
        with pytest.raises(ValueError, match="contains damaged metadata"):
            load_onnx(path)


def test_annotators_that_cannot_be_exported_are_refused(fitted, tmp_path):
    path = tmp_path / "m.onnx"
    recording, marks = mixed_recording(pattern="NNNNVNNANN", seed=1)
    with pytest.raises(NotFittedError):
        export_onnx(BeatAnnotator(), path, recording)
    other = BeatAnnotator(detector=lambda lead, fs: marks[0], drop_surplus=False)
    other.fit([recording], [marks])
    with pytest.raises(ValueError, match="must have a detector with a name"):
        export_onnx(other, path, recording)
    linear = BeatAnnotator(
        make_pipeline(LogisticRegression(max_iter=2000)), drop_surplus=False
    ).fit([recording], [marks])
    with pytest.raises(ValueError, match="but contains LogisticRegression"):
        export_onnx(linear, path, recording)
    flat = skecg.Recording(np.zeros((5000, 2)), 250, leads=["II", "V1"])
    with pytest.raises(ValueError, match="beats in 2 readable leads"):
        export_onnx(fitted[0], path, [flat])
    assert not path.exists()
