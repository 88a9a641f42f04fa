"""Classifiers of beats with scikit-learn's interface."""

from skecg.classification._cascade import CascadeClassifier
from skecg.classification._cnn1d import CNN1DClassifier
from skecg.classification._prior_adjusted import PriorAdjustedClassifier
from skecg.classification._residual_cnn import ResidualCNNClassifier

__all__ = [
    "CNN1DClassifier",
    "CascadeClassifier",
    "PriorAdjustedClassifier",
    "ResidualCNNClassifier",
]
