"""VEB and SVEB figures as functions of labels, weighted or not."""

import math

import numpy as np
import pytest
from sklearn.exceptions import UndefinedMetricWarning

from skecg import metrics
from skecg.metrics import ec57_report

FIGURES = ("veb_se", "veb_pp", "veb_fpr", "sveb_se", "sveb_pp")


def test_figures_are_the_gross_ones_of_the_report():
    rng = np.random.default_rng(1)
    y_true, y_pred = rng.integers(0, 5, size=(2, 200))
    gross = ec57_report(y_true, y_pred, rng.integers(0, 3, size=200)).gross
    for name in FIGURES:
        assert getattr(metrics, name)(y_true, y_pred) == gross[name]
    for ectopic in ("veb", "sveb"):
        assert (
            getattr(metrics, f"{ectopic}_f1")(y_true, y_pred) == gross[f"{ectopic}_f1"]
        )
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
    for weight in ([1], [1, -1], [1, np.nan], [1, np.inf], ["a", "b"], [1, None]):
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


@pytest.mark.parametrize("name", [*FIGURES, "veb_f1", "sveb_f1"])
def test_zero_division_is_a_number_or_a_warning_and_0(name):
    figure = getattr(metrics, name)
    # Beats without a weight: nothing is defined.
    nothing = {"y_true": ["N", "F"], "y_pred": ["N", "F"], "sample_weight": [0, 0]}
    with pytest.warns(UndefinedMetricWarning, match=f"{name} is undefined") as caught:
        assert figure(**nothing, zero_division="warn") == 0
    assert caught[0].filename == __file__
    assert figure(list("NSV"), list("NSV"), zero_division="warn") in (0, 1)
    for wrong in ("raise", None, [0.0]):
        with pytest.raises(ValueError, match="zero_division must be a number or"):
            figure(list("NSV"), list("NSV"), zero_division=wrong)
