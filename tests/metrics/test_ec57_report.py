"""EC57's counts and statistics from labels and from counts, rule by rule."""

import math

import numpy as np
import pandas as pd
import pytest

from skecg.metrics import EC57Report, compare_annotations, ec57_report

COUNTS = "Nn Sn Vn Fn On Ns Ss Vs Fs Os Nv Sv Vv Fv Ov No So Vo Fo".split()


# The line format and the statistics


def line_row(**counts):
    """Make a report of one record from its pairings."""
    names = [r + t for r in "NSVFQOX" for t in "nsvfqox" if r + t not in NEVER]
    table = pd.DataFrame([{name: counts.get(name, 0) for name in names}])
    return EC57Report(table.rename_axis("record"), pd.Series([np.nan]))


NEVER = {"Oo", "Ox", "Xo", "Xx"}


def test_the_line_format_merges_as_the_rules_say():
    # Each pairing occurs a different power of two, so that any other merging shows.
    names = [r + t for r in "NSVFQOX" for t in "nsvfqox" if r + t not in NEVER]
    n = {name: 2**i for i, name in enumerate(names)}
    row = line_row(**n).counts.iloc[0]
    expected = {
        "Nn": n["Nn"] + n["Nf"] + n["Nq"],
        "Sn": n["Sn"] + n["Sf"] + n["Sq"],
        "Vn": n["Vn"] + n["Vf"] + n["Vq"],
        "Fn": n["Fn"] + n["Ff"] + n["Fq"] + n["Qn"] + n["Qf"] + n["Qq"],
        "On": n["On"] + n["Of"] + n["Oq"] + n["Xn"] + n["Xf"] + n["Xq"],
        "Ns": n["Ns"],
        "Ss": n["Ss"],
        "Vs": n["Vs"],
        "Fs": n["Fs"] + n["Qs"],
        "Os": n["Os"] + n["Xs"],
        "Nv": n["Nv"],
        "Sv": n["Sv"],
        "Vv": n["Vv"],
        "Fv": n["Fv"] + n["Qv"],
        "Ov": n["Ov"] + n["Xv"],
        "No": n["No"] + n["Nx"],
        "So": n["So"] + n["Sx"],
        "Vo": n["Vo"] + n["Vx"],
        "Fo": n["Fo"] + n["Fx"] + n["Qo"] + n["Qx"],
    }
    assert row.to_dict() == expected
    assert list(row.index) == COUNTS


def ratio(pairs, is_right, is_counted):
    counted = [pair for pair in pairs if is_counted(*pair)]
    right = [pair for pair in counted if is_right(*pair)]
    return len(right) / len(counted) if counted else math.nan


def statistics_of_pairs(pairs, fusion=""):
    """Compute the statistics pair by pair, from what they mean and not from counts."""
    found = standard_statistics(pairs, fusion)
    for kind in ("qrs", "veb", "sveb"):
        se, pp = found[f"{kind}_se"], found[f"{kind}_pp"]
        if math.isnan(se) or math.isnan(pp):
            f1 = math.nan if math.isnan(se) and math.isnan(pp) else 0
        else:
            f1 = 2 * se * pp / (se + pp) if se + pp else 0
        found[f"{kind}_f1"] = f1
    return found


def standard_statistics(pairs, fusion):
    beats, called = "NSVFQ", "nsvfq"

    def is_match(r, t):
        return r in beats and t in called

    return {
        "qrs_se": ratio(pairs, is_match, lambda r, t: r in beats),
        "qrs_pp": ratio(pairs, is_match, lambda r, t: t in called),
        "veb_se": ratio(pairs, lambda r, t: t == "v", lambda r, t: r == "V"),
        "veb_pp": ratio(
            pairs, lambda r, t: r == "V", lambda r, t: t == "v" and r not in "FQ"
        ),
        "veb_fpr": ratio(
            pairs,
            lambda r, t: t == "v",
            lambda r, t: r != "V" and t in called and not (t == "v" and r in "FQ"),
        ),
        "sveb_se": ratio(pairs, lambda r, t: t == "s", lambda r, t: r == "S"),
        "sveb_pp": ratio(
            pairs,
            lambda r, t: r == "S",
            lambda r, t: t == "s" and r in "NSVOX" + fusion,
        ),
    }


