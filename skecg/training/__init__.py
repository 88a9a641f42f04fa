"""How a network trains: the skorch net of a classifier, and what augments its beats."""

from skecg.training._augmentation import BeatAugmentation
from skecg.training._net import BeatNet

__all__ = ["BeatAugmentation", "BeatNet"]
