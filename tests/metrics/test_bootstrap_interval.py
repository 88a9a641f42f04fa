"""Intervals over patients, and what each patient does to a figure."""

import dataclasses
import functools
import math

import numpy as np
import pandas as pd
import pytest
from patient_results import METRICS, results
from sklearn.metrics import (
    accuracy_score,
    f1_score,
)

from skecg import metrics
from skecg.metrics import bootstrap_interval, influence

macro_f1 = functools.partial(f1_score, average="macro", zero_division=np.nan)


@pytest.mark.parametrize("metric", METRICS)
def test_resamples_equal_those_of_the_rows_themselves(metric):
    # The slow way: the rows of each group drawn are put one after another.
    y_true, y_pred, groups = results()
    interval = bootstrap_interval(
        y_true, y_pred, groups, metric, n_resamples=25, random_state=3
    )
    rows = [np.flatnonzero(groups == name) for name in np.unique(groups)]
    random = np.random.RandomState(3)
    for value in interval.distribution:
        drawn = random.randint(len(rows), size=len(rows))
        sample = np.concatenate([rows[group] for group in drawn])
        assert value == pytest.approx(metric(y_true[sample], y_pred[sample]))
    assert interval.estimate == pytest.approx(metric(y_true, y_pred))


def test_the_ends_are_percentiles_by_hand():
    # Two groups, one all right and one all wrong, of one size: a resample scores 1, 0
    # or, twice as often, one half. 95 % reach from 0 to 1; half of that, 25 to 75 %
    # of the resamples, is within the ties at one half.
    y_true, y_pred, groups = [0, 0], [0, 1], ["a", "b"]
    interval = bootstrap_interval(
        y_true, y_pred, groups, accuracy_score, n_resamples=400, random_state=0
    )
    assert (interval.low, interval.estimate, interval.high) == (0, 0.5, 1)
    values, times = np.unique(interval.distribution, return_counts=True)
    assert values.tolist() == [0, 0.5, 1]
    assert np.abs(times - [100, 200, 100]).max() < 40
    low, high = np.percentile(interval.distribution, [10, 90])
    narrower = bootstrap_interval(
        y_true,
        y_pred,
        groups,
        accuracy_score,
        n_resamples=400,
        confidence_level=0.8,
        random_state=0,
    )
    assert (narrower.low, narrower.high) == (low, high)


def test_an_interval_over_patients_is_wider_than_one_over_beats():
    # Ten patients of 100 beats, five all right and five all wrong: the accuracy's
    # standard error is that of 10 tosses of a coin, 0.158, and not that of 1,000.
    groups = np.repeat(np.arange(10), 100)
    y_true = np.zeros(1000, dtype=int)
    y_pred = groups % 2
    by_patient = bootstrap_interval(
        y_true, y_pred, groups, accuracy_score, random_state=0
    )
    by_beat = bootstrap_interval(
        y_true, y_pred, np.arange(1000), accuracy_score, n_resamples=200, random_state=0
    )
    assert by_patient.distribution.std() == pytest.approx(math.sqrt(0.25 / 10), rel=0.1)
    assert by_beat.distribution.std() == pytest.approx(math.sqrt(0.25 / 1000), rel=0.2)


def test_random_state_decides_and_groups_may_come_in_any_order():
    y_true, y_pred, groups = results()
    order = np.random.default_rng(9).permutation(len(groups))
    first, again, shuffled = (
        bootstrap_interval(
            y_true[i], y_pred[i], groups[i], metrics.veb_f1, random_state=1
        )
        for i in (slice(None), slice(None), order)
    )
    np.testing.assert_array_equal(first.distribution, again.distribution)
    np.testing.assert_array_equal(first.distribution, shuffled.distribution)
    other = bootstrap_interval(y_true, y_pred, groups, metrics.veb_f1, random_state=2)
    assert (first.distribution != other.distribution).any()


def test_undefined_resamples_are_left_out_and_counted():
    # Only a has a V beat, so that half of the cases of two draws, bb, are a quarter.
    y_true, y_pred, groups = list("VNNN"), list("VNNN"), list("aabb")
    interval = bootstrap_interval(
        y_true, y_pred, groups, metrics.veb_se, n_resamples=400, random_state=0
    )
    assert 60 < interval.n_undefined < 140
    assert (interval.low, interval.high) == (1, 1)
    assert f"{interval.n_undefined} undefined" in repr(interval)
    # Where the metric says 0, the resample counts.
    zero = functools.partial(metrics.veb_se, zero_division=0.0)
    interval = bootstrap_interval(
        y_true, y_pred, groups, zero, n_resamples=400, random_state=0
    )
    assert interval.n_undefined == 0
    assert interval.low == 0


def test_an_interval_that_is_never_defined_is_nan():
    interval = bootstrap_interval(
        list("NN"), list("NN"), list("ab"), metrics.veb_se, n_resamples=10
    )
    assert np.isnan([interval.estimate, interval.low, interval.high]).all()
    assert interval.n_undefined == 10