@pytest.mark.parametrize("seed", range(5))
def test_statistics_against_a_count_of_the_raw_pairs(seed):
    rng = np.random.default_rng(seed)
    names = [r + t for r in "NSVFQOX" for t in "nsvfqox" if r + t not in NEVER]
    pairs = [rng.choice(names, size=n).tolist() for n in (200, 20, 3)]
    table = pd.DataFrame(
        [{name: row.count(name) for name in names} for row in pairs]
    ).rename_axis("record")
    report = EC57Report(table, pd.Series(np.zeros(3)))
    for i, row in enumerate(pairs):
        expected = statistics_of_pairs(row, fusion="F")
        assert report.records.iloc[i].to_dict() == pytest.approx(expected, nan_ok=True)
    everything = [pair for row in pairs for pair in row]
    expected = statistics_of_pairs(everything)
    assert report.gross.to_dict() == pytest.approx(expected)
    # The mean of unrounded statistics by the gross formulas, where there are any.
    for name, mean in report.average.items():
        rows = [statistics_of_pairs(row)[name] for row in pairs]
        defined = [value for value in rows if not math.isnan(value)]
        assert mean == pytest.approx(sum(defined) / len(defined), abs=1e-15)


def test_statistics_worked_out_by_hand():
    report = line_row(
        Nn=80, Nv=2, Nf=1, No=3, Ss=6, Sn=2, Sx=2, Vv=10, Vn=3, Vs=1, Vo=1,
        Fn=1, Fv=4, Fs=2, Qs=5, Qq=1, Qx=2, On=3, Ov=1, Xv=1, Xs=1,
    )  # fmt: skip
    # Matched: 83 of N, 8 of S, 14 of V, 7 of F, 6 of Q are 118; missed: 3 + 2 + 1 + 2.
    # Surplus: 3 + 1 + 1 + 1.
    # VEB: 10 of 3 + 1 + 10 + 1; called V and N, S, V or surplus: 2 + 10 + 2 (not Fv).
    # False V: 2 + 2; others that are no V and not called so: 81 + 8 of N and S, 3 of F
    # (Fn, Fs), 6 of Q, and 3 + 1 surplus: 102.
    # SVEB: 6 of 2 + 6 + 2; called S: 1 + 6 + 1 surplus, and Fs 2 in the record's.
    row = report.records.iloc[0]
    assert row["qrs_se"] == pytest.approx(118 / 126)
    assert row["qrs_pp"] == pytest.approx(118 / 124)
    assert row["veb_se"] == pytest.approx(10 / 15)
    assert row["veb_pp"] == pytest.approx(10 / 14)
    assert row["veb_fpr"] == pytest.approx(4 / 106)
    assert row["sveb_se"] == pytest.approx(6 / 10)
    assert row["sveb_pp"] == pytest.approx(6 / 10)
    assert report.gross["sveb_pp"] == pytest.approx(6 / 8)


def test_the_average_is_that_of_unrounded_fractions():
    # Sensitivities 1/3, 2/3 and undefined: the mean of the two is 1/2. Of three times
    # 2/3, printed 66.67, it is 2/3.
    y_true = list("VVVVVVN")
    report = ec57_report(y_true, list("VNNVVNN"), list("aaabbbc"))
    assert report.average["veb_se"] == pytest.approx(0.5)
    report = ec57_report(list("VVV" * 3), list("VVN" * 3), list("aaabbbccc"))
    assert report.average["veb_se"] == pytest.approx(2 / 3, abs=1e-12)
    assert report.gross["veb_se"] == pytest.approx(2 / 3, abs=1e-12)


