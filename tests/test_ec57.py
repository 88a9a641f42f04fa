"""EC57's comparison, counts and statistics, rule by rule.

Most examples run at 100 Hz, so that the window of 0.15 s is 15 samples, on a record of
1,000 samples, from its start. The numbers expected are worked out beside them.
"""

import math
import warnings
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score

from skecg import aami, metrics
from skecg.datasets import fetch_mitdb_beats, make_beats
from skecg.metrics import EC57Report, compare_annotations, ec57_report

COUNTS = "Nn Sn Vn Fn On Ns Ss Vs Fs Os Nv Sv Vv Fv Ov No So Vo Fo".split()
NO_SIGNAL = 0x30


def compare(reference, test, **changed):
    settings = {"fs": 100, "sig_len": 1000, "start": 0, **changed}
    return compare_annotations(reference, test, **settings)


def pairings(reference, test, **changed):
    """Return the pairings that occurred, of the first record."""
    row = compare(reference, test, **changed).pairings.iloc[0]
    return row[row > 0].to_dict()


def normal(*times):
    return list(times), "N" * len(times)


# Labels


def test_every_beat_symbol_has_its_class():
    # ec57.md's lists: N L R B; A a J S e j n; V r E; F; Q / f ?
    by_class = {
        letter: {s for s, c in aami.EC57_MAPPING.items() if c == code}
        for code, letter in enumerate(aami.CLASSES)
    }
    assert by_class == {
        "N": set("NLRB"),
        "S": set("AaJSejn"),
        "V": set("VrE"),
        "F": {"F"},
        "Q": set("Q/f?"),
    }


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ("ec57", {"Nn": 4, "Ss": 7, "Vv": 3, "Ff": 1, "Qq": 4}),
        # e and j move from S to N; nothing else does.
        ("study", {"Nn": 6, "Ss": 5, "Vv": 3, "Ff": 1, "Qq": 4}),
    ],
)
def test_mapping_is_an_option_and_other_marks_are_no_beats(mapping, expected):
    symbols = 'NLRBAaJSejnVrEFQ/f?+"|x!()ptsT'
    marks = (range(0, 30 * len(symbols), 30), symbols)
    assert pairings(marks, marks, mapping=mapping) == expected


# Ventricular flutter and fibrillation


def test_annotations_in_flutter_are_ignored_and_so_are_surplus_beats_there():
    # The reference beat at 200 is ignored. Of the test beats, 100 and 400 match; 150
    # and 250 are exactly at the ends of the period and 200 is inside; 260 is outside.
    reference = [100, 150, 200, 250, 400], "N[V]N"
    assert pairings(reference, normal(100, 150, 200, 250, 260, 400)) == {
        "Nn": 2,
        "On": 1,
    }


def test_flutter_that_does_not_end_lasts_to_the_end():
    assert pairings(([100, 150, 200], "N[N"), normal(100, 900)) == {"Nn": 1}


def test_a_noise_mark_inside_flutter_is_ignored():
    # Else the surplus beat at 500 would fall into a shutdown and be X.
    reference = [100, 150, 200, 250, 900], "N[~]N", [0, 0, NO_SIGNAL, 0, 0]
    assert pairings(reference, normal(100, 500, 900)) == {"Nn": 2, "On": 1}


def test_no_mercy_for_reference_beats_in_flutter_of_the_test_annotator():
    # The test annotator's own beat at 200 is ignored, so the one at 200 is missed.
    test = [100, 150, 200, 250, 400], "N[N]N"
    assert pairings(normal(100, 200, 400), test) == {"Nn": 2, "No": 1}


def test_a_beat_beside_flutter_is_matched_before_it_is_surplus():
    # The test beat at 245 lies in the reference's flutter, but 15 before a beat.
    assert pairings(([100, 150, 250, 260], "N[]N"), normal(100, 245)) == {"Nn": 2}


# Lost signal


