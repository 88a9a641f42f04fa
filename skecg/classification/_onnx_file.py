"""Read the ONNX files of this package, and refuse all others.

ONNX Runtime runs no code of a model, but a file may read other files as its weights
(external data) and call operators of loaded libraries (custom domains). Both are
refused before ONNX Runtime opens the file. The required fields of the format are
declared here for protobuf, which ONNX Runtime installs, so that reading needs no other
package.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg._files import expanded_path
from skecg.signal import Layout, get_layout

__all__ = [
    "CHECKSUM",
    "FACTS",
    "FORMAT",
    "NO_CHECKSUM",
    "OnnxFile",
    "OnnxOutput",
    "checksum_of",
    "read_content",
    "read_onnx_file",
]

FORMAT = 1
"""The format number of the metadata; older formats must still be read."""

FACTS = "skecg"
"""The metadata key of the description of the classifiers, in JSON."""

CHECKSUM = "skecg_sha256"
"""The metadata key of the checksum of the file."""

NO_CHECKSUM = "0" * 64
"""The placeholder for the checksum while it is computed."""

_DOMAINS = {"", "ai.onnx", "ai.onnx.ml"}
"""The domains of the operators of the ONNX standard that classifiers need."""

_KINDS = "biufU"  # of the labels' dtype

# Field numbers, from the standard's onnx.proto3 (https://github.com/onnx/onnx).
_MESSAGES: dict[str, dict[str, tuple[int, str]]] = {
    "Entry": {"key": (1, "bytes"), "value": (2, "bytes")},
    "Opset": {"domain": (1, "bytes")},
    "Tensor": {"external_data": (13, "Entry*"), "data_location": (14, "number")},
    "Sparse": {"values": (1, "Tensor"), "indices": (2, "Tensor")},
    "Attribute": {
        "t": (5, "Tensor"),
        "g": (6, "Graph"),
        "tensors": (10, "Tensor*"),
        "graphs": (11, "Graph*"),
        "sparse_tensor": (22, "Sparse"),
        "sparse_tensors": (23, "Sparse*"),
    },
    "Node": {
        "attribute": (5, "Attribute*"),
        "domain": (7, "bytes"),
    },
    "Graph": {
        "node": (1, "Node*"),
        "initializer": (5, "Tensor*"),
        "sparse_initializer": (15, "Sparse*"),
    },
    "Function": {"name": (1, "bytes")},
    "Model": {
        "graph": (7, "Graph"),
        "opset_import": (8, "Opset*"),
        "metadata_props": (14, "Entry*"),
        "functions": (25, "Function*"),
    },
}


@dataclass(frozen=True)
class OnnxOutput:
    """A classifier in a file: an input and an output of the graph.

    Parameters
    ----------
    input, output : str
        Their names.
    classes : ndarray of shape (n_classes,)
        The labels of the columns of the output.
    n_features : int
        The number of columns of the input.
    feature_names : tuple of str or None
        Their names, if the model was fitted to a table.
    allow_nan : bool
        Whether rows may contain NaN.
    """

    input: str
    output: str
    classes: npt.NDArray[Any]
    n_features: int
    feature_names: tuple[str, ...] | None
    allow_nan: bool


@dataclass(frozen=True)
class OnnxFile:
    """The checked content of a file.

    Parameters
    ----------
    content : bytes
        The file.
    outputs : dict of str to OnnxOutput
        Its classifiers, by the name of their output.
    layout : Layout or None
        The layout of the rows, if it is known.
    card : dict
        The card of the model.
    annotator : dict or None
        The settings of an annotator besides its classifiers, if the file contains one.
    """

    content: bytes
    outputs: dict[str, OnnxOutput]
    layout: Layout | None
    card: dict[str, Any]
    annotator: dict[str, Any] | None


def read_content(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a file.

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    bytes
        Its content.

    Raises
    ------
    FileNotFoundError
        If it does not exist.
    ValueError
        If it is not a regular file; reading a pipe might never end.
    """
    file_path = expanded_path("path", path)
    try:
        mode = os.stat(file_path).st_mode
    except FileNotFoundError as error:
        raise FileNotFoundError(
            "path must be a file that skecg.export_onnx has written, but "
            f"{os.fspath(path)!r} does not exist."
        ) from error
    if not stat.S_ISREG(mode):
        raise ValueError(
            "path must be a file that skecg.export_onnx has written, but "
            f"{os.fspath(path)!r} is not a regular file."
        )
    return file_path.read_bytes()


