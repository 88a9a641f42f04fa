"""What the beat-by-beat comparison takes and returns: labels, intervals, records."""

import math

import numpy as np
import pytest
from annotators import NO_SIGNAL, compare, normal, pairings

from skecg import aami
from skecg.metrics import compare_annotations

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
        # The escape beats e, j and n move from S to N; nothing else does.
        ("study", {"Nn": 7, "Ss": 4, "Vv": 3, "Ff": 1, "Qq": 4}),
    ],
)
def test_mapping_is_an_option_and_other_marks_are_no_beats(mapping, expected):
    symbols = 'NLRBAaJSejnVrEFQ/f?+"|x!()ptsT'
    marks = (range(0, 30 * len(symbols), 30), symbols)
    assert pairings(marks, marks, mapping=mapping) == expected


def test_only_marks_that_wfdb_knows_are_passed_over(wfdb):
    for label in wfdb.io.annotation.ann_labels:
        mark = [100], [label.symbol]
        assert len(pairings(mark, mark)) == (label.symbol in aami.EC57_MAPPING)
    # Another letter may stand for a beat.
    for symbol in "PXz0":
        with pytest.raises(ValueError, match=f"symbols must be .* got '{symbol}'"):
            pairings(([100], [symbol]), normal(100))


# RR intervals


def test_rr_error_is_the_root_of_the_mean_square_in_milliseconds():
    # Reference intervals 100, 100, 100; test intervals 103, 97, 104. Differences 3, -3
    # and 4 samples: the root of 34 / 3, times 10 ms.
    report = compare(normal(100, 200, 300, 400), normal(100, 203, 300, 404))
    assert report.rr_error.item() == pytest.approx(10 * math.sqrt(34 / 3))


def test_rr_error_counts_at_surplus_beats_too():
    # The reference interval is 100. The test interval is 40 at the surplus beat 140,
    # and 60 at 200.
    report = compare(normal(100, 200), normal(100, 140, 200))
    assert report.rr_error.item() == pytest.approx(10 * math.sqrt((60**2 + 40**2) / 2))


def test_rr_error_counts_at_missed_beats_too():
    # Test intervals: 300 at 400. Reference intervals 100 each. At 200 and 300, which
    # are missed, and at 400 the current intervals are 100 and 300; at 510, 110 and 110.
    report = compare(normal(100, 200, 300, 400, 510), normal(100, 400, 510))
    assert report.counts["No"].item() == 2
    assert report.rr_error.item() == pytest.approx(10 * math.sqrt(3 * 200**2 / 4))


def test_rr_error_ends_with_either_list():
    # Reference 100 200; test 100 200 300. At 300, the reference has no current beat.
    report = compare(normal(100, 200), normal(100, 204, 300))
    assert report.rr_error.item() == pytest.approx(40)


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


def test_rr_error_forgets_all_but_the_two_latest_periods():
    # The fibrillation at 120 lies in the interval that ends at 200, but two others
    # have been read with the next beat, 900: the interval counts, with 5 off.
    reference = [100, 120, 140, 200, 300, 350, 400, 450, 900], "N[]N[][]N"
    report = compare(reference, normal(100, 205, 900))
    assert report.rr_error.item() == pytest.approx(50)
    reference = [100, 120, 140, 200, 300, 350, 900], "N[]N[]N"
    assert math.isnan(compare(reference, normal(100, 205, 900)).rr_error.item())


def test_rr_error_at_periods_that_start_with_a_beat():
    # A period at 200 belongs to the interval that starts there, not to that before.
    # Pairs at 200 (3 off) and 500 (1 off); 400 is across the flutter.
    reference = [100, 200, 200, 300, 400, 500], "NN[]NN"
    report = compare(reference, normal(100, 203, 400, 501))
    assert report.rr_error.item() == pytest.approx(10 * math.sqrt((9 + 1) / 2))


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
    assert report.rr_error.name == "rr_error"
    assert report.counts.index.name == report.rr_error.index.name == "record"


