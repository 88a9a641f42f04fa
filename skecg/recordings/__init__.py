"""Recordings: ECG signals with sampling rate, leads and start, and file readers."""

from skecg.recordings._read_recording import read_recording
from skecg.recordings._recording import Recording

__all__ = ["Recording", "read_recording"]
