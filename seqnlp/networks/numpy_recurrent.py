"""ONNX's LSTM, GRU and RNN in numpy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from seqnlp.networks.graph import Array

Step = Callable[[Array, Array, Array, Array], tuple[Array, Array]]
"""(sums of the input (B, G * H), sums of the state (B, G * H), hidden (B, H), cell (B, H)) -> next hidden and cell."""


def lstm(
    inputs: Array,
    from_input: Array,
    from_state: Array,
    biases: Array,
    lengths: Array | None = None,
    hidden: Array | None = None,
    cell: Array | None = None,
    peepholes: Array | None = None,
    *,
    hidden_size: int,
    direction: str = "forward",
) -> tuple[Array, Array, Array]:
    """Outputs (T, directions, B, H) of inputs (T, B, D), and the last hidden states and cells (directions, B, H)."""
    steps = [_lstm_step(hidden_size, None if peepholes is None else one) for one in _each(peepholes, from_input)]
    return _both_ways(inputs, (from_input, from_state, biases), lengths, (hidden, cell), direction, steps)


def gru(
    inputs: Array,
    from_input: Array,
    from_state: Array,
    biases: Array,
    lengths: Array | None = None,
    hidden: Array | None = None,
    *,
    hidden_size: int,
    direction: str = "forward",
    linear_before_reset: int = 1,
) -> tuple[Array, Array]:
    """As :func:`lstm`, without cells; the reset gate is applied after the product."""
    steps = [_gru_step(hidden_size)] * len(from_input)
    return _both_ways(inputs, (from_input, from_state, biases), lengths, (hidden, None), direction, steps)[:2]


def rnn(
    inputs: Array,
    from_input: Array,
    from_state: Array,
    biases: Array,
    lengths: Array | None = None,
    hidden: Array | None = None,
    *,
    hidden_size: int,
    direction: str = "forward",
) -> tuple[Array, Array]:
    """As :func:`gru`, with tanh."""
    steps: list[Step] = [_rnn_step] * len(from_input)
    return _both_ways(inputs, (from_input, from_state, biases), lengths, (hidden, None), direction, steps)[:2]


def sigmoid(values: Array) -> Array:
    """The logistic function, by tanh: it cannot overflow."""
    result: Array = np.tanh(values * 0.5) * 0.5 + 0.5
    return result.astype(values.dtype, copy=False)


def _each(peepholes: Array | None, from_input: Array) -> Array | list[None]:
    return [None] * len(from_input) if peepholes is None else peepholes


def _lstm_step(size: int, peepholes: Array | None) -> Step:
    """Gates in ONNX's order: input, output, forget, candidate; peepholes (3 * H,) for input, output, forget."""
    to_input, to_output, to_forget = (0, 0, 0) if peepholes is None else peepholes.reshape(3, size)

    def step(from_input: Array, from_state: Array, hidden: Array, cell: Array) -> tuple[Array, Array]:
        sums = from_input + from_state  # (B, 4H)
        input_gate, output_gate, forget_gate, candidate = (
            sums[:, gate * size : (gate + 1) * size] for gate in range(4)
        )
        if peepholes is not None:
            input_gate, forget_gate = input_gate + to_input * cell, forget_gate + to_forget * cell
        cell = sigmoid(forget_gate) * cell + sigmoid(input_gate) * np.tanh(candidate)
        if peepholes is not None:
            output_gate = output_gate + to_output * cell
        return sigmoid(output_gate) * np.tanh(cell), cell

    return step


def _rnn_step(from_input: Array, from_state: Array, hidden: Array, cell: Array) -> tuple[Array, Array]:
    return np.tanh(from_input + from_state), cell


def _gru_step(size: int) -> Step:
    """Gates in ONNX's order: update, reset, candidate."""

    def step(from_input: Array, from_state: Array, hidden: Array, cell: Array) -> tuple[Array, Array]:
        update = sigmoid(from_input[:, :size] + from_state[:, :size])
        reset = sigmoid(from_input[:, size : 2 * size] + from_state[:, size : 2 * size])
        candidate = np.tanh(from_input[:, 2 * size :] + reset * from_state[:, 2 * size :])
        return candidate + update * (hidden - candidate), cell

    return step


def _both_ways(
    inputs: Array,
    weights: tuple[Array, Array, Array],
    lengths: Array | None,
    state: tuple[Array | None, Array | None],
    direction: str,
    steps: list[Step],
) -> tuple[Array, Array, Array]:
    num_steps, size = inputs.shape[:2]
    if lengths is None:
        lengths = np.full(size, num_steps)
    width = weights[1].shape[2]
    outputs = np.zeros((num_steps, len(steps), size, width), inputs.dtype)  # (T, directions, B, H)
    last = np.zeros((2, len(steps), size, width), inputs.dtype)  # (2, directions, B, H)
    for number, step in enumerate(steps):
        backward = direction == "reverse" or number == 1
        order = _reversal(lengths, num_steps) if backward else None
        given = inputs if order is None else np.take_along_axis(inputs, order[..., None], axis=0)
        for place, first in enumerate(state):
            if first is not None:
                last[place, number] = first[number]
        matrices = weights[0][number], weights[1][number], weights[2][number]
        hidden, *last[:, number] = _one_way(given, *matrices, lengths, last[:, number], step)
        outputs[:, number] = hidden if order is None else np.take_along_axis(hidden, order[..., None], axis=0)
    return outputs, last[0], last[1]


def _one_way(
    inputs: Array, from_input: Array, from_state: Array, biases: Array, lengths: Array, state: Array, step: Step
) -> tuple[Array, Array, Array]:
    """Outputs (T, B, H), 0 beyond the end of a row, and its last hidden state and cell."""
    num_steps, size, _ = inputs.shape
    input_bias, state_bias = np.split(biases, 2)
    given = inputs.reshape(num_steps * size, -1) @ from_input.T + input_bias  # (T * B, G * H)
    given = given.reshape(num_steps, size, -1)
    across = np.ascontiguousarray(from_state.T)  # (H, G * H)
    outputs = np.zeros((num_steps, size, from_state.shape[1]), inputs.dtype)  # (T, B, H)
    hidden, cell = state
    shortest = lengths.min(initial=num_steps)
    for number in range(num_steps):
        next_hidden, next_cell = step(given[number], hidden @ across + state_bias, hidden, cell)
        if number < shortest:
            hidden, cell = next_hidden, next_cell
            outputs[number] = hidden
            continue
        live = (number < lengths)[:, None]  # (B, 1)
        hidden, cell = np.where(live, next_hidden, hidden), np.where(live, next_cell, cell)
        outputs[number] = np.where(live, hidden, 0)
    return outputs, hidden, cell


def _reversal(lengths: Array, num_steps: int) -> Array:
    """Steps (T, B) that reverse each row within its own length."""
    steps = np.arange(num_steps)[:, None]  # (T, 1)
    return np.where(steps < lengths, lengths - 1 - steps, steps)
