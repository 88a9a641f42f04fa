"""The seconds that cannot be read, in recordings spoiled on purpose."""

import numpy as np
import pandas as pd
import pytest
from plain_ecg import plain_ecg

from skecg import Recording
from skecg.signal import signal_quality


def reasons(signal, fs):
    quality = signal_quality(signal, fs)
    return np.array(quality.reasons)[quality.codes]


@pytest.mark.parametrize("fs", [100, 125, 250, 257.5, 360, 1000, 2000])
@pytest.mark.parametrize("amplitude", [1e-6, 1.0, 1e5])
def test_white_noise_is_noise(fs, amplitude):
    noise = np.random.default_rng(0).normal(size=round(60 * fs))
    assert (reasons(amplitude * (noise + 3), fs) == "noise").all()


@pytest.mark.parametrize("fs", [100, 128, 250, 257.5, 360, 1000, 2000])
@pytest.mark.parametrize("rr", [0.3, 0.8, 2.0])
def test_an_ecg_is_readable(fs, rr):
    signal, _ = plain_ecg(60, fs, n_leads=2, rr=rr)
    for scale in (signal, 1e-3 * signal + 7e3, np.float32(signal)):
        assert signal_quality(scale, fs).is_readable.all()


def spoiled():
    """Return a recording whose second lead is bad in known seconds."""
    signal, _ = plain_ecg(40, 250, n_leads=2)
    rng = np.random.default_rng(1)
    signal[5 * 250 + 3, 1] = np.nan
    signal[10 * 250 : 12 * 250, 1] = 0.3
    signal[16 * 250 + 30 : 16 * 250 + 90, 1] = 5.0
    signal[20 * 250 : 23 * 250, 1] += rng.normal(0, 1, 750)
    hum = 2 * np.sin(2 * np.pi * 50 * np.arange(250) / 250)
    signal[30 * 250 : 31 * 250, 1] += hum
    expected = np.full((40, 2), "", dtype="U9")
    expected[5, 1] = "missing"
    expected[10:12, 1] = "flat"
    expected[16, 1] = "saturated"
    expected[20:23, 1] = expected[30, 1] = "noise"
    return signal, expected


def test_each_reason_in_its_second_and_lead():
    signal, expected = spoiled()
    np.testing.assert_array_equal(reasons(signal, 250), expected)
    # A gain, an offset and the other direction change nothing.
    np.testing.assert_array_equal(reasons(-200 * signal + 1024, 250), expected)


def test_seconds_are_counted_by_reason_and_lead():
    signal, expected = spoiled()
    quality = signal_quality(pd.DataFrame(signal, columns=["MLII", "V1"]), 250)
    counts = quality.count_seconds()
    assert counts["MLII"].sum() == 0
    assert counts["V1"].to_dict() == {
        "missing": 1,
        "saturated": 1,
        "flat": 2,
        "noise": 4,
    }
    np.testing.assert_array_equal(quality.is_readable, expected == "")


def test_a_pause_is_no_noise_and_a_lead_that_stays_off_is():
    signal, _ = plain_ecg(120, 250)
    rest = np.random.default_rng(2).normal(0, 0.01, len(signal))
    pause, off = signal.copy(), signal.copy()
    pause[50 * 250 : 60 * 250, 0] = rest[: 10 * 250]
    off[50 * 250 :, 0] = rest[50 * 250 :]
    assert (reasons(pause, 250) == "").all()
    assert (reasons(off, 250)[80:] == "noise").all()


def test_spikes_of_a_pacemaker_and_clipped_tips_are_readable():
    signal, r_peaks = plain_ecg(60, 360)
    paced = signal.copy()
    paced[r_peaks - 40] += 6.0
    assert (reasons(paced, 360) == "").all()
    assert (reasons(np.minimum(signal, 0.9), 360) == "").all()


@pytest.mark.parametrize("mark", ["NaN", "mask", "int16", "null", "int_null"])
def test_missing_samples_however_they_are_marked(mark):
    signal, _ = plain_ecg(10, 250)
    counts = np.round(1000 * signal[:, 0]).astype(np.int16)
    gap = np.zeros(2500, dtype=bool)
    gap[700:760] = True
    rows = gap[:, np.newaxis]
    given = {
        "NaN": lambda: np.where(gap, np.nan, counts),
        "mask": lambda: np.ma.masked_array(counts, gap),
        "int16": lambda: np.where(gap, np.int16(-32768), counts),
        "null": lambda: pd.DataFrame({"I": counts}, dtype="Float64").mask(rows),
        "int_null": lambda: pd.DataFrame({"I": counts}, dtype="Int16").mask(rows),
    }[mark]()
    expected = ["", "", "missing", "missing", *[""] * 6]
    assert reasons(given, 250)[:, 0].tolist() == expected