@pytest.mark.parametrize("subtype", [NO_SIGNAL, -1, 0x3F])
def test_a_shutdown_pairs_surplus_and_missed_beats_with_x(subtype):
    # Both bits from 200 to 300. Surplus beats at 199 and 301 lie outside, 200, 250
    # and 300 within.
    marks = [100, 200, 300, 400], "N~~N", [0, subtype, 0x10, 0]
    beats = normal(100, 199, 230, 250, 300, 301, 400)
    assert pairings(marks, beats) == {"Nn": 2, "On": 2, "Xn": 3}
    assert pairings(beats, marks) == {"Nn": 2, "No": 2, "Nx": 3}


@pytest.mark.parametrize("subtype", [0, 0x0F, 0x10, 0x20])
def test_one_of_the_bits_starts_no_shutdown(subtype):
    marks = [100, 200, 300, 400], "N~~N", [0, subtype, 0, 0]
    assert pairings(marks, normal(100, 250, 400)) == {"Nn": 2, "On": 1}


def test_a_shutdown_goes_on_until_a_mark_without_both_bits():
    # The second mark has both; so 350 is within.
    marks = [100, 200, 300, 390, 500], "N~~~N", [0, 0x30, 0x30, 0, 0]
    assert pairings(marks, normal(100, 350, 500)) == {"Nn": 2, "Xn": 1}


@pytest.mark.parametrize("sides", ["reference", "test"])
def test_a_shutdown_that_a_beat_ends_is_bounded_by_the_beats(sides):
    # It lasts from 100 + 15 to 400 - 15: 116 is within, though the mark stands at 200,
    # and 386 outside. The event mark at 250 ends nothing.
    marks = [100, 200, 250, 400], "N~+N", [0, NO_SIGNAL, 0, 0]
    beats = normal(100, 116, 385, 386, 400)
    if sides == "reference":
        assert pairings(marks, beats) == {"Nn": 2, "Xn": 2, "On": 1}
    else:
        assert pairings(beats, marks) == {"Nn": 2, "Nx": 2, "No": 1}


def test_such_a_shutdown_may_lie_between_ends_of_flutter():
    # From ']' at 150 + 15 to '[' at 300 - 15: 164 and 286 are outside. The surplus
    # beats are 40 and more from the reference beats at 100 and 400.
    marks = [100, 140, 150, 200, 300, 310, 400], "N[]~[]N", [0, 0, 0, -1, 0, 0, 0]
    beats = normal(100, 164, 165, 285, 286, 400)
    assert pairings(marks, beats) == {"Nn": 2, "Xn": 2, "On": 2}


def test_a_shutdown_without_a_beat_before_it_lasts_from_the_start():
    # The surplus beat at 20 is before the mark, and farther than a window from start.
    marks = [50, 400], "~N", [NO_SIGNAL, 0]
    assert pairings(marks, normal(20, 400)) == {"Nn": 1, "Xn": 1}


def test_a_shutdown_that_nothing_ends_lasts_to_the_end():
    marks = [100, 200], "N~", [0, NO_SIGNAL]
    assert pairings(marks, normal(100, 150, 990)) == {"Nn": 1, "On": 1, "Xn": 1}


# The first beats


def test_reference_beats_before_start_are_left_out():
    # start is at sample 200; the beat there counts.
    beats = normal(100, 199, 200, 300)
    assert pairings(beats, beats, start=2) == {"Nn": 2}


def test_the_last_test_beat_before_start_may_pair():
    # 195 is 10 from 205 and the next, 220, is 15 from it: 195 pairs, 220 is surplus.
    assert pairings(normal(205, 300), normal(195, 220, 300), start=2) == {
        "Nn": 2,
        "On": 1,
    }


def test_it_does_not_where_the_next_test_beat_is_as_near():
    # Both are 10 from 205: 195 is out, and not counted as surplus either.
    assert pairings(normal(205, 300), normal(195, 215, 300), start=2) == {"Nn": 2}


def test_it_does_not_beyond_the_window():
    # 16 apart. Then 205 is missed, as the next test beat is far off.
    assert pairings(normal(205, 300), normal(189, 300), start=2) == {"Nn": 1, "No": 1}
    assert pairings(normal(205, 300), normal(190, 300), start=2) == {"Nn": 2}


