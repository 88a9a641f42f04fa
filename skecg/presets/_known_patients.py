"""Presets measured on other beats of the patients in the training set."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from imblearn.pipeline import Pipeline

from skecg.classification import PriorAdjustedClassifier
from skecg.sampling import HybridSampler
from skecg.signal import Layout

# Functions import what needs torch, so that boosters can be made without it.
if TYPE_CHECKING:
    from skecg.classification import CNN1DClassifier

__all__ = ["known_patients", "known_patients_fast", "study"]


def study(layout: Layout) -> Pipeline:
    """Return the study's pipeline.

    Parameters
    ----------
    layout : Layout
        The layout of the rows.

    Returns
    -------
    Pipeline
        The sampler (10,000 beats per class) and the network (30 epochs of Adam, of
        which the best one is kept).
    """
    from skecg.classification import CNN1DClassifier

    clf = CNN1DClassifier(layout=layout)
    return Pipeline([("sampler", HybridSampler()), ("clf", clf)])


def known_patients_fast(layout: Layout) -> Pipeline:
    """Return a smaller network that trains in seconds and scores above the study's.

    Parameters
    ----------
    layout : Layout
        The layout of the rows.

    Returns
    -------
    Pipeline
        The classifier, which trains on the natural class distribution.
    """
    clf = _one_cycle(
        layout, n_filters=(16, 32, 64, 64), n_hidden=64, batch_size=256, max_epochs=3
    )
    return Pipeline([("clf", clf)])


def known_patients(layout: Layout) -> Pipeline:
    """Return the preset with the highest macro F1 on known patients.

    Parameters
    ----------
    layout : Layout
        The layout of the rows.

    Returns
    -------
    Pipeline
        A network with fewer filters than the study's, trained on augmented beats of the
        natural class distribution. Its prior is adjusted towards uniform with strength
        0.2.
    """
    import torch

    from skecg.augmentation import BeatAugmentation

    network = _one_cycle(
        layout,
        n_filters=(32, 64, 96, 128),
        batch_size=128,
        max_epochs=24,
        augment=BeatAugmentation(stretch=0.1, gain=0.1, noise=0.02, layout=layout),
        optimizer=partial(torch.optim.AdamW, weight_decay=0.05, fused=True),
    )
    # Full strength would reduce the accuracy; 0.2 hardly does.
    clf = PriorAdjustedClassifier(network, prior="uniform", strength=0.2)
    return Pipeline([("clf", clf)])


def _one_cycle(layout: Layout, **settings: Any) -> CNN1DClassifier:
    """Return a network with a one-cycle schedule of the learning rate."""
    from skecg.classification import CNN1DClassifier

    return CNN1DClassifier(
        layout=layout,
        lr=1e-2,
        lr_schedule="one_cycle",
        precision="auto",
        # The learning rate ends near zero, so that the last epoch is the best.
        validation_fraction=None,
        # Dropout in the blocks lowers the scores of few epochs on the natural class
        # distribution.
        dropout=0.0,
        head_dropout=0.2,
        **settings,
    )
