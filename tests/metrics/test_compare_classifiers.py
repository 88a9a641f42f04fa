"""Paired differences of classifiers, and the groups that make them."""

import functools
import re
import warnings
from inspect import signature

import numpy as np
import pandas as pd
import pytest
from patient_results import METRICS, macro_f1, results
from scipy.stats import bootstrap
from sklearn.metrics import accuracy_score, f1_score

from skecg import metrics
from skecg.metrics import (
    DecisiveGroupWarning,
    bootstrap_interval,
    compare_classifiers,
    influence,
)

pytestmark = pytest.mark.filterwarnings(
    "ignore::skecg.metrics.DecisiveGroupWarning",
)
of_five = functools.partial(
    f1_score, average="macro", labels=[0, 1, 2, 3, 4], zero_division=np.nan
)
NAMED = {
    "accuracy": accuracy_score,
    "macro_f1": of_five,
    **{
        name: getattr(metrics, name)
        for name in "veb_se veb_pp veb_fpr veb_f1 sveb_se sveb_pp sveb_f1".split()
    },
}


def two_results(n_groups=7):
    """Make annotated classes, two classifiers' and the groups."""
    y_true, first, groups = results(n_groups=n_groups)
    rng = np.random.default_rng(1)
    second = np.where(rng.random(len(y_true)) < 0.2, rng.integers(0, 5), first)
    return y_true, {"a": first, "b": second}, groups


def rows_of_resamples(groups, n_resamples, seed):
    """Put the rows of each group drawn one after another, the slow way."""
    rows = [np.flatnonzero(groups == name) for name in np.unique(groups)]
    random = np.random.RandomState(seed)
    for _ in range(n_resamples):
        drawn = random.randint(len(rows), size=len(rows))
        yield drawn, np.concatenate([rows[group] for group in drawn])


@pytest.mark.parametrize(
    ("metric", "function"),
    [*NAMED.items(), *((metric, metric) for metric in METRICS)],
)
def test_differences_equal_those_of_the_rows_themselves(metric, function):
    y_true, predictions, groups = two_results()
    comparison = compare_classifiers(
        y_true, predictions, groups, metrics=metric, n_resamples=40, random_state=3
    )
    slow = []
    for _, rows in rows_of_resamples(groups, 40, 3):
        a, b = (function(y_true[rows], pred[rows]) for pred in predictions.values())
        slow.append(b - a)
    (row,) = comparison.differences.to_dict("records")
    low, high = np.quantile(slow, [0.025, 0.975])
    assert (row["low"], row["high"]) == pytest.approx((low, high))
    a, b = (function(y_true, pred) for pred in predictions.values())
    assert row["difference"] == pytest.approx(b - a)
    assert row["classifier"] == "b"


@pytest.mark.parametrize("metric", METRICS)
def test_values_are_those_of_bootstrap_interval(metric):
    y_true, predictions, groups = two_results()
    settings = {"n_resamples": 25, "confidence_level": 0.8, "random_state": 2}
    table = compare_classifiers(
        y_true, predictions, groups, metrics={"it": metric}, **settings
    ).table
    assert list(table.metric) == ["it", "it"]
    for row in table.to_dict("records"):
        pred = predictions[row["classifier"]]
        interval = bootstrap_interval(y_true, pred, groups, metric, **settings)
        assert row["value"] == pytest.approx(interval.estimate)
        assert row["low"] == pytest.approx(interval.low)
        assert row["high"] == pytest.approx(interval.high)
        assert row["n_undefined"] == interval.n_undefined


def test_intervals_agree_with_those_of_scipy():
    """Of the difference of two accuracies, from the right beats of each group."""
    y_true, predictions, groups = two_results(n_groups=30)
    right = {
        name: [np.sum((y_true == pred)[groups == g]) for g in np.unique(groups)]
        for name, pred in predictions.items()
    }
    _, sizes = np.unique(groups, return_counts=True)

    def difference(first, second, n_beats, axis):
        return (second.sum(axis) - first.sum(axis)) / n_beats.sum(axis)

    # SciPy 1.15 renamed the argument.
    seed = "rng" if "rng" in signature(bootstrap).parameters else "random_state"
    theirs = bootstrap(
        (right["a"], right["b"], sizes),
        difference,
        paired=True,
        vectorized=True,
        n_resamples=9_999,
        method="percentile",
        **{seed: np.random.default_rng(0)},
    ).confidence_interval
    (ours,) = compare_classifiers(
        y_true,
        predictions,
        groups,
        metrics="accuracy",
        n_resamples=9_999,
        random_state=0,
    ).differences.to_dict("records")
    assert (ours["low"], ours["high"]) == pytest.approx(theirs, abs=0.003)


def test_pairs_make_the_interval_of_a_difference_narrow():
    # Groups from 10 to 100 % right, of which the second classifier loses one beat.
    groups = np.repeat(np.arange(10), 100)
    within = np.tile(np.arange(100), 10)
    first = (within >= 10 * (groups + 1)).astype(int)
    second = np.where(within == 0, 1, first)
    found = compare_classifiers(
        np.zeros(1000, int), {"a": first, "b": second}, groups, metrics="accuracy"
    )
    value = found.table.iloc[1]
    assert value.high - value.low > 0.3
    (row,) = found.differences.to_dict("records")
    assert row["difference"] == pytest.approx(-0.01)
    assert (row["low"], row["high"]) == pytest.approx((-0.01, -0.01))
    assert found.decisive_groups.empty


