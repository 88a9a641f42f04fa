"""The device that a network trains and predicts on."""

from typing import Any

import torch

__all__ = ["available_device"]


def available_device(device: Any) -> torch.device:
    """Return the named device, if this machine has it.

    Parameters
    ----------
    device : str or torch.device
        A device's name; ``"auto"`` takes a CUDA device if there is one.

    Returns
    -------
    torch.device
        The device.

    Raises
    ------
    ValueError
        If the machine has no such device.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(device)
        torch.empty(0, device=chosen)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(
            f"device={device!r} is not a device of this machine; use 'auto' or 'cpu'."
        ) from error
    return chosen