def read_onnx_file(content: bytes, name: str) -> OnnxFile:
    """Check a file and read its metadata.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        Its name, for messages.

    Returns
    -------
    OnnxFile
        The checked content.

    Raises
    ------
    ImportError
        If ONNX Runtime is not installed.
    ValueError
        If the file is damaged, was not written by this package, was changed since, has
        a later format, uses operators outside the standard, or stores data in other
        files.
    """
    try:
        model = _model_class().FromString(content)
    except ImportError as error:
        raise ImportError(
            "Reading an ONNX file needs ONNX Runtime; install it with "
            "pip install onnxruntime."
        ) from error
    # The class of the error depends on protobuf's implementation.
    except Exception as error:
        raise _refusal(name, "is damaged, or not an ONNX file") from error
    # Bytes, because damaged text may not decode.
    metadata = {_text(entry.key): entry.value for entry in model.metadata_props}
    if FACTS not in metadata or CHECKSUM not in metadata:
        raise _refusal(name, "has no metadata of skecg")
    _refuse_external_parts(model, name)
    checksum = _text(metadata[CHECKSUM])
    if checksum_of(content, checksum) != checksum:
        raise _refusal(name, "is damaged, or was changed after its export")
    try:
        facts = json.loads(metadata[FACTS])
        version = int(facts["format"])
    except (ValueError, TypeError, KeyError) as error:
        raise _refusal(name, "contains damaged metadata") from error
    if version > FORMAT:
        raise _refusal(
            name,
            f"has format {version}, while this skecg reads formats up to {FORMAT}; "
            "upgrade skecg",
        )
    try:
        outputs = [_output(found) for found in facts["outputs"]]
        layout = facts["layout"]
        return OnnxFile(
            content,
            {found.output: found for found in outputs},
            layout and get_layout(layout["name"], **layout["options"]),
            dict(facts["card"]),
            facts["annotator"],
        )
    except (ValueError, TypeError, KeyError) as error:
        raise _refusal(name, f"contains invalid metadata ({error})") from error


def checksum_of(content: bytes, checksum: str) -> str:
    """Return the checksum of a file that contains its own checksum.

    Parameters
    ----------
    content : bytes
        The file.
    checksum : str
        The checksum that it contains, which is replaced by zeros.

    Returns
    -------
    str
        The SHA-256 in hexadecimal; empty if the file does not contain `checksum`
        exactly once.
    """
    stored = checksum.encode()
    if len(stored) != len(NO_CHECKSUM) or content.count(stored) != 1:
        return ""
    return hashlib.sha256(content.replace(stored, NO_CHECKSUM.encode())).hexdigest()


def _output(found: dict[str, Any]) -> OnnxOutput:
    dtype = np.dtype(found["dtype"])
    classes = np.array(found["classes"], dtype=dtype)
    if dtype.kind not in _KINDS or classes.ndim != 1 or not len(classes):
        raise ValueError(f"classes of dtype {dtype} and shape {classes.shape}")
    names = found["feature_names"]
    return OnnxOutput(
        str(found["input"]),
        str(found["output"]),
        classes,
        int(found["n_features"]),
        None if names is None else tuple(map(str, names)),
        bool(found["allow_nan"]),
    )


def _refuse_external_parts(model: Any, name: str) -> None:
    """Refuse operators outside the standard, and weights in other files."""
    domains = {_text(opset.domain) for opset in model.opset_import}
    for node, tensor in _parts(model.graph):
        if node is not None:
            domains.add(_text(node.domain))
        elif tensor.external_data or tensor.data_location:
            raise _refusal(name, "reads weights from another file")
    others = sorted(domains - _DOMAINS)
    if others or model.functions:
        called = others or [_text(function.name) for function in model.functions]
        raise _refusal(name, f"needs operators outside the ONNX standard, {called[:3]}")


def _parts(graph: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the nodes and tensors of a graph and its subgraphs, as pairs."""
    sparse = list(graph.sparse_initializer)
    tensors = list(graph.initializer)
    for node in graph.node:
        yield node, None
        for attribute in node.attribute:
            tensors += [attribute.t, *attribute.tensors]
            sparse += [attribute.sparse_tensor, *attribute.sparse_tensors]
            if attribute.HasField("g"):
                yield from _parts(attribute.g)
            for inside in attribute.graphs:
                yield from _parts(inside)
    for pair in sparse:
        tensors += [pair.values, pair.indices]
    for tensor in tensors:
        yield None, tensor


@cache
def _model_class() -> Any:
    """Return the protobuf class of an ONNX model, with the fields that are read."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    field_type = descriptor_pb2.FieldDescriptorProto
    kinds = {
        "bytes": field_type.TYPE_BYTES,
        "number": field_type.TYPE_INT64,
    }
    declared = descriptor_pb2.FileDescriptorProto(
        name="skecg_onnx.proto", package="skecg_onnx", syntax="proto2"
    )
    for message, fields in _MESSAGES.items():
        target = declared.message_type.add(name=message)
        for name, (number, kind) in fields.items():
            is_list = kind.endswith("*")
            label = field_type.LABEL_REPEATED if is_list else field_type.LABEL_OPTIONAL
            field = target.field.add(name=name, number=number, label=label)
            kind = kind.rstrip("*")
            field.type = kinds.get(kind, field_type.TYPE_MESSAGE)
            if kind not in kinds:
                field.type_name = f".skecg_onnx.{kind}"
    # A separate pool, because the package onnx declares these messages in the default.
    pool = descriptor_pool.DescriptorPool()
    pool.Add(declared)
    return message_factory.GetMessageClass(
        pool.FindMessageTypeByName("skecg_onnx.Model")
    )


def _text(value: bytes) -> str:
    return value.decode(errors="replace")


def _refusal(name: str, reason: str) -> ValueError:
    return ValueError(
        f"path must be a file that skecg.export_onnx has written, but {name!r} "
        f"{reason}."
    )
