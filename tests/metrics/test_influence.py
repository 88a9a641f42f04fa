"""influence: a metric without each group, and each group's share of a class."""

import math
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from patient_results import METRICS, results
from sklearn.metrics import (
    accuracy_score,
)

from skecg import metrics
from skecg.metrics import influence


@pytest.mark.parametrize("label", [0, "N", True])
def test_influence_takes_labels_of_object_dtype(label):
    other = {0: 2, "N": "V", True: False}[label]
    y_true, y_pred = [label, other, label], [label, other, other]
    plain, objects = (
        influence(
            np.array(y_true, dtype),
            np.array(y_pred, dtype),
            list("abb"),
            accuracy_score,
        )
        for dtype in (None, object)
    )
    pd.testing.assert_frame_equal(objects, plain)


def test_influence_equals_leaving_the_rows_out():
    y_true, y_pred, groups = results()
    for metric in METRICS:
        table = influence(y_true, y_pred, groups, metric)
        assert table.index.to_list() == sorted(set(groups))
        assert table.index.name == "group"
        overall = metric(y_true, y_pred)
        for group, row in table.iterrows():
            others = groups != group
            without = metric(y_true[others], y_pred[others])
            assert row["without"] == pytest.approx(without)
            assert row["change"] == pytest.approx(without - overall)


def test_influence_shows_shares_by_hand():
    # S beats: 1 of 4 in a, 3 of 4 in b; N beats: 2 of 3 and 1 of 3. V is only called.
    table = influence(list("NNSNSSS"), list("NVSNSSV"), list("aaabbbb"), accuracy_score)
    assert list(table.columns) == ["without", "change", "share_N", "share_S"]
    assert table.loc["a"].to_list() == pytest.approx(
        [3 / 4, 3 / 4 - 5 / 7, 2 / 3, 1 / 4]
    )
    assert table.loc["b"].to_list() == pytest.approx(
        [2 / 3, 2 / 3 - 5 / 7, 1 / 3, 3 / 4]
    )


def test_influence_keeps_the_type_of_names_and_undefined_figures():
    table = influence([2, 0, 0], [2, 0, 0], [30, 4, 4], metrics.veb_se)
    assert table.index.to_list() == [4, 30]
    assert table.loc[4, "without"] == 1
    assert math.isnan(table.loc[30, "without"])


def test_memory_is_linear_in_the_number_of_groups():
    def peak(n_groups):
        y, groups = ["N", "V"] * n_groups, np.repeat(np.arange(n_groups), 2)
        tracemalloc.start()
        influence(y, y, groups, lambda a, b, sample_weight: sample_weight.sum())
        result = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return result

    assert peak(4_000) < 6 * peak(1_000)
