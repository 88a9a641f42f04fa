"""Profiles of a training step, of the user-written code and of skecg."""

import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile

from benchmarks.speed.obvious import ObviousCNN
from benchmarks.speed.rounds import Values
from skecg.modules import CNN1D

__all__ = ["GROUPS", "profiles"]

GROUPS = {
    "convolution": ("mkldnn_convolution", "convolution_backward"),
    "dropout": ("bernoulli_", "native_dropout", "div_", "random_", "ge", "mul"),
    "batch norm": ("native_batch_norm", "native_batch_norm_backward"),
    "pooling": ("max_pool2d_with_indices", "max_pool2d_with_indices_backward"),
    "ReLU": ("clamp_min", "clamp_min_", "threshold_backward"),
    "dense layers": ("addmm", "mm"),
    "Adam": ("_fused_adam_", "_foreach_add_", "lerp_", "addcmul_", "sqrt", "addcdiv_"),
}
"""Mapping from parts of a step to their operators; ``mul`` applies dropout masks."""


def profiles(rounds: int, quick: bool) -> Values:
    """Time in milliseconds for a step of 32 beats, by part."""
    n_steps = 3 if quick else 50
    obvious = ObviousCNN()
    ours = CNN1D().to(memory_format=torch.channels_last)
    tensors = torch.rand(32, 1, 187), torch.arange(32) % 5
    values: Values = {}
    for name, network, beats, fused in (
        ("obvious", obvious, tensors[0].squeeze(1), False),
        ("skecg", ours, tensors[0], True),
    ):
        optimizer = torch.optim.Adam(network.parameters(), fused=fused)
        for _ in range(rounds):
            _steps(network, optimizer, beats, tensors[1], 3)
            with profile(activities=[ProfilerActivity.CPU]) as seen:
                _steps(network, optimizer, beats, tensors[1], n_steps)
            events = seen.key_averages()
            total = sum(event.self_cpu_time_total for event in events)
            spent = {
                group: sum(
                    event.self_cpu_time_total
                    for event in events
                    if event.key.removeprefix("aten::") in operators
                )
                for group, operators in GROUPS.items()
            }
            spent["all else"] = total - sum(spent.values())
            for group, microseconds in spent.items():
                values.setdefault(f"{group}, {name}", []).append(
                    microseconds / 1e3 / n_steps
                )
    return values


def _steps(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    beats: torch.Tensor,
    labels: torch.Tensor,
    n_steps: int,
) -> None:
    network.train()
    for _ in range(n_steps):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(beats), labels).backward()
        optimizer.step()
