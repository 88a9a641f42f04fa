"""Classifiers of beats with scikit-learn's interface."""

from skecg.classification._cnn1d import CNN1DClassifier

__all__ = ["CNN1DClassifier"]
