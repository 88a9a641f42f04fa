"""Limits of recordings, and the block size."""

__all__ = ["BLOCK", "MAX_FS", "MAX_LEADS", "MIN_FS"]

# Sampling rates of ECG recorders: from 100 Hz (PTB-XL) to 2,000 Hz.
MIN_FS, MAX_FS = 100.0, 2000.0
# The largest set has 22 leads: twelve, the right and posterior ones, and the Frank
# leads. An array with time along the wrong axis has more columns.
MAX_LEADS = 24
# Number of samples that are read or converted at a time.
BLOCK = 1 << 18
