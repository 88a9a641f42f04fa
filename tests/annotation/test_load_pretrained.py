"""The annotators that come with the package, and their files."""

import hashlib
import json
from importlib.resources import files

import numpy as np
import pytest
from annotated import mixed_recording

import skecg
from skecg import BeatAnnotator, load_pretrained, mitdb, svdb
from skecg.annotation import StreamingAnnotator
from skecg.annotation._pretrained import PRETRAINED
from skecg.annotation._stored_annotator import read_annotator, write_annotator

MODELS = files("skecg.annotation") / "models"


@pytest.fixture(scope="module")
def small():
    """An annotator of the preset, fitted to three made-up recordings."""
    recordings, annotations = zip(
        *(mixed_recording(seed=s) for s in (1, 2, 3)), strict=True
    )
    annotator = BeatAnnotator(layout="context", drop_surplus=False, random_state=0)
    return annotator.fit(recordings, annotations, description="made up")


def test_files_are_those_of_the_checksums_and_small():
    lines = (MODELS / "SHA256SUMS.txt").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split() for line in lines)}
    assert list(listed) == [f"{name}.npz" for name in PRETRAINED]
    contents = {name: (MODELS / name).read_bytes() for name in listed}
    digests = {n: hashlib.sha256(data).hexdigest() for n, data in contents.items()}
    assert digests == listed
    assert sum(map(len, contents.values())) < 1_000_000


@pytest.mark.parametrize("name", PRETRAINED)
def test_files_hold_arrays_of_numbers_and_text_alone(name):
    with np.load(MODELS / f"{name}.npz", allow_pickle=False) as stored:
        kinds = {key: stored[key].dtype.kind for key in stored.files}
    assert set(kinds.values()) <= set("fiU")
    assert [key for key, kind in kinds.items() if kind == "U"] == ["facts"]


@pytest.mark.parametrize("name", PRETRAINED)
def test_the_card_names_data_licence_command_and_scores(name):
    card = load_pretrained(name).card_
    assert set(card.recordings) == {*mitdb.DS1, *svdb.EVEN_RECORDS}
    assert not {*mitdb.DS2, *svdb.ODD_RECORDS} & set(card.recordings)
    assert "Open Data Commons Attribution License 1.0" in card.data_licence
    assert card.command.startswith("skecg train --preset new_patients_network")
    assert {f"DS2, {peaks} R peaks" for peaks in ("own", "reference")} <= set(
        card.scores
    )
    assert all(0 < x <= 1 for found in card.scores.values() for x in found.values())


def test_the_layouts_are_those_of_recordings_and_of_streams():
    whole, causal = map(load_pretrained, PRETRAINED)
    assert not whole.layout_.is_causal and causal.layout_.is_causal
    for annotator in (whole, causal):
        assert annotator.lead_counts_ == (2, 1)
        assert annotator.class_names_ == ["N", "S", "V", "F"]


def test_a_stream_gets_the_answers_of_the_whole_recording():
    recording, (peaks, _) = mixed_recording()
    causal = load_pretrained("new_patients_causal")
    stream = StreamingAnnotator(causal, 250, ["II", "V1"])
    parts = [stream.push(recording.signal, peaks), stream.finish()]
    streamed = np.concatenate([part["class"].to_numpy() for part in parts])
    whole = causal.annotate(recording, peaks).table["class"]
    assert streamed.tolist() == whole.tolist()


def test_other_names_are_refused():
    with pytest.raises(ValueError, match=r"name must be one of .*'old'"):
        load_pretrained("old")


@pytest.mark.real
def test_it_finds_the_ventricular_beats_of_a_record(mitdb):
    annotated = skecg.annotate(mitdb.path / "208")
    # 992 V and 373 F in the reference; the record is one of the training set.
    counts = annotated.table["class"].value_counts()
    assert 900 < counts["V"] < 1100
    assert len(annotated.table) == pytest.approx(2955, abs=15)


def test_an_annotator_is_stored_and_read(small, tmp_path):
    write_annotator(small, tmp_path / "m.npz")
    again = read_annotator(tmp_path / "m.npz")
    assert again.card_ == small.card_
    recording, (peaks, _) = mixed_recording(seed=9)
    first, second = (x.annotate(recording, peaks).table for x in (small, again))
    assert second["class"].tolist() == first["class"].tolist()
    # Large layers are stored in half precision.
    found = [t.filter(like="probability").to_numpy() for t in (first, second)]
    np.testing.assert_allclose(*found, atol=0.01)
    by_path = skecg.annotate(recording, tmp_path / "m.npz", r_peaks=peaks)
    assert by_path.table.equals(second)


def test_a_fit_with_the_same_seed_makes_the_same_file(small, tmp_path):
    recordings, annotations = zip(
        *(mixed_recording(seed=s) for s in (1, 2, 3)), strict=True
    )
    other = skecg.BeatAnnotator(**small.get_params())
    other.fit(recordings, annotations, description="made up")
    for name, annotator in (("a", small), ("b", other)):
        write_annotator(annotator, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_other_classifiers_are_refused(annotator, tmp_path):
    with pytest.raises(ValueError, match=r"layout 'context' .* ends in \.skops"):
        write_annotator(annotator, tmp_path / "m.npz")
    assert not list(tmp_path.iterdir())


def test_damaged_files_are_refused(small, tmp_path):
    path = tmp_path / "m.npz"
    write_annotator(small, path)
    whole = path.read_bytes()
    with np.load(path) as stored:
        arrays = dict(stored)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="cannot be read"):
        read_annotator(path)
    facts = json.loads(str(arrays["facts"]))
    np.savez(path, **{**arrays, "facts": json.dumps({**facts, "format": 99})})
    with pytest.raises(ValueError, match=r"its format is 99, .*; upgrade skecg"):
        read_annotator(path)
    del arrays["members.0.head.1.weight"]
    np.savez(path, **arrays)
    with pytest.raises(ValueError, match="cannot be read"):
        read_annotator(path)
    np.savez(path, facts=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="cannot be read"):
        read_annotator(path)
    with pytest.raises(FileNotFoundError):
        read_annotator(tmp_path / "none.npz")
