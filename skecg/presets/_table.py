"""The table of presets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from imblearn.pipeline import Pipeline

from skecg.presets._known_patients import known_patients, known_patients_fast, study
from skecg.presets._new_patients import new_patients, new_patients_network
from skecg.signal import Layout, get_layout

__all__ = ["PRESETS", "Preset"]


@dataclass(frozen=True)
class Preset:
    """Recipe for a classifier.

    Parameters
    ----------
    about : str
        The purpose, in one line that completes "for ...".
    layout : Layout
        The layout of the rows.
    factory : callable
        A function of the layout that returns a new, unfitted pipeline.

    Examples
    --------
    >>> from skecg.presets import PRESETS
    >>> PRESETS["new_patients"].layout
    get_layout('features', n_leads=2)
    """

    about: str
    layout: Layout
    factory: Callable[[Layout], Pipeline]

    def make(self) -> Pipeline:
        """Return a new, unfitted pipeline.

        Returns
        -------
        imblearn.pipeline.Pipeline
            The classifier for rows of `layout`.
        """
        return self.factory(self.layout)


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "new_patients": Preset(
            "patients not in the training set: boosters over features of two leads; "
            "needs the whole recording; predicts N, S, V",
            get_layout("features", n_leads=2),
            new_patients,
        ),
        "new_patients_causal": Preset(
            "patients not in the training set, on a stream: the same boosters; "
            "predicts a beat at the next R peak, or after 0.75 s if that is later",
            get_layout("causal_features", n_leads=2),
            new_patients,
        ),
        "new_patients_network": Preset(
            "patients not in the training set: a network over the shape and context of "
            "a beat; minutes to train; one or two leads; needs the whole recording",
            get_layout("context"),
            new_patients_network,
        ),
        "new_patients_network_causal": Preset(
            "patients not in the training set, on a stream: the same network over the "
            "previous beats; predicts a beat at the same time as new_patients_causal",
            get_layout("causal_context"),
            new_patients_network,
        ),
        "known_patients": Preset(
            "other beats of the patients in the training set: a network, minutes to "
            "train; highest macro F1 on the study's split",
            get_layout("study"),
            known_patients,
        ),
        "known_patients_fast": Preset(
            "other beats of the patients in the training set: a smaller network, "
            "seconds to train",
            get_layout("study"),
            known_patients_fast,
        ),
        "study": Preset(
            "a comparison with the study: its network, sampler and training",
            get_layout("study"),
            study,
        ),
    }
)
"""Mapping from name to preset. Results are in ``docs/results/<protocol>``."""
