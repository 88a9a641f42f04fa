"""Checkpoints that a fit does not continue, and states that it cannot store."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import described_parameters
import numpy as np
import pytest
import torch
from skorch.callbacks import Callback
from small_network import SMALL, assert_same_weights

from skecg import CNN1DClassifier
from skecg.classification.network._checkpoint import FitCheckpoint
from skecg.classification.network._description import describe
from skecg.classification.network._fit_identity import FitIdentity

BRIEF = {**SMALL, "max_epochs": 3, "batch_size": 60}


class Interrupted(Exception):
    """What a fit is interrupted by."""


class StopAt(Callback):
    """Raise in an epoch. The callback is not part of the fit's configuration."""

    epoch = None

    def on_epoch_end(self, net, **kwargs):
        if len(net.history) == self.epoch:
            raise Interrupted


make = partial(CNN1DClassifier, callbacks=[StopAt()], **BRIEF)


@pytest.fixture
def unfinished(three_classes, tmp_path, monkeypatch):
    """The checkpoint of a fit of two epochs."""
    monkeypatch.setattr(StopAt, "epoch", 3)
    with pytest.raises(Interrupted):
        make(checkpoint_dir=tmp_path).fit(*three_classes)
    monkeypatch.setattr(StopAt, "epoch", None)
    (path,) = tmp_path.iterdir()
    return path


def twice(batch):
    return 2 * batch


@pytest.mark.parametrize(
    ("params", "difference"),
    [
        ({"lr": 0.01}, r"lr \(0.001 there, 0.01 here\)"),
        ({"random_state": 1}, "random_state"),
        ({"max_epochs": 4}, r"max_epochs \(3 there, 4 here\)"),
        ({"n_filters": (8, 8)}, "n_filters"),
        ({"optimizer": partial(torch.optim.Adam, eps=1e-3)}, "optimizer"),
        ({"augment": twice}, "augment"),
        ({"augment": lambda batch: batch}, "augment"),
        ({"validation_scoring": "loss", "patience": 1}, "patience.*validation_scoring"),
        ({"callbacks": None}, "callbacks"),
        ({"class_weight": {"F": 1, "N": 1, "V": 2}}, "class_weight"),
    ],
)
def test_a_checkpoint_of_other_parameters_is_not_continued(
    params, difference, three_classes, unfinished
):
    X, y = three_classes
    before = unfinished.read_bytes()
    clf = make(checkpoint_dir=unfinished.parent).set_params(**params)
    message = f"{unfinished.name}', with another {difference}.*; this fit neither"
    with pytest.warns(UserWarning, match=message) as caught:
        clf.fit(X, y)
    assert caught[0].filename == __file__
    assert_same_weights(clf, make().set_params(**params).fit(X, y))
    assert unfinished.read_bytes() == before
    assert [path.name for path in unfinished.parent.iterdir()] == [unfinished.name]


def test_a_checkpoint_of_other_data_is_not_continued(three_classes, unfinished):
    X, y = three_classes
    other = X.copy()
    other[7, 5] = np.nextafter(other[7, 5], np.inf)
    swapped = y.copy()
    swapped[[0, 60]] = swapped[[60, 0]]
    held_out = {"X_val": X[::7], "y_val": y[::7]}
    before = unfinished.read_bytes()
    for beats, labels, options, difference in [
        (other, y, {}, "X"),
        (X, swapped, {}, "y"),
        (X, y, held_out, "X_val, y_val"),
    ]:
        clf = make(checkpoint_dir=unfinished.parent)
        with pytest.warns(UserWarning, match=f"with another {difference}[ ;]"):
            clf.fit(beats, labels, **options)
        assert_same_weights(clf, make().fit(beats, labels, **options))
    assert unfinished.read_bytes() == before


def test_what_does_not_change_the_weights_does_not_hinder(three_classes, unfinished):
    X, y = three_classes
    whole = make().fit(X, y)
    clf = make(checkpoint_dir=str(unfinished.parent), verbose=1, device="cpu")
    assert_same_weights(clf.fit(X.astype(np.float64), y.tolist()), whole)
    assert clf.history_["duration"].size == 3
    assert not unfinished.exists()


def test_a_file_under_the_name_of_another_is_refused(three_classes, unfinished):
    X, y = three_classes
    other = make(checkpoint_dir=unfinished.parent / "other", lr=0.01)
    StopAt.epoch = 2
    try:
        with pytest.raises(Interrupted):
            other.fit(X, y)
    finally:
        StopAt.epoch = None
    (path,) = other.checkpoint_dir.iterdir()
    path.write_bytes(unfinished.read_bytes())
    before = path.read_bytes()
    message = r"belongs to a fit with another lr \(0.001 there, 0.01 here\); delete"
    with pytest.raises(ValueError, match=message):
        other.fit(X, y)
    assert path.read_bytes() == before


