"""Records of WFDB, against wfdb itself."""

import datetime

import numpy as np
import pytest
from made_up_ecg import made_up_ecg, write_record

from skecg import read_recording

ECG = made_up_ecg()
FORMATS = ["8", "16", "24", "32", "61", "80", "160", "212", "310", "311"]
REFUSALS = (ValueError, FileNotFoundError)
# Longer than a block of reading.
N_LONG = 300_001


def assert_as_wfdb(wfdb, path, recording, channels=(0, 1)):
    record = wfdb.rdrecord(str(path))
    expected = record.p_signal[:, list(channels)].astype(np.float32)
    np.testing.assert_array_equal(recording.signal, expected)
    assert recording.leads == tuple(record.sig_name[i] for i in channels)


@pytest.mark.parametrize("n_samples", [1001, N_LONG])
@pytest.mark.parametrize("form", FORMATS)
def test_each_format_of_samples_is_read(wfdb, tmp_path, form, n_samples):
    rng = np.random.default_rng(0)
    (tmp_path / "r.dat").write_bytes(rng.bytes(4 * 2 * n_samples))
    line = f"r.dat {form} 200(3)/mV 16 0 5 0 0"
    (tmp_path / "r.hea").write_text(
        f"r 2 257.5 {n_samples}\n{line} II\n{line.replace('200', '-99.5')} V1\n"
    )
    recording = read_recording(tmp_path / "r")
    assert recording.fs == 257.5
    assert_as_wfdb(wfdb, tmp_path / "r", recording)


@pytest.mark.parametrize("form", ["508", "516", "524"])
def test_compressed_formats_are_read(wfdb, tmp_path, form):
    path = write_record(
        wfdb, tmp_path, "r", made_up_ecg(N_LONG), fmt=[form] * 2, fs=360
    )
    recording = read_recording(path)
    assert recording.n_samples == N_LONG
    assert_as_wfdb(wfdb, path, recording)


@pytest.mark.parametrize("suffix", ["", ".hea", ".dat"])
def test_a_record_is_named_by_any_of_its_files(wfdb, tmp_path, suffix):
    when = {
        "base_date": datetime.date(2020, 1, 2),
        "base_time": datetime.time(3, 4, 5),
    }
    write_record(wfdb, tmp_path, "r1", ECG, **when)
    recording = read_recording(str(tmp_path / f"r1{suffix}"))
    assert recording.name == "r1"
    assert recording.start == datetime.datetime(2020, 1, 2, 3, 4, 5)


def test_units_are_converted_also_those_with_a_micro_sign(wfdb, tmp_path):
    units = ["uV", "V"]
    path = write_record(wfdb, tmp_path, "r", ECG * [1e3, 1e-3], units=units)
    recording = read_recording(path)
    np.testing.assert_allclose(recording.signal, ECG, atol=1e-3)
    header = path.with_suffix(".hea")
    text = header.read_text()
    for encoding in ("utf-8", "latin-1"):
        header.write_bytes(text.replace("/uV", "/µV").encode(encoding))
        np.testing.assert_array_equal(read_recording(path).signal, recording.signal)


def test_signals_of_other_kinds_are_left_out(wfdb, tmp_path):
    signal = np.column_stack([ECG, ECG[:, :1] + 80, ECG[:, :1]])
    path = write_record(
        wfdb,
        tmp_path,
        "r",
        signal,
        units=["mV", "mV", "mmHg", "mV"],
        sig_name=["II", "V1", "ABP", "RESP"],
    )
    assert read_recording(path).leads == ("II", "V1")
    assert read_recording(path, leads=["RESP", "II"]).leads == ("RESP", "II")
    assert_as_wfdb(wfdb, path, read_recording(path, leads=[1, 0]), channels=(1, 0))
    with pytest.raises(ValueError, match=r"^leads must be voltages, but 'ABP'"):
        read_recording(path, leads=["ABP"])
    with pytest.raises(ValueError, match=r"^leads must be some of \['II', 'V1'"):
        read_recording(path, leads=["MLII"])


