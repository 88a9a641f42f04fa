"""Networks: plain ``torch.nn.Module`` classes that know nothing of estimators."""

from skecg.modules._cnn1d import CNN1D

__all__ = ["CNN1D"]