def test_the_first_test_beat_is_passed_over_where_the_next_is_nearer():
    # 215 is 15 from start; 240 is nearer to 245. So 215 is not counted.
    assert pairings(normal(245, 300), normal(215, 240, 300), start=2) == {"Nn": 2}
    # 216 is not within a window of start, so it is surplus.
    assert pairings(normal(245, 300), normal(216, 240, 300), start=2) == {
        "Nn": 2,
        "On": 1,
    }


def test_it_is_counted_where_the_next_is_as_far():
    # 210 and 220 are both 5 from 215. The walk then meets 210 first: it is 5 from
    # 215, the next is 5 as well, and the next reference beat is 80 from that. So 210
    # is surplus and 220 pairs.
    assert pairings(normal(215, 300), normal(210, 220, 300), start=2) == {
        "Nn": 2,
        "On": 1,
    }


def test_only_one_test_beat_is_passed_over():
    # 201 is passed over; 203 is next, and surplus as any other.
    assert pairings(normal(245), normal(201, 203, 245), start=2) == {"Nn": 1, "On": 1}


def test_start_is_five_minutes_unless_told():
    beats = normal(0, 29_999, 30_000, 30_100)
    report = compare_annotations(beats, beats, fs=100, sig_len=40_000)
    assert report.counts["Nn"].item() == 2


# Matching


@pytest.mark.parametrize("late", [normal(115), normal(85)])
def test_the_window_is_closed(late):
    # 15 samples apart, before or after.
    assert pairings(normal(100), late) == {"Nn": 1}


@pytest.mark.parametrize("late", [normal(116), normal(84)])
def test_beyond_the_window_a_beat_is_missed_and_one_is_surplus(late):
    assert pairings(normal(100), late) == {"No": 1, "On": 1}


def test_the_window_is_rounded_down():
    # 0.15 s at 250 Hz are 37.5 samples.
    assert pairings(normal(100), normal(137), fs=250) == {"Nn": 1}
    assert pairings(normal(100), normal(138), fs=250) == {"No": 1, "On": 1}


def test_the_window_is_an_option_that_floating_point_does_not_spoil():
    # 0.29 * 100 is 28.999999999999996 to a computer.
    assert pairings(normal(100), normal(129), window=0.29) == {"Nn": 1}
    assert pairings(normal(100), normal(130), window=0.29) == {"No": 1, "On": 1}


def test_an_early_test_beat_loses_to_a_nearer_one():
    # 90 is 10 from 100, 95 is 5: 90 is surplus. T' is far, so nothing saves it.
    assert pairings(normal(100, 300), normal(90, 95, 300)) == {"Nn": 2, "On": 1}


def test_an_early_test_beat_loses_a_tie():
    # 95 and 105 are both 5 from 100, "less" is strict: 95 is surplus.
    assert pairings(([100, 300], "VN"), ([95, 105, 300], "NVN")) == {
        "Vv": 1,
        "Nn": 1,
        "On": 1,
    }


def test_an_early_test_beat_pairs_if_its_rival_has_a_nearer_partner():
    # t = 90, T = 100: 10 apart; t' = 104 is nearer (4), but T' = 105 is 1 from it,
    # less than 4. So 90 pairs with 100 and 104 with 105.
    assert pairings(([100, 105], "NV"), ([90, 104], "NV")) == {"Nn": 1, "Vv": 1}


def test_it_does_not_if_that_partner_is_as_far():
    # T' = 108 is 4 from t' = 104, which is not less than 4: 90 is surplus. Now 100 and
    # 104 are 4 apart, but 108 is as near to 104 (and no test beat comes after it): 100
    # is missed, and 104 pairs with 108.
    assert pairings(([100, 108], "NV"), ([90, 104], "NS")) == {
        "On": 1,
        "No": 1,
        "Vs": 1,
    }


def test_the_same_holds_for_an_early_reference_beat():
    # The four cases above with sides exchanged, where missed stands for surplus.
    assert pairings(normal(90, 95, 300), normal(100, 300)) == {"Nn": 2, "No": 1}
    assert pairings(([95, 105], "NV"), ([100], "V")) == {"Vv": 1, "No": 1}
    assert pairings(([90, 104], "NV"), ([100, 105], "NV")) == {"Nn": 1, "Vv": 1}
    assert pairings(([90, 104], "NS"), ([100, 108], "NV")) == {
        "No": 1,
        "On": 1,
        "Sv": 1,
    }