def test_every_kind_of_damage_is_reported(three_classes, unfinished):
    X, y = three_classes
    whole, content = make().fit(X, y), unfinished.read_bytes()
    rng = np.random.default_rng(0)
    places = [0, 20, 60, *rng.integers(len(content), size=3), len(content) - 1]
    damaged = [content[:-1], content[: len(content) // 2], b""]
    damaged += [
        content[:i] + bytes([content[i] ^ 1 << int(rng.integers(8))]) + content[i + 1 :]
        for i in places
    ]
    for broken in damaged:
        unfinished.write_bytes(broken)
        clf = make(checkpoint_dir=unfinished.parent)
        with pytest.warns(UserWarning, match="damaged checkpoint of this fit.*check"):
            clf.fit(X, y)
        assert_same_weights(clf, whole)
        assert not unfinished.exists()


def test_a_later_format_is_refused(three_classes, unfinished, monkeypatch):
    module = sys.modules[FitCheckpoint.__module__]
    monkeypatch.setattr(module, "_FORMAT", 0)
    with pytest.raises(ValueError, match=r"of format 1.*reads format 0"):
        make(checkpoint_dir=unfinished.parent).fit(*three_classes)
    assert unfinished.exists()


def test_another_number_of_threads_is_reported(three_classes, unfinished):
    n_threads = torch.get_num_threads()
    torch.set_num_threads(n_threads + 1)
    try:
        clf = make(checkpoint_dir=unfinished.parent)
        message = f"threads {n_threads} before, {n_threads + 1} now"
        with pytest.warns(UserWarning, match=message) as caught:
            clf.fit(*three_classes)
        assert caught[0].filename == __file__
    finally:
        torch.set_num_threads(n_threads)
    assert len(clf.history_) == 3


def test_fits_alike_at_the_same_time_have_files_of_their_own(three_classes, tmp_path):
    X, y = three_classes
    seen = []

    class See(Callback):
        def on_epoch_end(self, net, **kwargs):
            seen.append(len(list(tmp_path.glob("*.checkpoint"))))

    params = {"checkpoint_dir": tmp_path, "callbacks": [See()]}
    with ThreadPoolExecutor(3) as pool:
        fits = [pool.submit(make(**params).fit, X, y) for _ in range(3)]
    for fit in fits:
        assert_same_weights(fit.result(), make().fit(X, y))
    assert list(tmp_path.iterdir()) == []


def test_a_training_that_diverges_leaves_no_checkpoint(three_classes, tmp_path):
    X, y = three_classes
    clf = make(
        checkpoint_dir=tmp_path, lr=1e38, optimizer="sgd", validation_fraction=None
    )
    with pytest.raises(ValueError, match="diverged"):
        clf.fit(X, y)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["augment", "validation_scoring"])
def test_a_function_with_a_state_is_refused(name, three_classes, tmp_path):
    generator = np.random.default_rng(0)

    def augment(batch):
        return batch * (1 + 0.01 * float(generator.normal()))

    def scorer(estimator, X, y):
        return generator.random()

    function = {"augment": augment, "validation_scoring": scorer}[name]
    clf = make(checkpoint_dir=tmp_path, **{name: function})
    with pytest.raises(TypeError, match=f"{name} changes its own state"):
        clf.fit(*three_classes)


def test_a_callback_whose_state_cannot_be_stored_is_refused(three_classes, tmp_path):
    class Note:
        n = 0

    class Noting(Callback):
        def on_train_begin(self, net, **kwargs):
            self.note_ = Note()
            self.net_ = net

        def on_epoch_end(self, net, **kwargs):
            self.note_.n = len(net.history)

    clf = make(checkpoint_dir=tmp_path, callbacks=[Noting()])
    message = (
        r"callbacks\['Noting'\]\['note_'\] contains an object of the class Note; add"
    )
    with pytest.raises(TypeError, match=message):
        clf.fit(*three_classes)


def test_a_path_that_is_no_folder_is_named(three_classes, tmp_path):
    path = tmp_path / "file"
    path.touch()
    with pytest.raises(ValueError, match=r"checkpoint_dir=.*file' must be a folder"):
        make(checkpoint_dir=path).fit(*three_classes)


def test_descriptions_are_the_same_in_another_process():
    code = "import described_parameters as d; print(d.descriptions(), end='')"
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    finished = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": seed},
        cwd=Path(described_parameters.__file__).parent,
        capture_output=True,
        text=True,
    )
    assert finished.stderr == ""
    assert finished.stdout == str(described_parameters.descriptions())


def test_descriptions_tell_values_apart():
    def scaled(scale):
        return lambda batch: scale * batch

    generator = np.random.default_rng(0)
    drawn = np.random.default_rng(0)
    drawn.random()
    torch_generator = torch.Generator().manual_seed(0)
    loop: list = []
    loop.append(loop)
    values = [
        *(None, True, 1, 1.5, "1", b"1", (1, 2), [1, 3], {1: 2}, {1: 3}, {1}, loop),
        *(np.arange(3), np.arange(3.0), np.arange(3, dtype=np.float32), np.float32(3)),
        *(np.array(["a", "b"], dtype=object), np.array(["a", "c"], dtype=object)),
        *(torch.ones(2), torch.ones(2, dtype=torch.bfloat16), torch.ones(1, 2)),
        *(generator, drawn, torch_generator, torch.float32, torch.float64),
        *(scaled(1), scaled(2), twice, lambda batch: 3 * batch, Path("a"), Path("b")),
        *(Path.exists, Path("a").exists, Path("b").exists, len, max, CNN1DClassifier),
        *(partial(max, 1), partial(max, 2), CNN1DClassifier(), CNN1DClassifier(lr=1)),
    ]
    texts = [describe(value) for value in values]
    assert len(set(texts)) == len(texts)
    assert all(
        describe(value) == text for value, text in zip(values, texts, strict=True)
    )
    assert max(map(len, texts)) < 70


def test_identities_name_what_differs():
    one = FitIdentity({"lr": "1", "augment": "x" * 80}, {"X": "a" * 32})
    other = FitIdentity({"lr": "2", "augment": "y" * 80}, {"X": "a" * 32})
    assert one.difference(other) == "lr (2 there, 1 here), augment"
    assert one.difference(one) == ""
    assert one.token(0) != one.token(1) != other.token(1)
