"""Files of annotations, and the display."""

from dataclasses import replace
from datetime import UTC, datetime

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from annotated import mixed_ecg

from skecg import Recording


@pytest.fixture
def with_reasons(annotator):
    """An annotated recording with unreadable beats, a start and a name."""
    signal, peaks, _ = mixed_ecg(seed=4)
    signal[10_000:12_000] = np.nan
    signal[15_000:18_000, 0] = 0.5
    start = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    recording = Recording(signal, 250, leads=["II", "V1"], start=start, name="mine")
    return annotator.annotate(recording, peaks)


def test_wfdb_reads_what_was_written(with_reasons, wfdb, tmp_path):
    path = with_reasons.to_wfdb(tmp_path / "new" / "rec-1")
    assert path == tmp_path / "new" / "rec-1.skecg"
    read = wfdb.rdann(str(path.with_suffix("")), "skecg")
    table = with_reasons.table
    assert read.sample.tolist() == table["sample"].tolist()
    assert read.symbol == table["class"].tolist()
    assert [note.rstrip("\0") for note in read.aux_note] == table["reason"].tolist()
    assert read.fs == 250
    assert "Q" in read.symbol and "II missing, V1 missing" in read.aux_note


@pytest.mark.parametrize(
    "samples",
    [[], [0], [0, 1, 1023, 1024, 70_000], [86_399_999], [5, 3_000_000, 60_000_000]],
)
def test_wfdb_reads_any_samples(annotated, samples, wfdb, tmp_path):
    table = pd.DataFrame({"sample": np.array(samples, dtype=np.int64)})
    table["class"] = [*"NSVFQ"][: len(samples)]
    table["reason"] = ["", "V1 noise", "", "", "II flat"][: len(samples)]
    replace(annotated, table=table).to_wfdb(tmp_path / "x", extension="abc")
    read = wfdb.rdann(str(tmp_path / "x"), "abc")
    assert read.sample.tolist() == samples
    assert read.symbol == table["class"].tolist()


@pytest.mark.parametrize(
    "name, options, message",
    [
        ("a b", {}, "path must end with a record name"),
        ("rec.csv", {}, "leave out the suffix"),
        ("rec", {"extension": "x1"}, "extension must be letters only"),
    ],
)
def test_names_that_wfdb_refuses(annotated, name, options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        annotated.to_wfdb(tmp_path / name, **options)
    assert list(tmp_path.iterdir()) == []


def test_csv_and_parquet_hold_the_table(with_reasons, tmp_path):
    table = with_reasons.table
    csv = pd.read_csv(with_reasons.to_csv(tmp_path / "x.csv"), keep_default_na=False)
    assert csv["sample"].tolist() == table["sample"].tolist()
    assert csv["class"].tolist() == table["class"].tolist()
    assert csv["reason"].tolist() == table["reason"].tolist()
    pytest.importorskip("pyarrow")
    parquet = pd.read_parquet(with_reasons.to_parquet(tmp_path / "x.parquet"))
    pd.testing.assert_frame_equal(parquet, table, check_dtype=False)


def test_dates_keep_the_time_zone(with_reasons):
    dates = with_reasons.table["datetime"]
    assert str(dates.dt.tz) == "UTC"
    first = with_reasons.table["time"].iloc[0]
    elapsed = (dates.iloc[0] - with_reasons.start).total_seconds()
    assert elapsed == pytest.approx(first, abs=1e-6)


def test_a_recording_without_start_has_no_dates(annotated):
    assert annotated.start is None and "datetime" not in annotated.table


def test_the_repr_states_beats_and_leads(annotated):
    text = repr(annotated)
    assert "N" in text and "II, V1, all leads" in text


def test_the_display_shows_the_beats_by_class(annotated):
    display = annotated.plot()
    assert display.figure_ is display.ax_[0].figure
    legend = [text.get_text() for text in display.ax_[1].get_legend().get_texts()]
    assert set(legend) == set(annotated.table["class"])
    first, last = display.ax_[0].get_xlim()
    shown = annotated.table["time"].between(first, last)
    assert len(display.ax_[0].texts) == shown.sum() > 5
    assert "V" in [text.get_text() for text in display.ax_[0].texts]
    plt.close(display.figure_)


def test_the_display_refuses_a_strip_outside(annotated):
    with pytest.raises(ValueError, match=r"must select .* of the 120 s"):
        annotated.plot(at=500)
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match="ax must contain two axes"):
        annotated.plot(ax=ax)
    plt.close("all")


def test_a_day_of_beats_is_drawn_in_rows_of_an_hour(annotated):
    times = np.arange(0, 86_400, 10.0)
    display = annotated.plot()
    plt.close(display.figure_)
    display.duration, display.beat_times = 86_400.0, times
    display.beat_classes = np.full(len(times), "N")
    display.unreadable = np.zeros(86_400, dtype=bool)
    display.plot()
    assert display.ax_[1].get_ylim()[0] == pytest.approx(23.6)
    plt.close(display.figure_)
