"""Export of a fitted network classifier to an ONNX graph."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from onnx import ModelProto

from skecg._torch_defaults import torch_defaults
from skecg.export._graph import OPSET
from skecg.modules._folding import fold_batch_norm

__all__ = ["network_model"]


class _Probabilities(torch.nn.Module):
    """A network that maps rows of X to probabilities."""

    def __init__(self, module: torch.nn.Module, net: Any) -> None:
        super().__init__()
        self.module = module
        self._inputs = net.module_inputs

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.module(*self._inputs(rows))
        return logits.softmax(dim=1)


@torch_defaults()
def network_model(clf: Any) -> ModelProto:
    """Return the ONNX model of a network, from rows to probabilities.

    Parameters
    ----------
    clf : NetworkClassifier
        The fitted classifier.

    Returns
    -------
    ModelProto
        A model with one input, rows of float32, and one output.

    Raises
    ------
    ImportError
        If onnxscript, which torch needs for the export, is not installed.
    ValueError
        If torch cannot export the module.
    """
    try:
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "export_onnx needs onnxscript for networks; install it with "
            "pip install 'skecg[onnx]'."
        ) from error
    module = fold_batch_norm(clf.net_.module_.eval()).cpu()
    network = _Probabilities(module, clf.net_).eval()
    # Two rows, because exporters treat sizes of 0 and 1 as constants.
    example = torch.zeros(2, clf.n_features_in_)
    with _quiet():
        try:
            exported = torch.onnx.export(
                network,
                (example,),
                input_names=["rows"],
                output_names=["probabilities"],
                dynamic_shapes=({0: torch.export.Dim("n_beats", min=1)},),
                opset_version=OPSET,
                dynamo=True,
                verbose=False,
                external_data=False,
            )
        # torch.onnx.errors.OnnxExporterError, or any exception of the module.
        except Exception as error:
            reason = " ".join(str(error).split())[:300]
            raise ValueError(
                "model must contain a network that torch.onnx can export, but "
                f"{type(clf.net_.module_).__name__} cannot be exported ({reason})."
            ) from error
    assert exported is not None
    return exported.model_proto


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the exporter's messages about torch's own code."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
