"""Limits of recordings, and the block size."""

__all__ = ["BLOCK", "MAX_FS", "MAX_LEADS", "MIN_FS"]

# Sampling rates of ECG recorders: from 100 Hz (PTB-XL) to 2,000 Hz.
MIN_FS, MAX_FS = 100.0, 2000.0
# The twelve leads with right, posterior and Frank leads are 22. An array with time
# along the wrong axis has more.
MAX_LEADS = 24
# Number of samples that are read or converted at a time.
BLOCK = 1 << 18
