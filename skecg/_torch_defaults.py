"""Default dtype, device and modes of torch, independent of the caller's settings."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch

__all__ = ["torch_defaults"]

_AUTOCAST_DEVICES = ("cpu", "cuda", "mps", "xpu")


@contextmanager
def torch_defaults() -> Iterator[None]:
    """Run a block with float32, the CPU, gradients and no autocast as defaults.

    The caller may have changed the default dtype or device, or may be inside
    ``torch.no_grad``, ``torch.inference_mode`` or ``torch.autocast``. The block does
    not depend on these settings and restores them.

    Yields
    ------
    None

    Examples
    --------
    >>> import torch
    >>> from skecg._torch_defaults import torch_defaults
    >>> with torch.inference_mode(), torch_defaults():
    ...     torch.is_grad_enabled()
    True
    """
    with ExitStack() as stack:
        stack.enter_context(_default_dtype.float32())
        # Set it only if it differs: a default device slows down each call of torch.
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        for device in _AUTOCAST_DEVICES:
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        if not torch.is_grad_enabled() or torch.is_inference_mode_enabled():
            # This enables gradients, also inside torch.no_grad.
            stack.enter_context(torch.inference_mode(False))
        yield


class _DefaultDtype:
    """The default dtype, which all threads of a process share.

    The first running block sets float32 and the last one restores the previous dtype,
    so that a block does not change the dtype of another.
    """

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Reset the state after a fork, which does not copy the parent's threads."""
        self._lock = threading.Lock()
        self._n_blocks = 0
        self._replaced: torch.dtype | None = None

    @contextmanager
    def float32(self) -> Iterator[None]:
        """Run a block with float32 as the default dtype."""
        with self._lock:
            self._n_blocks += 1
            current = torch.get_default_dtype()
            if current != torch.float32:
                self._replaced = current
                torch.set_default_dtype(torch.float32)
        try:
            yield
        finally:
            with self._lock:
                self._n_blocks = max(0, self._n_blocks - 1)
                if not self._n_blocks and self._replaced is not None:
                    torch.set_default_dtype(self._replaced)
                    self._replaced = None


_default_dtype = _DefaultDtype()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_default_dtype.renew)
