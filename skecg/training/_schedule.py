"""How the learning rate moves from batch to batch."""

from typing import Any

from skorch.callbacks import LRScheduler
from torch.optim import lr_scheduler

__all__ = ["schedule_callback"]

_STEP_SIZE, _STEP_FACTOR = 10_000, 0.75  # Kachuee et al. 2018, arXiv:1805.00794


def schedule_callback(name: str, lr: float, n_batches: int) -> LRScheduler:
    """Return the schedule "one_cycle" or "step" for a fit of so many batches."""
    if name == "step":
        policy: Any = lr_scheduler.StepLR
        settings = {"step_size": _STEP_SIZE, "gamma": _STEP_FACTOR}
    else:
        policy = lr_scheduler.OneCycleLR
        # skorch takes one step more than there are batches.
        settings = {"max_lr": lr, "total_steps": n_batches + 1}
    return LRScheduler(policy=policy, step_every="batch", **settings)