def test_a_mapped_file_and_blocks_give_the_same(tmp_path):
    """Half an hour, which is read in two blocks, on and around their border."""
    signal, _ = plain_ecg(1800, 128)
    signal[1022 * 128 + 64 : 1025 * 128 + 70] = 0.4
    np.save(tmp_path / "ecg.npy", signal.astype(np.float32))
    mapped = np.load(tmp_path / "ecg.npy", mmap_mode="r")
    found = reasons(mapped, 128)[:, 0]
    np.testing.assert_array_equal(
        np.flatnonzero(found == "flat"), [1022, 1023, 1024, 1025]
    )
    assert (np.delete(found, np.arange(1022, 1026)) == "").all()


def test_the_last_second_may_be_incomplete():
    signal, _ = plain_ecg(20.3, 250)
    assert signal_quality(signal, 250).codes.shape == (21, 1)
    assert signal_quality(signal, 250).is_readable.all()
    signal[-10:] = np.nan
    assert reasons(signal, 250)[:, 0].tolist() == [*[""] * 20, "missing"]


def test_nothing_to_read_at_all():
    assert (reasons(np.full((900, 2), np.nan), 360) == "missing").all()
    assert (reasons(np.zeros(900), 360) == "flat").all()


@pytest.mark.parametrize(
    ("signal", "fs", "message"),
    [
        ([0.0, np.inf], 250, "signal must be finite"),
        ([0.0], 250, "signal must have at least two samples"),
        (np.zeros((9, 2, 2)), 250, r"got \(9, 2, 2\)"),
        (["a", "b"], 250, "signal must contain only numbers"),
        (np.zeros(9), 0, "fs"),
    ],
)
def test_bad_input_is_named(signal, fs, message):
    with pytest.raises(ValueError, match=message):
        signal_quality(signal, fs)


def _columns_with_nulls():
    """Return columns of 16 bits in several containers, all with the same samples."""
    values = [int(x) for x in np.arange(3000) % 97]
    values[1250] = -(2**15)
    values[2250] = None
    pa = pytest.importorskip("pyarrow")
    pl = pytest.importorskip("polars")
    return {
        "pandas Series": pd.Series(values, dtype="Int16"),
        "pandas array": pd.array(values, dtype="Int16"),
        "pandas table": pd.DataFrame({"II": pd.array(values, dtype="Int16")}),
        "pyarrow array": pa.array(values, pa.int16()),
        "pyarrow table": pa.table({"II": pa.array(values, pa.int16())}),
        "polars Series": pl.Series(values, dtype=pl.Int16),
        "polars table": pl.DataFrame({"II": pl.Series(values, dtype=pl.Int16)}),
    }


def test_nulls_do_not_hide_the_least_integer():
    for container, column in _columns_with_nulls().items():
        codes = signal_quality(column, 250).codes[:, 0]
        assert np.flatnonzero(codes == 1).tolist() == [5, 9], container


@pytest.mark.parametrize("dtype", ["datetime64[ms]", "timedelta64[ms]", "complex128"])
def test_columns_that_are_no_real_numbers_are_refused(dtype):
    frame = pd.DataFrame({"II": np.arange(1000.0) % 97, "when": np.arange(1000)})
    frame["when"] = frame["when"].to_numpy().astype(dtype)
    with pytest.raises(ValueError, match="real numbers, but 'when' is"):
        signal_quality(frame, 250)


def test_a_recording_states_its_rate_and_leads():
    signal, _ = spoiled()
    recording = Recording(signal, 250, leads=["II", "V1"])
    found = signal_quality(recording)
    expected = signal_quality(recording.signal, 250)
    np.testing.assert_array_equal(found.codes, expected.codes)
    assert found.codes.any() and found.leads == ["II", "V1"]
    with pytest.raises(ValueError, match="fs must be None with a Recording"):
        signal_quality(recording, 250)
    with pytest.raises(ValueError, match="fs must be given with an array"):
        signal_quality(signal)
