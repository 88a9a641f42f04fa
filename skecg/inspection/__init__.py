"""What a fitted network looks at; captum loads on first use."""

from skecg.inspection._beat_saliency import beat_saliency

__all__ = ["beat_saliency"]
