"""The network of a language model: one graph reads tokens with a carried state, others score what comes next."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from seqnlp.arrays import IntArray
from seqnlp.config.language_model import RecurrentLanguageModelConfig, cluster_sizes
from seqnlp.networks.graph import Array, Builder, Graph, Run
from seqnlp.networks.layers import Weights
from seqnlp.networks.protocol import FloatArray
from seqnlp.networks.stateful import StatefulLayers

State = dict[str, Array]

CHUNK = 256
"""Rows whose scores of all tokens exist at the same time."""


class GraphReader:
    """The half of a language model that reads, as a graph.

    Args:
        weights: of the whole model.
        make: makes a graph callable.
    """

    def __init__(self, config: RecurrentLanguageModelConfig, weights: Weights, make: Callable[[Graph], Run]) -> None:
        self._read = make(reader_graph(config, weights))
        self._widths = _layers(config, weights).state_widths
        self.output_dim = self._widths[f"hidden{config.num_layers - 1}"]

    def start(self, batch: int = 1) -> State:
        """The state before B texts."""
        return {name: np.zeros((batch, width), np.float32) for name, width in self._widths.items()}

    def outputs(self, tokens: IntArray, state: State) -> tuple[FloatArray, State]:
        """Outputs (B, T, H) after each of tokens (B, T), and the state after the last."""
        results = self._read(tokens=tokens, **state)
        return results["outputs"], {name: results[f"new_{name}"] for name in state}


class GraphLanguageModel(GraphReader):
    """A language model whose networks are graphs; see :class:`~seqnlp.networks.protocol.LanguageModelNetwork`."""

    def __init__(self, config: RecurrentLanguageModelConfig, weights: Weights, make: Callable[[Graph], Run]) -> None:
        super().__init__(config, weights, make)
        self._sizes = cluster_sizes(len(weights["output.bias"]), config.adaptive_head)
        self._head, *self._tails = (make(graph) for graph in output_graphs(config, weights).values())

    def select(self, state: State, rows: IntArray) -> State:
        """The state of some of its rows, in any order and number."""
        return {name: array[rows] for name, array in state.items()}

    def read(self, tokens: IntArray, state: State) -> tuple[FloatArray, State]:
        """Outputs (B, H) after the last of tokens (B, T), and the state there."""
        outputs, after = self.outputs(tokens, state)  # (B, T, H)
        return outputs[:, -1], after

    def log_probs(self, outputs: FloatArray, top: int = 0) -> FloatArray:
        """Log probabilities (N, V) of the next token after outputs (N, H)."""
        head = self._head(features=outputs)["log_probs"]  # (N, head + clusters)
        first = self._sizes[0]
        parts = [head[:, :first]]
        least = np.partition(parts[0], -top, axis=1)[:, -top, None] if 0 < top <= first else None  # (N, 1)
        for number, tail in enumerate(self._tails):
            cluster = head[:, first + number, None]  # (N, 1)
            if least is not None and (cluster < least).all():
                parts.append(np.full((len(head), self._sizes[1 + number]), -np.inf, head.dtype))
            else:
                parts.append(tail(features=outputs)["log_probs"] + cluster)
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def losses(self, tokens: IntArray, targets: IntArray, state: State) -> tuple[FloatArray, State]:
        """Negative log probability (B, T) of each target after tokens (B, T), and the state after the last."""
        outputs, after = self.outputs(tokens, state)  # (B, T, H)
        rows, wanted = outputs.reshape(-1, self.output_dim), targets.ravel()  # (N, H), (N,)
        losses = [
            self._chunk_losses(rows[begin : begin + CHUNK], wanted[begin : begin + CHUNK])
            for begin in range(0, len(rows), CHUNK)
        ]
        return np.concatenate(losses).reshape(targets.shape), after

    def _chunk_losses(self, rows: FloatArray, targets: IntArray) -> FloatArray:
        edges = np.cumsum(self._sizes)
        cluster = np.searchsorted(edges, targets, side="right")  # (N,), 0: in the head
        in_head = np.where(cluster == 0, targets, self._sizes[0] + cluster - 1)
        losses: FloatArray = -_at(self._head(features=rows)["log_probs"], in_head)
        for number, tail in enumerate(self._tails):
            chosen = np.flatnonzero(cluster == number + 1)  # (n,)
            if len(chosen):
                within = tail(features=rows[chosen])["log_probs"]  # (n, size)
                losses[chosen] -= _at(within, targets[chosen] - edges[number])
        return losses


def reader_graph(config: RecurrentLanguageModelConfig, weights: Weights) -> Graph:
    """``outputs`` (B, T, H) after each of ``tokens`` (B, T), and the next states."""
    build, layers = Builder("reader"), _layers(config, weights)
    table = build.constant(weights["embedding.weight"], "embedding")
    embedded = build.add("Gather", table, build.input("tokens", np.int64, ("B", "T")))  # (B, T, E)
    embedded = build.add("Mul", embedded, build.constant(config.embedding_dim**0.5))
    width = layers.state_widths[f"hidden{config.num_layers - 1}"]
    build.output("outputs", layers.add(build, embedded), np.float32, ("B", "T", width))
    return build.graph


def output_graphs(config: RecurrentLanguageModelConfig, weights: Weights) -> dict[str, Graph]:
    """``log_probs`` after ``features`` (N, H): of the head, whose last numbers are the clusters', and inside each."""
    table = weights["embedding.weight" if config.tie_embeddings else "output_table"]  # (V, H)
    bias = weights["output.bias"]  # (V,)
    sizes = cluster_sizes(len(bias), config.adaptive_head)
    edges = np.cumsum(sizes)[:-1]
    (head, *tails), (head_bias, *tail_biases) = np.split(table, edges), np.split(bias, edges)
    if tails:
        head = np.concatenate([head, weights["output.clusters"]])
        head_bias = np.concatenate([head_bias, weights["output.cluster_bias"]])
    graphs = {"head": _output_graph("head", head, head_bias)}
    for number, (tail, tail_bias) in enumerate(zip(tails, tail_biases, strict=True), 1):
        graphs[f"cluster{number}"] = _output_graph(f"cluster{number}", tail, tail_bias)
    return graphs


def _output_graph(name: str, table: Array, bias: Array) -> Graph:
    build = Builder(name)
    features = build.input("features", np.float32, ("N", table.shape[1]))
    scores = build.add("MatMul", features, build.constant(table.T, f"{name}.table"))
    scores = build.add("Add", scores, build.constant(bias, f"{name}.bias"))
    build.output("log_probs", build.add("LogSoftmax", scores, axis=-1), np.float32, ("N", len(bias)))
    return build.graph


def _layers(config: RecurrentLanguageModelConfig, weights: Weights) -> StatefulLayers:
    return StatefulLayers(weights, "layers.layers", config.cell, config.num_layers)


def _at(rows: FloatArray, places: IntArray) -> FloatArray:
    """One number (N,) of each of rows (N, V)."""
    return rows[np.arange(len(rows)), places]
