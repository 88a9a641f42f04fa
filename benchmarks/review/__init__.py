"""Simulated answers of a person about recordings, and the corrected annotations."""