def test_a_unit_of_no_kind_is_asked_for_where_the_amplitude_is_impossible(
    wfdb, tmp_path
):
    path = write_record(wfdb, tmp_path, "r", ECG * 1000, units=["NU", "adu"])
    with pytest.raises(ValueError, match=r"^units must be given"):
        read_recording(path)
    signal = read_recording(path, units="uV").signal
    np.testing.assert_allclose(signal, ECG, atol=1e-3)


def test_two_leads_of_one_name_get_two_names(wfdb, tmp_path):
    path = write_record(wfdb, tmp_path, "r", ECG, sig_name=["ECG", "V1"])
    header = path.with_suffix(".hea")
    header.write_text(header.read_text().replace("V1", "ECG"))
    recording = read_recording(path, leads=["ECG 2"])
    assert read_recording(path).leads == ("ECG", "ECG 2")
    np.testing.assert_allclose(recording.signal[:, 0], ECG[:, 1], atol=1e-3)


def test_leads_of_another_rate_than_the_frames(wfdb, tmp_path):
    rng = np.random.default_rng(0)
    n_frames = 100_001  # Of four samples: blocks end within the record.
    (tmp_path / "r.dat").write_bytes(rng.bytes(2 * 9 * n_frames))
    (tmp_path / "r.hea").write_text(
        f"r 3 62.4725 {n_frames}\nr.dat 16x4 200/mV 16 0 0 0 0 II\n"
        "r.dat 16x4 200/mV 16 0 0 0 0 V\nr.dat 16 200/mV 16 0 0 0 0 Resp\n"
    )
    recording = read_recording(tmp_path / "r")
    assert recording.fs == pytest.approx(249.89)
    record = wfdb.rdrecord(str(tmp_path / "r"), smooth_frames=False)
    expected = np.column_stack(record.e_p_signal[:2]).astype(np.float32)
    np.testing.assert_array_equal(recording.signal, expected)
    with pytest.raises(ValueError, match=r"^leads must have the same sampling rate"):
        read_recording(tmp_path / "r", leads=["II", "Resp"])


def test_signals_that_are_shifted_against_each_other(wfdb, tmp_path):
    rng = np.random.default_rng(0)
    (tmp_path / "r.dat").write_bytes(rng.bytes(2 * 2 * N_LONG))
    (tmp_path / "r.hea").write_text(
        f"r 2 250 {N_LONG}\nr.dat 16:3 200/mV 16 0 0 0 0 I\nr.dat 16 200/mV II\n"
    )
    assert_as_wfdb(wfdb, tmp_path / "r", read_recording(tmp_path / "r"))


def write_segments(wfdb, folder):
    for name, n_samples, leads in (("a", 300, 2), ("b", N_LONG, 2), ("c", 40, 1)):
        write_record(wfdb, folder, name, made_up_ecg(n_samples, leads))


def test_segments_of_one_layout_are_joined(wfdb, tmp_path):
    write_segments(wfdb, tmp_path)
    length = 300 + N_LONG
    (tmp_path / "m.hea").write_text(f"m/2 2 250 {length}\na 300\nb {length - 300}\n")
    recording = read_recording(tmp_path / "m")
    assert_as_wfdb(wfdb, tmp_path / "m", recording)
    assert not np.isnan(recording.signal).any()


def test_segments_of_several_layouts_have_gaps(wfdb, tmp_path):
    write_segments(wfdb, tmp_path)
    (tmp_path / "lay.hea").write_text(
        "lay 3 250 0\n~ 0 200/mV 16 0 0 0 0 V1\n~ 0 200/mV 16 0 0 0 0 II\n"
        "~ 0 1/mmHg 16 0 0 0 0 ABP\n"
    )
    (tmp_path / "m.hea").write_text("m/5 3 250 740\nlay 0\na 300\n~ 100\na 300\nc 40\n")
    recording = read_recording(tmp_path / "m")
    assert_as_wfdb(wfdb, tmp_path / "m", recording)
    missing = np.isnan(recording.signal)
    assert missing[300:400].all()
    assert missing.sum(axis=0).tolist() == [140, 100]


@pytest.mark.real
@pytest.mark.parametrize("record", ["100", "102", "207"])
def test_real_records_are_as_wfdb_reads_them(wfdb, mitdb, record):
    path = mitdb.path / record
    assert_as_wfdb(wfdb, path, read_recording(path))


