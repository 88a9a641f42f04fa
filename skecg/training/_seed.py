"""Random numbers that a seed decides and that leak nowhere."""

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
    # A child must not inherit a lock that another thread of its parent holds.
    os.register_at_fork(after_in_child=_renew_lock)


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Run a block of torch code under a seed of its own.

    Dropout and initialisation draw from torch's global generator. It is seeded
    here for the block and set back afterwards. As there is one generator a
    process, threads take turns.

    Parameters
    ----------
    seed : int
        The seed.
    device : torch.device
        The device whose generator is seeded along with the processor's.

    Yields
    ------
    None

    Examples
    --------
    >>> import torch
    >>> from skecg.training._seed import seeded
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
        # What is not given is set too, and not left as the user has it.
        cudnn.flags(
            enabled=cudnn.enabled,
            deterministic=True,
            benchmark=False,
            allow_tf32=cudnn.allow_tf32,
        ),
    ):
        # torch.manual_seed would seed other devices, which are not set back.
        torch.default_generator.manual_seed(seed)
        for used in forked:
            with torch.cuda.device(used):
                torch.cuda.manual_seed(seed)
        yield
