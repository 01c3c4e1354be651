"""A network as data: ONNX operators between named arrays, and the weights as constants."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[Any]
Run = Callable[..., dict[str, Array]]
"""Runs a graph: arrays by the names of its inputs -> arrays by the names of its outputs."""

OPSET = 17
"""Version of the ONNX operators that graphs are written in."""


@dataclass(frozen=True)
class Value:
    """An input or output of a graph; dimensions that vary have names."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int | str, ...]


@dataclass(frozen=True)
class Node:
    """One operator, its meaning and attributes as in ONNX; an empty input name is an input left out."""

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Graph:
    """Nodes in an order in which they can be computed."""

    name: str
    inputs: list[Value] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, Array] = field(default_factory=dict)

    def in_double_precision(self) -> Graph:
        """The same graph with float64 instead of float32 everywhere; only the numpy engine runs it."""
        return replace(
            self,
            inputs=[replace(value, dtype=_doubled(value.dtype)) for value in self.inputs],
            outputs=[replace(value, dtype=_doubled(value.dtype)) for value in self.outputs],
            nodes=[replace(node, attributes=_doubled_casts(node.attributes)) for node in self.nodes],
            constants={name: array.astype(_doubled(array.dtype)) for name, array in self.constants.items()},
        )


class Builder:
    """Writes a graph node by node; every method gives the name of the array that it adds.

    Args:
        prefix: begins the names of what is added, where they must differ from those of another graph.
    """

    def __init__(self, name: str, prefix: str = "") -> None:
        self.graph = Graph(name)
        self._prefix, self._count = prefix, 0

    def input(self, name: str, dtype: DTypeLike, shape: Sequence[int | str]) -> str:
        """Declare an input."""
        self._must_be_free(name, self.graph.constants)
        self.graph.inputs.append(Value(name, np.dtype(dtype), tuple(shape)))
        return name

    def output(self, name: str, value: str, dtype: DTypeLike, shape: Sequence[int | str]) -> None:
        """Declare that an array is an output, under a name of its own."""
        self._must_be_free(name, self.graph.constants)
        self.graph.nodes.append(Node("Identity", (value,), (name,), {}))
        self.graph.outputs.append(Value(name, np.dtype(dtype), tuple(shape)))

    def constant(self, array: Array | Sequence[int] | float, name: str = "") -> str:
        """A constant: floats in float32, whole numbers in int64, int8 and uint8 as they are.

        One of a name that was used before is the earlier one.
        """
        name = name or self._new("constant")
        self._must_be_free(name, [value.name for value in self.graph.inputs + self.graph.outputs])
        if name not in self.graph.constants:
            values = np.asarray(array)
            if values.dtype.kind == "f":
                values = values.astype(np.float32)
            self.graph.constants[name] = np.asarray(values, order="C")
        return name

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """An operator with one output."""
        return self.add_many(operator, 1, *inputs, **attributes)[0]

    def add_many(self, operator: str, count: int, *inputs: str, **attributes: Any) -> tuple[str, ...]:
        """An operator with several outputs."""
        outputs = tuple(self._new(operator) for _ in range(count))
        self.graph.nodes.append(Node(operator, inputs, outputs, attributes))
        return outputs

    def _must_be_free(self, name: str, taken: Collection[str]) -> None:
        """ONNX has one space of names for inputs, constants and outputs."""
        if name in taken:
            raise ValueError(f"graph {self.graph.name}: expected a name of its own, found {name!r} twice")

    def _new(self, kind: str) -> str:
        self._count += 1
        return f"{self._prefix}{kind}_{self._count}"


def _doubled(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.dtype(np.float64) if dtype == np.float32 else dtype


def _doubled_casts(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: np.float64 if name == "to" and value is np.float32 else value for name, value in attributes.items()}