def test_two_beats_at_one_time_count_as_two():
    # At 100 the reference beat comes first: it is 0 from the test beat, but so is the
    # next reference beat, and t' is farther than that. So it is missed.
    assert pairings(([100, 100], "NV"), ([100], "V")) == {"No": 1, "Vv": 1}


def test_a_list_that_ended_is_infinitely_late():
    # The last test beat has no rival; then two reference beats have no partner.
    assert pairings(normal(100, 200, 300), normal(90)) == {"Nn": 1, "No": 2}
    assert pairings(normal(100), ([], "")) == {"No": 1}
    assert pairings(([], ""), normal(100)) == {"On": 1}


def test_it_goes_on_while_either_beat_is_within_the_record():
    # 998 is within and pairs with 1005, which is not; 1100 is never reached.
    assert pairings(normal(998, 1100), normal(1005, 1100)) == {"Nn": 1}
    # 999 is the last sample: a beat there counts, one at 1000 does not.
    assert pairings(normal(960), normal(960, 999)) == {"Nn": 1, "On": 1}
    assert pairings(normal(960), normal(960, 1000)) == {"Nn": 1}
    assert pairings(normal(960, 1000), normal(960)) == {"Nn": 1}


def by_the_rules(reference, test, window=15, end=900):
    """Walk two lists of (time, letter) as the rules read, in other words than skecg."""
    never = 10**9
    pairs = Counter()
    reference, test = list(reference), list(test)
    while True:
        ref, nxt_ref = [*reference, (never, ""), (never, "")][:2]
        tst, nxt_tst = [*test, (never, ""), (never, "")][:2]
        (T, N), (t, n) = ref, tst
        T_, t_ = nxt_ref[0], nxt_tst[0]
        if T >= end and t >= end:
            return pairs
        if t < T:
            if T - t <= window and (T - t < abs(T - t_) or abs(T_ - t_) < abs(T - t_)):
                pairs[N + n.lower()] += 1
                reference, test = reference[1:], test[1:]
            else:
                pairs["O" + n.lower()] += 1
                test = test[1:]
        elif t - T <= window and (t - T < abs(t - T_) or abs(t_ - T_) < abs(t - T_)):
            pairs[N + n.lower()] += 1
            reference, test = reference[1:], test[1:]
        else:
            pairs[N + "o"] += 1
            reference = reference[1:]


@pytest.mark.parametrize("seed", range(20))
def test_crowded_beats_against_the_rules_spelt_out(seed):
    rng = np.random.default_rng(seed)

    def annotator():
        # None so near the start that it would be passed over; some beyond the end.
        times = np.sort(rng.integers(20, 1000, size=rng.integers(40, 120)))
        return times.tolist(), rng.choice(list("NSVFQ"), size=len(times)).tolist()

    reference, test = annotator(), annotator()
    pairs = [list(zip(*marks, strict=True)) for marks in (reference, test)]
    assert pairings(reference, test, sig_len=900) == dict(by_the_rules(*pairs))


# RR intervals


def test_rr_error_is_the_root_of_the_mean_square_in_milliseconds():
    # Reference intervals 100, 100, 100; test intervals 103, 97, 104. Differences 3, -3
    # and 4 samples: the root of 34 / 3, times 10 ms.
    report = compare(normal(100, 200, 300, 400), normal(100, 203, 300, 404))
    assert report.rr_error.item() == pytest.approx(10 * math.sqrt(34 / 3))


def test_rr_error_counts_the_intervals_of_surplus_beats_too():
    # Test beats at 100, 150 and 200: the pair at 200 has intervals 100 and 50.
    report = compare(normal(100, 200), normal(100, 150, 200))
    assert report.rr_error.item() == pytest.approx(500)


