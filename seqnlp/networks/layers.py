"""The parts that networks share, as pieces of graphs: linear and recurrent layers, masks, what is left at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from seqnlp.networks.gates import OPERATORS, WITH_CELL, reorder, reorder_peepholes
from seqnlp.networks.graph import Array, Builder

Weights = Mapping[str, Array]


def linear(build: Builder, inputs: str, weights: Weights, name: str) -> str:
    """``inputs @ weight.T + bias`` of the linear layer of that name (a bias only if it has one)."""
    product = build.add("MatMul", inputs, build.constant(weights[f"{name}.weight"].T, f"{name}.weight"))
    if f"{name}.bias" not in weights:
        return product
    return build.add("Add", product, build.constant(weights[f"{name}.bias"], f"{name}.bias"))


def layer_norm(build: Builder, inputs: str, weights: Weights, name: str) -> str:
    """Layer normalisation (..., D) over the last dimension, with the scale and shift of that name."""
    last = build.constant([-1])
    size = build.constant(float(len(weights[f"{name}.weight"])))
    mean = build.add("Div", build.add("ReduceSum", inputs, last, keepdims=1), size)
    apart = build.add("Sub", inputs, mean)
    spread = build.add("Div", build.add("ReduceSum", build.add("Mul", apart, apart), last, keepdims=1), size)
    even = build.add("Div", apart, build.add("Sqrt", build.add("Add", spread, build.constant(1e-5))))
    scaled = build.add("Mul", even, build.constant(weights[f"{name}.weight"], f"{name}.scale"))
    return build.add("Add", scaled, build.constant(weights[f"{name}.bias"], f"{name}.bias"))


def two_rows(rows: Array) -> Array:
    """The rows (N, ...), a single one twice: engines sum a product of one row in another order than that of many."""
    return np.repeat(rows, 2, axis=0) if len(rows) == 1 else rows


@dataclass(frozen=True)
class Stack:
    """Stacked recurrent layers in the saved weights.

    Attributes:
        weights: of the whole model.
        names: of the layers of each direction, bottom first: one list, or two for a bidirectional stack.
        cell: one of ``nn.cells.CELLS``.
    """

    weights: Weights
    names: Sequence[Sequence[str]]
    cell: str

    @classmethod
    def of(cls, weights: Weights, name: str, cell: str, num_layers: int, bidirectional: bool) -> Stack:
        """The stack that ``nn.Recurrent`` saved under a name."""
        directions = ("forwards", "backwards") if bidirectional else ("forwards",)
        return cls(weights, [[f"{name}.{way}.{depth}" for depth in range(num_layers)] for way in directions], cell)

    @property
    def hidden_dim(self) -> int:
        """H of each direction."""
        return int(self.weights[f"{self.names[0][0]}.weight_hh_l0"].shape[1])

    @property
    def output_dim(self) -> int:
        """Width of the outputs."""
        return self.hidden_dim * len(self.names)


def recurrent(build: Builder, inputs: str, lengths: str, stack: Stack) -> str:
    """Outputs (B, T, H) of all steps of inputs (B, T, D), forward direction first; zeros at padding."""
    steps = build.add("Transpose", inputs, perm=[1, 0, 2])  # (T, B, D)
    for depth in range(len(stack.names[0])):
        steps = recurrent_layer(build, steps, lengths, stack, depth)[0]
    return build.add("Transpose", steps, perm=[1, 0, 2])


def recurrent_layer(
    build: Builder, steps: str, lengths: str, stack: Stack, depth: int, state: Sequence[str] = ()
) -> tuple[str, ...]:
    """One layer: outputs (T, B, H), and the last states (directions, B, H): hidden, and cell if there is one.

    Args:
        steps: (T, B, D).
        lengths: (B,) int32, or "" where all rows are full.
        state: what it begins with, as the last states are; none: zeros.
    """
    operator = OPERATORS[stack.cell]
    names = [direction[depth] for direction in stack.names]
    get = stack.weights.__getitem__
    packed = [np.stack([reorder(operator, get(f"{name}.weight_{part}_l0")) for name in names]) for part in ("ih", "hh")]
    biases = [
        np.concatenate([reorder(operator, get(f"{name}.bias_{part}_l0")) for part in ("ih", "hh")]) for name in names
    ]
    constants = [*packed, np.stack(biases)]
    inputs = [steps, *(build.constant(array, f"{names[0]}.{n}") for n, array in zip("WRB", constants, strict=True))]
    inputs += [lengths, *state]
    if stack.cell == "peephole":
        inputs += [""] * (7 - len(inputs))
        peepholes = np.stack([reorder_peepholes(get(f"{name}.peepholes")) for name in names])
        inputs.append(build.constant(peepholes, f"{names[0]}.P"))
    while inputs[-1] == "":
        inputs.pop()
    attributes = {"linear_before_reset": 1} if operator == "GRU" else {}
    outputs = build.add_many(
        operator,
        3 if stack.cell in WITH_CELL else 2,
        *inputs,
        hidden_size=stack.hidden_dim,
        direction="bidirectional" if len(names) == 2 else "forward",
        **attributes,
    )
    if len(names) == 1:
        flat = build.add("Squeeze", outputs[0], build.constant([1]))  # (T, B, H)
    else:
        apart = build.add("Transpose", outputs[0], perm=[0, 2, 1, 3])  # (T, B, 2, H)
        flat = build.add("Reshape", apart, build.constant([0, 0, -1]))  # (T, B, 2H)
    return (flat, *outputs[1:])


def final_states(build: Builder, inputs: str, lengths: str, stack: Stack) -> str:
    """What each direction of the last layer held after its last real step (B, H), forward direction first."""
    steps = build.add("Transpose", inputs, perm=[1, 0, 2])  # (T, B, D)
    hidden = ""
    for depth in range(len(stack.names[0])):
        steps, hidden = recurrent_layer(build, steps, lengths, stack, depth)[:2]
    by_row = build.add("Transpose", hidden, perm=[1, 0, 2])  # (B, directions, H)
    return build.add("Reshape", by_row, build.constant([0, -1]))
