"""The beat-by-beat comparison, rule by rule, and on the real records.

Most examples run at 100 Hz, so that the window of 0.15 s is 15 samples, on a record of
1,000 samples, from its start. The numbers expected are worked out beside them.
"""

import math
import warnings
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from skecg import aami
from skecg.datasets import fetch_mitdb_beats
from skecg.metrics import compare_annotations, ec57_report

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
    # PhysioNet's symbols as bxb sorts them: N L R B; A a J S e j n; V r E; F; Q / f ?
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
