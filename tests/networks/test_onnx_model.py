"""What is written as ONNX is what its own package reads."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from seqnlp.networks.graph import OPSET, Builder
from seqnlp.networks.onnx_model import onnx_model
from seqnlp.networks.protobuf import varint


def test_every_kind_of_attribute_constant_and_dimension_is_read_as_it_was_meant() -> None:
    body, build = Builder("body"), Builder("Köln")
    body.output("same", body.input("each", np.int64, ()), np.int64, ())
    constants = {
        "scalar": np.float32(-0.5),
        "empty": np.zeros((0, 3), np.float32),
        "far": np.array([[1, -(2**63)], [2**63 - 1, 0]]),
        "bytes": np.array([0, 255], np.uint8),
        "small": np.array([-128, 127], np.int8),
        "lengths": np.array([3], np.int32),
        "turned": np.arange(200, dtype=np.float32).reshape(2, 100).T,
        "truth": np.array([True, False]),
    }
    for name, array in constants.items():
        build.graph.constants[name] = array
    attributes = {
        "axis": -1,
        "many": 300,
        "perm": [2, 0, -3],
        "direction": "forward",
        "activations": ["Sigmoid", "Tanh"],
        "to": np.int64,
        "body": body.graph,
    }
    build.add("Anything", build.input("x", np.float32, ("B", 128, 0)), "", **attributes)

    model = onnx.ModelProto.FromString(onnx_model(build.graph))

    assert (model.ir_version, model.opset_import[0].version, model.graph.name) == (9, OPSET, "Köln")
    shape = model.graph.input[0].type.tensor_type.shape.dim
    assert [each.dim_param or each.dim_value for each in shape] == ["B", 128, 0]
    (node,) = model.graph.node
    assert (node.op_type, list(node.input), len(node.output)) == ("Anything", ["x", ""], 1)
    read = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
    inner = read.pop("body")
    assert (inner.name, inner.node[0].op_type, inner.output[0].name) == ("body", "Identity", "same")
    assert read == {
        "axis": -1,
        "many": 300,
        "perm": [2, 0, -3],
        "direction": b"forward",
        "activations": [b"Sigmoid", b"Tanh"],
        "to": onnx.TensorProto.INT64,
    }
    for tensor in model.graph.initializer:
        actual = onnx.numpy_helper.to_array(tensor)
        np.testing.assert_array_equal(actual, constants[tensor.name], strict=True)
    assert [tensor.name for tensor in model.graph.initializer] == list(constants)


@pytest.mark.parametrize(
    ("number", "groups"),
    [(0, "00"), (127, "7f"), (128, "8001"), (300, "ac02"), (-1, "ff" * 9 + "01"), (2**63 - 1, "ff" * 8 + "7f")],
)
def test_whole_numbers_are_written_in_groups_of_seven_bits(number: int, groups: str) -> None:
    assert varint(number).hex() == groups


def test_a_name_stands_for_one_array_of_a_graph() -> None:
    build = Builder("names")
    build.constant(1.0, build.input("x", np.float32, ()) + ".scale")
    build.output("y", "x", np.float32, ())
    for taken in ("x", "y"):
        with pytest.raises(ValueError, match=f"graph names: expected a name of its own, found '{taken}' twice"):
            build.constant(2.0, taken)
    with pytest.raises(ValueError, match=r"found 'x.scale' twice"):
        build.input("x.scale", np.float32, ())
