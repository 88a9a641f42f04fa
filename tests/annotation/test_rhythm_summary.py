"""The summary against hand-counted sequences of beats."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from skecg.annotation._rhythm_summary import summarise


def summary_of(letters, rr=0.8, unreadable=(), quality=None, duration=None, **options):
    """Summarise beats; `rr` is one interval, or one for each beat but the first."""
    n_beats = len(letters)
    steps = np.full(n_beats - 1, rr) if np.isscalar(rr) else np.asarray(rr)
    times = 1 + np.r_[0.0, np.nancumsum(steps)]
    table = pd.DataFrame(
        {
            "sample": np.round(times * 250).astype(int),
            "time": times,
            "class": list(letters),
            "rr": np.r_[np.nan, steps],
            "quality": quality or ["good"] * n_beats,
        }
    )
    duration = duration or float(np.ceil(times[-1] + 1))
    codes = np.zeros(int(np.ceil(duration)), dtype=np.int8)
    for second, code in unreadable:
        codes[second] = code
    return summarise(table, duration=duration, unreadable=codes, **options)


@pytest.mark.parametrize(
    "letters, couplets, runs",
    [
        ("NNVNN", 0, []),
        ("NVVN", 1, []),
        ("VV", 1, []),
        ("NVVVN", 0, [3]),
        ("VVVVNVVNVVV", 1, [4, 3]),
        ("NVVQVVN", 2, []),
        ("NVVFVN", 1, []),
        ("VVV", 0, [3]),
    ],
)
def test_couplets_and_runs(letters, couplets, runs):
    summary = summary_of(letters)
    assert summary.couplets == couplets
    assert summary.runs["length"].tolist() == runs


def test_a_run_has_its_onset_and_rate():
    summary = summary_of("NNVVVVN", rr=[0.8, 0.5, 0.4, 0.4, 0.4, 1.0])
    run = summary.runs.iloc[0]
    assert run["onset"] == pytest.approx(2.3) and run["sample"] == 575
    assert run["rate"] == pytest.approx(150)


def test_beats_beside_an_unknown_interval_are_not_in_a_row():
    summary = summary_of("NVVVVN", rr=[0.8, 0.5, np.nan, 0.5, 0.8], duration=9)
    assert summary.couplets == 2 and summary.runs.empty


@pytest.mark.parametrize(
    "letters, bigeminy, trigeminy",
    [
        ("NVNVNVN", [3], []),
        ("NVNVNN", [], []),
        ("VNVNVNVNNNVNVNV", [4, 3], []),
        ("NNVNNVNNVNN", [], [3]),
        ("NVNVNVNNVNNV", [3], [3]),
        ("VSVSV", [3], []),
        ("VQVNVNV", [3], []),
        ("VFVNV", [], []),
    ],
)
def test_bigeminy_and_trigeminy(letters, bigeminy, trigeminy):
    summary = summary_of(letters)
    assert summary.bigeminy["n_ventricular"].tolist() == bigeminy
    assert summary.trigeminy["n_ventricular"].tolist() == trigeminy


def test_pauses_are_longer_than_two_seconds():
    summary = summary_of("NNNN", rr=[2.0, 2.5, 0.8])
    assert summary.pauses["seconds"].tolist() == [2.5]
    assert summary.pauses["onset"].tolist() == [3.0]
    assert "Pauses over 2 s: 1, the longest 2.5 s at 0:00:03" in repr(summary)


def test_the_burden_counts_readable_beats_and_time():
    quality = ["good"] * 8 + ["unreadable"] * 2
    summary = summary_of(
        "NNVVNSNNQQ",
        quality=quality,
        duration=7200,
        unreadable=[(second, 4) for second in range(3600, 5400)],
    )
    assert summary.burden.loc["V"].tolist() == [2, 25, pytest.approx(2 / 1.5)]
    assert summary.burden.loc["S"].tolist() == [1, 12.5, pytest.approx(1 / 1.5)]
    assert summary.counts == {"N": 5, "S": 1, "V": 2, "F": 0, "Q": 2}
    assert summary.unreadable == {"noise": 30}
    assert summary.hours["unreadable_minutes"].tolist() == [0, 30]
    assert summary.hours["V"].tolist() == [2, 0]
    assert summary.mean_rate == pytest.approx(75)


def test_the_report_states_start_dropped_peaks_and_expected_sensitivity():
    summary = summary_of(
        "NNS",
        start=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        n_dropped=12,
        scores={"test A": {"sveb_se": 0.62, "veb_se": np.nan}},
    )
    text = repr(summary)
    assert "from 2026-01-02 03:04:00+00:00" in text
    assert "dropped as not a beat: 12" in text
    assert "PAC (S): 1, 33.3 % of beats" in text
    assert "expected sensitivity 62 % on test A" in text
    assert text.count("not measured") == 1


def test_the_last_second_may_be_incomplete():
    summary = summary_of("NN", duration=3.5, unreadable=[(3, 1)])
    assert summary.unreadable["missing"] == pytest.approx(0.5 / 60)