def test_rr_error_leaves_out_intervals_across_flutter_and_shutdown():
    # Pairs at 100 (first), 200 (2 off), 400 (across flutter), 500 (across a shutdown)
    # and 610 (4 off): the root of (4 + 16) / 2.
    reference = [100, 200, 250, 300, 400, 500, 610], "NN[]NNN"
    test = (
        [100, 202, 402, 430, 450, 509, 623],
        "NNN~~NN",
        [0, 0, 0, NO_SIGNAL, 0, 0, 0],
    )
    report = compare(reference, test)
    assert report.counts["Nn"].item() == 5
    assert report.rr_error.item() == pytest.approx(10 * math.sqrt(10))


def test_rr_error_knows_the_interval_across_start():
    # The beats at 100 are not compared, but the intervals from them are known.
    report = compare(normal(100, 200), normal(104, 200), start=1.5)
    assert report.rr_error.item() == pytest.approx(40)


def test_rr_error_is_missing_where_no_pair_has_intervals():
    assert math.isnan(compare(normal(100), normal(100)).rr_error.item())


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
    # The mean of what is printed, over the records where there is something printed.
    for name, mean in report.average.items():
        printed = [
            float(f"{100 * value:.2f}")
            for value in (statistics_of_pairs(row, "F")[name] for row in pairs)
            if not math.isnan(value)
        ]
        assert mean == pytest.approx(sum(printed) / len(printed) / 100, abs=1e-15)


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


def test_the_average_is_that_of_printed_figures():
    # Sensitivities 1/3, 2/3 and undefined are printed 33.33 and 66.67; 2/3, 2/3 and
    # 2/3 are 66.67 each, whose mean is not 2/3.
    y_true = list("VVVVVVN")
    report = ec57_report(y_true, list("VNNVVNN"), list("aaabbbc"))
    assert report.average["veb_se"] == pytest.approx(0.5)
    report = ec57_report(list("VVV" * 3), list("VVN" * 3), list("aaabbbccc"))
    assert report.average["veb_se"] == pytest.approx(0.6667, abs=1e-12)
    assert report.gross["veb_se"] == pytest.approx(2 / 3, abs=1e-12)


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
        assert row[["qrs_se", "qrs_pp"]].isna().all()
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
        (codes[0].tolist(), codes[1].astype(np.int8)),
    ]:
        counts = ec57_report(y_true, y_pred, list(records)).counts
        pd.testing.assert_frame_equal(counts, wanted)


@pytest.mark.parametrize(
    ("y_true", "y_pred", "message"),
    [
        (["N", 0], ["N", "N"], "y_true must be the codes.*never a mix; got '0'"),
        (np.array(["N", 0], object), [0, 0], "y_true must be.*never a mix"),
        (["N", "V"], [0, 2], "y_true and y_pred.*letters in y_true and codes in y_pr"),
        (["N", "X"], ["N", "N"], "y_true must be.*got 'X'"),
        ([0, 1], [0, 5], "y_pred must be.*got 5"),
        ([0, 1], [0, np.nan], "y_pred must be.*got nan"),
        ([True, False], [True, False], "y_true must be.*got bool values"),
        ([0, 1], [0, 1, 2], "y_pred must hold one value for each of the 2 beats"),
        ([[0, 1]], [[0, 1]], r"y_true must hold one value a beat, got shape \(1, 2\)"),
        ([], [], "y_true must hold one value a beat"),
    ],
)
def test_labels_that_fit_nothing_are_named(y_true, y_pred, message):
    with pytest.raises(ValueError, match=message):
        ec57_report(y_true, y_pred)


def test_a_beat_without_a_record_is_named():
    with pytest.raises(ValueError, match=r"records must name .* the first at row 1"):
        ec57_report([0, 0, 0], [0, 0, 0], ["100", None, "100"])
    with pytest.raises(ValueError, match="records must hold one value for each of"):
        ec57_report([0, 0, 0], [0, 0, 0], ["100"])


def test_the_report_notes_a_record_with_most_of_a_class():
    # b has 3 of 4 S beats; each has half of the V beats, and N is 5 to 5.
    y = list("NNNNNSVVNNNNNSSSVV")
    records = ["a"] * 8 + ["b"] * 10
    report = ec57_report(y, y, records)
    (note,) = report.notes
    assert "record b holds 3 of the 4 S beats (75 %)" in note
    assert "Note: record b holds 3 of the 4 S beats" in repr(report)
    assert note in report._repr_html_()
    assert ec57_report(y, y).notes == ()


