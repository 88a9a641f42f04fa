"""The expected number of beats that an answer corrects."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["priorities"]

Floats = npt.NDArray[np.float64]


def priorities(
    logs: Floats, weights: Floats, from_above: Floats, from_medoid: Floats
) -> list[int]:
    """Return the expected number of beats that an answer about a group corrects.

    Parameters
    ----------
    logs : ndarray of shape (n_beats, n_labels)
        The log probabilities of the labels of the group's beats.
    weights : ndarray of shape (n_beats,)
        The number of beats that each represents.
    from_above : ndarray of shape (n_beats,)
        The value that the answer in force adds to the log odds of its label.
    from_medoid : ndarray of shape (n_beats,)
        The value that an answer about the group's medoid adds to the log odds of its
        label.

    Returns
    -------
    list of int
        A thousand times the expected number, first without an answer in force, then
        with each label in force.

    Notes
    -----
    The class of a beat is the label with the highest probability, both before the
    answer (given the answer in force) and after it. The gain of an answer is the sum
    over the beats of the probability of the new class minus that of the old class, both
    after the answer. The gains are averaged, weighted by the probability of each
    answer, which is the mean probability of its label. This is the expected value of
    information.
    """
    n_labels = logs.shape[1]
    eye = np.eye(n_labels)
    in_force = np.concatenate([np.zeros((1, n_labels)), eye])
    before = logs + from_above[:, np.newaxis] * in_force[:, np.newaxis]
    old = before.argmax(axis=2)
    answers = np.average(_softmax(before), axis=1, weights=weights)
    added = from_medoid[:, np.newaxis] * eye[:, np.newaxis]
    after = _softmax(before[:, np.newaxis] + added)  # (in force, answer, beat, label)
    kept = np.take_along_axis(after, old[:, np.newaxis, :, np.newaxis], axis=3)[..., 0]
    gains = ((after.max(axis=3) - kept) * weights).sum(axis=2)
    return [round(1000 * value) for value in (answers * gains).sum(axis=1).tolist()]


def _softmax(logs: Floats) -> Floats:
    shares = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))
