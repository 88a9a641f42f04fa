"""The beats of an annotated recording as points, with the model's probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skecg.annotation import AnnotatedRecording
from skecg.review._beat_shapes import aligned_windows, log_interval_ratios
from skecg.review._group_settings import GroupSettings
from skecg.review._procedure import CLASS_ANSWERS

__all__ = ["BeatFeatures", "ClassifiedBeats", "boosts"]

_LIMIT = 4.0  # in amplitudes of the usual beat: larger values are artefacts
_N_FITTED = 5000  # beats, of which the components are computed
_PREFIX = "probability_"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BeatFeatures:
    """The beats that the model has classified, as points.

    Parameters
    ----------
    rows : ndarray of int of shape (n_points,)
        Their rows in the table.
    points : ndarray of shape (n_points, n_features)
        Shape, timing and log probabilities, weighted.
    labels : list of str
        The classes of the model, and all other answers that decide beats.
    logs : ndarray of shape (n_points, n_labels)
        The log probability of each label before any answer, up to a constant.
    """

    rows: npt.NDArray[np.int64]
    points: Floats
    labels: list[str]
    logs: Floats

    @classmethod
    def of(cls, beats: ClassifiedBeats, settings: GroupSettings) -> BeatFeatures:
        """Return those of a recording."""
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
    """What is read of the beats that the model has classified.

    Parameters
    ----------
    annotated : AnnotatedRecording
        The annotated recording. Its beats without probabilities, in which no lead is
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
    """Return what an answer about a medoid adds to the log odds of its label.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_features)
        Beats.
    medoid : ndarray of shape (n_features,)
        The beat that was asked about.
    settings : GroupSettings
        The settings.

    Returns
    -------
    ndarray of shape (n_points,)
        It decays exponentially with the distance.
    """
    distances = np.sqrt(((points - medoid) ** 2).sum(axis=1))
    return np.asarray(settings.trust * np.exp(-distances / settings.reach))


def _components(windows: npt.NDArray[np.float32], n_components: int) -> Floats:
    """Return the principal components of windows, in amplitudes of the usual beat."""
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
    # A tenth, so that a window's length is about that of the other parts.
    found = (
        (flat - centre) @ vectors[:, : -n_components - 1 : -1] / np.sqrt(10 * n_leads)
    )
    return np.asarray(found)
