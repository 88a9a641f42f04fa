"""BeatConfusionDisplay: counts, shares by row and labels."""

import numpy as np

from skecg.plotting import BeatConfusionDisplay


def test_cells_show_counts_and_are_coloured_by_row():
    y_true, y_pred = [0] * 90 + [0] * 10 + [3] * 4, [0] * 90 + [3] * 10 + [3] * 4
    display = BeatConfusionDisplay.from_predictions(y_true, y_pred)
    assert [text.get_text() for text in display.text_.ravel()] == ["90", "10", "0", "4"]
    np.testing.assert_allclose(display.im_.get_array(), [[0.9, 0.1], [0, 1]])
    assert [t.get_text() for t in display.ax_.get_xticklabels()] == ["N", "F"]
    assert display.ax_.get_ylabel() == "Annotated class"


def test_from_estimator_without_values_and_colorbar(fitted_pipeline):
    pipeline, X, y = fitted_pipeline
    display = BeatConfusionDisplay.from_estimator(
        pipeline, X, y, normalize="true", include_values=False, colorbar=False
    )
    assert display.text_ is None
    assert [t.get_text() for t in display.ax_.get_yticklabels()] == ["N", "V"]
    assert len(display.figure_.axes) == 1


def test_a_class_without_beats_is_a_row_of_zeros():
    display = BeatConfusionDisplay.from_predictions([0, 0], [0, 1], labels=[0, 1])
    np.testing.assert_allclose(display.im_.get_array(), [[0.5, 0.5], [0, 0]])


def test_binary_codes_are_not_labelled_n_and_s():
    display = BeatConfusionDisplay.from_predictions([0, 1], [0, 1])
    assert [t.get_text() for t in display.ax_.get_xticklabels()] == ["0", "1"]


def test_shares_of_the_predicted_class_are_coloured_by_column(fitted_pipeline):
    y_true, y_pred = [0] * 90 + [0] * 10 + [3] * 30, [0] * 90 + [3] * 10 + [3] * 30
    display = BeatConfusionDisplay.from_predictions(y_true, y_pred, normalize="pred")
    expected = [[1, 0.25], [0, 0.75]]
    np.testing.assert_allclose(display.confusion_matrix, expected)
    np.testing.assert_allclose(display.im_.get_array(), expected)
    assert display.figure_.axes[-1].get_ylabel() == "Share of the predicted class"
    pipeline, X, y = fitted_pipeline
    display = BeatConfusionDisplay.from_estimator(pipeline, X, y, normalize="pred")
    np.testing.assert_allclose(display.im_.get_array(), display.confusion_matrix)


def test_colours_are_those_asked_for(fitted_pipeline):
    pipeline, X, y = fitted_pipeline
    for cmap, expected in ((None, "Blues"), ("viridis", "viridis")):
        for display in (
            BeatConfusionDisplay.from_predictions([0, 1], [0, 1], cmap=cmap),
            BeatConfusionDisplay.from_estimator(pipeline, X, y, cmap=cmap),
        ):
            assert display.im_.cmap.name == expected
    assert BeatConfusionDisplay.from_estimator(pipeline, X, y).im_.cmap.name == "Blues"