def test_a_class_that_is_not_drawn_is_not_there():
    # Every beat is right: macro F1 is 1 on each resample, also on those of a alone,
    # which lack V and would score a half if it counted as 0.
    interval = bootstrap_interval(
        list("NNNV"),
        list("NNNV"),
        list("aabb"),
        functools.partial(f1_score, average="macro"),
        n_resamples=50,
        random_state=0,
    )
    assert (interval.distribution == 1).all()


def test_letters_codes_and_containers_are_alike():
    y_true, y_pred, groups = results()
    letters = np.array(list("NSVFQ"))
    intervals = [
        bootstrap_interval(*labels, metrics.sveb_f1, random_state=0, n_resamples=20)
        for labels in [
            (y_true, y_pred, groups),
            (letters[y_true].tolist(), letters[y_pred].tolist(), groups.tolist()),
            (pd.Series(letters[y_true]), pd.Series(letters[y_pred]), pd.Series(groups)),
            (y_true, y_pred, groups.astype(object)),
            (y_true.astype(object), y_pred.astype(object), groups),
            (y_true.astype(object), y_pred, groups),
            (pd.Series(y_true, dtype="Int64"), pd.Series(y_pred, dtype=object), groups),
            (letters[y_true].astype(np.dtypes.StringDType()), letters[y_pred], groups),
        ]
    ]
    for interval in intervals[1:]:
        np.testing.assert_array_equal(interval.distribution, intervals[0].distribution)


def test_the_interval_reads_well_and_stays_as_it_is():
    interval = metrics.BootstrapInterval(0.5, 0.25, 0.75, 0.9, 44, np.ones(1000))
    assert repr(interval) == (
        "0.500 (90 % interval 0.250 to 0.750, 1,000 resamples of 44 groups)"
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        interval.low = 0.0


def unweighted(y_true, y_pred):
    return 0.0


def by_class(y_true, y_pred, sample_weight):
    return np.array([1.0, 0.5])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"metric": unweighted}, "metric must accept sample_weight"),
        ({"metric": by_class}, r"metric must return a number, got array\("),
        ({"metric": "accuracy"}, "metric must be a function, got 'accuracy'"),
        ({"y_pred": [0, 1]}, "y_pred must hold one value for each of the 3 beats"),
        (
            {"y_pred": [0.2, 0.9, 0.1]},
            "y_pred must contain class labels, got cont",
        ),
        (
            {"y_pred": np.array([0, "V", 1], object)},
            "y_pred must .* all numbers or all",
        ),
        ({"y_pred": np.array([0, True, 1], object)}, "y_pred must .* all numbers or"),
        ({"y_true": [0, None, 1]}, "y_true must .* got object values such as 0"),
        (
            {"y_true": [b"N", b"V", b"N"]},
            "y_true must contain class labels.* got .S1",
        ),
        (
            {"y_true": [0, np.nan, 1]},
            "y_true must contain class labels, got nan",
        ),
        ({"y_true": np.ma.array([0, 1, 0], mask=[0, 1, 0])}, "y_true .* are masked"),
        ({"y_true": [[0], [1, 0], [0]]}, "y_true must hold one value per .* parts"),
        ({"y_true": [[0], [1], [0]]}, "y_true must hold one value per beat, got shape"),
        ({"groups": ["a", "a", "a"]}, "groups must name at least two groups, got only"),
        ({"groups": ["a", None, "b"]}, "groups holds no name for 1 rows, .* row 1"),
        ({"groups": ["a"]}, "groups must be one name for each of the 3 rows"),
    ],
)
@pytest.mark.parametrize("function", [bootstrap_interval, influence])
def test_arguments_that_do_not_fit_are_named(function, changed, message):
    arguments = {
        "metric": accuracy_score,
        "y_true": [0, 1, 0],
        "y_pred": [0, 1, 1],
        "groups": ["a", "b", "b"],
        **changed,
    }
    with pytest.raises(ValueError, match=message):
        function(**arguments)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n_resamples": 0}, "n_resamples must be a whole number of at least 1, got 0"),
        ({"n_resamples": 9.5}, "n_resamples must be a whole number"),
        ({"confidence_level": 95}, "confidence_level must lie between 0 and 1, got 95"),
        ({"confidence_level": 1}, "confidence_level must lie between 0 and 1, got 1"),
    ],
)
def test_settings_that_do_not_fit_are_named(changed, message):
    with pytest.raises(ValueError, match=message):
        bootstrap_interval([0, 1], [0, 1], ["a", "b"], accuracy_score, **changed)


def test_a_metric_that_takes_any_keyword_will_do():
    def loose(*labels, **options):
        return accuracy_score(*labels, **options)

    interval = bootstrap_interval([0, 1], [0, 0], ["a", "b"], loose, n_resamples=5)
    assert interval.estimate == 0.5
