"""A graph as an ONNX model: the messages of onnx.proto3, written without the package ``onnx``.

The package would be a fifth of what a trained model needs to answer, and a third of its start. Numbers of fields and
types are those of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from seqnlp.networks.graph import OPSET, Array, Graph, Node, Value
from seqnlp.networks.protobuf import Parts, block, blocks, packed, whole

IR_VERSION = 9

_TENSOR_TYPES = {  # TensorProto.DataType
    np.dtype(np.float32): 1,
    np.dtype(np.uint8): 2,
    np.dtype(np.int8): 3,
    np.dtype(np.int32): 6,
    np.dtype(np.int64): 7,
    np.dtype(np.bool_): 9,
    np.dtype(np.float64): 11,
}
_INT, _STRING, _GRAPH, _INTS, _STRINGS = 2, 3, 5, 7, 8  # AttributeProto.AttributeType


def onnx_model(graph: Graph) -> bytes:
    """The graph with its weights inside, as onnxruntime and others read it (``ModelProto``)."""
    opset = block(1, "") + whole(2, OPSET)
    return b"".join(whole(1, IR_VERSION) + block(2, "seqnlp") + block(7, _graph(graph)) + block(8, opset))


def _graph(graph: Graph) -> Parts:
    """``GraphProto``."""
    return [
        *blocks(1, map(_node, graph.nodes)),
        *block(2, graph.name),
        *blocks(5, [_tensor(name, array) for name, array in graph.constants.items()]),
        *blocks(11, map(_value, graph.inputs)),
        *blocks(12, map(_value, graph.outputs)),
    ]


def _node(node: Node) -> Parts:
    """``NodeProto``."""
    attributes = [_attribute(name, value) for name, value in node.attributes.items()]
    return blocks(1, node.inputs) + blocks(2, node.outputs) + block(4, node.operator) + blocks(5, attributes)


def _attribute(name: str, value: Any) -> Parts:
    """``AttributeProto`` of a graph, a type, a text, texts, a whole number or whole numbers."""
    if isinstance(value, Graph):
        content = block(6, _graph(value)) + whole(20, _GRAPH)
    elif isinstance(value, type):
        content = whole(3, _TENSOR_TYPES[np.dtype(value)]) + whole(20, _INT)
    elif isinstance(value, str):
        content = block(4, value) + whole(20, _STRING)
    elif isinstance(value, int):
        content = whole(3, value) + whole(20, _INT)
    elif isinstance(value[0], str):
        content = blocks(9, value) + whole(20, _STRINGS)
    else:
        content = [part for number in value for part in whole(8, number)] + whole(20, _INTS)
    return block(1, name) + content


def _tensor(name: str, array: Array) -> Parts:
    """``TensorProto``: the numbers in little-endian order, row by row."""
    numbers = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False).reshape(-1)
    data: Parts = [numbers.view(np.uint8).data]
    return packed(1, array.shape) + whole(2, _TENSOR_TYPES[array.dtype]) + block(8, name) + block(9, data)


def _value(value: Value) -> Parts:
    """``ValueInfoProto``; a dimension that varies has a name."""
    sizes = [block(2, size) if isinstance(size, str) else whole(1, size) for size in value.shape]
    tensor = whole(1, _TENSOR_TYPES[value.dtype]) + block(2, blocks(1, sizes))
    return block(1, value.name) + block(2, block(1, tensor))
