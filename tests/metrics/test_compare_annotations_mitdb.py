"""The beat-by-beat comparison on the real records, against counts by hand."""

import warnings
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from skecg import aami
from skecg.datasets import fetch_mitdb_beats
from skecg.metrics import compare_annotations, ec57_report
from skecg.mitdb import DS2


@pytest.fixture(scope="module")
def annotations(mitdb):
    """Every record's reference annotations as wfdb has them."""
    with warnings.catch_warnings():
        # wfdb 4.3 calls what pandas 3.1 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        import wfdb

        return {r: wfdb.rdann(str(mitdb.path / r), "atr") for r in mitdb.records}


SIG_LEN = 650_000


def degraded(annotation, rng):
    """Drop a twentieth of the beats, relabel and add as many, shift all a little."""
    marks = []
    for time, symbol, subtype in zip(
        annotation.sample, annotation.symbol, annotation.subtype, strict=True
    ):
        if symbol in aami.EC57_MAPPING:
            if rng.random() < 0.05:
                continue
            if rng.random() < 0.05:
                symbol = str(rng.choice(list("NAVFQ")))
            time = np.clip(time + rng.integers(-20, 21), 0, SIG_LEN - 1)
        marks.append((int(time), symbol, int(subtype)))
    extra = rng.integers(0, SIG_LEN, size=len(marks) // 20)
    marks += [(int(time), str(rng.choice(list("NAV"))), 0) for time in extra]
    marks.sort(key=lambda mark: mark[0])
    return tuple(list(column) for column in zip(*marks, strict=True))


def beats_after(annotation, first, mapping):
    """Count a record's beats by class outside flutter, by hand."""
    found = Counter()
    inside = False
    for time, symbol in zip(annotation.sample, annotation.symbol, strict=True):
        inside = symbol == "[" or (inside and symbol != "]")
        if symbol in mapping and not inside and time >= first:
            found[aami.CLASSES[mapping[symbol]]] += 1
    return found


@pytest.mark.real
@pytest.mark.parametrize("start", [0, 300.0])
def test_the_reference_agrees_with_itself(annotations, start):
    report = compare_annotations(
        annotations, annotations, fs=360, sig_len=SIG_LEN, start=start
    )
    assert report.counts.index.to_list() == list(annotations)
    assert report.records[["qrs_se", "qrs_pp"]].eq(1).all(axis=None)
    assert report.gross.drop("veb_fpr").eq(1).all()
    assert report.gross["veb_fpr"] == 0
    assert report.rr_error.eq(0).all()
    # One record alone is named after its annotation and has the same counts.
    alone = compare_annotations(
        annotations["207"], annotations["207"], fs=360, sig_len=SIG_LEN, start=start
    )
    pd.testing.assert_frame_equal(alone.counts, report.counts.loc[["207"]])


@pytest.mark.real
@pytest.mark.parametrize("mapping", ["ec57", "study"])
@pytest.mark.parametrize("start", [0, 300.0])
def test_no_reference_beat_is_lost_or_counted_twice(annotations, start, mapping):
    rng = np.random.default_rng(0)
    test = {record: degraded(marks, rng) for record, marks in annotations.items()}
    report = compare_annotations(
        annotations, test, fs=360, sig_len=SIG_LEN, start=start, mapping=mapping
    )
    symbols = aami.EC57_MAPPING if mapping == "ec57" else aami.STUDY_MAPPING
    for record, marks in annotations.items():
        expected = beats_after(marks, start * 360, symbols)
        row = report.pairings.loc[record]
        for letter in "NSVFQ":
            assert row[[letter + t for t in "nsvfqox"]].sum() == expected[letter]
    # 5 % were dropped, and 5 % of others' labels drawn anew from five.
    assert 0.94 < report.gross["qrs_se"] < 0.97
    assert 0.90 < report.gross["veb_se"] < 0.93
    assert report.gross["veb_pp"] < report.gross["veb_se"]
    # Lost and surplus beats halve or double some intervals in every record.
    assert report.rr_error.between(150, 600).all()
    assert 300 < report.average_rr_error < 330


@pytest.mark.real
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("fs", "sig_len"), [(360, SIG_LEN), (250, 451_389)])
def test_annotations_resampled_by_wfdb_equal_the_original(annotations, fs, sig_len):
    from wfdb import processing

    _, resampled = processing.resample_singlechan(
        np.zeros(SIG_LEN), annotations["100"], 360, 250
    )
    report = compare_annotations(
        annotations["100"], resampled, fs=fs, sig_len=sig_len, start=0
    )
    # Read as samples at 360 Hz, QRS Se was 0.36.
    assert report.gross.drop("veb_fpr").eq(1).all()
    assert report.rr_error.item() < 5.6


@pytest.mark.real
def test_record_232_is_noted_unasked(annotations):
    """Check that it is: it has 75 % of the S beats of DS2, 67 % as bxb counts."""
    beats = fetch_mitdb_beats(subset="all")
    in_ds2 = np.isin(beats.records, DS2)
    y = beats.target[in_ds2]
    report = ec57_report(y, y, beats.records[in_ds2])
    # The public set lacks the last beat of each record, here one of S.
    assert "record 232 contains 1,381 of the 1,836 S beats (75 %)" in repr(report)
    ds2 = {record: annotations[record] for record in DS2}
    report = compare_annotations(ds2, ds2, fs=360, sig_len=SIG_LEN, start=0)
    assert "record 232 contains 1,383 of the 2,050 S beats (67 %)" in repr(report)
    report = compare_annotations(
        ds2, ds2, fs=360, sig_len=SIG_LEN, start=0, mapping="study"
    )
    assert "record 232 contains 1,382 of the 1,837 S beats (75 %)" in repr(report)
