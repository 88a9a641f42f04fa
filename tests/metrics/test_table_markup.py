"""Tables of comparisons and of EC57 reports, in Markdown and LaTeX."""

import re

import numpy as np
import pandas as pd
import pytest

from skecg.metrics import (
    ClassifierComparison,
    compare_classifiers,
    ec57_report,
    sveb_f1,
    veb_f1,
    veb_se,
)

ODD = r"50% & #1_a {x} $y$ <b> | \z *w* `q` [l](u) ~ ^"

PRINTED = """\
Comparison of 2 classifiers, 2,000 paired resamples of 44 groups
Metric  Classifier  Value (90 % interval)   Difference from a
VEB F1  a           0.912 (0.800 to 0.950)  -
        b           0.850                   -0.062 (-0.200 to +0.050)
Note: The difference in VEB F1 between b and a depends on group 232: it is -0.062
      (-0.200 to +0.050) with all groups and +0.010 (-0.100 to +0.100) without
      232.
Note: Up to 3 of the 2,000 resamples leave a metric undefined and are excluded
      from its interval; see n_undefined in the tables."""


def comparison(names=("a", "b"), **settings):
    rng = np.random.default_rng(0)
    y_true = rng.choice(list("NSV"), size=600, p=[0.6, 0.2, 0.2])
    predictions = {
        name: np.where(rng.random(600) < right, y_true, "N")
        for name, right in zip(names, (0.9, 0.6), strict=True)
    }
    groups = np.repeat(np.arange(12), 50)
    return compare_classifiers(
        y_true, predictions, groups, n_resamples=200, random_state=0, **settings
    )


def made_comparison():
    """Make a comparison of which every figure is known."""
    table = pd.DataFrame(
        {
            "metric": ["veb_f1", "veb_f1"],
            "classifier": ["a", "b"],
            "value": [0.91234, 0.85],
            "low": [0.8, 0.7],
            "high": [0.95, np.nan],
            "n_undefined": [0, 0],
        }
    )
    table.loc[1, "low"] = np.nan
    differences = pd.DataFrame(
        {
            "metric": ["veb_f1"],
            "classifier": ["b"],
            "difference": [-0.06234],
            "low": [-0.2],
            "high": [0.05],
            "n_undefined": [3],
        }
    )
    columns = ["metric", "classifier", "group", "difference", "low", "high"]
    decisive = pd.DataFrame([["veb_f1", "b", "232", 0.01, -0.1, 0.1]], columns=columns)
    return ClassifierComparison(table, differences, decisive, "a", 0.9, 44, 2000)


def test_a_comparison_is_printed_with_readable_names_and_intervals():
    assert repr(made_comparison()) == PRINTED


def test_a_comparison_in_latex():
    latex = made_comparison().to_latex(decimals=2)
    assert latex.splitlines()[:7] == [
        r"\begin{tabular}{llrr}",
        r"\toprule",
        r"Metric & Classifier & Value (90 \% interval) & Difference from a \\",
        r"\midrule",
        r"VEB F1 & a & 0.91 (0.80 to 0.95) & - \\",
        r" & b & 0.85 & $-$0.06 ($-$0.20 to +0.05) \\",
        r"\bottomrule",
    ]
    assert latex.splitlines()[9].startswith("% The difference in VEB F1 between b and")
    whole = made_comparison().to_latex(caption="New & old", label="tab:x_y")
    lines = whole.splitlines()
    assert lines[:2] == [r"\begin{table}", r"\centering"]
    assert r"\caption{New \& old}" in lines
    assert r"\label{tab:x_y}" in lines
    assert lines[-1] == r"\end{table}"
    assert r"\par\footnotesize The difference in VEB F1" in whole
    assert not [line for line in lines if line.startswith("%")]


def test_the_frame_holds_values_and_differences():
    found = comparison(metrics=["veb_f1", "sveb_f1"], names=("b", "a"))
    frame = found.to_frame()
    assert list(frame.metric) == ["veb_f1"] * 2 + ["sveb_f1"] * 2
    assert list(frame.classifier) == ["b", "a"] * 2
    assert frame.difference[::2].isna().all()
    np.testing.assert_allclose(
        frame.difference[1::2], frame.value[1::2] - frame.value.to_numpy()[::2]
    )
    assert (frame.difference_low <= frame.difference_high)[1::2].all()


def test_names_of_a_mapping_are_printed_as_they_are():
    found = comparison(metrics={"Of V": veb_f1, "Of S": sveb_f1})
    assert "| Of V | a | " in found.to_markdown()
    assert "| Of S | a | " in found.to_markdown()


