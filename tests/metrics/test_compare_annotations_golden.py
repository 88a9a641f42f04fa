"""Random annotation pairs against the output of bxb and sumstats of WFDB 10.7.0.

The annotations are drawn at random and belong to no patient. In the data, `start` is in
samples, and an RR error of None means that bxb prints none.
"""

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from skecg.metrics import EC57Report, compare_annotations

GOLDEN = json.loads(
    (Path(__file__).parents[1] / "data" / "ec57-golden.json").read_text("utf-8")
)
CASES = {case["name"]: case for case in GOLDEN["cases"]}
# The columns of the line format that follow the counts.
PRINTED = ["qrs_se", "qrs_pp", "veb_se", "veb_pp", "sveb_se", "sveb_pp"]


def columns(marks):
    return tuple(zip(*marks, strict=True))


def printed(value):
    return "-" if math.isnan(value) else f"{value:.2f}"


def numbers_of(title):
    """Return the fields of a line of sumstats."""
    return next(line for line in GOLDEN["sumstats"] if line.startswith(title)).split()


@pytest.fixture(scope="module")
def report():
    """All cases in one report."""
    # `start` is one number: compare the cases of each start, and join the reports.
    by_start = {}
    for case in CASES.values():
        by_start.setdefault((case["start"], case["fs"]), []).append(case)
    parts = [
        compare_annotations(
            {case["name"]: columns(case["reference"]) for case in cases},
            {case["name"]: columns(case["test"]) for case in cases},
            fs=fs,
            sig_len={case["name"]: case["sig_len"] for case in cases},
            start=start / fs,
        )
        for (start, fs), cases in by_start.items()
    ]
    return EC57Report(
        pd.concat([part.pairings for part in parts]).loc[list(CASES)],
        pd.concat([part.rr_error for part in parts]).loc[list(CASES)],
    )


def test_there_are_120_cases():
    assert len(CASES) == 120
    assert sum(case["has_events"] for case in CASES.values()) == 60


@pytest.mark.parametrize("name", CASES)
def test_pairings_and_rr_error_equal_those_of_bxb(report, name):
    pairings = report.pairings.loc[name]
    assert pairings[pairings > 0].to_dict() == CASES[name]["pairings"]
    error = CASES[name]["rr_error_ms"]
    expected = "-" if error is None else f"{error:.2f}"
    assert printed(report.rr_error[name]) == expected


@pytest.mark.parametrize("line", GOLDEN["lines"][1:], ids=lambda line: line[:4])
def test_lines_equal_those_of_bxb(report, line):
    name, *fields = line.split()
    counts = report.counts.loc[name]
    assert [str(count) for count in counts] == fields[: len(counts)]
    percent = report.to_percent().loc[name, PRINTED]
    statistics = [*map(printed, percent), printed(report.rr_error[name])]
    assert statistics == fields[len(counts) :]


def test_sums_and_gross_statistics_equal_those_of_sumstats(report):
    assert [str(count) for count in report.counts.sum()] == numbers_of("Sum")[1:]
    gross = report.to_percent().loc["Gross", PRINTED]
    assert [*map(printed, gross)] == numbers_of("Gross")[1:]


def test_averages_equal_those_of_sumstats(report):
    average = [*map(printed, report.to_percent().loc["Average", PRINTED])]
    average.append(printed(report.average_rr_error))
    assert average == numbers_of("Average")[1:]
    for name in PRINTED:
        assert printed(100 * report.average[name]) == average[PRINTED.index(name)]


def test_the_headline_counts_the_beats_of_sumstats(report):
    total = numbers_of("Total QRS complexes")
    assert f"120 records with {int(total[3]):,} reference beats" in repr(report)
