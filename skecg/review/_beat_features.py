"""Features of the beats of an annotated recording, for grouping."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skecg.annotation import AnnotatedRecording
from skecg.review._beat_shapes import aligned_windows, log_interval_ratios
from skecg.review._group_settings import GroupSettings
from skecg.review._procedure import CLASS_ANSWERS

__all__ = ["BeatFeatures", "ClassifiedBeats", "boosts"]

_LIMIT = 4.0  # amplitudes of the usual beat; larger values are artefacts
_N_FITTED = 5000  # beats from which the components are computed
_PREFIX = "probability_"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BeatFeatures:
    """The features of the beats that the model has classified.

    Parameters
    ----------
    rows : ndarray of int of shape (n_points,)
        Their rows in the table.
    points : ndarray of shape (n_points, n_features)
        The weighted features: shape, timing and log probabilities.
    labels : list of str
        The classes of the model, followed by all other answers that set a class.
    logs : ndarray of shape (n_points, n_labels)
        The log probability of each label before any answer, up to a constant.
    """

    rows: npt.NDArray[np.int64]
    points: Floats
    labels: list[str]
    logs: Floats

    @classmethod
    def of(cls, beats: ClassifiedBeats, settings: GroupSettings) -> BeatFeatures:
        """Compute the features of the beats of a recording."""
        s, names, given = settings, beats.names, beats.probabilities
        labels = [*names, *(x for x in CLASS_ANSWERS if x not in names)]
        p = np.full((len(given), len(labels)), s.floor)
        p[:, : len(names)] = np.maximum(given, s.floor)
        logs = np.log(p)
        of_classes = logs[:, : len(names)]
        shape = _components(beats.windows, s.n_components)
        parts = [
            s.w_shape * shape,
            s.w_timing * beats.timing,
            s.w_model * (of_classes - of_classes.mean(axis=1, keepdims=True)),
        ]
        return cls(beats.rows, np.hstack(parts), labels, s.sharpness * logs)


class ClassifiedBeats:
    """The windows, timing and probabilities of the beats that the model has classified.

    Parameters
    ----------
    annotated : AnnotatedRecording
        The annotated recording. Beats without probabilities, for which no lead is
        readable, are left out.
    """

    def __init__(self, annotated: AnnotatedRecording) -> None:
        table = annotated.table
        columns = [name for name in table.columns if name.startswith(_PREFIX)]
        self.names = [name.removeprefix(_PREFIX) for name in columns]
        probabilities = table[columns].to_numpy(np.float64)
        self.rows = np.flatnonzero(np.isfinite(probabilities).all(axis=1))
        self.probabilities = probabilities[self.rows]
        recording = annotated.recording
        leads = [recording.leads.index(name) for name in annotated.leads]
        samples = table["sample"].to_numpy(np.int64)[self.rows]
        self.windows = aligned_windows(recording, leads, samples)
        times = table["time"].to_numpy(np.float64)
        self.timing = log_interval_ratios(times)[self.rows]


def boosts(points: Floats, medoid: Floats, settings: GroupSettings) -> Floats:
    """Return the value that an answer about a medoid adds to its label's log odds.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_features)
        The features of beats.
    medoid : ndarray of shape (n_features,)
        The features of the beat of the question.
    settings : GroupSettings
        The settings.

    Returns
    -------
    ndarray of shape (n_points,)
        The values, which decay exponentially with the distance from the medoid.
    """
    distances = np.sqrt(((points - medoid) ** 2).sum(axis=1))
    return np.asarray(settings.trust * np.exp(-distances / settings.reach))


def _components(windows: npt.NDArray[np.float32], n_components: int) -> Floats:
    """Return the principal components of windows scaled by the usual amplitude."""
    n_beats, n_leads, _ = windows.shape
    if not n_beats:
        return np.zeros((0, n_components))
    usual = np.median(np.abs(windows).max(axis=2), axis=0)
    scaled = windows / np.maximum(usual, 1e-6)[:, np.newaxis]
    flat = np.clip(scaled, -_LIMIT, _LIMIT).reshape(n_beats, -1).astype(np.float64)
    fitted = flat[:: -(-n_beats // _N_FITTED)]
    centre = np.median(fitted, axis=0)
    deviations = fitted - centre
    _, vectors = np.linalg.eigh(deviations.T @ deviations)
    # The factor 10 makes distances in shape comparable to those of the other features.
    found = (
        (flat - centre) @ vectors[:, : -n_components - 1 : -1] / np.sqrt(10 * n_leads)
    )
    return np.asarray(found)
