"""Model files that are safe to load: reading them runs no code from the file."""

from skecg.persistence._load_model import load_model, read_card
from skecg.persistence._save_model import save_model

__all__ = ["load_model", "read_card", "save_model"]
