"""Network classifiers: a scikit-learn interface around PyTorch networks."""

from skecg.classification.network._cnn1d_classifier import CNN1DClassifier
from skecg.classification.network._network_classifier import NetworkClassifier
from skecg.classification.network._residual_cnn_classifier import ResidualCNNClassifier

__all__ = ["CNN1DClassifier", "NetworkClassifier", "ResidualCNNClassifier"]
