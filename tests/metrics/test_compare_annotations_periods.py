"""Beats in fibrillation and where the signal was lost, rule by rule."""

import pytest
from annotators import NO_SIGNAL, normal, pairings

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


@pytest.mark.parametrize("sides", ["reference", "test"])
def test_a_shutdown_that_a_beat_ends_is_bounded_by_the_beats(sides):
    # From 100 + 15 to 400 - 15: 116 and 385 are inside, although the noise annotation
    # is at 200. 386 is outside.
    marks = [100, 200, 400], "N~N", [0, NO_SIGNAL, 0]
    beats = normal(100, 116, 385, 386, 400)
    if sides == "reference":
        assert pairings(marks, beats) == {"Nn": 2, "Xn": 2, "On": 1}
    else:
        assert pairings(beats, marks) == {"Nn": 2, "Nx": 2, "No": 1}


@pytest.mark.parametrize("symbol", list('+"|s]'))
@pytest.mark.parametrize("sides", ["reference", "test"])
def test_any_annotation_ends_a_shutdown(sides, symbol):
    # From 100 + 15 to 250 - 15: 116 is inside, 385 and 386 are outside.
    marks = [100, 200, 250, 400], f"N~{symbol}N", [0, NO_SIGNAL, 0, 0]
    beats = normal(100, 116, 385, 386, 400)
    if sides == "reference":
        assert pairings(marks, beats) == {"Nn": 2, "Xn": 1, "On": 2}
    else:
        assert pairings(beats, marks) == {"Nn": 2, "Nx": 1, "No": 2}


def test_a_noise_mark_with_both_bits_ends_a_shutdown_and_starts_another():
    # The first lasts from 100 + 15 to 300 - 15, the second from 300 to 390: 290 and 391
    # are in neither.
    marks = [100, 200, 300, 390, 500], "N~~~N", [0, 0x30, 0x30, 0, 0]
    beats = normal(100, 150, 160, 290, 300, 391, 500)
    assert pairings(marks, beats) == {"Nn": 2, "Xn": 3, "On": 2}


def test_a_shutdown_never_ends_before_it_starts():
    # 15 samples after 100 is 115, and 15 before 120 is 105: the shutdown is 115 alone.
    marks = [100, 110, 120, 400], "N~+N", [0, NO_SIGNAL, 0, 0]
    beats = normal(100, 106, 115, 300, 400)
    assert pairings(marks, beats) == {"Nn": 2, "On": 2, "Xn": 1}


def test_an_annotation_that_ends_a_shutdown_is_read_as_usual():
    # '[' at 250 ends the shutdown and starts fibrillation, in which 300 is not counted.
    marks = [100, 200, 250, 350, 400], "N~[]N", [0, NO_SIGNAL, 0, 0, 0]
    assert pairings(marks, normal(100, 150, 300, 400)) == {"Nn": 2, "Xn": 1}


def test_a_shutdown_starts_after_an_end_of_flutter_that_has_no_start():
    # ']' at 150 is later than the beat: from 150 + 15. 155 is outside.
    marks = [100, 150, 200, 400], "N]~N", [0, 0, NO_SIGNAL, 0]
    assert pairings(marks, normal(100, 155, 165, 400)) == {"Nn": 2, "On": 1, "Xn": 1}


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


# Periods that have been read


@pytest.mark.parametrize(
    ("start", "end", "label"), [("[", "]", None), ("~", "~", "Xn")]
)
def test_only_the_two_latest_periods_count(start, end, label):
    # Three periods between the beats at 100 and 900: the first is forgotten when 900
    # is read, so the surplus beat at 250 is an ordinary one.
    times = [100, *range(200, 800, 100), 900]
    marks = f"N{start}{end}{start}{end}{start}{end}N"
    subtypes = [0, *[NO_SIGNAL, 0] * 3, 0]
    inside = {} if label is None else {label: 1}
    for surplus, expected in ((250, {"On": 1}), (450, inside), (650, inside)):
        beats = normal(100, surplus, 900)
        found = pairings((times, marks, subtypes), beats)
        assert found == {"Nn": 2, **expected}


def test_a_missed_beat_meets_only_the_two_latest_shutdowns():
    times = [100, *range(200, 800, 100), 900]
    marks = times, "N~~~~~~N", [0, *[NO_SIGNAL, 0] * 3, 0]
    assert pairings(normal(100, 250, 900), marks) == {"Nn": 2, "No": 1}
    assert pairings(normal(100, 450, 900), marks) == {"Nn": 2, "Nx": 1}


def test_periods_up_to_the_next_beat_have_been_read():
    # Beats at 100, 300 and 900. A surplus beat at 220 is compared while 300 is current:
    # 900 and the two periods before it have been read, and the one at 200 is forgotten.
    times = [100, 200, 250, 300, 400, 450, 500, 550, 900]
    marks = times, "N~~N~~~~N", [0, NO_SIGNAL, 0, 0, *[NO_SIGNAL, 0] * 2, 0]
    assert pairings(marks, normal(100, 220, 300, 900)) == {"Nn": 3, "On": 1}
    # With one period after 300, it is not forgotten.
    marks = tuple(column[:6] + column[8:] for column in marks)
    assert pairings(marks, normal(100, 220, 300, 900)) == {"Nn": 3, "Xn": 1}


def test_each_kind_of_period_is_remembered_apart():
    # Two fibrillations follow the shutdown at 200 and do not displace it.
    times = [100, 200, 250, 300, 350, 400, 450, 900]
    marks = times, "N~~[][]N", [0, NO_SIGNAL, 0, 0, 0, 0, 0, 0]
    assert pairings(marks, normal(100, 220, 900)) == {"Nn": 2, "Xn": 1}
