"""R-peak detection in recordings and in streams."""

from skecg.detection._detect_r_peaks import detect_r_peaks
from skecg.detection._pan_tompkins import StreamingRPeakDetector

__all__ = ["StreamingRPeakDetector", "detect_r_peaks"]
