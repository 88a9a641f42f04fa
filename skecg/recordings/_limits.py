"""Limits of recordings, and the size of a block."""

__all__ = ["BLOCK", "MAX_FS", "MAX_LEADS", "MIN_FS"]

# Rates of ECG recorders: from 100 (PTB-XL) to 2,000 Hz.
MIN_FS, MAX_FS = 100.0, 2000.0
# Twelve leads, their right and posterior ones and the Frank leads are 22. An array with
# time along the wrong axis has more.
MAX_LEADS = 24
# Samples that are read or converted at a time.
BLOCK = 1 << 18
