"""The device and the number format of a network."""

import warnings
from typing import Any

import torch

__all__ = ["autocast_dtype", "available_device", "device_or_cpu"]


def available_device(device: Any) -> torch.device:
    """Return the device of this name, if this machine has it.

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
            f"device={device!r} is not available on this machine; use 'auto' or 'cpu'."
        ) from error
    return chosen


def device_or_cpu(device: Any) -> torch.device:
    """Return the device of a stored model, or the CPU with a warning.

    Parameters
    ----------
    device : str or torch.device
        The device's name.

    Returns
    -------
    torch.device
        The device.
    """
    try:
        return available_device(device)
    except ValueError:
        warnings.warn(
            f"device={device!r} is not available; loading the model on the CPU.",
            UserWarning,
            stacklevel=4,
        )
        return torch.device("cpu")


def autocast_dtype(precision: str, device: torch.device) -> torch.dtype | None:
    """Return the number format of convolutions and matrix products, or None.

    Parameters
    ----------
    precision : {"auto", "float32", "bfloat16"}
        The parameter of the classifier; ``"auto"`` takes bfloat16 if the device
        supports it without emulation.
    device : torch.device
        The device.

    Returns
    -------
    torch.dtype or None
        None keeps float32.
    """
    if precision == "float32":
        return None
    if precision == "bfloat16" or _computes_bfloat16(device):
        return torch.bfloat16
    return None


def _computes_bfloat16(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    # Use float32 if these private functions of torch are renamed.
    tests = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return device.type == "cpu" and any(
        getattr(torch.cpu, test, lambda: False)() for test in tests
    )
