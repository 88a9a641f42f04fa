"""MetricIntervalDisplay: markers, intervals and figures of each classifier."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from skecg.metrics import compare_classifiers
from skecg.plotting import MetricIntervalDisplay


def predictions():
    rng = np.random.default_rng(0)
    y_true = rng.choice(list("NSV"), size=600, p=[0.6, 0.2, 0.2])
    guesses = {
        name: np.where(rng.random(600) < right, y_true, "N")
        for name, right in (("good", 0.95), ("fair", 0.7), ("poor", 0.3))
    }
    return y_true, guesses, np.repeat(np.arange(12), 50)


METRICS = ["veb_f1", "sveb_f1", "accuracy"]


@pytest.mark.parametrize("differences", [False, True])
def test_draws_the_figures_of_a_comparison(differences):
    settings = {"metrics": METRICS, "n_resamples": 100, "random_state": 0}
    comparison = compare_classifiers(*predictions(), **settings)
    from_tables = MetricIntervalDisplay.from_comparison(
        comparison, differences=differences
    )
    from_labels = MetricIntervalDisplay.from_predictions(
        *predictions(), differences=differences, **settings
    )
    table, column, form = comparison.table, "value", ".2f"
    if differences:
        table, column, form = comparison.differences, "difference", "+.2f"
    for display in (from_tables, from_labels):
        assert list(display.lines_) == list(pd.unique(table.classifier))
        for name, line in display.lines_.items():
            own = table[table.classifier == name]
            np.testing.assert_allclose(line.get_xdata(), own[column])
            assert np.round(line.get_ydata()).tolist() == [0, 1, 2]
            ends = [path.vertices for path in display.intervals_[name].get_paths()]
            np.testing.assert_allclose(np.array(ends)[:, :, 0], own[["low", "high"]])
            texts = [text.get_text() for text in display.text_[name]]
            assert texts == [f"{value:{form}}" for value in own[column]]
    rows = [text.get_text() for text in from_tables.ax_.get_yticklabels()]
    assert rows == ["VEB F1", "SVEB F1", "Accuracy"]
    wanted = "Difference from good, with" if differences else "Value, with"
    assert from_tables.ax_.get_xlabel() == f"{wanted} 95 % interval"


def test_a_classifier_looks_alike_among_values_and_differences():
    values, differences = (
        MetricIntervalDisplay.from_predictions(
            *predictions(), n_resamples=2, differences=shown
        )
        for shown in (False, True)
    )
    for name, line in differences.lines_.items():
        assert line.get_color() == values.lines_[name].get_color()
        assert line.get_marker() == values.lines_[name].get_marker()


def test_classifiers_differ_in_colour_or_marker_and_are_named():
    y_true, _, groups = predictions()
    many = {f"model {i}": y_true for i in range(12)}
    display = MetricIntervalDisplay.from_predictions(
        y_true, many, groups, n_resamples=2
    )
    lines = display.lines_.values()
    looks = {(to_hex(line.get_color()), line.get_marker()) for line in lines}
    assert len(looks) == 12
    legend = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert legend == list(many)
    heights = [line.get_ydata()[0] for line in lines]
    assert np.ptp(heights) < 1
    assert (np.diff(heights) > 0).all()


def test_rows_may_be_those_of_another_column():
    table = pd.DataFrame(
        {
            "protocol": ["known", "known", "new"],
            "classifier": ["a", "b", "b"],
            "value": [0.9, 0.8, np.nan],
            "low": [0.85, 0.7, np.nan],
            "high": [0.95, 0.9, np.nan],
        }
    )
    _, ax = plt.subplots()
    display = MetricIntervalDisplay(table, rows="protocol", xlabel="F1").plot(ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert ax.get_xlabel() == "F1"
    assert [text.get_text() for text in ax.get_yticklabels()] == ["known", "new"]
    assert [text.get_text() for text in display.text_["b"]] == ["0.80", "-"]
    assert np.round(display.lines_["b"].get_ydata()).tolist() == [0, 1]
    low, high = ax.get_xlim()
    assert low < 0 and high > 1


def test_values_beyond_1_set_the_axis():
    table = pd.DataFrame(
        {"metric": "x", "classifier": ["a"], "value": 40, "low": 30, "high": 50}
    )
    display = MetricIntervalDisplay(table).plot()
    low, high = display.ax_.get_xlim()
    assert 20 < low < 30 and 50 < high < 60
    assert display.ax_.get_legend() is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (lambda t: t.drop(columns="low"), r"table must have .* but lacks \['low'\]"),
        (lambda t: t[:0], "table must have at least one row"),
        (lambda t: pd.concat([t, t]), "got several of 'a' in 'veb_f1'; draw them"),
    ],
)
def test_tables_that_do_not_fit_are_refused(changed, message):
    table = pd.DataFrame(
        {"metric": ["veb_f1"], "classifier": "a", "value": 1.0, "low": 1.0, "high": 1.0}
    )
    with pytest.raises(ValueError, match=message):
        MetricIntervalDisplay(changed(table)).plot()
