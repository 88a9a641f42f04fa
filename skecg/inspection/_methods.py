"""Saliency methods of captum for networks of this package."""

from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["grad_cam", "integrated_gradients", "occlusion"]

_PASS_SIZE = 256
"""The number of beats in a forward pass, so that activations fit the CPU cache."""


def integrated_gradients(
    module: nn.Module,
    beats: Tensor,
    aux: tuple[Tensor, ...],
    codes: Tensor,
    *,
    baseline: Tensor,
    n_steps: int,
) -> Tensor:
    """Integrate the gradient from the baseline to each beat.

    Sundararajan M, Taly A, Yan Q. Axiomatic attribution for deep networks. ICML 2017,
    equation 1. arXiv:1703.01365
    """
    from captum.attr import IntegratedGradients

    return IntegratedGradients(module).attribute(
        beats,
        baselines=baseline,
        target=codes,
        additional_forward_args=aux or None,
        n_steps=n_steps,
        internal_batch_size=_PASS_SIZE,
    )


def occlusion(
    module: nn.Module,
    beats: Tensor,
    aux: tuple[Tensor, ...],
    codes: Tensor,
    *,
    baseline: Tensor,
    window: int,
) -> Tensor:
    """Measure the decrease of the logit when windows of each lead are replaced.

    Zeiler MD, Fergus R. Visualizing and understanding convolutional networks. ECCV
    2014, section 4.2. arXiv:1311.2901
    """
    from captum.attr import Occlusion

    return Occlusion(module).attribute(
        beats,
        sliding_window_shapes=(1, window),
        strides=(1, max(1, window // 4)),
        baselines=baseline,
        target=codes,
        additional_forward_args=aux or None,
        perturbations_per_eval=max(1, _PASS_SIZE // len(beats)),
    )


def grad_cam(
    module: nn.Module,
    beats: Tensor,
    aux: tuple[Tensor, ...],
    codes: Tensor,
    *,
    layer: str | None,
) -> Tensor:
    """Weight the channels of a layer by their mean gradients, rectify and interpolate.

    Selvaraju RR et al. Grad-CAM: visual explanations from deep networks via
    gradient-based localization. ICCV 2017, equations 1 and 2. arXiv:1610.02391
    """
    from captum.attr import LayerGradCam

    name, part = _map_layer(module, layer)
    shapes: list[Any] = []
    handle = part.register_forward_hook(lambda *call: shapes.append(call[2].shape))
    with torch.no_grad():
        module(beats[:1], *(values[:1] for values in aux))
    handle.remove()
    if not shapes or len(shapes[0]) < 3:
        raise ValueError(
            f"layer {name!r} gives no map over the samples of a beat; name a "
            "convolution, or a part that contains one, that the network runs."
        )
    found = LayerGradCam(module, part).attribute(
        beats,
        target=codes,
        additional_forward_args=aux or None,
        relu_attributions=True,
    )
    # Flatten, because two-dimensional convolutions have an additional axis of length 1.
    stretched = nn.functional.interpolate(
        found.flatten(1).unsqueeze(1), size=beats.shape[2], mode="linear"
    )
    return stretched.expand_as(beats)


def _map_layer(module: nn.Module, name: str | None) -> tuple[str, nn.Module]:
    """Return the named layer, or else the last block or the last convolution."""
    layers = {key: part for key, part in module.named_modules() if key}
    if name is not None:
        if name not in layers:
            raise ValueError(
                f"layer must name a part of the network, got {name!r}; there are "
                f"{', '.join(layers)}."
            )
        return name, layers[name]
    blocks = getattr(module, "blocks", None)
    if isinstance(blocks, nn.ModuleList) and len(blocks):
        return f"blocks.{len(blocks) - 1}", blocks[-1]
    convolutions = [
        item for item in layers.items() if isinstance(item[1], nn.Conv1d | nn.Conv2d)
    ]
    if not convolutions:
        raise ValueError(
            f"grad_cam needs a convolution, but module {type(module).__name__} has "
            "none; use another method."
        )
    return convolutions[-1]
