"""A classifier that is corrected with reviewed beats of a patient."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skecg.review._group_settings import GroupSettings

__all__ = ["PatientClassifier"]

_N_COMPONENTS = 10
_N_NEIGHBOURS = 5
_N_KEPT = 5000  # beats, evenly spread over the recording
_LEAST = 1e-9  # a distance, for a divisor

Floats = npt.NDArray[np.float64]


class PatientClassifier(ClassifierMixin, BaseEstimator):
    """Classify beats with a fitted classifier and reviewed beats of the same patient.

    Parameters
    ----------
    base : estimator
        A fitted classifier with ``predict_proba``.

    Attributes
    ----------
    classes_ : ndarray
        The classes of the base and of the reviewed beats.
    n_features_in_ : int
        The columns of a row.

    Notes
    -----
    The log probabilities of the base are multiplied by a factor below 1. Each of the
    five nearest reviewed beats then adds a fifth of an answer's weight to the log
    probability of its class. Distances are computed from ten principal components of
    the standardised rows. The weight is full up to the median distance of reviewed
    beats to their fifth neighbour, and decays exponentially beyond it. The base thus
    determines the class of beats that are unlike all reviewed beats.
    """

    def __init__(self, base: Any) -> None:
        self.base = base

    def fit(self, X: npt.NDArray[Any], y: npt.NDArray[Any]) -> PatientClassifier:
        """Store reviewed beats.

        Parameters
        ----------
        X : ndarray of shape (n_beats, n_features)
            The rows of the reviewed beats.
        y : ndarray of shape (n_beats,)
            Their classes.

        Returns
        -------
        PatientClassifier
            The fitted classifier itself.
        """
        kept = np.unique(np.linspace(0, len(X) - 1, _N_KEPT).astype(np.int64))
        X, y = np.asarray(X[kept], dtype=np.float64), np.asarray(y)[kept]
        self.n_features_in_ = X.shape[1]
        self.classes_ = np.unique(np.concatenate([self.base.classes_, y]))
        n_components = min(_N_COMPONENTS, *X.shape)
        self.space_ = make_pipeline(
            StandardScaler(), PCA(n_components, svd_solver="full")
        )
        # For equal rows, the shares of variance are 0 / 0; they are not used.
        with np.errstate(invalid="ignore"):
            self.points_ = self.space_.fit_transform(X)
        self.usual_distance_ = _LEAST
        if len(X) > 1:
            # A beat is not its own neighbour.
            index = _index(self.points_, len(X) - 1)
            usual = float(np.median(index.kneighbors()[0][:, -1]))
            self.usual_distance_ = max(usual, _LEAST)
        self.labels_ = np.searchsorted(self.classes_, y)
        return self

    def predict_proba(self, X: npt.NDArray[Any]) -> Floats:
        """Return the probability of each class.

        Parameters
        ----------
        X : ndarray of shape (n_beats, n_features)
            The rows.

        Returns
        -------
        ndarray of shape (n_beats, n_classes)
            The probabilities.
        """
        s = GroupSettings()
        p = np.full((len(X), len(self.classes_)), s.floor)
        columns = np.searchsorted(self.classes_, self.base.classes_)
        p[:, columns] = np.maximum(self.base.predict_proba(X), s.floor)
        logs = s.sharpness * np.log(p)
        points = self.space_.transform(np.asarray(X, dtype=np.float64))
        # Not kept, because a model file cannot hold the index of a tree safely.
        index = _index(self.points_, len(self.points_))
        distances, nearest = index.kneighbors(points)
        excess = np.maximum(distances / self.usual_distance_ - 1, 0)
        weights = s.trust / nearest.shape[1] * np.exp(-excess)
        rows = np.arange(len(logs))[:, np.newaxis]
        np.add.at(logs, (rows, self.labels_[nearest]), weights)
        shares = np.exp(logs - logs.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))

    def predict(self, X: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the most probable class of each row.

        Parameters
        ----------
        X : ndarray of shape (n_beats, n_features)
            The rows.

        Returns
        -------
        ndarray of shape (n_beats,)
            The classes.
        """
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])


def _index(points: Floats, n_others: int) -> NearestNeighbors:
    """Return an index of points that finds the nearest of the others."""
    return NearestNeighbors(n_neighbors=min(_N_NEIGHBOURS, n_others)).fit(points)
