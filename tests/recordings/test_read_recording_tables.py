"""Tables in text and in Parquet, and arrays of NumPy."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from made_up_ecg import made_up_ecg

from skecg import read_recording

ECG = made_up_ecg()
TABLE = pd.DataFrame(ECG, columns=["II", "V1"])
SECONDS = np.arange(len(ECG)) / 360
TIMED = TABLE.assign(time=SECONDS.round(3))[["time", "II", "V1"]]


def assert_is_the_ecg(recording, fs, leads=("II", "V1")):
    assert (recording.fs, recording.leads) == (fs, leads)
    np.testing.assert_allclose(recording.signal, ECG, atol=1e-6)


@pytest.mark.parametrize(
    "style",
    [
        {},
        {"sep": ";"},
        {"sep": "\t"},
        {"sep": " "},
        {"sep": ";", "decimal": ","},
        {"encoding": "utf-8-sig"},
        {"lineterminator": "\r\n"},
        {"quoting": 2},
    ],
)
def test_a_csv_with_times_is_read(tmp_path, style):
    TIMED.to_csv(tmp_path / "x.csv", index=False, **style)
    assert_is_the_ecg(read_recording(tmp_path / "x.csv"), 360)


def test_a_csv_with_a_rate_is_read(tmp_path):
    TABLE.to_csv(tmp_path / "x.txt", index=False)
    recording = read_recording(tmp_path / "x.txt", fs=257.5)
    assert_is_the_ecg(recording, 257.5)
    assert recording.name == "x"


def test_the_index_that_pandas_writes_is_no_lead(tmp_path):
    TABLE.to_csv(tmp_path / "x.csv")
    assert_is_the_ecg(read_recording(tmp_path / "x.csv", fs=250), 250)
    TIMED.to_csv(tmp_path / "x.csv")
    assert_is_the_ecg(read_recording(tmp_path / "x.csv"), 360)


def test_a_csv_without_names_is_read_and_its_times_are_no_lead(tmp_path):
    TABLE.to_csv(tmp_path / "x.csv", index=False, header=False)
    made_up = ("lead_0", "lead_1")
    assert_is_the_ecg(read_recording(tmp_path / "x.csv", fs=250), 250, made_up)
    TIMED.to_csv(tmp_path / "x.csv", index=False, header=False)
    assert_is_the_ecg(read_recording(tmp_path / "x.csv"), 360, made_up)


def test_the_tables_of_physionet_are_read(tmp_path):
    lines = ["'Elapsed time','II','V1'", "'hh:mm:ss.mmm','mV','uV'"]
    lines += [
        f"'{int(s // 60)}:{s % 60:06.3f}',{a},{1000 * b:.0f}"
        for s, (a, b) in zip(SECONDS + 58, ECG, strict=True)
    ]
    (tmp_path / "x.csv").write_text("\n".join(lines))
    assert_is_the_ecg(read_recording(tmp_path / "x.csv"), 360)


def test_units_in_the_header_are_converted(tmp_path):
    table = (TABLE * 1000).set_axis(["II [uV]", "V1 (µV)"], axis=1)
    table.assign(**{"ABP [mmHg]": 80}).to_csv(tmp_path / "x.csv", index=False)
    assert_is_the_ecg(read_recording(tmp_path / "x.csv", fs=250), 250)


def test_lines_of_comments_come_before_the_names(tmp_path):
    text = "# made by a recorder\n%fs 360\n" + TIMED.to_csv(index=False)
    (tmp_path / "x.csv").write_text(text)
    assert_is_the_ecg(read_recording(tmp_path / "x.csv"), 360)


def test_dates_state_the_start(tmp_path):
    dates = pd.date_range("2024-05-06 07:08+02:00", freq="4ms", periods=len(ECG))
    TABLE.set_axis(dates).to_csv(tmp_path / "x.csv", index_label="at")
    recording = read_recording(tmp_path / "x.csv")
    assert recording.start == datetime(2024, 5, 6, 5, 8, tzinfo=UTC)
    assert_is_the_ecg(recording, 250)


def test_leads_are_chosen_and_other_columns_may_be_text(tmp_path):
    TIMED.assign(note="N").to_csv(tmp_path / "x.csv", index=False)
    recording = read_recording(tmp_path / "x.csv", leads=["V1", "II"])
    assert recording.leads == ("V1", "II")
    np.testing.assert_allclose(recording.signal, ECG[:, ::-1], atol=1e-6)
    assert read_recording(tmp_path / "x.csv", leads=[1]).leads == ("V1",)


def test_separators_at_the_end_of_lines_make_no_lead(tmp_path):
    text = TIMED.to_csv(index=False).replace("\n", ",\n")
    (tmp_path / "x.csv").write_text(text)
    assert_is_the_ecg(read_recording(tmp_path / "x.csv"), 360)


def test_an_empty_cell_is_missing(tmp_path):
    table = TIMED.copy()
    table.loc[5, "V1"] = np.nan
    table.to_csv(tmp_path / "x.csv", index=False)
    missing = np.isnan(read_recording(tmp_path / "x.csv").signal)
    assert np.argwhere(missing).tolist() == [[5, 1]]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_blocks_are_joined(tmp_path, suffix):
    ecg = made_up_ecg(600_001)
    table = pd.DataFrame(ecg, columns=["II", "V1"])
    table["time"] = (np.arange(len(ecg)) / 500).round(3)
    path = tmp_path / f"x.{suffix}"
    table.to_csv(path) if suffix == "csv" else table.to_parquet(path)
    recording = read_recording(path)
    assert recording.fs == 500
    np.testing.assert_allclose(recording.signal, ecg, atol=1e-6)


def test_parquet_is_read(tmp_path):
    TIMED.to_parquet(tmp_path / "x.parquet")
    assert_is_the_ecg(read_recording(tmp_path / "x.parquet"), 360)
    dates = pd.date_range("2024-05-06", freq="4ms", periods=len(ECG), tz="UTC")
    TABLE.set_axis(dates).to_parquet(tmp_path / "y.data")
    recording = read_recording(tmp_path / "y.data")
    assert recording.start == datetime(2024, 5, 6, tzinfo=UTC)
    assert_is_the_ecg(recording, 250)
    assert read_recording(tmp_path / "y.data", leads=["V1"]).leads == ("V1",)


def test_an_array_is_mapped_if_it_needs_no_conversion(tmp_path):
    np.save(tmp_path / "x.npy", ECG.astype(np.float32))
    recording = read_recording(tmp_path / "x.npy", fs=250)
    assert isinstance(recording.signal, np.memmap)
    assert_is_the_ecg(recording, 250, ("lead_0", "lead_1"))
    np.save(tmp_path / "y.npy", np.rint(ECG * 1000).astype(">i2"))
    counts = read_recording(tmp_path / "y.npy", fs=250, units="uV")
    assert_is_the_ecg(counts, 250, ("lead_0", "lead_1"))
    one = read_recording(tmp_path / "x.npy", fs=250, leads=[1])
    np.testing.assert_array_equal(one.signal[:, 0], ECG[:, 1].astype(np.float32))
    assert one.leads == ("lead_1",)


ROWS = "II,V1\n" + "0.1,0.2\n0.2,0.1\n" * 50


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "path must be an intact recording, but x.csv .* it has no line"),
        ("\n\n", "path must be an intact recording, but x.csv .* it has no line"),
        ("II,V1\n", "signal must have at least two samples, got 0"),
        ("II,V1\n1,2\n", "signal must have at least two samples, got 1"),
        (ROWS + "hello,0.2\n", "signal must contain only numbers, but the column 'II'"),
        (ROWS + "1,2,3\n", "path must be an intact recording, but x.csv"),
        (ROWS + "1e400,0\n", "signal must be finite or NaN"),
        ("II,V1\n" + "nan,\n" * 9, "signal must have samples, but all of them are mi"),
        (ROWS.replace("0.2", "900"), "units must be given"),
        (ROWS.replace("V1", "II"), "path must name each lead once"),
        ("II\0" + ROWS, "path must be an intact recording, .* it is not a text file"),
        ("time\n1\n2\n3\n", "signal must have at least one lead"),
        ("time,II\n0,1\nsoon,2\n", "signal must have a time for each sample"),
        ("time,II\n0,1\n,2\n.2,3\n", "signal must have a time for each sample"),
        (",".join(f"x{i}" for i in range(30)) + ("\n" + "1," * 29 + "0") * 9, "signal"),
    ],
)
def test_a_csv_that_is_no_recording_is_refused_in_one_sentence(tmp_path, text, message):
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(ValueError, match=f"^{message}") as caught:
        read_recording(tmp_path / "x.csv", fs=250)
    assert "\n" not in str(caught.value)
    assert [x.name for x in tmp_path.iterdir()] == ["x.csv"]


def test_a_rate_is_asked_for(tmp_path):
    (tmp_path / "x.csv").write_text(ROWS)
    np.save(tmp_path / "x.npy", ECG)
    for name in ("x.csv", "x.npy"):
        with pytest.raises(ValueError, match=r"^fs must be given"):
            read_recording(tmp_path / name)


@pytest.mark.parametrize("name", ["x.parquet", "x.npy"])
@pytest.mark.parametrize("end", [0, 5, -1, -100, -3000])
def test_a_truncated_binary_file_is_refused(tmp_path, name, end):
    path = tmp_path / name
    if name == "x.npy":
        np.save(path, ECG)
    else:
        TABLE.to_parquet(path)
    path.write_bytes(path.read_bytes()[:end])
    with pytest.raises(ValueError, match=r"^path must be an intact recording"):
        read_recording(path, fs=250)
    assert [x.name for x in tmp_path.iterdir()] == [name]


def test_an_array_that_claims_a_terabyte_or_holds_objects_is_refused(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, ECG)
    claim = path.read_bytes().replace(b"(2000, 2)", b"(125000000000, 2)")
    path.write_bytes(claim.replace(b" " * 8 + b"\n", b"\n", 1))
    with pytest.raises(ValueError, match=r"^path must be an intact recording"):
        read_recording(path, fs=250)
    np.save(path, np.array([{}, {}]))
    with pytest.raises(ValueError, match=r"^path must be an intact recording"):
        read_recording(path, fs=250)
