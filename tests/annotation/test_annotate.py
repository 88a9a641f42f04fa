"""The short form, and models that are none."""

import joblib
import pytest
from annotated import mixed_recording

import skecg


def test_it_annotates_with_a_stored_model(annotator, annotated, tmp_path):
    joblib.dump(annotator, tmp_path / "model")
    again = skecg.annotate(annotated.recording, tmp_path / "model")
    assert again.table.equals(annotated.table)


def test_a_path_is_read(annotator, wfdb, tmp_path):
    recording, (peaks, _) = mixed_recording()
    wfdb.wrsamp(
        "day",
        fs=250,
        units=["mV", "mV"],
        sig_name=["II", "V1"],
        p_signal=recording.signal.astype(float),
        fmt=["16", "16"],
        write_dir=str(tmp_path),
    )
    annotated = skecg.annotate(tmp_path / "day", annotator, r_peaks=peaks)
    assert annotated.recording.name == "day"
    assert annotated.table["sample"].tolist() == peaks.tolist()
    assert annotated.peaks == "given"


def test_without_a_model_it_annotates_with_the_pretrained_one():
    recording, (peaks, _) = mixed_recording()
    annotated = skecg.annotate(recording, r_peaks=peaks)
    assert annotated.table["sample"].tolist() == peaks.tolist()
    by_name = skecg.annotate(recording, "new_patients", r_peaks=peaks)
    assert by_name.table.equals(annotated.table)


def test_other_models_are_refused(tmp_path):
    recording, _ = mixed_recording()
    with pytest.raises(ValueError, match="got int; make one"):
        skecg.annotate(recording, 3)
    joblib.dump({"a": 1}, tmp_path / "dict")
    with pytest.raises(ValueError, match="got dict; make one"):
        skecg.annotate(recording, tmp_path / "dict")
    (tmp_path / "text").write_text("no pickle")
    with pytest.raises(ValueError, match="cannot be loaded"):
        skecg.annotate(recording, tmp_path / "text")
    with pytest.raises(FileNotFoundError):
        skecg.annotate(recording, tmp_path / "nothing")
