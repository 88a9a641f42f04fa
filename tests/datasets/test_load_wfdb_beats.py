"""load_wfdb_beats: records of any kind, written with wfdb."""

import re
import struct

import numpy as np
import pytest
from wfdb_records import BEAT_SYMBOLS, write_record

from skecg import aami
from skecg.datasets import load_wfdb_beats
from skecg.signal import extract_beats, get_layout

NONE_DROPPED = {"before_start": 0, "past_end": 0, "doubled": 0, "missing_samples": 0}


@pytest.mark.parametrize("mapping", ["study", "ec57"])
def test_every_beat_symbol_of_physionet_gives_a_row(tmp_path, mapping):
    peaks = write_record(tmp_path, "a")
    beats = load_wfdb_beats(tmp_path, layout="centered", mapping=mapping)
    codes = aami.EC57_MAPPING if mapping == "ec57" else aami.STUDY_MAPPING
    order = np.argsort([codes[s] for s in BEAT_SYMBOLS], kind="stable")
    assert "".join(beats.symbols) == "".join(BEAT_SYMBOLS[k] for k in order)
    np.testing.assert_array_equal(beats.r_peaks, peaks[order])
    assert beats.target.tolist() == [codes[s] for s in beats.symbols]
    assert beats.target_names == list("NSVFQ")
    assert set(beats.groups) == set(beats.records) == {"a"}
    assert beats.n_dropped == NONE_DROPPED
    assert (beats.leads, beats.mapping) == (None, mapping)


@pytest.mark.parametrize("fs", [100, 128, 360, 1000])
@pytest.mark.parametrize("layout", ["study", "centered"])
def test_rows_are_those_of_extract_beats_at_any_rate(tmp_path, wfdb, fs, layout):
    peaks = write_record(tmp_path, "a", "N" * 12, fs=fs)
    beats = load_wfdb_beats(tmp_path, layout=layout)
    signal = wfdb.rdrecord(str(tmp_path / "a")).p_signal
    expected = extract_beats(signal, fs, peaks, layout=layout, check_quality=False)
    np.testing.assert_array_equal(beats.data, expected.data)
    np.testing.assert_array_equal(beats.r_peaks, peaks[expected.indices])
    assert beats.layout == get_layout(layout)


def test_marks_bound_the_beats_of_the_study(tmp_path):
    write_record(tmp_path, "a", "NNNN", peaks=[200, 450, 700, 950])
    write_record(
        tmp_path, "b", "NN+NN", peaks=[200, 450, 500, 700, 950], n_samples=1500
    )
    beats = load_wfdb_beats(tmp_path)
    a, b = (beats.data[beats.records == x] for x in "ab")
    # The segment of the second beat ends soon after the mark at sample 500.
    assert np.count_nonzero(b[1]) < np.count_nonzero(a[1]) / 2
    assert set(beats.symbols) == {"N"}


def test_unusable_beats_are_counted_and_warned_of_once(tmp_path):
    # The record ends at 1500: a beat at its end, one past it, two doubled ones.
    peaks = [200, 450, 450, 700, 700, 950, 1200, 1500, 1700]
    write_record(tmp_path, "a", "NVNN+NNNV", peaks=peaks, n_samples=1500)
    write_record(tmp_path, "b", "NNN", peaks=[200, 450, 450], n_samples=1500)
    message = r"4 annotated beats .*\(2 past end, 2 doubled\)"
    with pytest.warns(UserWarning, match=message) as warned:
        beats = load_wfdb_beats(tmp_path, layout="centered")
    assert len(warned) == 1
    assert warned[0].filename == __file__
    assert beats.n_dropped == {**NONE_DROPPED, "past_end": 2, "doubled": 2}
    is_a = beats.records == "a"
    order = np.argsort(beats.r_peaks[is_a])
    assert beats.r_peaks[is_a][order].tolist() == [200, 450, 700, 950, 1200]
    # The first of two beats counts; a beat and another mark are not doubled.
    assert "".join(beats.symbols[is_a][order]) == "NVNNN"


def test_beats_before_the_start_are_counted(tmp_path):
    write_record(tmp_path, "a", "NNN")
    # wfdb writes no such file: SKIP to sample -100, then N there and 350 later.
    words = [59 << 10, 0xFFFF, 0x10000 - 100, 1 << 10, (1 << 10) | 350, 0]
    (tmp_path / "a.atr").write_bytes(struct.pack("<6H", *words))
    with pytest.warns(UserWarning, match="1 before start"):
        beats = load_wfdb_beats(tmp_path, layout="centered")
    assert beats.r_peaks.tolist() == [250]
    assert beats.n_dropped["before_start"] == 1


