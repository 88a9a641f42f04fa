"""Which rows are held out, and which epoch a fit keeps."""

import numpy as np
import pytest
import torch
from imblearn.pipeline import Pipeline
from sklearn.metrics import get_scorer_names, log_loss, make_scorer
from skorch.callbacks import (
    BatchScoring,
    Callback,
    Checkpoint,
    EarlyStopping,
    LRScheduler,
)
from small_network import SMALL, assert_same_weights
from torch.utils._python_dispatch import TorchDispatchMode

from skecg import CNN1DClassifier, HybridSampler
from skecg.datasets import make_beats


def test_history_and_best_epoch(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=6, **SMALL).fit(X, y)
    history = clf.history_
    assert history.epoch.tolist() == list(range(1, 7))
    ranked = history.sort_values(["valid_score", "valid_loss"], ascending=[False, True])
    assert clf.best_epoch_ == ranked.epoch.iloc[0]
    assert {"train_loss", "train_accuracy", "valid_loss", "valid_accuracy"} <= set(
        history
    )


def test_keeps_the_weights_of_the_best_epoch(three_classes):
    X, y = three_classes
    scores = iter([0.1, 0.9, 0.3, 0.2])
    best = CNN1DClassifier(
        max_epochs=4, validation_scoring=lambda est, X, y: next(scores), **SMALL
    ).fit(X, y)
    assert best.best_epoch_ == 2
    stopped = CNN1DClassifier(
        max_epochs=2, validation_scoring=lambda est, X, y: next(grows), **SMALL
    )
    grows = iter([0.1, 0.2])
    assert_same_weights(best, stopped.fit(X, y))


def test_an_epoch_without_a_score_is_beaten_by_one_that_has_one(three_classes):
    X, y = three_classes
    scores = iter([np.nan, 0.1, np.nan, 0.2])
    clf = CNN1DClassifier(
        max_epochs=4, validation_scoring=lambda est, X, y: next(scores), **SMALL
    ).fit(X, y)
    assert clf.best_epoch_ == 4


def test_scorer_sees_labels_and_may_ask_for_other_rows(three_classes):
    X, y = three_classes
    seen = []

    def scorer(estimator, X_val, y_val):
        seen.append((set(y_val), set(estimator.predict(X_val[:3])) | {"N"}))
        return estimator.score(X_val, y_val)

    CNN1DClassifier(max_epochs=1, validation_scoring=scorer, **SMALL).fit(X, y)
    assert seen[0][0] == {"F", "N", "V"}
    assert seen[0][1] <= {"F", "N", "V"}


def test_loss_chooses_the_epoch(three_classes):
    X, y = three_classes
    clf = CNN1DClassifier(max_epochs=4, validation_scoring="loss", **SMALL).fit(X, y)
    assert clf.best_epoch_ == clf.history_.epoch[clf.history_.valid_loss.argmin()]


def test_patience_and_skorch_early_stopping_stop_quietly(three_classes):
    X, y = three_classes
    flat = {"validation_scoring": lambda est, X, y: 0.5}
    clf = CNN1DClassifier(max_epochs=30, patience=2, **flat, **SMALL).fit(X, y)
    assert len(clf.history_) < 6
    stop = EarlyStopping("valid_score", patience=2, sink=lambda message: None)
    clf = CNN1DClassifier(max_epochs=30, callbacks=[stop], **flat, **SMALL).fit(X, y)
    assert len(clf.history_) < 6


def test_a_checkpoint_of_skorchs_stores_the_best_epoch(three_classes, tmp_path):
    X, y = three_classes
    name = "epoch-{last_epoch[epoch]}.pt"
    stores = Checkpoint(monitor="is_best", f_params=name, dirname=str(tmp_path))
    clf = CNN1DClassifier(max_epochs=4, callbacks=[stores], **SMALL).fit(X, y)
    stored = torch.load(tmp_path / f"epoch-{clf.best_epoch_}.pt")
    for key, value in clf.net_.module_.state_dict().items():
        assert torch.equal(stored[key], value)
    assert len(list(tmp_path.glob("epoch-*"))) == clf.history_.is_best.sum()
    assert clf.history_.event_cp.tolist() == clf.history_.is_best.tolist()


def test_scores_of_batches_are_means_over_the_epoch(three_classes):
    X, y = three_classes
    hits = BatchScoring("accuracy", name="hits", on_train=True, lower_is_better=False)
    settings = SMALL | {"batch_size": 7, "max_epochs": 3, "callbacks": [hits]}
    history = CNN1DClassifier(**settings).fit(X, y).history_
    # Batches weigh by their size, so that the mean is that of all rows trained on.
    np.testing.assert_allclose(history.hits, history.train_accuracy)
    assert history.hits.nunique() > 1


class Counts(Callback):
    def __init__(self, told):
        self.told = told

    def on_epoch_end(self, net, **kwargs):
        self.count_ = getattr(self, "count_", 0) + 1
        self.told.append(self.count_)


