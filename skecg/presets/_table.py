"""What each preset is."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

import torch
from sklearn.preprocessing import FunctionTransformer

from skecg import aami
from skecg.classification import (
    CascadeClassifier,
    CNN1DClassifier,
    PriorAdjustedClassifier,
)
from skecg.presets._inter_patient import INTER_PATIENT_STAGES, rows_of_features
from skecg.sampling import HybridSampler
from skecg.training import BeatAugmentation

__all__ = ["PRESETS", "Preset"]


@dataclass(frozen=True)
class Preset:
    """A recipe; its steps and settings are read-only.

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

    def __post_init__(self) -> None:
        """Put what was given behind proxies that only read."""
        read_only = {
            name: (part, MappingProxyType(dict(settings)))
            for name, (part, settings) in self.steps.items()
        }
        object.__setattr__(self, "steps", MappingProxyType(read_only))

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle the recipe without its proxies, which cannot be."""
        steps = {
            name: (part, dict(given)) for name, (part, given) in self.steps.items()
        }
        return Preset, (self.about, self.is_causal, steps)


_ONE_CYCLE: dict[str, Any] = {
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

_BETWEEN_PATIENTS: Mapping[str, tuple[Any, Mapping[str, Any]]] = {
    "rows": (FunctionTransformer, {"func": rows_of_features}),
    "clf": (
        CascadeClassifier,
        {"stages": INTER_PATIENT_STAGES, "remainder": aami.CLASSES.index("N")},
    ),
}

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
                {
                    "estimator": CNN1DClassifier(
                        **_ONE_CYCLE,
                        n_filters=(32, 64, 96, 128),
                        batch_size=128,
                        max_epochs=24,
                        augment=BeatAugmentation(stretch=0.1, gain=0.1, noise=0.02),
                        optimizer=partial(
                            torch.optim.AdamW, weight_decay=0.05, fused=True
                        ),
                    ),
                    "prior": "uniform",
                    # A fifth of the way costs hardly any accuracy; all of it would.
                    "strength": 0.2,
                },
            )
        },
    ),
    "inter_patient": Preset(
        "For patients never seen: boosters of rhythm, shape and P wave, of two leads, "
        'relative to the patient\'s own (rows of the layout "features"); answers N, S '
        "or V",
        is_causal=False,
        steps=_BETWEEN_PATIENTS,
    ),
    "inter_patient_causal": Preset(
        "The same recipe for a stream, relative to the patient's beats so far (rows of "
        'the layout "causal_features"); answers at the next R peak or 0.75 s after the '
        "beat's own, whichever is later",
        is_causal=True,
        steps=_BETWEEN_PATIENTS,
    ),
}

"""Name to preset. The results of each are in ``docs/results/<protocol>``."""