def accuracy_by_group(gains):
    """Make groups of 100 beats in which b is right more often than a, by so many."""
    groups = np.repeat([f"p{i:02}" for i in range(len(gains))], 100)
    within = np.tile(np.arange(100), len(gains))
    gain = np.repeat(gains, 100)
    first, second = (
        np.where(within < 50 + np.maximum(sign * gain, 0), 0, 1) for sign in (-1, 1)
    )
    return np.zeros(len(groups), int), {"a": first, "b": second}, groups


@pytest.mark.parametrize(
    ("gains", "changes_sign"),
    [
        # The sum is -21 and without the last group +19.
        ([1] * 19 + [-40], True),
        # The sum is +4; drawn twice, the last group makes it negative.
        ([1] * 19 + [-15], False),
        # Without the large gain, the sum of the others is +22, with losses among them.
        ([4, -2] * 9 + [4, 40], False),
    ],
)
def test_a_group_that_makes_the_difference_is_found(gains, changes_sign):
    y_true, predictions, groups = accuracy_by_group(gains)
    with pytest.warns(
        DecisiveGroupWarning, match="in Accuracy between b and a depends on"
    ):
        found = compare_classifiers(
            y_true, predictions, groups, metrics="accuracy", random_state=0
        )
    row = found.decisive_groups.iloc[0]
    last = f"p{len(gains) - 1}"
    assert row["group"] == last
    others = groups != last
    a, b = (np.mean((y_true == pred)[others]) for pred in predictions.values())
    assert row["difference"] == pytest.approx(b - a)
    whole = found.differences.iloc[0]
    assert (np.sign(row.difference) != np.sign(whole.difference)) == changes_sign
    assert re.search(rf"depends on (each of the \d )?groups? {last}\b", found.notes[0])
    # The interval without it is that of the resamples that lack it.
    lacking = [
        np.mean(predictions["a"][rows]) - np.mean(predictions["b"][rows])
        for drawn, rows in rows_of_resamples(groups, 2000, 0)
        if len(gains) - 1 not in drawn
    ]
    ends = np.quantile(lacking, [0.025, 0.975])
    assert (row.low, row.high) == pytest.approx(tuple(ends))
    # It hardly differs from a bootstrap of the other groups.
    alone = compare_classifiers(
        y_true[others],
        {name: pred[others] for name, pred in predictions.items()},
        groups[others],
        metrics="accuracy",
        random_state=1,
    ).differences.iloc[0]
    assert (row.low, row.high) == pytest.approx((alone.low, alone.high), abs=0.003)