def test_beats_that_lack_samples_are_counted(tmp_path, wfdb):
    peaks = write_record(tmp_path, "a", "N" * 8)
    record = wfdb.rdrecord(str(tmp_path / "a"))
    record.p_signal[peaks[3] - 5 : peaks[3] + 5] = np.nan
    wfdb.wrsamp(
        "a",
        fs=record.fs,
        units=["mV"],
        sig_name=["MLII"],
        p_signal=record.p_signal,
        fmt=["16"],
        write_dir=str(tmp_path),
    )
    with pytest.warns(UserWarning, match="1 missing samples"):
        beats = load_wfdb_beats(tmp_path, layout="centered")
    np.testing.assert_array_equal(beats.r_peaks, np.delete(peaks, 3))


def test_annotations_at_another_rate_are_rescaled(tmp_path):
    peaks = write_record(tmp_path, "a", "NNNN", fs=128, ann_fs=1000)
    beats = load_wfdb_beats(tmp_path, layout="centered")
    np.testing.assert_array_equal(beats.r_peaks, peaks)


def test_leads_by_name_and_by_column(tmp_path):
    for name, leads in (("a", ("I", "II", "V1")), ("b", ("V1", "II", "V5"))):
        write_record(tmp_path, name, "NNNN", leads=leads)
    # The peaks are of 1, 1/2 and 1/3 mV in the three columns.
    for leads, names, heights in (
        (["II"], ["II"], [(1 / 2,), (1 / 2,)]),
        (["V1", "II"], ["V1", "II"], [(1 / 3, 1 / 2), (1, 1 / 2)]),
        ([("V5", "I")], ["V5/I"], [(1,), (1 / 3,)]),
        ([2, 0], ["lead_2", "lead_0"], [(1 / 3, 1), (1 / 3, 1)]),
    ):
        beats = load_wfdb_beats(tmp_path, layout="centered", leads=leads)
        assert beats.layout.read_leads(beats.feature_names) == names
        assert beats.leads == leads
        samples = beats.data[:, : 96 * len(leads)].reshape(len(beats.data), -1, 96)
        for record, expected in zip("ab", heights, strict=True):
            rows = samples[beats.records == record]
            found = np.ptp(rows, axis=2).mean(axis=0)
            np.testing.assert_allclose(found, expected, atol=0.2)
    # The study's layout reads the first column, whatever its name.
    assert load_wfdb_beats(tmp_path).data.shape == (6, 187)
    with pytest.raises(ValueError, match="I and II and V1 in record a and V1 and"):
        load_wfdb_beats(tmp_path, layout="centered")


def test_leads_that_share_a_name_are_columns(tmp_path):
    write_record(tmp_path, "a", "NNNN", leads=("ECG", "ECG2"))
    # wfdb writes no such header, but databases have them.
    header = tmp_path / "a.hea"
    header.write_text(header.read_text().replace("ECG2", "ECG"))
    beats = load_wfdb_beats(tmp_path, layout="centered")
    assert beats.layout.read_leads(beats.feature_names) == ["lead_0", "lead_1"]
    with pytest.raises(ValueError, match="two signals named ECG; pass the column"):
        load_wfdb_beats(tmp_path, layout="centered", leads=["ECG"])


def test_leads_without_names_are_columns(tmp_path):
    write_record(tmp_path, "a", "NNNN", leads=("I", "II"))
    header = tmp_path / "a.hea"
    header.write_text(re.sub(r" I+\n", "\n", header.read_text()))
    beats = load_wfdb_beats(tmp_path, layout="centered")
    assert beats.layout.read_leads(beats.feature_names) == ["lead_0", "lead_1"]
    with pytest.raises(ValueError, match="record a has column 0 and column 1"):
        load_wfdb_beats(tmp_path, layout="centered", leads=["I"])


@pytest.mark.parametrize("unit", ["uV", "V"])
def test_signals_are_read_in_millivolts(tmp_path, unit):
    write_record(tmp_path, "a", "NNNN", leads=("I", "II"), units=["mV", unit])
    beats = load_wfdb_beats(tmp_path, layout="centered")
    rows = beats.data[:, :192].reshape(-1, 2, 96)
    np.testing.assert_allclose(np.ptp(rows[:, 0] / 2 - rows[:, 1], axis=1), 0, atol=0.2)


def test_segments_and_layouts_of_records_are_no_records(tmp_path):
    for name in ("s_0001", "s_0002"):
        write_record(tmp_path, name, "NNN", extension=None)
    layout = "s_layout 1 250 0\n~ 0 200/mV 16 0 0 0 0 MLII\n"
    (tmp_path / "s_layout.hea").write_text(layout)
    master = "s/4 1 250 3000\ns_layout 0\ns_0001 1250\n~ 500\ns_0002 1250\n"
    (tmp_path / "s.hea").write_text(master)
    write_record(tmp_path, "t", "N" * 7)
    # The beat at sample 1500 falls into the segment without samples.
    (tmp_path / "s.atr").write_bytes((tmp_path / "t.atr").read_bytes())
    with pytest.warns(UserWarning, match="missing samples"):
        beats = load_wfdb_beats(tmp_path, layout="centered")
    assert set(beats.records) == {"s", "t"}
    assert 1500 not in beats.r_peaks[beats.records == "s"]
    assert 1500 in beats.r_peaks[beats.records == "t"]


