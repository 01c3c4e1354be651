"""A graph as an ONNX model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from seqnlp.networks.graph import OPSET, Graph, Value

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, ValueInfoProto

IR_VERSION = 9


def onnx_model(graph: Graph) -> ModelProto:
    """The graph with its weights inside, as onnxruntime and others read it."""
    from onnx import helper

    opsets = [helper.make_opsetid("", OPSET)]
    return helper.make_model(_graph(graph), opset_imports=opsets, ir_version=IR_VERSION, producer_name="seqnlp")


def _graph(graph: Graph) -> GraphProto:
    from onnx import helper, numpy_helper

    nodes = [
        helper.make_node(node.operator, node.inputs, node.outputs, **_attributes(node.attributes))
        for node in graph.nodes
    ]
    constants = [numpy_helper.from_array(array, name) for name, array in graph.constants.items()]
    return helper.make_graph(nodes, graph.name, _values(graph.inputs), _values(graph.outputs), constants)


def _values(values: Sequence[Value]) -> list[ValueInfoProto]:
    from onnx import helper

    return [
        helper.make_tensor_value_info(value.name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
        for value in values
    ]


def _attributes(attributes: dict[str, Any]) -> dict[str, Any]:
    """Types and graphs in ONNX's own terms."""
    from onnx import helper

    def told(value: Any) -> Any:
        if isinstance(value, Graph):
            return _graph(value)
        return helper.np_dtype_to_tensor_dtype(np.dtype(value)) if isinstance(value, type) else value

    return {name: told(value) for name, value in attributes.items()}
