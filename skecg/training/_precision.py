"""The number format that a network's convolutions train in."""

import torch

__all__ = ["autocast_dtype"]


def autocast_dtype(precision: str, device: torch.device) -> torch.dtype | None:
    """Return the format to lower convolutions and products to, or None.

    Parameters
    ----------
    precision : {"auto", "float32", "bfloat16"}
        What is asked for; ``"auto"`` takes bfloat16 where the device computes in
        it, and does not merely emulate it.
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
    # torch says so by functions that it may rename; without them, float32 it is.
    tests = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return device.type == "cpu" and any(
        getattr(torch.cpu, test, lambda: False)() for test in tests
    )