def test_records_symbols_subjects_and_extension(tmp_path):
    for name in "abc":
        write_record(tmp_path, name, "NVNS", extension="qrs")
    beats = load_wfdb_beats(
        tmp_path,
        records=iter("ca"),
        layout="centered",
        symbols="NV",
        subjects={"a": "x", "c": "x"},
        extension="qrs",
        as_frame=True,
    )
    assert set(beats.records) == {"a", "c"}
    assert set(beats.groups) == {"x"}
    assert "".join(beats.symbols) == "NNNNVV"
    assert beats.frame.shape == (6, 96 + 6 + 1)
    # The beats that are not returned still count in intervals.
    every = load_wfdb_beats(tmp_path, records=["c"], layout="centered", extension="qrs")
    np.testing.assert_array_equal(every.data[:2], beats.data[:2])
    X, y = load_wfdb_beats(tmp_path, extension="qrs", return_X_y=True)
    assert X.shape == (len(y), 187)


def test_records_without_beats_have_no_rows(tmp_path):
    write_record(tmp_path, "a", "++")
    write_record(tmp_path, "b", "NNN")
    for layout in ("study", "centered", "features"):
        leads = None if layout == "study" else [0]
        beats = load_wfdb_beats(tmp_path, layout=layout, leads=leads)
        assert set(beats.records) == {"b"}
    X, _ = load_wfdb_beats(tmp_path, records=["a"], return_X_y=True)
    assert X.shape == (0, 187)


def test_records_without_annotations_are_refused_with_their_number(tmp_path):
    write_record(tmp_path, "a", "NNN")
    write_record(tmp_path, "b", "NNN", extension=None)
    message = r"1 of 2 in .* have no \.atr file \(b\); pass only the others as records"
    with pytest.raises(ValueError, match=message):
        load_wfdb_beats(tmp_path)
    assert len(load_wfdb_beats(tmp_path, records=["a"]).data) == 2
    with pytest.raises(ValueError, match=r"2 of 2 .* no \.qrs file \(a, b\)"):
        load_wfdb_beats(tmp_path, extension="qrs")


def test_errors_name_the_argument(tmp_path):
    with pytest.raises(
        ValueError, match=r"folder must contain records, but .* no header"
    ):
        load_wfdb_beats(tmp_path)
    write_record(tmp_path, "a", "NNN", leads=("I", "ABP"), units=["mV", "mmHg"])
    for given, message in (
        ({"folder": tmp_path / "x"}, "folder must be an existing folder, got .*x'"),
        ({"records": []}, "records must name at least one record"),
        ({"records": ["a", "b"]}, r"records must be in the folder, but 1 of 2 .*: b;"),
        ({"records": ["../a"]}, r"records must be names without a path, got '\.\./a'"),
        ({"records": [1]}, "records must be names without a path, got 1;"),
        ({"symbols": "N+"}, r"symbols must be beat symbols of PhysioNet, got '\+'"),
        ({"leads": ["II"]}, "leads contains II, but record a has I and ABP"),
        ({"leads": [2]}, "leads contains 2, but record a has"),
        ({"leads": [True]}, r"leads must contain .*column numbers.* got True"),
        ({"leads": ["I", 0]}, "two of .* select I in record a"),
        (
            {"layout": "centered"},
            "'ABP' .* the unit 'mmHg'; name the ECG leads",
        ),
        ({"leads": ["I", "ABP"]}, "'ABP' of record a has the unit 'mmHg'"),
        ({"subjects": {"b": "b"}}, "subjects must contain every record, but lacks a;"),
        ({"mapping": "aami"}, "The 'mapping' parameter of load_wfdb_beats"),
    ):
        with pytest.raises(ValueError, match=message):
            load_wfdb_beats(**{"folder": tmp_path, **given})
    (tmp_path / "b.hea").write_text("no header\n")
    with pytest.raises(ValueError, match=r"must contain headers .* cannot read b\.hea"):
        load_wfdb_beats(tmp_path)


def test_other_symbols_than_physionets_are_refused(tmp_path, wfdb):
    write_record(tmp_path, "a", "NNN")
    wfdb.wrann(
        "a",
        "atr",
        np.array([250, 500]),
        symbol=["N", "X"],
        custom_labels=[("X", "a beat of mine")],
        write_dir=str(tmp_path),
    )
    with pytest.raises(ValueError, match=r"a\.atr must contain PhysioNet's .* got 'X'"):
        load_wfdb_beats(tmp_path)
