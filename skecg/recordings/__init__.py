"""Recordings: ECG signals with their rate, leads and start, and readers of files."""

from skecg.recordings._read_recording import read_recording
from skecg.recordings._recording import Recording

__all__ = ["Recording", "read_recording"]
