"""Seeded blocks of torch code that restore the global generator afterwards."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["seeded"]

_lock = threading.RLock()


def _renew_lock() -> None:
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    # A forked child must not inherit a lock that a thread of its parent holds.
    os.register_at_fork(after_in_child=_renew_lock)


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Run a block of torch code with its own seed.

    Dropout and initialisation draw from torch's global generator. It is seeded
    for the block and restored afterwards. Only one thread at a time can run such a
    block, because a process has one such generator.

    Parameters
    ----------
    seed : int
        The seed.
    device : torch.device
        The device whose generator is seeded, besides that of the CPU.

    Yields
    ------
    None

    Examples
    --------
    >>> import torch
    >>> from skecg.classification.network._seed import seeded
    >>> draws = []
    >>> for _ in range(2):
    ...     with seeded(0, torch.device("cpu")):
    ...         draws.append(torch.rand(1).item())
    >>> draws[0] == draws[1]
    True
    """
    forked = [device] if device.type == "cuda" else []
    cudnn = torch.backends.cudnn
    with (
        _lock,
        torch.random.fork_rng(devices=forked),
        # cudnn.flags resets omitted flags, so pass all of them.
        cudnn.flags(
            enabled=cudnn.enabled,
            deterministic=True,
            benchmark=False,
            allow_tf32=cudnn.allow_tf32,
        ),
    ):
        # torch.manual_seed would also seed devices that are not restored.
        torch.default_generator.manual_seed(seed)
        for used in forked:
            with torch.cuda.device(used):
                torch.cuda.manual_seed(seed)
        yield
