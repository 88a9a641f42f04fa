"""Saliency maps of fitted networks; captum is imported on first use."""

from skecg.inspection._beat_saliency import beat_saliency

__all__ = ["beat_saliency"]
