"""A refit is published whole: interrupted at any line, and read by other threads."""

import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch

import skecg
from skecg import CNN1DClassifier

HOME = str(Path(skecg.__file__).parent)
TINY = {
    "n_filters": (2,),
    "n_hidden": 4,
    "max_epochs": 2,
    "batch_size": 40,
    "random_state": 0,
}


@pytest.fixture(scope="module")
def beats():
    rng = np.random.default_rng(0)
    y = np.repeat(["N", "V"], 60)
    X = rng.normal(size=(120, 12)) + 2 * (y == "V")[:, None]
    return X.astype(np.float32), y


class Interrupt:
    """Trace calls, and raise KeyboardInterrupt when a line runs first."""

    def __init__(self, line=None):
        self.line = line
        self.seen = {}

    def __call__(self, frame, event, argument):
        name = frame.f_code.co_filename
        if not name.startswith(HOME):
            return None
        if event == "line":
            line = (name, frame.f_lineno)
            self.seen.setdefault(line, len(self.seen))
            if line == self.line:
                self.line = None
                raise KeyboardInterrupt
        return self

    def run(self, function, *args):
        before = sys.gettrace()
        sys.settrace(self)
        try:
            return function(*args)
        finally:
            sys.settrace(before)


def learned(clf):
    return {name: vars(clf)[name] for name in vars(clf) if name.endswith("_")}


def test_an_interrupt_at_any_line_leaves_the_old_model_or_the_new(beats):
    X, y = beats
    other = np.where(y == "V", "A", y)
    clf = CNN1DClassifier(**TINY).fit(X, y)
    old, answers = learned(clf), clf.predict_proba(X)
    proba = {}
    for n_epochs in (1, 2):
        new = CNN1DClassifier(**{**TINY, "max_epochs": n_epochs}).fit(X, other)
        proba[new.best_epoch_] = new.predict_proba(X)
    clf.set_params(max_epochs=2)
    trace = Interrupt()
    trace.run(CNN1DClassifier(**TINY).fit, X, other)
    lines = list(trace.seen)
    assert len(lines) > 100
    n_old, is_new = 0, False
    for line in lines:
        if is_new:
            clf = CNN1DClassifier(**TINY).fit(X, y)
            old = learned(clf)
        state = torch.get_rng_state()
        with pytest.raises(KeyboardInterrupt):
            Interrupt(line).run(clf.fit, X, other)
            pytest.fail(f"no interrupt at {line}")
        assert torch.equal(torch.get_rng_state(), state), line
        now = learned(clf)
        is_new = any(now[name] is not old[name] for name in old)
        if not is_new:
            n_old += 1
            np.testing.assert_array_equal(clf.predict_proba(X), answers)
        else:
            objects = ("classes_", "class_prior_", "history_", "net_")
            assert not any(now[name] is old[name] for name in objects), line
            assert clf.classes_.tolist() == ["A", "N"], line
            assert len(clf.history_) >= clf.best_epoch_, line
            expected = proba.get(clf.best_epoch_)
            np.testing.assert_array_equal(clf.predict_proba(X), expected, str(line))
    assert 0 < n_old < len(lines)


def test_threads_that_predict_during_refits_see_one_of_the_models(beats):
    X, y = beats
    seeds = range(10)
    expected = {
        seed: CNN1DClassifier(**{**TINY, "random_state": seed}).fit(X, y)
        for seed in seeds
    }
    answers = {expected[seed].predict_proba(X).tobytes(): seed for seed in seeds}
    assert len(answers) == len(seeds)
    clf = CNN1DClassifier(**TINY).fit(X, y)
    unknown, n_asked, stop = [], [], threading.Event()

    def ask():
        while not stop.is_set():
            proba = clf.predict_proba(X)
            n_asked.append(1)
            if proba.tobytes() not in answers:
                unknown.append(proba)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for seed in seeds:
        clf.set_params(random_state=seed).fit(X, y)
        # Predictions meanwhile do not change the training.
        assert answers[clf.predict_proba(X).tobytes()] == seed
    stop.set()
    for thread in threads:
        thread.join()
    assert not unknown
    assert len(n_asked) > 8