def test_groups_that_agree_cause_no_warning():
    y_true, predictions, groups = accuracy_by_group([3, 4, 5, 6] * 5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = compare_classifiers(y_true, predictions, groups, metrics="accuracy")
    assert found.decisive_groups.empty
    assert found.notes == ()


def test_classifiers_that_are_alike_do_not_differ():
    y_true, predictions, groups = two_results()
    same = {"a": predictions["a"], "b": predictions["a"].copy()}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = compare_classifiers(y_true, same, groups, metrics=list(NAMED))
    assert (found.differences[["difference", "low", "high"]] == 0).all(axis=None)


def test_several_groups_that_each_make_the_difference_are_counted():
    # Without any of the gains, which are larger than the sum, the sign changes.
    y_true, predictions, groups = accuracy_by_group([10] * 7 + [-34] + [-34])
    found = compare_classifiers(
        y_true, predictions, groups, metrics="accuracy", random_state=0
    )
    assert set(found.decisive_groups.group) == {f"p0{i}" for i in range(7)}
    assert "each of the 7 groups p0" in found.notes[0]
    assert "and 2 more: it is" in found.notes[0]


def test_a_group_without_which_a_metric_is_undefined_makes_the_difference():
    y_true, groups = list("VVVVNNNN"), list("aaaabbbb")
    predictions = {"all": y_true, "half": list("VVNNNNNN")}
    found = compare_classifiers(
        y_true, predictions, groups, metrics="veb_se", random_state=0
    )
    assert list(found.decisive_groups.group) == ["a"]
    assert np.isnan(found.decisive_groups.difference[0])
    n_undefined = found.differences.n_undefined[0]
    assert 400 < n_undefined < 600
    assert f"Up to {n_undefined} of the 2,000 resamples leave" in found.notes[1]
    assert "- without a." in found.notes[0]


def test_values_without_each_group_are_those_of_influence():
    y_true, predictions, groups = accuracy_by_group([1] * 19 + [-40])
    found = compare_classifiers(
        y_true, predictions, groups, metrics=accuracy_score, n_resamples=100
    )
    assert len(found.decisive_groups)
    a, b = (
        influence(y_true, pred, groups, accuracy_score).without
        for pred in predictions.values()
    )
    for row in found.decisive_groups.to_dict("records"):
        assert row["difference"] == pytest.approx((b - a)[row["group"]])


def test_rows_and_classifiers_may_come_in_any_order():
    y_true, predictions, groups = two_results()
    third = {**predictions, "c": np.zeros_like(y_true)}
    order = np.random.default_rng(9).permutation(len(groups))
    first = compare_classifiers(y_true, third, groups, random_state=1)
    shuffled = compare_classifiers(
        y_true[order],
        {name: pred[order] for name, pred in third.items()},
        groups[order],
        random_state=1,
    )
    for name in ("table", "differences", "decisive_groups"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(shuffled, name))
    turned = compare_classifiers(
        y_true, dict(reversed(third.items())), groups, baseline="a", random_state=1
    )
    by = ["metric", "classifier"]
    for name in ("table", "differences"):
        pd.testing.assert_frame_equal(
            getattr(first, name).sort_values(by, ignore_index=True),
            getattr(turned, name).sort_values(by, ignore_index=True),
        )
    other = compare_classifiers(y_true, third, groups, baseline="b", random_state=1)
    ours, theirs = (
        found.differences.set_index(by)
        .loc[[("veb_f1", against)], ["difference", "low", "high"]]
        .to_numpy()[0]
        for found, against in ((first, "b"), (other, "a"))
    )
    np.testing.assert_allclose(ours, -theirs[[0, 2, 1]])


def test_letters_codes_and_containers_are_alike():
    y_true, predictions, groups = two_results()
    letters = np.array(list("NSVFQ"))
    first, *others = (
        compare_classifiers(
            convert(y_true),
            {name: convert(pred) for name, pred in predictions.items()},
            names,
            metrics=list(NAMED),
            n_resamples=20,
            random_state=0,
        ).to_frame()
        for convert, names in [
            (np.asarray, groups),
            (lambda y: letters[y], groups.tolist()),
            (lambda y: letters[y].tolist(), pd.Series(groups)),
            (lambda y: pd.Series(y, dtype="Int64"), groups),
            (lambda y: y.astype(object), groups.astype(object)),
        ]
    )
    for other in others:
        pd.testing.assert_frame_equal(other, first)


def test_names_of_metrics_come_from_names_functions_or_a_mapping():
    y_true, predictions, groups = two_results()

    def names(chosen):
        found = compare_classifiers(
            y_true, predictions, groups, metrics=chosen, n_resamples=5
        )
        return found.differences.metric.to_list()

    assert names("veb_se") == ["veb_se"]
    assert names([metrics.veb_f1, "accuracy"]) == ["veb_f1", "accuracy"]
    assert names(macro_f1) == ["f1_score"]
    assert names({"F1 of V": "veb_f1"}) == ["F1 of V"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"predictions": [[0, 1, 0]]}, "predictions must be a mapping .* got list"),
        (
            {"predictions": {"a": [0, 1, 0]}},
            r"predictions must contain at least two classifiers, got \['a'\]; use boot",
        ),
        (
            {"predictions": {"a": [0, 1, 0], 3: [0, 1, 1]}},
            "predictions must have names of classifiers as keys, got 3",
        ),
        (
            {"predictions": {"a": [0, 1, 0], "b": [0, 1]}},
            r"predictions\['b'\] must hold one value for each of the 3 beats .* got 2",
        ),
        (
            {"predictions": {"a": [0, 1, 0], "b": list("NVN")}},
            r"predictions\['b'\] must be numbers, as y_true is, got",
        ),
        (
            {"predictions": {"a": [0, 1, 0], "b": [0, 1, 9]}},
            r"predictions\['b'\] must be the codes 0 to 4 .* got 9",
        ),
        (
            {"predictions": {"a": [0, 1, 0], "b": [0.1, 0.9, 0.2]}},
            r"predictions\['b'\] must contain class labels, got continuous",
        ),
        ({"groups": ["a", "a", "a"]}, "groups must name at least two groups, got only"),
        ({"groups": ["a", "b"]}, "groups must be one name for each of the 3 rows"),
        ({"baseline": "c"}, r"baseline must be one of \['a', 'b'\], got 'c'"),
        ({"metrics": "f1"}, "metrics must be names of .*'veb_f1'.* got 'f1'"),
        ({"metrics": []}, "metrics must contain at least one metric"),
        ({"metrics": [3]}, "metrics must be a function, got 3"),
        ({"metrics": ["veb_f1"] * 2}, "metrics must have different names, got"),
        ({"metrics": lambda a, b: 0.0}, "metrics must accept sample_weight"),
        ({"n_resamples": 0}, "n_resamples must be a whole number of at least 1, got 0"),
        ({"confidence_level": 95}, "confidence_level must lie between 0 and 1, got 95"),
    ],
)
def test_arguments_that_do_not_fit_are_named(changed, message):
    arguments = {
        "y_true": [0, 1, 0],
        "predictions": {"a": [0, 1, 0], "b": [0, 1, 1]},
        "groups": ["a", "b", "b"],
        **changed,
    }
    with pytest.raises(ValueError, match=message):
        compare_classifiers(**arguments)
