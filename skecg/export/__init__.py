"""Export of fitted models to ONNX."""

from skecg.export._export_onnx import export_onnx

__all__ = ["export_onnx"]
