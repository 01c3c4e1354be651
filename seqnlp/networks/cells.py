"""One step of each recurrent cell as a piece of a graph, for networks whose steps depend on each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from seqnlp.networks.gates import candidate_last
from seqnlp.networks.graph import Array, Builder
from seqnlp.networks.layers import Weights


def cell_step(
    build: Builder, cell: str, inputs: Sequence[str], state: Sequence[str], weights: Weights, name: str
) -> list[str]:
    """The next state of a layer: hidden (N, H), and the cell of an LSTM.

    Args:
        inputs: parts (N, D) of what it reads, side by side.
        state: hidden (N, H), and the cell of an LSTM.
        name: of the layer in the weights.
    """
    parts = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    from_input, from_state, input_bias, state_bias = (weights[f"{name}.{part}_l0"] for part in parts)
    hidden_dim = from_state.shape[1]
    if cell == "gru":
        given = _product(build, _joined(build, inputs), from_input, input_bias, f"{name}.ih")
        kept = _product(build, state[0], from_state, state_bias, f"{name}.hh")
        return [_gru(build, given, kept, state[0], hidden_dim)]
    both, bias = np.concatenate([from_input, from_state], axis=1), input_bias + state_bias
    if cell != "rnn":
        both, bias = candidate_last(both), candidate_last(bias)
    sums = _product(build, _joined(build, [*inputs, state[0]]), both, bias, name)  # (N, gates * H)
    if cell == "rnn":
        return [build.add("Tanh", sums)]
    if cell == "peephole":
        return _peephole(build, sums, state[1], weights[f"{name}.peepholes"], name)
    activated, candidate = build.add_many("Split", 2, sums, build.constant([3 * hidden_dim, hidden_dim]), axis=1)
    gates = build.add_many("Split", 3, build.add("Sigmoid", activated), build.constant([hidden_dim] * 3), axis=1)
    input_gate, forget_gate, output_gate = gates  # (N, H) each
    following = _mixed(build, forget_gate, state[1], input_gate, build.add("Tanh", candidate))
    return [build.add("Mul", output_gate, build.add("Tanh", following)), following]


def _gru(build: Builder, given: str, kept: str, hidden: str, hidden_dim: int) -> str:
    sizes = build.constant([hidden_dim] * 3)
    reset, update, given_candidate = build.add_many("Split", 3, given, sizes, axis=1)
    state_reset, state_update, state_candidate = build.add_many("Split", 3, kept, sizes, axis=1)
    reset = build.add("Sigmoid", build.add("Add", reset, state_reset))
    update_gate = build.add("Sigmoid", build.add("Add", update, state_update))
    candidate = build.add("Tanh", build.add("Add", given_candidate, build.add("Mul", reset, state_candidate)))
    change = build.add("Mul", update_gate, build.add("Sub", hidden, candidate))
    return build.add("Add", candidate, change)


def _peephole(build: Builder, sums: str, cell: str, peepholes: Array, name: str) -> list[str]:
    """Gates in the order input, forget, output, candidate; peepholes in the order input, forget, output."""
    sizes = build.constant([peepholes.shape[1]] * 4)
    input_gate, forget_gate, output_gate, candidate = build.add_many("Split", 4, sums, sizes, axis=1)

    def seen(gate: str, place: int, state: str) -> str:
        look = build.add("Mul", state, build.constant(peepholes[place], f"{name}.peephole{place}"))
        return build.add("Sigmoid", build.add("Add", gate, look))

    following = _mixed(build, seen(forget_gate, 1, cell), cell, seen(input_gate, 0, cell), build.add("Tanh", candidate))
    return [build.add("Mul", seen(output_gate, 2, following), build.add("Tanh", following)), following]


def _mixed(build: Builder, forget_gate: str, cell: str, input_gate: str, candidate: str) -> str:
    return build.add("Add", build.add("Mul", forget_gate, cell), build.add("Mul", input_gate, candidate))


def _product(build: Builder, rows: str, weight: Array, bias: Array, name: str) -> str:
    product = build.add("MatMul", rows, build.constant(weight.T, f"{name}.product"))
    return build.add("Add", product, build.constant(bias, f"{name}.shift"))


def _joined(build: Builder, parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else build.add("Concat", *parts, axis=1)
