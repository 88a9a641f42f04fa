"""Beats to learn from: MIT-BIH, the public heartbeat files, synthetic ones."""

from skecg.datasets._home import get_data_home
from skecg.datasets._mitdb import fetch_mitdb

__all__ = ["fetch_mitdb", "get_data_home"]
