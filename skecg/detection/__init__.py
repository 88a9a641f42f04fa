"""R-peak detection in recordings and in streams."""

from skecg.detection._detect_r_peaks import detect_r_peaks

__all__ = ["detect_r_peaks"]