def test_a_single_record_has_the_name_of_its_annotation(wfdb):
    marks = at(wfdb, 100, [100, 200], "NV")
    assert compare(marks, BEATS).counts.index.to_list() == ["r"]
    assert compare(BEATS, marks).counts.index.to_list() == ["record"]


BEATS = ([100, 200], ["N", "V"])


def test_whole_floats_are_places_and_subtypes_too():
    # As in a column of a table that once lacked a value.
    floats = ([100.0, 200.0], ["N", "V"], [0.0, 0.0])
    report = compare(BEATS, floats, fs=100)
    assert report.counts[["Nn", "Vv"]].to_numpy().tolist() == [[1, 1]]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"reference": [100, 200]}, "reference must be a wfdb.Annotation or a tuple"),
        ({"test": ([100], ["N", "V"])}, "test must have a symbol .* 1 samples, 2 sym"),
        ({"test": (*BEATS, [0])}, "test must have .* and 1 subtypes"),
        ({"test": ([1.5, 2], "NN")}, "test's samples must be whole numbers"),
        ({"test": ([2, math.inf], "NN")}, "test's samples must be whole numbers"),
        ({"test": ([2, 1e300], "NN")}, "test's samples must be whole numbers below"),
        (
            {"test": (np.array([2, 2**63 + 5], dtype=np.uint64), "NN")},
            "test's samples must be whole numbers below",
        ),
        ({"test": ([200, 100], "NN")}, "test's samples must not .* sort"),
        ({"reference": ([-1, 100], "NN")}, "reference's samples must not be negative"),
        ({"test": ([100, 200], ["N", "PVC"])}, "test's symbols must be .* got 'PVC'"),
        (
            {"test": ([100, 200], [0, 2])},
            "test's symbols must be single .* got 0",
        ),
        (
            {"test": {"a": BEATS}},
            "reference and test must both be .* got tuple and dict; pass the same",
        ),
        (
            {"reference": {"a": BEATS}},
            "reference and test must both be .* got dict and tuple; .* for both",
        ),
        (
            {"reference": {"a": BEATS}, "test": {"b": BEATS}},
            "reference and test must contain the same records, .* 'a', 'b'",
        ),
        ({"reference": {}, "test": {}}, "reference must contain at least one record"),
        ({"test": ([100, 200], None)}, "test must have .* 1 symbols and 2 subtypes"),
        ({"test": ([100, [200]], "NN")}, "test's samples must be a list of whole num"),
        ({"test": (*BEATS, ["a", "b"])}, "test's subtypes must be a list of whole"),
        ({"test": (*BEATS, 5)}, r"test's subtypes must be .* shape \(\); omit"),
        ({"fs": 0}, "fs must be .*, got 0; read it from"),
        ({"fs": math.inf}, "fs must be a positive number of hertz, got inf"),
        ({"fs": "360"}, "fs must be a positive number of hertz, got '360'"),
        ({"fs": {"b": 100}}, "fs lacks record 'record'"),
        ({"sig_len": 10.5}, "sig_len must be a whole number .* got 10.5"),
        ({"sig_len": 0}, "sig_len must be .* got 0"),
        ({"sig_len": {"b": 100}}, "sig_len lacks record 'record'"),
        ({"start": -1}, "start must be a number of seconds"),
        ({"start": math.inf}, "start must be a number of seconds .* got inf"),
        ({"start": 10}, "start must lie within the record, got 10 s .* of 10.0 s"),
        ({"window": None}, "window must be a number of seconds"),
        ({"window": 150}, "window must be .* seconds of at most 1, got 150; EC57"),
        ({"mapping": ["ec57"]}, r"mapping must be 'ec57' or 'study', got \['ec57'\]"),
        ({"mapping": "aami"}, "mapping must be 'ec57' or 'study', got 'aami'"),
    ],
)
def test_arguments_that_do_not_fit_are_named(changed, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        compare(**{"reference": BEATS, "test": BEATS, **changed})


def test_the_least_rate_length_and_window_are_accepted():
    # At 1 Hz, the record has the sample 0 only, and a window of 0.15 s no sample more.
    least = compare(normal(0), normal(0), fs=1, sig_len=1)
    assert least.counts["Nn"].item() == 1
    assert compare(normal(0), normal(0), fs=0.5, sig_len=1).counts["Nn"].item() == 1


# Sampling rates


def at(wfdb, fs, samples, symbols):
    return wfdb.Annotation("r", "atr", np.array(samples), list(symbols), fs=fs)


def test_annotations_at_another_rate_are_rescaled(wfdb):
    reference = at(wfdb, 100, [100, 200, 301], "NVN")
    test = at(wfdb, 250, [250, 505, 752], "NVN")
    # 250, 505 and 752 samples at 250 Hz are 100, 202 and 300.8 at 100 Hz.
    report = compare(reference, test)
    assert report.counts[["Nn", "Vv"]].to_numpy().tolist() == [[2, 1]]
    # Intervals 100 and 101 against 102 and 99.
    assert report.rr_error.item() == pytest.approx(10 * math.sqrt((4 + 4) / 2))
    # Either side may differ, and both may.
    assert compare(test, reference).counts["Vv"].item() == 1
    both = compare(test, test)
    assert both.counts[["Nn", "Vv"]].to_numpy().tolist() == [[2, 1]]


@pytest.mark.parametrize("fs", [None, 100, 100.0, np.float64(100)])
def test_annotations_without_another_rate_stay_as_they_are(wfdb, fs):
    marks = at(wfdb, fs, [101, 203, 307], "NVN")
    assert compare(marks, normal(101, 203, 307)).rr_error.item() == 0


@pytest.mark.parametrize("fs", [0, -360, math.nan, math.inf, "360"])
def test_a_rate_that_is_none_is_named(wfdb, fs):
    marks = at(wfdb, None, [100], "N")
    marks.fs = fs
    with pytest.raises(ValueError, match=r"test\.fs must be a positive number"):
        compare(normal(100), marks)


def test_each_record_has_its_own_rate(wfdb):
    marks = {"a": at(wfdb, 250, [250, 500], "NV"), "b": at(wfdb, 100, [100, 200], "NV")}
    beats = {"a": normal(100, 200), "b": normal(250, 500)}
    report = compare(marks, beats, fs={"a": 100, "b": 250})
    assert report.counts["Nn"].tolist() == [1, 1]
    assert report.counts["Nv"].tolist() == [0, 0]
    assert report.counts["Vn"].tolist() == [1, 1]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_annotation_that_wfdb_resampled_equals_the_original(wfdb):
    from wfdb import processing

    rng = np.random.default_rng(0)
    samples = np.cumsum(rng.integers(200, 400, size=60))
    marks = at(wfdb, 360, samples, rng.choice(list("NSV"), size=60))
    marks.subtype = marks.chan = marks.num = np.zeros(60, dtype=int)
    marks.aux_note = [""] * 60
    signal = rng.normal(size=samples[-1] + 400)
    _, resampled = processing.resample_singlechan(signal, marks, 360, 250)
    assert resampled.fs == 250
    report = compare_annotations(marks, resampled, fs=360, sig_len=len(signal), start=0)
    assert report.gross[["qrs_se", "qrs_pp", "veb_se", "sveb_se"]].eq(1).all()
    # Rounding twice moves a beat by less than two samples, 5.6 ms.
    assert report.rr_error.item() < 5.6


def test_names_of_records_may_be_tuples():
    names = [("a", 1), ("b", 2)]
    marks = dict.fromkeys(names, normal(100, 200))
    report = compare(marks, marks)
    assert report.records.index.tolist() == names
    assert "(b, 2)" in repr(report)


def test_records_that_only_one_annotator_has_are_told_apart():
    with pytest.raises(ValueError, match="only one has '100', 100;"):
        compare({100: normal(100)}, {"100": normal(100)})
