"""A builder of ONNX graphs."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, TensorProto, compose, helper, inliner, numpy_helper

__all__ = ["OPSET", "GraphBuilder"]

OPSET = 18
"""The version of the standard operators, the same as in torch's exporter."""

_ML_OPSET = 5  # the first with TreeEnsemble, which has float64 thresholds
_IR_VERSION = 10  # supported since ONNX Runtime 1.21, the first with TreeEnsemble
_TYPES: dict[Any, Any] = {np.float32: TensorProto.FLOAT, np.float64: TensorProto.DOUBLE}


class GraphBuilder:
    """Build an ONNX graph; most methods return the name of a new tensor.

    Parameters
    ----------
    dtype : {np.float32, np.float64}
        The type of the rows and of all probabilities.
    """

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._n_names = 0

    def add_input(self, name: str, n_columns: int, *, is_optional: bool) -> str:
        """Add rows as an input; an optional input defaults to one row of zeros."""
        self._inputs.append(self._declared(name, n_columns))
        if is_optional:
            zeros: npt.NDArray[Any] = np.zeros((1, n_columns), dtype=self.dtype)
            self._constants.append(numpy_helper.from_array(zeros, name))
        return name

    def add_output(self, tensor: str, name: str, n_columns: int) -> None:
        """Add a tensor as an output of this name."""
        self._nodes.append(helper.make_node("Identity", [tensor], [name]))
        self._outputs.append(self._declared(name, n_columns))

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output."""
        name = self._new_name(operator.lower())
        domain = "ai.onnx.ml" if operator == "TreeEnsemble" else ""
        self._nodes.append(
            helper.make_node(operator, inputs, [name], domain=domain, **attributes)
        )
        return name

    def constant(self, values: npt.ArrayLike, dtype: Any = None) -> str:
        """Add a constant array, with the type of the rows unless `dtype` is given."""
        name = self._new_name("constant")
        array: npt.NDArray[Any] = np.asarray(values, dtype=dtype or self.dtype)
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def cast(self, tensor: str, dtype: Any) -> str:
        """Convert a tensor from or to the type of the rows."""
        if dtype == self.dtype == np.float32:
            return tensor
        return self.add("Cast", tensor, to=_TYPES[dtype])

    def include(self, model: ModelProto, tensor: str) -> str:
        """Add the graph of a model with one input and output, applied to a tensor."""
        prefix = self._new_name("network") + "_"
        model = compose.add_prefix(inliner.inline_local_functions(model), prefix)
        graph = model.graph
        source, target = graph.input[0].name, graph.output[0].name
        self._nodes.append(helper.make_node("Identity", [tensor], [source]))
        for node in graph.node:
            # Exporters store references to the user's code here.
            node.ClearField("metadata_props")
            node.ClearField("doc_string")
        self._nodes += graph.node
        for constant in graph.initializer:
            constant.ClearField("metadata_props")
            constant.ClearField("doc_string")
        self._constants += graph.initializer
        return target

    def model(self, metadata: dict[str, str]) -> ModelProto:
        """Return the model with the given metadata."""
        graph = helper.make_graph(
            self._nodes, "skecg", self._inputs, self._outputs, self._constants
        )
        model = helper.make_model(
            graph,
            producer_name="skecg",
            ir_version=_IR_VERSION,
            opset_imports=[
                helper.make_opsetid("", OPSET),
                helper.make_opsetid("ai.onnx.ml", _ML_OPSET),
            ],
        )
        helper.set_model_props(model, metadata)
        return model

    def _declared(self, name: str, n_columns: int) -> Any:
        shape = [f"n_{name}", n_columns]
        return helper.make_tensor_value_info(name, _TYPES[self.dtype], shape)

    def _new_name(self, kind: str) -> str:
        self._n_names += 1
        return f"{kind}_{self._n_names}"
