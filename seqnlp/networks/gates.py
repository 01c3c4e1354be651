"""The gates of each cell: in which order the saved weights hold them, and in which order ONNX wants them."""

from __future__ import annotations

import numpy as np

from seqnlp.networks.graph import Array

OPERATORS = {"lstm": "LSTM", "peephole": "LSTM", "gru": "GRU", "rnn": "RNN"}
"""The operator of each cell of ``nn.cells.CELLS``."""

WITH_CELL = ("lstm", "peephole")
"""Cells that carry a second array beside the hidden state."""

_ORDERS = {
    "LSTM": (0, 3, 1, 2),  # saved: input, forget, new, output; ONNX: input, output, forget, new
    "GRU": (1, 0, 2),  # saved: reset, update, new; ONNX: update, reset, new
    "RNN": (0,),
}
_PEEPHOLES = (0, 2, 1)  # saved: input, forget, output; ONNX: input, output, forget


def reorder(operator: str, rows: Array) -> Array:
    """Weights (G * H, ...) or biases (G * H,) of all gates in the order of ONNX."""
    order = _ORDERS[operator]
    gates = rows.reshape(len(order), -1, *rows.shape[1:])  # (G, H, ...)
    return np.ascontiguousarray(gates[list(order)].reshape(rows.shape))


def reorder_peepholes(peepholes: Array) -> Array:
    """Peepholes (3, H) as ONNX's (3 * H,)."""
    return np.ascontiguousarray(peepholes[list(_PEEPHOLES)].ravel())


def candidate_last(rows: Array) -> Array:
    """An LSTM's saved weights (4 * H, ...) as input, forget, output, candidate: the sigmoids stand together."""
    input_gate, forget_gate, candidate, output_gate = rows.reshape(4, -1, *rows.shape[1:])
    return np.concatenate([input_gate, forget_gate, output_gate, candidate])
