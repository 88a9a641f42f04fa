"""The skorch parts: batches, the held-out rows, the best epoch, progress."""

from skecg.training._augmentation import BeatAugmentation
from skecg.training._batches import BeatBatches, BeatDataset
from skecg.training._best_epoch import BestEpoch
from skecg.training._device import available_device
from skecg.training._heldout import held_out_rows
from skecg.training._history import stopped_early, tidy_history
from skecg.training._net import BeatNet
from skecg.training._precision import autocast_dtype
from skecg.training._probabilities import as_tensor, probabilities, representation
from skecg.training._progress import Progress
from skecg.training._schedule import schedule_callback
from skecg.training._seed import seeded

__all__ = [
    "BeatAugmentation",
    "BeatBatches",
    "BeatDataset",
    "BeatNet",
    "BestEpoch",
    "Progress",
    "as_tensor",
    "autocast_dtype",
    "available_device",
    "held_out_rows",
    "probabilities",
    "representation",
    "schedule_callback",
    "seeded",
    "stopped_early",
    "tidy_history",
]
