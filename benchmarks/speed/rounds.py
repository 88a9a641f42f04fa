"""Measure contestants in turn, so that the load of the machine affects all of them."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

__all__ = ["Ratio", "Values", "alternate", "seconds", "spread"]

Values = dict[str, list[float]]
"""Mapping from contestant to its values, one per round."""


@dataclass(frozen=True)
class Ratio:
    """A comparison of two contestants, with an optional target.

    Attributes
    ----------
    ours, theirs : str
        Two contestants. The ratio is `ours` divided by `theirs`.
    at_least, at_most : float or None
        The limits of the target, if any.
    """

    ours: str
    theirs: str
    at_least: float | None = None
    at_most: float | None = None

    def measured(self, values: Mapping[str, list[float]]) -> list[float]:
        """Return the ratio in each round."""
        return [
            ours / theirs
            for ours, theirs in zip(values[self.ours], values[self.theirs], strict=True)
        ]

    def is_met(self, values: Mapping[str, list[float]]) -> bool | None:
        """Return whether the median ratio reaches the target, if there is one."""
        ratio = float(np.median(self.measured(values)))
        if self.at_least is not None:
            return ratio >= self.at_least
        return None if self.at_most is None else ratio <= self.at_most

    @property
    def target(self) -> str:
        """The target as text for the table."""
        if self.at_least is not None:
            return f">= {self.at_least:g}"
        return "" if self.at_most is None else f"<= {self.at_most:g}"


def seconds(task: Callable[[], object]) -> float:
    """Return the time of a task."""
    gc.collect()
    started = time.perf_counter()
    task()
    return time.perf_counter() - started


def alternate(
    contestants: Mapping[str, Callable[[], float]], rounds: int
) -> dict[str, list[float]]:
    """Return the values of each contestant, one per round."""
    values: Values = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, measure in contestants.items():
            values[name].append(measure())
    return values


def spread(values: list[float], digits: int = 2) -> str:
    """Return the median with the smallest and the largest value."""
    low, middle, high = np.min(values), np.median(values), np.max(values)
    if middle >= 100:
        return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
