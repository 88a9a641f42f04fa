"""Recordings: ECG signals with their rate, leads and start, and readers of files."""

from skecg.recordings._recording import Recording

__all__ = ["Recording"]
