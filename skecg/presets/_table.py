"""What each preset is."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from sklearn.ensemble import BaggingClassifier

from skecg import aami
from skecg.classification import (
    CascadeClassifier,
    CNN1DClassifier,
    PriorAdjustedClassifier,
)
from skecg.presets._inter_patient import INTER_PATIENT_STAGES
from skecg.sampling import HybridSampler
from skecg.training import BeatAugmentation

__all__ = ["PRESETS", "Preset"]


@dataclass(frozen=True)
class Preset:
    """A recipe.

    Parameters
    ----------
    about : str
        What it is for, in a sentence.
    is_causal : bool
        Whether a beat is classified from what is known soon after it, or only with
        the whole recording.
    steps : mapping of str to (class, mapping)
        The steps of a pipeline by name: each one's class, and its parameters where
        they are not the class's defaults.
    """

    about: str
    is_causal: bool
    steps: Mapping[str, tuple[Any, Mapping[str, Any]]]


_ONE_CYCLE = {
    "lr": 1e-2,
    "lr_schedule": "one_cycle",
    "precision": "auto",
    # A schedule that ends at nothing has nothing to choose an epoch from.
    "validation_fraction": None,
    # Over few epochs of beats as they come, dropping features of the blocks costs
    # more than it saves.
    "dropout": 0.0,
    "head_dropout": 0.2,
}

_RECOMMENDED_NETWORK = CNN1DClassifier(
    **_ONE_CYCLE,
    n_filters=(32, 64, 96, 128),
    batch_size=128,
    max_epochs=24,
    augment=BeatAugmentation(stretch=0.1, gain=0.1, noise=0.02),
    optimizer=partial(torch.optim.AdamW, weight_decay=0.05, fused=True),
)
# A fifth of the way to equal classes costs no accuracy; all of it would.
_LEANING = {"prior": "uniform", "strength": 0.2}

PRESETS = {
    "study": Preset(
        "The study's: 10,000 beats of each class, 30 epochs of Adam, the best one kept",
        is_causal=True,
        steps={"sampler": (HybridSampler, {}), "clf": (CNN1DClassifier, {})},
    ),
    "fast": Preset(
        "A smaller network that is better than the study's after seconds",
        is_causal=True,
        steps={
            "clf": (
                CNN1DClassifier,
                {
                    **_ONE_CYCLE,
                    "n_filters": (16, 32, 64, 64),
                    "n_hidden": 64,
                    "batch_size": 256,
                    "max_epochs": 3,
                },
            )
        },
    ),
    "recommended": Preset(
        "A narrower network than the study's, over augmented beats as they come, which "
        "leans towards rare classes at prediction",
        is_causal=True,
        steps={
            "clf": (
                PriorAdjustedClassifier,
                {"estimator": _RECOMMENDED_NETWORK, **_LEANING},
            )
        },
    ),
    "ensemble": Preset(
        'Three networks of "recommended" from other random starts, averaged',
        is_causal=True,
        steps={
            "clf": (
                PriorAdjustedClassifier,
                {
                    "estimator": BaggingClassifier(
                        _RECOMMENDED_NETWORK, n_estimators=3, bootstrap=False
                    ),
                    **_LEANING,
                },
            )
        },
    ),
    "inter_patient": Preset(
        "For patients never seen: boosters of rhythm and shape, of two leads, relative "
        'to the patient\'s own (rows of the layout "features"); answers N, S or V',
        is_causal=False,
        steps={
            "clf": (
                CascadeClassifier,
                {
                    "stages": INTER_PATIENT_STAGES,
                    "remainder": aami.CLASSES.index("N"),
                },
            )
        },
    ),
}
"""Name to preset. The results of each are in ``docs/results/presets``."""