def test_a_fit_leaves_callbacks_as_they_are(three_classes):
    X, y = three_classes
    told = []
    counts, falls = Counts(told), LRScheduler("StepLR", step_size=1)
    callbacks = [("counts", counts), falls]
    clf = CNN1DClassifier(max_epochs=2, callbacks=callbacks, **SMALL)
    before = dict(vars(falls))
    clf.fit(X, y).fit(X, y)
    assert vars(counts) == {"told": told}
    assert vars(falls) == before
    # What a callback was given is its own, and each fit begins with a new one.
    assert told == [1, 2, 1, 2]


def test_too_few_rows_hold_nothing_out_and_say_so(three_classes):
    X, y = three_classes
    rows = np.r_[0:20, 60:80]
    with pytest.warns(UserWarning, match=r"Nothing is held out.*2 distinct held-out"):
        clf = CNN1DClassifier(max_epochs=2, **SMALL).fit(X[rows], y[rows])
    assert clf.best_epoch_ == 2
    assert clf.history_.valid_score.isna().all()


def test_given_validation_rows_are_not_trained_on(three_classes):
    X, y = three_classes
    one = CNN1DClassifier(max_epochs=1, **SMALL).fit(X, y, X_val=X[:20], y_val=y[:20])
    other = CNN1DClassifier(max_epochs=1, **SMALL).fit(X, y, X_val=X[9:], y_val=y[9:])
    assert_same_weights(one, other)
    bare = CNN1DClassifier(max_epochs=1, validation_fraction=None, **SMALL).fit(X, y)
    assert_same_weights(one, bare)


class RefuseDouble(TorchDispatchMode):
    """Be a device without double precision, as Apple's are."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        assert getattr(result, "dtype", None) is not torch.float64, func
        return result


class Narrow(Callback):
    """Train on a device without double precision."""

    def on_train_begin(self, net, **kwargs):
        self.refuses_ = RefuseDouble()
        self.refuses_.__enter__()

    def on_train_end(self, net, **kwargs):
        self.refuses_.__exit__(None, None, None)


def test_training_needs_no_double_precision(three_classes):
    X, y = three_classes
    plain = CNN1DClassifier(max_epochs=2, **SMALL).fit(X, y)
    narrow = CNN1DClassifier(max_epochs=2, callbacks=[Narrow()], **SMALL).fit(X, y)
    assert_same_weights(narrow, plain)
    assert narrow.history_.train_loss.tolist() == plain.history_.train_loss.tolist()


@pytest.mark.parametrize("fraction", [0.95, 0.995])
def test_every_class_keeps_rows_to_learn_from(fraction):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(66, 9)), np.repeat([0, 1], [6, 60])
    clf = CNN1DClassifier(max_epochs=1, validation_fraction=fraction, **SMALL)
    assert (clf.fit(X, y).class_prior_ > 0).all()


def test_held_out_score_of_noise_behind_a_sampler_stays_at_chance():
    means = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        X, y = rng.normal(size=(600, 16)), np.repeat([0, 1], [540, 60])
        pipeline = Pipeline(
            [
                ("sampler", HybridSampler(random_state=seed)),
                (
                    "clf",
                    CNN1DClassifier(
                        n_filters=(8, 8),
                        n_hidden=16,
                        max_epochs=8,
                        validation_fraction=0.2,
                        validation_scoring="balanced_accuracy",
                        random_state=seed,
                    ),
                ),
            ]
        ).fit(X, y)
        means.append(pipeline[-1].history_.valid_score.mean())
    assert abs(np.mean(means) - 0.5) < 0.05


def held_out_without_a_class():
    X, y = make_beats(400, weights=[1, 0, 1, 0, 1], random_state=0, return_X_y=True)
    X_val, y_val = make_beats(
        90, weights=[1, 0, 1, 0, 0], random_state=1, return_X_y=True
    )
    return (X, y), (X_val, y_val)


@pytest.mark.parametrize(
    "scoring",
    [
        "neg_log_loss",
        "d2_log_loss_score",
        "top_k_accuracy",
        "roc_auc_ovo",
        make_scorer(log_loss, greater_is_better=False, response_method="predict_proba"),
    ],
)
def test_scores_held_out_rows_that_lack_a_class(scoring):
    (X, y), (X_val, y_val) = held_out_without_a_class()
    clf = CNN1DClassifier(max_epochs=2, validation_scoring=scoring, **SMALL)
    if scoring == "d2_log_loss_score" and scoring not in get_scorer_names():
        pytest.skip("scikit-learn of this version has no such scorer")
    clf.fit(X, y, X_val=X_val, y_val=y_val)
    assert clf.history_.valid_score.notna().all()
    if scoring == "neg_log_loss":
        np.testing.assert_allclose(
            clf.history_.valid_score.iloc[clf.best_epoch_ - 1],
            -log_loss(y_val, clf.predict_proba(X_val), labels=clf.classes_),
            rtol=1e-5,
        )


def test_refuses_a_score_that_needs_every_class_before_training():
    (X, y), (X_val, y_val) = held_out_without_a_class()
    epochs = []

    class Note(Callback):
        def on_epoch_begin(self, net, **kwargs):
            epochs.append(1)

    clf = CNN1DClassifier(
        max_epochs=2, validation_scoring="roc_auc_ovr", callbacks=[Note()], **SMALL
    )
    with pytest.raises(
        ValueError, match=r"cannot score held-out rows that lack .*\[4\]"
    ):
        clf.fit(X, y, X_val=X_val, y_val=y_val)
    assert not epochs
