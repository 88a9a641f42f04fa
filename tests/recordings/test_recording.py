"""A recording: what it takes, and what it refuses in one sentence."""

import dataclasses
import pickle
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from made_up_ecg import made_up_ecg

import skecg
from skecg.recordings import Recording

ECG = made_up_ecg()


def test_it_holds_millivolts_as_float32_with_all_that_is_known():
    start = datetime(2024, 5, 6, 7, 8, tzinfo=UTC)
    recording = Recording(ECG, 257.5, leads=["II", "V1"], start=start, name="r1")
    np.testing.assert_array_equal(recording.signal, ECG.astype(np.float32))
    assert recording.signal.dtype == np.float32
    assert (recording.fs, recording.leads, recording.units) == (
        257.5,
        ("II", "V1"),
        "mV",
    )
    assert (recording.start, recording.name) == (start, "r1")
    assert (recording.n_samples, recording.n_leads) == ECG.shape
    assert recording.duration == len(ECG) / 257.5
    assert recording.has_lead_names
    assert repr(recording) == (
        "Recording('r1': II, V1; 2,000 samples at 257.5 Hz, 7.76699 s)"
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        recording.fs = 100


def test_one_lead_may_be_a_vector_and_names_are_made_up():
    recording = Recording(ECG[:, 0].tolist(), 100)
    assert recording.signal.shape == (2000, 1)
    assert recording.leads == ("lead_0",)
    assert not recording.has_lead_names


@pytest.mark.parametrize(
    ("units", "factor"), [("uV", 1e3), ("µV", 1e3), ("μV", 1e3), ("mV", 1), ("V", 1e-3)]
)
def test_units_are_converted(units, factor):
    recording = Recording(ECG * factor, 250, units=units)
    np.testing.assert_allclose(recording.signal, ECG, atol=1e-6)


def test_counts_of_a_converter_are_numbers_too():
    counts = np.rint(ECG * 1000).astype(np.int16)
    recording = Recording(counts, 250, units="uV")
    np.testing.assert_allclose(recording.signal, ECG, atol=1e-6)


def test_float32_in_millivolts_is_not_copied_and_stays_on_the_disk(tmp_path):
    array = ECG.astype(np.float32)
    assert np.shares_memory(Recording(array, 250).signal, array)
    np.save(tmp_path / "x.npy", array)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert isinstance(Recording(mapped, 250).signal, np.memmap)


def test_a_masked_or_missing_sample_is_nan():
    masked = np.ma.masked_array(ECG[:, 0], mask=np.arange(2000) == 5)
    assert np.flatnonzero(np.isnan(Recording(masked, 250).signal)).tolist() == [5]
    column = pd.Series(ECG[:, 0]).astype("Float64")
    column[7] = pd.NA
    assert np.flatnonzero(np.isnan(Recording(column, 250).signal)).tolist() == [7]


def test_a_lead_may_be_missing_altogether():
    signal = ECG.copy()
    signal[:, 1] = np.nan
    assert np.isnan(Recording(signal, 250).signal[:, 1]).all()


@pytest.mark.parametrize(
    ("package", "make"),
    [("pandas", "DataFrame"), ("polars", "DataFrame"), ("pyarrow", "table")],
)
def test_a_table_names_its_leads_and_its_times_are_no_lead(package, make):
    make = getattr(pytest.importorskip(package), make)
    table = make({"time": np.arange(2000) / 360, "II": ECG[:, 0], "V1": ECG[:, 1]})
    recording = Recording(table)
    assert (recording.fs, recording.leads) == (360, ("II", "V1"))
    np.testing.assert_allclose(recording.signal, ECG, atol=1e-6)


def test_dates_in_a_column_or_an_index_state_rate_and_start():
    dates = pd.date_range("2024-01-01 12:00", freq="4ms", periods=2000)
    as_index = Recording(pd.DataFrame(ECG, index=dates))
    as_column = Recording(pd.DataFrame({"at": dates, "II": ECG[:, 0]}))
    assert as_index.fs == as_column.fs == 250
    assert as_index.start == as_column.start == datetime(2024, 1, 1, 12)
    zoned = Recording(pd.DataFrame(ECG, index=dates.tz_localize("Europe/Paris")))
    assert zoned.start == datetime(2024, 1, 1, 11, tzinfo=UTC)


def test_units_in_the_names_of_columns_are_converted_and_others_left_out():
    table = pd.DataFrame(
        {"II [uV]": ECG[:, 0] * 1000, "V1 (mV)": ECG[:, 1], "ABP [mmHg]": 80.0}
    )
    recording = Recording(table, 250)
    assert recording.leads == ("II", "V1")
    np.testing.assert_allclose(recording.signal, ECG, atol=1e-6)


def test_brackets_in_a_name_may_be_no_unit():
    table = pd.DataFrame({"II (filtered)": ECG[:, 0], "V1 [NU]": ECG[:, 1]})
    assert Recording(table, 250).leads == ("II (filtered)", "V1")


def test_an_array_beyond_the_memory_is_refused(tmp_path):
    huge = np.lib.stride_tricks.as_strided(np.zeros(1), (1 << 45, 1), (0, 0))
    with pytest.raises(ValueError, match=r"^signal must fit into memory, but it has"):
        Recording(huge, 250)


def test_the_unit_that_is_given_is_that_of_columns_without_one():
    table = pd.DataFrame({"II": ECG[:, 0] * 1000, "V1 (mV)": ECG[:, 1]})
    recording = Recording(table, 250, units="uV")
    np.testing.assert_allclose(recording.signal, ECG, atol=1e-6)


def test_a_copy_with_another_field_and_a_pickle_are_equal():
    recording = Recording(ECG * 1000, 250, leads=["II", "V1"], units="uV")
    renamed = dataclasses.replace(recording, name="other")
    stored = pickle.loads(pickle.dumps(renamed))
    assert stored.name == "other"
    np.testing.assert_array_equal(stored.signal, recording.signal)


def test_it_is_at_the_top_level():
    assert skecg.Recording is Recording
    assert skecg.read_recording is skecg.recordings.read_recording


NAN = np.full((100, 2), np.nan)
SAMPLES = np.arange(2000)
GAP = np.delete(np.arange(2001) / 250, 700)


@pytest.mark.parametrize(
    ("signal", "settings", "message"),
    [
        (ECG[:0], {}, "signal must have at least two samples, got 0"),
        (ECG[:1], {}, "signal must have at least two samples, got 1"),
        (ECG.T, {}, "signal must have 1 to 24 leads, got 2000"),
        (made_up_ecg(100, 30), {}, "signal must have 1 to 24 leads, got 30"),
        (np.zeros((9, 0)), {}, "signal must have 1 to 24 leads, got 0"),
        (np.zeros((9, 2, 1)), {}, "signal must have the shape"),
        (ECG.astype(complex), {}, "signal must contain real numbers, got complex128"),
        ([["a"], ["b"]], {}, "signal must contain real numbers"),
        ([[1, 2], [3]], {}, "signal must be an array, got parts of different"),
        (NAN, {}, "signal must have samples, but all of them are missing"),
        (ECG + np.inf, {}, "signal must be finite or NaN"),
        (ECG * 1e300, {"units": "V"}, "signal must be finite or NaN"),
        (SAMPLES / 360, {}, "signal must contain only leads, but its column 0 ascends"),
        (ECG, {"fs": None}, "fs must be given"),
        (ECG, {"fs": "250"}, "fs must be a number in hertz, got '250'"),
        (ECG, {"fs": True}, "fs must be a number in hertz, got True"),
        (ECG, {"fs": 10_000}, "fs must be from 100 to 2000 Hz, got 10000"),
        (ECG, {"fs": 99}, "fs must be from 100 to 2000 Hz, got 99"),
        (ECG, {"fs": np.nan}, "fs must be from 100 to 2000 Hz, got nan"),
        (
            ECG,
            {"leads": ["II"]},
            "leads must contain a unique name for each of the 2",
        ),
        (
            ECG,
            {"leads": ["II", "II"]},
            "leads must contain a unique name for each of the 2",
        ),
        (ECG, {"leads": [0, 1]}, r"leads must be names, got \[0, 1\]"),
        (ECG, {"units": "mmHg"}, "units must be a unit of voltage, got 'mmHg'"),
        (ECG, {"start": "today"}, "start must be a datetime or None, got str"),
        (ECG, {"name": 100}, "name must be a string or None, got int"),
        (
            ECG * 10_000,
            {},
            r"units must be given, .* \d{4} mV .* it may be in microvolts",
        ),
        (ECG / 1000, {}, r"units must be given, .* it may be in volts \('V'\)"),
        (pd.DataFrame({"t": SAMPLES / 250}), {}, "signal must have at least one lead"),
        (
            pd.DataFrame({"II": ["a"] * 9}),
            {},
            "signal must contain only numbers, but the column 'II'",
        ),
        (
            pd.DataFrame(ECG, columns=["II", "II"]),
            {},
            "signal must name each lead once",
        ),
        (
            pd.DataFrame({"sample": SAMPLES, "II": ECG[:, 0]}),
            {"fs": None},
            "fs must be given, .* 'sample' contains sample numbers",
        ),
        (
            pd.DataFrame({"time": SAMPLES * 4, "II": ECG[:, 0]}),
            {"fs": None},
            "fs must be given, because the column 'time' ascends by 4 per sample",
        ),
        (
            pd.DataFrame({"time [s]": SAMPLES / 500, "II": ECG[:, 0]}),
            {},
            r"fs must be the rate of the column 'time \[s\]'",
        ),
        (
            pd.DataFrame({"time": GAP, "II": ECG[:, 0]}),
            {},
            "signal must be sampled evenly, but its column 'time' goes from 2.796 to",
        ),
        (
            pd.DataFrame(
                {
                    "at": np.datetime64("11153-01-01", "ms") + 4 * SAMPLES,
                    "II": ECG[:, 0],
                }
            ),
            {},
            "signal must have dates of the years 1 to 9999 in its column 'at'",
        ),
        (
            pd.DataFrame({"time": SAMPLES[::-1] / 250, "II": ECG[:, 0]}),
            {},
            "signal must have ascending times in its column 'time'",
        ),
        (
            pd.DataFrame({"time": np.where(SAMPLES, SAMPLES, np.nan), "II": 1.0}),
            {},
            "signal must have a time for each sample in its column 'time'",
        ),
    ],
)
def test_what_is_no_recording_is_refused_in_one_sentence(signal, settings, message):
    with pytest.raises(ValueError, match=f"^{message}") as caught:
        Recording(signal, **({"fs": 250} | settings))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rate", [100, 128, 249.89, 257, 360, 977, 2000])
@pytest.mark.parametrize("decimals", [3, 6])
def test_the_rate_of_rounded_times_is_found(rate, decimals):
    times = (np.arange(20_000) / rate).round(decimals)
    table = pd.DataFrame({"time": times, "II": made_up_ecg(20_000, 1)[:, 0]})
    assert Recording(table).fs == pytest.approx(rate, rel=1e-4)
    if rate == int(rate):
        assert Recording(table).fs == rate


@pytest.mark.parametrize(
    ("name", "times"),
    [("time (ms)", SAMPLES * 4), ("ms", SAMPLES * 4.0), ("secs", SAMPLES / 250)],
)
def test_times_state_their_unit_in_their_name(name, times):
    assert Recording(pd.DataFrame({name: times, "II": ECG[:, 0]})).fs == 250


def test_two_rates_in_one_table_are_no_even_sampling():
    steps = np.where(SAMPLES < 1000, 0.004, 0.003)
    table = pd.DataFrame({"time": steps.cumsum(), "II": ECG[:, 0]})
    with pytest.raises(ValueError, match="sampled evenly"):
        Recording(table)
