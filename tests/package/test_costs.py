"""Limits on the operator calls and the memory of training and prediction.

Counts do not depend on how busy the machine is; ``tox run -e bench -- speed``
measures times.
"""

import subprocess
import sys
import tracemalloc
from collections import Counter

import numpy as np
import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from skecg import CNN1DClassifier

STUDY = {"max_epochs": 1, "validation_fraction": None, "random_state": 0}


def made_up(n_beats):
    X = np.random.default_rng(0).random((n_beats, 187), dtype=np.float32)
    return X, np.arange(n_beats) % 5


def calls_of_fit(n_steps, **params):
    clf = CNN1DClassifier(**{**STUDY, **params})
    X, y = made_up(32 * n_steps)
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        clf.fit(X, y)
    return Counter(
        {e.key: e.count for e in seen.key_averages() if e.key.startswith("aten::")}
    )


def peak_of(task):
    """Return the maximum memory in bytes that numpy allocated during the task."""
    tracemalloc.start()
    task()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


@pytest.fixture(scope="module")
def fitted():
    X, y = made_up(320)
    return CNN1DClassifier(**STUDY).fit(X, y)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_training_step_calls_no_more_operators(precision):
    """A step in float32 had 744 calls, and one in bfloat16 more for conversions."""
    few, more = (calls_of_fit(n, precision=precision) for n in (3, 4))
    step = more - few
    assert step["aten::convolution_backward"] == step["aten::convolution"] == 6
    assert step["aten::_fused_adam_"] == 1
    # One gather for the beats, and one for their classes.
    assert step["aten::index"] <= 3
    # torch's dropout draws in one thread; see skecg.modules.Dropout.
    assert "aten::bernoulli_" not in more
    assert step.total() <= {"float32": 800, "bfloat16": 1_200}[precision]


def test_a_fit_holds_out_without_a_second_copy_of_the_data():
    X, y = made_up(20_000)
    clf = CNN1DClassifier(max_epochs=1, batch_size=5_000, n_filters=(2,), n_hidden=2)
    assert peak_of(lambda: clf.fit(X, y)) < 0.5 * X.nbytes


@pytest.mark.parametrize(
    "dtype", [np.float32, np.float64, np.float16, np.int16, np.int8, np.bool_]
)
def test_prediction_reads_a_file_without_holding_it(fitted, tmp_path, dtype):
    n_beats = 6_000
    X = np.memmap(tmp_path / "X", dtype=dtype, mode="w+", shape=(n_beats, 187))
    X[:] = made_up(n_beats)[0] * (1 if np.issubdtype(dtype, np.floating) else 50)
    X.flush()
    X = np.memmap(tmp_path / "X", dtype=dtype, mode="r", shape=(n_beats, 187))
    answers = fitted.predict_proba(X[:50].astype(np.float32))
    # A copy in float32 would be 4 bytes a value; scikit-learn's check for finite values
    # holds one byte for each value of float16.
    limit = 0.3 if dtype == np.float16 else 0.2
    assert peak_of(lambda: fitted.predict_proba(X)) < limit * 4 * X.size
    np.testing.assert_array_equal(fitted.predict_proba(X[:50]), answers)


def test_one_beat_passes_the_network_once(fitted):
    X, _ = made_up(1)
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        fitted.predict_proba(X)
    calls = Counter({e.key: e.count for e in seen.key_averages()})
    assert calls["aten::conv2d"] == 6
    assert calls["aten::softmax"] == 1


def test_batch_norm_costs_many_beats_nothing(fitted):
    X, _ = made_up(600)
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        fitted.predict_proba(X)
    calls = Counter({e.key: e.count for e in seen.key_averages()})
    # Three chunks of at most 256.
    assert calls["aten::conv2d"] == 18
    assert calls["aten::batch_norm"] == 0


def test_the_same_beats_get_the_same_answers_in_any_number(fitted):
    X, _ = made_up(600)
    together = fitted.predict_proba(X)
    apart = np.concatenate([fitted.predict_proba(X[k : k + 1]) for k in range(20)])
    np.testing.assert_allclose(together[:20], apart, atol=2e-6)
    np.testing.assert_allclose(
        together, fitted.predict_proba(X.astype(np.float64)), atol=2e-6
    )


def test_what_float32_cannot_hold_is_named(fitted):
    X = made_up(80)[0].astype(np.float64)
    X[70, 3] = 1e300
    with pytest.raises(ValueError, match=r"X contains a value too large .* 1e\+300"):
        fitted.predict_proba(X)


def test_a_network_in_training_mode_is_asked_in_evaluation_mode(fitted):
    X, _ = made_up(3)
    before = fitted.predict_proba(X)
    fitted.net_.module_.train()
    np.testing.assert_array_equal(fitted.predict_proba(X), before)


def test_bfloat16_learns_and_keeps_float32_weights():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 100)
    X = rng.normal(size=(200, 40)) + 2 * y[:, None]
    small = {"n_filters": (8, 8), "max_epochs": 5, "random_state": 0}
    one, other = (
        CNN1DClassifier(precision="bfloat16", **small).fit(X, y) for _ in range(2)
    )
    assert one.score(X, y) > 0.95
    for ours, theirs in zip(
        one.net_.module_.parameters(), other.net_.module_.parameters(), strict=True
    ):
        assert ours.dtype == torch.float32
        assert torch.equal(ours, theirs)
    plain = CNN1DClassifier(**small).fit(X, y)
    assert not np.array_equal(plain.predict_proba(X), one.predict_proba(X))


def test_import_is_cheap():
    code = (
        "import sys, skecg; print('torch' in sys.modules, 'matplotlib' in sys.modules)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert shown.stdout.split() == ["False", "False"]
