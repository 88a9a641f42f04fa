"""Parameters of a network that trains quickly, and a comparison of weights."""

import numpy as np

SMALL = {"n_filters": (8, 8, 8), "n_hidden": 16, "random_state": 0}


def weights(clf):
    return {k: v.numpy() for k, v in clf.net_.module_.state_dict().items()}


def assert_same_weights(one, other):
    ours, theirs = weights(one), weights(other)
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs[name])