def test_missed_beats_count_in_the_note():
    # a has 1 V beat, b has 2, of which none is found.
    reference = {"a": ([100, 200], "NV"), "b": ([100, 200, 300], "NVV")}
    test = {"a": ([100, 200], "NV"), "b": ([100], "N")}
    (note,) = compare(reference, test).notes
    assert "record b holds 2 of the 3 V beats (67 %)" in note


def test_a_long_report_is_cut_in_the_middle_and_ends_with_the_sums():
    records = np.repeat(np.arange(200), 2)
    lines = repr(ec57_report([0, 2] * 200, [0, 2] * 200, records)).splitlines()
    assert len(lines) < 70
    assert [line.split()[0] for line in lines[-2:]] == ["Gross", "Average"]


def test_html_escapes_names():
    page = ec57_report(list("NV"), list("NV"), ["<a>", "b"])._repr_html_()
    assert "<a>" not in page and "&lt;a&gt;" in page


# Several records, and arguments


def test_dicts_make_a_row_a_record():
    # At 250 Hz the window is 37 samples, at 100 Hz it is 15.
    reference = {"b": normal(100, 200), "a": normal(100)}
    test = {"a": normal(120), "b": normal(120, 200)}
    report = compare(
        reference, test, fs={"a": 250, "b": 100}, sig_len={"a": 900, "b": 190}
    )
    assert report.counts.index.to_list() == ["b", "a"]
    # b ends at 190, so that its beats at 200 are not reached.
    assert report.counts[["Nn", "No", "On"]].to_numpy().tolist() == [
        [0, 1, 1],
        [1, 0, 0],
    ]
    assert list(report.rr_error.index) == ["b", "a"]


BEATS = ([100, 200], ["N", "V"])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"reference": [100, 200]}, "reference must be a wfdb.Annotation or a tuple"),
        ({"test": ([100], ["N", "V"])}, "test must have a symbol .* 1 samples, 2 sym"),
        ({"test": (*BEATS, [0])}, "test must have .* and 1 subtypes"),
        ({"test": ([1.5, 2], "NN")}, "test's samples must be whole numbers"),
        ({"test": ([200, 100], "NN")}, "test's samples must not .* sort"),
        ({"reference": ([-1, 100], "NN")}, "reference's samples must not be negative"),
        ({"test": ([100, 200], ["N", "PVC"])}, "test's symbols must be .* got 'PVC'"),
        ({"test": ([100, 200], [0, 2])}, "test's symbols must be PhysioNet's.* got 0"),
        ({"test": {"a": BEATS}}, "reference and test must both be"),
        ({"reference": {"a": BEATS}, "test": {"b": BEATS}}, "the same records.* a, b"),
        ({"reference": {}, "test": {}}, "reference must hold at least one record"),
        ({"fs": 0}, "fs must be a number of hertz above 0, got 0"),
        ({"fs": {"b": 100}}, "fs lacks record 'record'"),
        ({"sig_len": 10.5}, "sig_len must be a whole number .* got 10.5"),
        ({"sig_len": 0}, "sig_len must be .* got 0"),
        ({"start": -1}, "start must be a number of seconds"),
        ({"start": 10}, "start must lie within the record, got 10 s .* of 10.0 s"),
        ({"window": None}, "window must be a number of seconds"),
        ({"mapping": "aami"}, "mapping must be 'ec57' or 'study', got 'aami'"),
    ],
)
def test_arguments_that_do_not_fit_are_named(changed, message):
    with pytest.raises(ValueError, match=message):
        compare(**{"reference": BEATS, "test": BEATS, **changed})


# Single figures and scorers

FIGURES = ("veb_se", "veb_pp", "veb_fpr", "sveb_se", "sveb_pp")


def test_figures_are_the_gross_ones_of_the_report():
    rng = np.random.default_rng(1)
    y_true, y_pred = rng.integers(0, 5, size=(2, 200))
    gross = ec57_report(y_true, y_pred, rng.integers(0, 3, size=200)).gross
    for name in FIGURES:
        assert getattr(metrics, name)(y_true, y_pred) == gross[name]
    for ectopic in ("veb", "sveb"):
        se, pp = gross[f"{ectopic}_se"], gross[f"{ectopic}_pp"]
        f1 = getattr(metrics, f"{ectopic}_f1")(y_true, y_pred)
        assert f1 == pytest.approx(2 * se * pp / (se + pp))


