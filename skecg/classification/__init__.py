"""Classifiers of beats with scikit-learn's interface."""

from skecg.classification._cascade import CascadeClassifier
from skecg.classification._prior_adjusted import PriorAdjustedClassifier
from skecg.classification.network import (
    CNN1DClassifier,
    NetworkClassifier,
    ResidualCNNClassifier,
)

__all__ = [
    "CNN1DClassifier",
    "CascadeClassifier",
    "NetworkClassifier",
    "PriorAdjustedClassifier",
    "ResidualCNNClassifier",
]
