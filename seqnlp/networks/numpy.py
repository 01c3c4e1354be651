"""Runs a graph in numpy, operator by operator: the reference, float64, and what is left without other engines."""

from __future__ import annotations

import numpy as np

from seqnlp.errors import SeqnlpError
from seqnlp.networks.graph import Array, Graph
from seqnlp.networks.numpy_operators import OPERATORS


class NumpyNetwork:
    """A graph that is called with arrays by the names of its inputs.

    Raises:
        SeqnlpError: an operator that numpy has no function for.
    """

    def __init__(self, graph: Graph) -> None:
        unknown = sorted({node.operator for node in graph.nodes} - set(OPERATORS))
        if unknown:
            raise SeqnlpError(
                f"the numpy engine has no operator {', '.join(unknown)}, which the {graph.name} needs; "
                "use the engine onnxruntime"
            )
        self._graph = graph
        self._inputs = {value.name: value.dtype for value in graph.inputs}

    def __call__(self, **inputs: Array) -> dict[str, Array]:
        """The outputs by name."""
        arrays: dict[str, Array | None] = {"": None, **self._graph.constants}
        arrays |= {name: np.asarray(inputs[name], dtype) for name, dtype in self._inputs.items()}
        for node in self._graph.nodes:
            given = [arrays[name] for name in node.inputs]
            results = OPERATORS[node.operator](*given, **node.attributes)
            arrays.update(zip(node.outputs, results if isinstance(results, tuple) else (results,), strict=True))
        return {value.name: np.asarray(arrays[value.name], value.dtype) for value in self._graph.outputs}
