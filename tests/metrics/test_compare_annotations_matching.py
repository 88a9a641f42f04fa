"""Which test beat belongs to which reference beat, rule by rule."""

from collections import Counter

import numpy as np
import pytest
from annotators import normal, pairings

from skecg.metrics import compare_annotations

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


def test_no_test_beat_is_passed_over_at_the_start_of_the_record():
    # Without a start, no reference beat can precede it: 10 is surplus.
    assert pairings(normal(45, 100), normal(10, 40, 100)) == {"Nn": 2, "On": 1}


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


def test_the_window_may_be_a_second():
    assert pairings(normal(100), normal(200), window=1) == {"Nn": 1}
    assert pairings(normal(100), normal(201), window=1) == {"No": 1, "On": 1}


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