HEADER = "r 2 250 1000\nr.dat 16 200/mV 16 0 0 0 0 II\nr.dat 16 200/mV 16 0 0 0 0 V1\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("", "", "r.dat cannot be read: it has 3,900 bytes, but its header states 4,0"),
        ("1000", "1000000000000", "header states 4,000,000,000,000"),
        ("r 2", "r 3", "r.hea cannot be read: it states 3 signals but describes 2"),
        ("r 2", "r 1", "r.hea cannot be read: it states 1 signals but describes 2"),
        ("r 2", "r 0", "r.hea cannot be read: it states 0 signals but describes 2"),
        ("r 2", "r", "r.hea cannot be read: it states 250 signals"),
        ("r 2 250", "two leads", "r.hea cannot be read: invalid syntax in record line"),
        ("16 200/mV 16 0 0 0 0 V1", "", "r.hea cannot be read: invalid syntax in sign"),
        ("16 200", "17 200", "r cannot be read: r.dat is in the unknown format 17"),
        ("16 200", "16x999999999 200", "r.dat cannot be read"),
        ("16 200", "16:999999999 200", "r cannot be read: a signal is shifted by"),
        ("16 200", "16+999999999 200", "r.dat cannot be read: it has 0 bytes"),
        ("16 200", "16x0 200", "r.hea cannot be read: a signal has no sample"),
        ("200/mV", "1e999/mV", "r.hea cannot be read: its gains are"),
        ("r.dat 16 200/mV 16 0 0 0 0 V1", "~ 16 200 V1", "~ does not exist"),
        ("250", "0", "r.hea cannot be read: its sampling rate is 0"),
        (
            "r 2 250 1000",
            "r/3 2 250 1000",
            "r.hea cannot be read: invalid syntax in",
        ),
        ("mV", "mmHg", "r has no lead in a unit of voltage"),
    ],
)
def test_a_damaged_record_is_refused_in_one_sentence(tmp_path, old, new, message):
    size = 3900 if not old else 4000
    (tmp_path / "r.dat").write_bytes(bytes(size))
    (tmp_path / "r.hea").write_text(HEADER.replace(old, new) if old else HEADER)
    with pytest.raises(
        (ValueError, FileNotFoundError), match=r"^path must be"
    ) as caught:
        read_recording(tmp_path / "r")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert {x.name for x in tmp_path.iterdir()} == {"r.dat", "r.hea"}


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            "m/2 2 250 900\na 300\nb 300\n",
            "states 900 samples, but its segments 600",
        ),
        ("m/3 2 250 600\na 300\nb 300\n", "it states 3 segments but describes 2"),
        ("m/2 2 250 600\na 200\nb 400\n", "the record states 200 at 250 Hz"),
        ("m/2 2 360 600\na 300\nb 300\n", "the record states 300 at 360 Hz"),
        ("m/2 2 250 600\na 300\nm 300\n", "a segment has segments of its own"),
        ("m/2 2 250 600\na 300\nz 300\n", "z.hea does not exist"),
        ("m/2 2 250 600\n~ 300\n~ 300\n", "it has no segment with samples"),
        (
            "m/2 2 250 250000000300\na 300\n~ 250000000000\n",
            "has 250,000,000,300 samples of 2 leads, 2,000.0 GB",
        ),
    ],
)
def test_damaged_segments_are_refused(wfdb, tmp_path, header, message):
    for name in ("a", "b"):
        write_record(wfdb, tmp_path, name, made_up_ecg(300))
    (tmp_path / "m.hea").write_text(header)
    with pytest.raises(
        (ValueError, FileNotFoundError), match=r"^path must be"
    ) as caught:
        read_recording(tmp_path / "m")
    assert message in str(caught.value)


def test_a_rate_that_contradicts_the_header_is_refused(wfdb, tmp_path):
    path = write_record(wfdb, tmp_path, "r", ECG)
    assert read_recording(path, fs=250).fs == 250
    with pytest.raises(ValueError, match=r"^fs must be .* file, 250 Hz in r, got 360"):
        read_recording(path, fs=360)