@pytest.mark.parametrize("name", [*FIGURES, "veb_f1", "sveb_f1"])
def test_a_weight_is_a_repetition(name):
    rng = np.random.default_rng(2)
    y_true, y_pred = rng.integers(0, 5, size=(2, 50))
    weight = rng.integers(0, 4, size=50)
    figure = getattr(metrics, name)
    repeated = figure(np.repeat(y_true, weight), np.repeat(y_pred, weight))
    assert figure(y_true, y_pred, sample_weight=weight) == pytest.approx(repeated)


def test_weights_that_do_not_fit_are_named():
    for weight in ([1], [1, -1], [1, np.nan]):
        with pytest.raises(ValueError, match="sample_weight must"):
            metrics.veb_f1([0, 2], [0, 2], sample_weight=weight)


def test_undefined_figures_are_nan_or_what_the_caller_says():
    # No V or S beat, and none called so: only the false-positive rate is defined.
    for name in ("veb_se", "veb_pp", "veb_f1", "sveb_se", "sveb_pp", "sveb_f1"):
        figure = getattr(metrics, name)
        assert math.isnan(figure(["N", "F"], ["N", "F"]))
        assert figure(["N", "F"], ["N", "F"], zero_division=0.0) == 0
    assert metrics.veb_fpr(["N", "F"], ["N", "F"]) == 0
    # Nothing called V: +P is undefined, and F1 is 0. No V beat: so is Se.
    assert metrics.veb_f1(["N", "V"], ["N", "N"]) == 0
    assert metrics.veb_f1(["N", "N"], ["N", "V"]) == 0
    # A fusion beat called V is neither, so F1 is undefined.
    assert math.isnan(metrics.veb_f1(["N", "F"], ["N", "V"]))


def test_scorers_serve_searches_and_cross_validation():
    beats = make_beats(300, n_subjects=6, random_state=0)
    names = [name for name in metrics.__all__ if name.endswith("_scorer")]
    assert len(names) == 6
    for name in names:
        scorer = getattr(metrics, name)
        model = LogisticRegression().fit(beats.data, beats.target)
        figure = getattr(metrics, name.removeprefix("ec57_").removesuffix("_scorer"))
        expected = figure(beats.target, model.predict(beats.data), zero_division=0.0)
        assert scorer(model, beats.data, beats.target) == expected
    search = GridSearchCV(
        DummyClassifier(),
        {"strategy": ["most_frequent", "stratified"]},
        cv=GroupKFold(3),
        scoring={"v": metrics.ec57_veb_f1_scorer, "s": metrics.ec57_sveb_f1_scorer},
        refit="v",
    )
    search.fit(beats.data, beats.target, groups=beats.groups)
    # Calling all beats N finds no V beat: 0, not undefined.
    assert search.cv_results_["mean_test_v"][0] == 0
    assert np.isfinite(search.cv_results_["mean_test_s"]).all()


def test_a_scorer_gives_0_where_its_figure_is_undefined():
    model = DummyClassifier().fit([[0], [1]], [0, 0])
    for scorer in (metrics.ec57_veb_pp_scorer, metrics.ec57_sveb_f1_scorer):
        assert cross_val_score(
            model, [[0]] * 6, [0] * 6, cv=2, scoring=scorer
        ).tolist() == [0, 0]


# The real records


@pytest.fixture(scope="module")
def annotations(mitdb):
    """Every record's reference annotations as wfdb has them."""
    with warnings.catch_warnings():
        # wfdb 4.3 calls what pandas 3.1 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        import wfdb

        return {r: wfdb.rdann(str(mitdb.path / r), "atr") for r in mitdb.records}


SIG_LEN = 650_000


