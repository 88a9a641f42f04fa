"""Resampling of beats before training."""

from skecg.sampling._hybrid import HybridSampler

__all__ = ["HybridSampler"]
