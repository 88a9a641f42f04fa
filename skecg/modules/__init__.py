"""Networks as plain ``torch.nn.Module`` classes, independent of the estimators."""

from skecg.modules._cnn1d import CNN1D
from skecg.modules._context_network import ContextNetwork
from skecg.modules._dropout import Dropout
from skecg.modules._residual_cnn import ResidualCNN

__all__ = ["CNN1D", "ContextNetwork", "Dropout", "ResidualCNN"]
