"""ContextNetwork in a NetworkClassifier."""

from functools import partial

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from small_network import assert_same_weights

from skecg import NetworkClassifier
from skecg.datasets import make_beats
from skecg.modules import ContextNetwork

SMALL = partial(ContextNetwork, n_filters=8, n_embedding=6, n_hidden=7)
OPTIONS = {"max_epochs": 2, "validation_fraction": None, "random_state": 0}


@pytest.fixture(scope="module", params=["context", "causal_context"])
def beats(request):
    return make_beats(
        200, layout=request.param, weights=[1, 0, 1, 0, 1], random_state=0
    )


@pytest.fixture(scope="module")
def clf(beats):
    made = NetworkClassifier(SMALL, layout=beats.layout, **OPTIONS)
    return made.fit(beats.data, beats.target)


def test_probabilities_sum_to_one(clf, beats):
    proba = clf.predict_proba(beats.data)
    assert proba.shape == (200, 3)
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-6)
    assert (clf.predict(beats.data) == clf.classes_[proba.argmax(axis=1)]).all()


def test_a_stored_classifier_answers_alike(clf, beats, tmp_path):
    joblib.dump(clf, tmp_path / "model.joblib")
    loaded = joblib.load(tmp_path / "model.joblib")
    for answer in ("predict_proba", "transform"):
        expected = getattr(clf, answer)(beats.data)
        np.testing.assert_array_equal(getattr(loaded, answer)(beats.data), expected)


def test_the_same_seed_gives_the_same_weights(clf, beats):
    again = NetworkClassifier(SMALL, layout=beats.layout.name, **OPTIONS)
    assert_same_weights(again.fit(beats.data, beats.target), clf)


def test_a_beat_is_read_alone_as_it_is_among_others(clf, beats):
    alone = np.concatenate([clf.predict_proba(row[None]) for row in beats.data[:10]])
    np.testing.assert_allclose(clf.predict_proba(beats.data)[:10], alone, atol=1e-6)


def test_the_hidden_units_of_the_last_member_are_the_features(clf, beats):
    one = NetworkClassifier(
        partial(SMALL, n_members=1), layout=beats.layout, **OPTIONS
    ).fit(beats.data, beats.target)
    last = one.net_.module_.members[-1].head[-1]
    logits = last(torch.from_numpy(one.transform(beats.data)))
    np.testing.assert_allclose(
        logits.softmax(dim=1).detach(), one.predict_proba(beats.data), atol=1e-6
    )
    units = clf.transform(beats.data)
    assert units.shape == (200, 7) and units.dtype == np.float32
    names = [f"networkclassifier{unit}" for unit in range(7)]
    assert clf.get_feature_names_out().tolist() == names
    assert (units >= 0).all() and units.any()


def test_it_learns_wide_beats_of_other_subjects():
    beats = make_beats(
        500, layout="context", weights=[4, 0, 1, 0, 0], n_subjects=10, random_state=0
    )
    is_test = np.isin(beats.groups, np.unique(beats.groups)[:3])
    options = OPTIONS | {"max_epochs": 12, "lr": 4e-3, "batch_size": 64}
    clf = NetworkClassifier(SMALL, layout="context", class_weight="balanced", **options)
    clf.fit(beats.data[~is_test], beats.target[~is_test])
    assert clf.score(beats.data[is_test], beats.target[is_test]) > 0.9


def test_tables_of_another_layout_are_refused(clf, beats):
    y = beats.target
    table = pd.DataFrame(beats.data, columns=beats.feature_names)
    fitted = NetworkClassifier(SMALL, layout=beats.layout, **OPTIONS).fit(table, y)
    assert fitted.predict(table).shape == y.shape
    other = "context" if beats.layout.is_causal else "causal_context"
    with pytest.raises(ValueError, match="has the column names of"):
        NetworkClassifier(SMALL, layout=other, **OPTIONS).fit(table, y)
    with pytest.raises(ValueError, match=r"Rows of .*context.* 537 columns, got 536"):
        NetworkClassifier(SMALL, layout=other, **OPTIONS).fit(beats.data[:, 1:], y)
    with pytest.raises(ValueError, match="pass rows of the layout 'context'"):
        NetworkClassifier(SMALL, n_channels=2, n_aux_features=410, **OPTIONS).fit(
            beats.data[:, 1:], y
        )