def test_the_average_uses_the_gross_formulas():
    # The fusion beat called S counts in the record's SVEB +P, 1 of 2, but not in the
    # gross and the average one, 1 of 1.
    report = ec57_report(list("SF"), list("SS"))
    assert report.records.loc["all", "sveb_pp"] == 0.5
    assert report.gross["sveb_pp"] == report.average["sveb_pp"] == 1


def test_the_average_rr_error_is_that_of_printed_figures():
    table = line_row(Nn=1).pairings
    table = pd.concat([table] * 3).set_axis(list("abc")).rename_axis("record")
    errors = pd.Series([1.006, 2.006, np.nan], index=list("abc"))
    report = EC57Report(table, errors)
    assert report.average_rr_error == pytest.approx((1.01 + 2.01) / 2, abs=1e-12)
    assert math.isnan(line_row(Nn=1).average_rr_error)
    assert math.isnan(ec57_report(["N"], ["N"]).average_rr_error)


# F1, which is not EC57's


def test_f1_is_marked_as_an_extra():
    report = line_row(Nn=8, Nv=1, Vv=3, Vn=1, On=1, Ss=1, Sn=1)
    # QRS: 15 of 15 reference and of 16 test beats; VEB: 3 of 4 and of 4; SVEB: 1 of 2
    # and of 1.
    expected = {"qrs_f1": 30 / 31, "veb_f1": 6 / 8, "sveb_f1": 2 / 3}
    for row in (report.records.iloc[0], report.gross, report.average):
        assert row[list(expected)].to_dict() == pytest.approx(expected)
    assert list(report.to_percent().columns[-3:]) == list(expected)
    assert report.to_percent().loc["Gross", "veb_f1"] == 75
    for text in (repr(report), report._repr_html_()):
        for heading in ("QRS F1*", "VEB F1*", "SVEB F1*"):
            assert heading in text
        assert (
            "* F1, the harmonic mean of Se and +P, is not a statistic of EC57." in text
        )
        assert "VEB Se*" not in text
    assert "QRS F1*" not in repr(ec57_report(["N"], ["N"]))


def test_f1_is_undefined_only_if_both_parts_are():
    assert line_row(Nn=1).gross[["veb_f1", "sveb_f1"]].isna().all()
    assert line_row(Nv=1, So=1).gross[["veb_f1", "sveb_f1"]].eq(0).all()


def test_printed_figures_are_rounded_as_printf_does():
    # 1 of 32 is 3.125 %, a tie that goes to the even digit, 3.12; 3 of 32 is 9.375 %,
    # which goes to 9.38.
    for n_right, printed in ((1, 3.12), (3, 9.38)):
        y_pred = ["V"] * n_right + ["N"] * (32 - n_right)
        table = ec57_report(["V"] * 32, y_pred).to_percent()
        assert table["veb_se"].to_list() == [printed] * 3


# The report


def test_labels_alone_show_nothing_of_detection():
    report = ec57_report([0, 1, 2, 3, 4], [0, 1, 2, 3, 4])
    for row in (report.records.loc["all"], report.gross, report.average):
        assert row[["qrs_se", "qrs_pp", "qrs_f1"]].isna().all()
        assert row[["veb_se", "veb_pp", "sveb_se", "sveb_pp"]].eq(1).all()
        assert row["veb_fpr"] == 0
    assert report.rr_error is None
    assert (
        report.counts[["On", "Os", "Ov", "No", "So", "Vo", "Fo"]].eq(0).all(axis=None)
    )