def degraded(annotation, rng):
    """Drop a twentieth of the beats, relabel and add as many, shift all a little."""
    marks = []
    for time, symbol, subtype in zip(
        annotation.sample, annotation.symbol, annotation.subtype, strict=True
    ):
        if symbol in aami.EC57_MAPPING:
            if rng.random() < 0.05:
                continue
            if rng.random() < 0.05:
                symbol = str(rng.choice(list("NAVFQ")))
            time = np.clip(time + rng.integers(-20, 21), 0, SIG_LEN - 1)
        marks.append((int(time), symbol, int(subtype)))
    extra = rng.integers(0, SIG_LEN, size=len(marks) // 20)
    marks += [(int(time), str(rng.choice(list("NAV"))), 0) for time in extra]
    marks.sort(key=lambda mark: mark[0])
    return tuple(list(column) for column in zip(*marks, strict=True))


def beats_after(annotation, first, mapping):
    """Count a record's beats by class outside flutter, by hand."""
    found = Counter()
    inside = False
    for time, symbol in zip(annotation.sample, annotation.symbol, strict=True):
        inside = symbol == "[" or (inside and symbol != "]")
        if symbol in mapping and not inside and time >= first:
            found[aami.CLASSES[mapping[symbol]]] += 1
    return found


@pytest.mark.real
@pytest.mark.parametrize("start", [0, 300.0])
def test_the_reference_agrees_with_itself(annotations, start):
    report = compare_annotations(
        annotations, annotations, fs=360, sig_len=SIG_LEN, start=start
    )
    assert report.counts.index.to_list() == list(annotations)
    assert report.records[["qrs_se", "qrs_pp"]].eq(1).all(axis=None)
    assert report.gross.drop("veb_fpr").eq(1).all()
    assert report.gross["veb_fpr"] == 0
    assert report.rr_error.eq(0).all()
    # One record alone is named after its annotation and has the same counts.
    alone = compare_annotations(
        annotations["207"], annotations["207"], fs=360, sig_len=SIG_LEN, start=start
    )
    pd.testing.assert_frame_equal(alone.counts, report.counts.loc[["207"]])


@pytest.mark.real
@pytest.mark.parametrize("mapping", ["ec57", "study"])
@pytest.mark.parametrize("start", [0, 300.0])
def test_no_reference_beat_is_lost_or_counted_twice(annotations, start, mapping):
    rng = np.random.default_rng(0)
    test = {record: degraded(marks, rng) for record, marks in annotations.items()}
    report = compare_annotations(
        annotations, test, fs=360, sig_len=SIG_LEN, start=start, mapping=mapping
    )
    symbols = aami.EC57_MAPPING if mapping == "ec57" else aami.STUDY_MAPPING
    for record, marks in annotations.items():
        expected = beats_after(marks, start * 360, symbols)
        row = report.pairings.loc[record]
        for letter in "NSVFQ":
            assert row[[letter + t for t in "nsvfqox"]].sum() == expected[letter]
    # 5 % were dropped, and 5 % of others' labels drawn anew from five.
    assert 0.94 < report.gross["qrs_se"] < 0.97
    assert 0.90 < report.gross["veb_se"] < 0.93
    assert report.gross["veb_pp"] < report.gross["veb_se"]
    assert report.rr_error.gt(0).all()


@pytest.mark.real
def test_record_232_is_noted_unasked(annotations):
    """Check that it is: it has 75 % of the S beats of DS2, 67 % as bxb counts."""
    beats = fetch_mitdb_beats(subset="all")
    in_ds2 = np.isin(beats.records, aami.DS2)
    y = beats.target[in_ds2]
    report = ec57_report(y, y, beats.records[in_ds2])
    # The public set lacks the last beat of each record, here one of S.
    assert "record 232 holds 1,381 of the 1,836 S beats (75 %)" in repr(report)
    ds2 = {record: annotations[record] for record in aami.DS2}
    report = compare_annotations(ds2, ds2, fs=360, sig_len=SIG_LEN, start=0)
    assert "record 232 holds 1,383 of the 2,050 S beats (67 %)" in repr(report)
    report = compare_annotations(
        ds2, ds2, fs=360, sig_len=SIG_LEN, start=0, mapping="study"
    )
    assert "record 232 holds 1,382 of the 1,837 S beats (75 %)" in repr(report)
