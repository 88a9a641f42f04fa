"""Descriptions of parameters of many kinds, to compare them between processes."""

from functools import partial

import torch
from sklearn.metrics import get_scorer
from skorch.callbacks import EarlyStopping, LRScheduler

from skecg.augmentation import BeatAugmentation
from skecg.classification.network._description import describe
from skecg.presets import make_beat_classifier
from skecg.signal import get_layout


def descriptions():
    clf = make_beat_classifier("new_patients_network")["clf"]
    clf.set_params(
        augment=BeatAugmentation(layout=get_layout("context")),
        callbacks=[EarlyStopping(), ("schedule", LRScheduler("StepLR", step_size=3))],
        optimizer=partial(torch.optim.AdamW, betas=(0.9, 0.99)),
        validation_scoring=get_scorer("neg_log_loss"),
        class_weight={"a", frozenset("bcde"), lambda x: {"f", "g", "h", x}},
    )
    return [(k, describe(v)) for k, v in sorted(clf.get_params().items())]