def cells_of(markdown):
    """Read the tables of a Markdown page with a library of its own."""
    parser = pytest.importorskip("markdown_it").MarkdownIt("commonmark").enable("table")
    texts, kinds = [], set()
    for token in parser.parse(markdown):
        if token.type == "inline":
            kinds |= {child.type for child in token.children}
            texts.append("".join(child.content for child in token.children))
    assert kinds <= {"text", "text_special"}
    return texts


def test_markdown_shows_special_characters_as_they_are():
    found = comparison(names=(ODD, "b\n c"))
    texts = cells_of(found.to_markdown())
    assert texts.count(ODD) == 2
    assert texts.count("b c") == 2
    assert f"Difference from {ODD}" in texts
    assert len(texts) == 4 * 5 + 1
    assert (
        texts[-1] == "Comparison of 2 classifiers, 200 paired resamples of 12 groups."
    )


def test_latex_escapes_special_characters():
    latex = comparison(names=(ODD, "[b]")).to_latex()
    assert (
        r"50\% \& \#1\_a \{x\} \$y\$ \textless{}b\textgreater{} \textbar{} "
        r"\textbackslash{}z *w* `q` [l](u) \textasciitilde{} \textasciicircum{}"
    ) in latex
    # Each row has the three separators of its four columns.
    rows = [line for line in latex.splitlines() if line.endswith(r"\\")]
    assert [len(re.findall(r"(?<!\\)&", row)) for row in rows] == [3] * 5


def test_html_escapes_names():
    page = comparison(names=("<a>", "b"))._repr_html_()
    assert "<a>" not in page and "&lt;a&gt;" in page


def report():
    y_true = list("NNVVSNNVVSNV")
    return ec57_report(y_true, list("NVVVNNNVNSNV"), ["1_a"] * 4 + [2] * 4 + ["*3"] * 4)


def test_a_report_in_markdown():
    texts = cells_of(report().to_markdown())
    assert texts[:3] == ["Record", "VEB Se", "VEB +P"]
    assert "VEB F1*" in texts
    assert "1_a" in texts
    assert "EC57 report on 3 records with 12 reference beats, in percent." in texts
    assert "* F1, the harmonic mean of Se and +P, is not a statistic of EC57." in texts
    gross = texts[texts.index("Gross") + 1 :][:7]
    percent = report().to_percent().loc["Gross"].dropna()
    assert gross == [f"{value:.2f}" for value in percent]


def test_a_report_in_latex_with_intervals():
    intervals = report().gross_intervals(random_state=0, confidence_level=0.8)
    latex = report().to_latex(intervals=intervals, caption="Of 3")
    lines = latex.splitlines()
    assert r"\begin{tabular}{lrrrrrrr}" in lines
    assert any(line.startswith("{}*3 & ") for line in lines)
    low, high = 100 * intervals.loc["veb_se", ["low", "high"]]
    after_gross = next(i for i, x in enumerate(lines) if x.startswith("Gross")) + 1
    expected = rf"80 \% interval & {low:.2f} to {high:.2f} & "
    assert lines[after_gross].startswith(expected)
    assert "interval" not in report().to_latex()


def test_intervals_of_a_report_are_those_of_its_labels():
    rng = np.random.default_rng(0)
    y_true, y_pred = rng.choice(list("NSV"), size=(2, 300))
    records = rng.choice(["201", "202", "203", "x"], size=300)
    subjects = {"201": "m", "202": "m", "203": "203", "x": "x"}
    found = ec57_report(y_true, y_pred, records)
    for mapping, groups in (
        (None, records),
        (subjects, np.array([subjects[record] for record in records])),
    ):
        intervals = found.gross_intervals(
            subjects=mapping, n_resamples=50, random_state=4
        )
        with np.errstate(all="ignore"):
            theirs = compare_classifiers(
                y_true,
                {"a": y_pred, "b": y_pred},
                groups,
                metrics=veb_se,
                n_resamples=50,
                random_state=4,
            ).table.iloc[0]
        assert intervals.loc["veb_se", "low"] == pytest.approx(theirs.low)
        assert intervals.loc["veb_se", "high"] == pytest.approx(theirs.high)
        assert intervals.loc["qrs_se"].isna()[["low", "high"]].all()
    with pytest.raises(ValueError, match="subjects must contain every record, but"):
        found.gross_intervals(subjects={"201": "m"})
    with pytest.raises(ValueError, match="needs at least two records or subjects, got"):
        ec57_report(y_true, y_pred).gross_intervals()
