"""The network of a detector: a window is read into one code and written again from it, last row first."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from seqnlp.arrays import BoolArray
from seqnlp.config.anomaly_detection import AutoencoderConfig
from seqnlp.networks.graph import Builder, Graph, Run
from seqnlp.networks.layers import Stack, Weights, final_states, linear, recurrent
from seqnlp.networks.protocol import FloatArray

LARGEST = 1e15
"""Values further from the mean, in deviations, are read as this far: their squares are still numbers in fp32."""


class GraphDetector:
    """A detector whose network is a graph; see :class:`~seqnlp.networks.protocol.DetectorNetwork`.

    Args:
        weights: of the whole model.
        num_columns: C.
        make: makes a graph callable; one in fp64, so that an error does not depend on the other windows.
    """

    def __init__(
        self, model: AutoencoderConfig, weights: Weights, num_columns: int, make: Callable[[Graph], Run]
    ) -> None:
        self._last = model.scored_rows
        self._run = make(window_graph(model, weights, num_columns).in_double_precision())

    def errors(self, values: FloatArray, known: FloatArray, measured: BoolArray) -> FloatArray:
        """Mean squared error (B,) of the last rows of windows; NaN where none of their values was measured."""
        values = np.clip(values, -LARGEST, LARGEST)
        result = self._run(values=values, known=known, measured=measured)["errors"]  # (B,)
        result[~measured[:, -self._last :].any(axis=(1, 2))] = np.nan
        return result


def window_graph(model: AutoencoderConfig, weights: Weights, num_columns: int) -> Graph:
    """Windows as they are ``rebuilt`` (B, W, C), and the ``errors`` (B,) of their last rows.

    Inputs: ``values`` (B, W, C) scaled, ``known`` (B, W, F) of the calendar if the model reads any, and ``measured``
    (B, W, C). The errors are mean squares of what was measured of the last rows; 0 where nothing was.
    """
    build, steps, code_dim = Builder("detector"), model.window, len(weights["to_code.weight"])
    values = build.input("values", np.float32, ("B", steps, num_columns))
    features = weights["decoder.forwards.0.weight_ih_l0"].shape[1] - code_dim  # F
    known = [build.input("known", np.float32, ("B", steps, features))] if features else []
    measured = build.input("measured", np.bool_, ("B", steps, num_columns))
    encoder, decoder = (
        Stack.of(weights, name, model.cell, model.num_layers, bidirectional=False) for name in ("encoder", "decoder")
    )
    read = final_states(build, _beside(build, [values, *known]), "", encoder)  # (B, H)
    code = build.add("Unsqueeze", build.add("Tanh", linear(build, read, weights, "to_code")), build.constant([1]))
    given = build.add("Expand", code, build.constant([1, steps, 1]))  # (B, W, E)
    given = _beside(build, [given, *(_backwards(build, one) for one in known)])  # last row first
    rebuilt = linear(build, recurrent(build, given, "", decoder), weights, "to_values")  # (B, W, C)
    rebuilt = _backwards(build, rebuilt)
    build.output("rebuilt", rebuilt, np.float32, ("B", steps, num_columns))
    _add_errors(build, rebuilt, values, measured, model.scored_rows)
    return build.graph


def _add_errors(build: Builder, rebuilt: str, values: str, measured: str, last: int) -> None:
    ends = build.constant([-last]), build.constant([np.iinfo(np.int64).max]), build.constant([1])
    rebuilt, values, measured = (build.add("Slice", one, *ends) for one in (rebuilt, values, measured))
    off = build.add("Sub", rebuilt, values)  # (B, last, C)
    squares = build.add("Where", measured, build.add("Mul", off, off), build.constant(0.0))
    counts = build.add("Cast", measured, to=np.float32)
    total, count = (build.add("ReduceSum", one, build.constant([1, 2]), keepdims=0) for one in (squares, counts))
    build.output("errors", build.add("Div", total, build.add("Max", count, build.constant(1.0))), np.float32, ("B",))


def _beside(build: Builder, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else build.add("Concat", *parts, axis=-1)


def _backwards(build: Builder, steps: str) -> str:
    """(B, W, ...) with the last step first."""
    first = np.iinfo(np.int64).min
    return build.add("Slice", steps, *(build.constant([number]) for number in (-1, first, 1, -1)))