def test_codes_and_letters_and_their_containers_are_alike():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 5, size=(2, 300))
    letters = np.array(list("NSVFQ"))[codes]
    records = rng.choice(["100", "101", "102"], size=300)
    wanted = ec57_report(*codes, records).counts
    assert list(wanted.columns) == COUNTS
    assert wanted.index.name == "record"
    assert wanted.index.to_list() == ["100", "101", "102"]
    for y_true, y_pred in [
        letters,
        letters.tolist(),
        letters.astype(object),
        (pd.Series(letters[0]), pd.Categorical(letters[1])),
        codes.astype(float),
        codes.astype(object),
        (pd.Series(codes[0], dtype="Int64"), pd.Series(codes[1], dtype=object)),
        letters.astype(np.dtypes.StringDType()),
        (codes[0].tolist(), codes[1].astype(np.int8)),
    ]:
        counts = ec57_report(y_true, y_pred, list(records)).counts
        pd.testing.assert_frame_equal(counts, wanted)


@pytest.mark.parametrize(
    ("y_true", "y_pred", "message"),
    [
        (["N", 0], ["N", "N"], "y_true must be the codes.*not a mix of both; got '0'"),
        (np.array(["N", 0], object), [0, 0], "y_true must be.*not a mix"),
        (["N", "V"], [0, 2], "y_true and y_pred.*letters in y_true and codes in y_pr"),
        (["N", "X"], ["N", "N"], "y_true must be.*got 'X'"),
        ([0, 1], [0, 5], "y_pred must be.*got 5"),
        ([0, 1], [0, np.nan], "y_pred must be.*got nan"),
        ([True, False], [True, False], "y_true must be.*got bool values"),
        ([0, 1], np.array([0, None]), "y_pred must be.*got object values"),
        ([0, 1], np.ma.array([0, 1], mask=[0, 1]), "y_pred must.* some are masked"),
        ([0, 1], [0, 1, 2], "y_pred must hold one value for each of the 2 beats"),
        (
            [[0, 1]],
            [[0, 1]],
            r"y_true must hold one value per beat, got shape \(1, 2\)",
        ),
        ([], [], "y_true must hold one value per beat"),
    ],
)
def test_labels_that_fit_nothing_are_named(y_true, y_pred, message):
    with pytest.raises(ValueError, match=message):
        ec57_report(y_true, y_pred)


def test_a_beat_without_a_record_is_named():
    with pytest.raises(ValueError, match=r"records holds no name for 1 rows, .* row 1"):
        ec57_report([0, 0, 0], [0, 0, 0], ["100", None, "100"])
    with pytest.raises(ValueError, match="records must be one name for each of"):
        ec57_report([0, 0, 0], [0, 0, 0], ["100"])


def test_the_report_notes_a_record_with_most_of_a_class():
    # b has 3 of 4 S beats; each has half of the V beats, and N is 5 to 5.
    y = list("NNNNNSVVNNNNNSSSVV")
    records = ["a"] * 8 + ["b"] * 10
    report = ec57_report(y, y, records)
    (note,) = report.notes
    assert "record b contains 3 of the 4 S beats (75 %)" in note
    assert "Note: record b contains 3 of the 4 S beats" in repr(report)
    assert note in report._repr_html_()
    assert ec57_report(y, y).notes == ()


def test_missed_beats_count_in_the_note():
    # a has 1 V beat, b has 2, of which none is found.
    reference = {"a": ([100, 200], "NV"), "b": ([100, 200, 300], "NVV")}
    test = {"a": ([100, 200], "NV"), "b": ([100], "N")}
    (note,) = compare_annotations(reference, test, fs=100, sig_len=1000, start=0).notes
    assert "record b contains 2 of the 3 V beats (67 %)" in note


def test_a_long_report_is_cut_in_the_middle_and_ends_with_the_sums():
    records = np.repeat(np.arange(200), 2)
    lines = repr(ec57_report([0, 2] * 200, [0, 2] * 200, records)).splitlines()
    assert len(lines) < 70
    assert [line.split()[0] for line in lines[-3:]] == ["Gross", "Average", "*"]


def test_html_escapes_names():
    page = ec57_report(list("NV"), list("NV"), ["<a>", "b"])._repr_html_()
    assert "<a>" not in page and "&lt;a&gt;" in page


# Single figures and scorers
