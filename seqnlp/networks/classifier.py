"""The network of a classifier: one graph makes the vector of a window, the rest is a weighted mean and a product."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np

from seqnlp.arrays import IntArray
from seqnlp.config.classification import ClassifierConfig
from seqnlp.networks.engine import make_network
from seqnlp.networks.graph import Array, Builder, Graph, Run
from seqnlp.networks.layers import Stack, Weights, final_states, linear, recurrent, two_rows
from seqnlp.networks.protocol import FloatArray, WordEmbedding
from seqnlp.networks.word_rows import WordRows, below

STEPS = 8
"""A softmax is over a multiple of so many steps: engines sum so many numbers side by side, and zeros change no sum."""


class GraphClassifier:
    """A classifier whose networks are graphs; see :class:`~seqnlp.networks.protocol.ClassifierNetwork`.

    Args:
        weights: of the whole model.
        make: makes a graph callable.
        rounded: it computes in int8, where the vector of a window does not depend on other windows.
    """

    def __init__(
        self, model: ClassifierConfig, weights: Weights, make: Callable[[Graph], Run], rounded: bool = False
    ) -> None:
        self.words: WordEmbedding = WordRows(below(weights, "embedder"), model.fine_tune, make)
        self._model, self._weights, self._rounded = model, weights, rounded
        self._window = make(window_graph(model, weights, self.words.output_dim))
        self._document = make(document_graph(model, weights)) if model.long == "hierarchical" else None
        self._scores = make(scores_graph(weights))
        self.output_dim = model.hidden_dim * (2 if model.bidirectional else 1)
        self.num_classes = len(weights["project.bias"])

    def exact(self) -> GraphClassifier:
        """The same in fp64; what does not depend on a batch is shared: the words' vectors, in int8 those of windows."""
        if self._rounded:
            exact = copy.copy(self)
            exact._scores = make_network(scores_graph(self._weights).in_double_precision(), "numpy")
            return exact

        def make(graph: Graph) -> Run:
            return make_network(graph.in_double_precision(), "numpy")

        exact = GraphClassifier(self._model, self._weights, make)
        exact.words = self.words
        return exact

    def window_vectors(self, inputs: FloatArray, lengths: IntArray) -> FloatArray:
        """Vectors (P, H) of windows (P, T, D) with so many words (P,); 0 is allowed."""
        return self._window(inputs=self._filled(inputs), lengths=lengths)["vectors"]

    def scores(
        self, vectors: FloatArray, lengths: IntArray, owners: IntArray, places: IntArray, count: int
    ) -> FloatArray:
        """Scores (count, K) of documents from their windows' vectors (P, H)."""
        documents = self._document_vectors(vectors, lengths, owners, places, count)  # (count, H)
        return self._scores(vectors=two_rows(documents))["scores"][:count]

    def _filled(self, inputs: FloatArray) -> FloatArray:
        """Inputs (P, T, D) whose steps are a multiple of ``STEPS``, where the model sums over steps side by side."""
        missing = -inputs.shape[1] % STEPS if self._model.pooling == "attention" else 0
        return np.pad(inputs, ((0, 0), (0, missing), (0, 0))) if missing else inputs

    def _document_vectors(
        self, vectors: FloatArray, lengths: IntArray, owners: IntArray, places: IntArray, count: int
    ) -> FloatArray:
        if self._document is not None:
            grid = np.zeros((count, int(places.max()) + 1, vectors.shape[1]), vectors.dtype)  # (count, W, H)
            grid[owners, places] = vectors
            return self._document(inputs=self._filled(grid), lengths=np.bincount(owners, minlength=count))["vectors"]
        if len(owners) == count:
            return vectors
        words = np.maximum(lengths, 1).astype(vectors.dtype)  # (P,)
        shares = words / np.bincount(owners, words, count)[owners].astype(vectors.dtype)  # (P,)
        sums = np.zeros((count, vectors.shape[1]), vectors.dtype)
        np.add.at(sums, owners, vectors * shares[:, None])
        return sums


def window_graph(model: ClassifierConfig, weights: Weights, input_dim: int) -> Graph:
    """``vectors`` (P, H) of windows from the vectors of their words, ``inputs`` (P, T, D), and ``lengths`` (P,)."""
    build = Builder("window encoder")
    inputs = build.input("inputs", np.float32, ("P", "T", input_dim))
    lengths = build.input("lengths", np.int32, ("P",))
    if model.convolution_dim:
        inputs, lengths = _shortened(build, model, weights, inputs, lengths)
    return _encoder(build, model, weights, "encoder", inputs, lengths)


def document_graph(model: ClassifierConfig, weights: Weights) -> Graph:
    """``vectors`` (B, H) of documents from those of their windows, ``inputs`` (B, W, H), and ``lengths`` (B,)."""
    build = Builder("document encoder")
    width = model.hidden_dim * (2 if model.bidirectional else 1)
    inputs = build.input("inputs", np.float32, ("P", "T", width))
    return _encoder(build, model, weights, "over_windows", inputs, build.input("lengths", np.int32, ("P",)))


def scores_graph(weights: Weights) -> Graph:
    """``scores`` (B, K) of documents from their ``vectors`` (B, H)."""
    build = Builder("scores")
    count, width = weights["project.weight"].shape
    vectors = build.input("vectors", np.float32, ("B", width))
    build.output("scores", linear(build, vectors, weights, "project"), np.float32, ("B", count))
    return build.graph


def _encoder(build: Builder, model: ClassifierConfig, weights: Weights, name: str, inputs: str, lengths: str) -> Graph:
    stack = Stack.of(weights, f"{name}.recurrent", model.cell, model.num_layers, model.bidirectional)
    some = build.add("Max", lengths, build.constant(np.array([1], np.int32)))  # what is empty reads one step of zeros
    real = build.add("Unsqueeze", _inside(build, inputs, lengths), build.constant([-1]))  # (P, T, 1)
    if model.pooling == "last":
        pooled = final_states(build, inputs, some, stack)  # (P, H)
    else:
        outputs = recurrent(build, inputs, some, stack)  # (P, T, H)
        pooled = _pooled(build, model.pooling, weights, f"{name}.pooling", outputs, real, some)
    not_empty = build.add("Greater", lengths, build.constant(np.array(0, np.int32)))  # (P,)
    not_empty = build.add("Unsqueeze", not_empty, build.constant([-1]))  # (P, 1)
    build.output(
        "vectors", build.add("Where", not_empty, pooled, build.constant(0.0)), np.float32, ("P", stack.output_dim)
    )
    return build.graph


def ngrams_graph(weights: Array, bias: Array) -> Graph:
    """``added`` (B, K), what the n-grams of documents add to their scores, from ``ngrams`` (B, P): their numbers.

    A document's different n-grams are numbered from 1; zeros follow.

    Args:
        weights: (G, K) of the n-grams.
        bias: (K,).
    """
    build = Builder("n-grams")
    numbers = build.input("ngrams", np.int64, ("B", "P"))
    table = build.constant(np.concatenate([np.zeros_like(weights[:1]), weights]), "weights")  # (1 + G, K)
    total = build.add("ReduceSum", build.add("Gather", table, numbers), build.constant([1]), keepdims=0)  # (B, K)
    real = build.add("Cast", build.add("Greater", numbers, build.constant(np.array(0))), to=np.float32)  # (B, P)
    count = build.add("ReduceSum", real, build.constant([1]), keepdims=1)  # (B, 1)
    length = build.add("Sqrt", build.add("Max", count, build.constant(np.array(1, np.float32))))
    added = build.add("Add", build.add("Div", total, length), build.constant(bias, "bias"))
    build.output("added", added, np.float32, ("B", len(bias)))
    return build.graph


def _pooled(build: Builder, kind: str, weights: Weights, name: str, outputs: str, real: str, lengths: str) -> str:
    if kind == "max":
        hidden = build.add("Where", real, outputs, build.constant(-np.inf))
        return build.add("ReduceMax", hidden, axes=[1], keepdims=0)
    kept = build.add("Where", real, outputs, build.constant(0.0))  # (P, T, H)
    last = build.constant([2])
    if kind == "mean":
        size = build.add("Unsqueeze", build.add("Cast", lengths, to=np.float32), build.constant([-1]))  # (P, 1)
        shares = build.add("Cast", build.add("Squeeze", real, last), to=np.float32)  # (P, T)
        return build.add("Div", _weighted(build, kept, shares), size)
    energy = build.constant(weights[f"{name}.energy"][:, None], f"{name}.energy")  # (H, 1)
    energies = build.add("MatMul", build.add("Tanh", linear(build, outputs, weights, f"{name}.key")), energy)
    energies = build.add("Squeeze", build.add("Where", real, energies, build.constant(-1e9)), last)  # (P, T)
    return _weighted(build, kept, build.add("Softmax", energies, axis=-1))


def _weighted(build: Builder, steps: str, shares: str) -> str:
    """Sums (P, H) of steps (P, T, H) with shares (P, T), as a product: it sums one step after the other."""
    return build.add(
        "Squeeze", build.add("MatMul", build.add("Unsqueeze", shares, build.constant([1])), steps), build.constant([1])
    )


def _shortened(build: Builder, model: ClassifierConfig, weights: Weights, inputs: str, lengths: str) -> tuple[str, str]:
    """ReLU of a convolution, the largest of neighbours, and the new lengths; what is beyond the end is read as 0."""
    width, pool = model.convolution_width, model.convolution_pool
    real = _inside(build, inputs, lengths)  # (P, T)
    clean = build.add("Where", build.add("Unsqueeze", real, build.constant([-1])), inputs, build.constant(0.0))
    features = build.add(
        "Conv",
        build.add("Transpose", clean, perm=[0, 2, 1]),
        build.constant(weights["encoder.convolution.convolve.weight"], "convolution.weight"),
        build.constant(weights["encoder.convolution.convolve.bias"], "convolution.bias"),
        kernel_shape=[width],
        pads=[width // 2, width // 2],
    )  # (P, F, T)
    mask = build.add("Unsqueeze", real, build.constant([1]))
    features = build.add("Where", mask, build.add("Relu", features), build.constant(0.0))
    features = build.add("MaxPool", features, kernel_shape=[pool], strides=[pool], ceil_mode=1)  # (P, F, T')
    raised = build.add("Add", lengths, build.constant(np.array(pool - 1, np.int32)))
    shorter = build.add("Div", raised, build.constant(np.array(pool, np.int32)))
    return build.add("Transpose", features, perm=[0, 2, 1]), shorter


def _inside(build: Builder, inputs: str, lengths: str) -> str:
    """(P, T) bool, True = a real step."""
    count = build.add("Gather", build.add("Shape", inputs), build.constant(np.array(1)))
    steps = build.add("Range", build.constant(np.array(0)), count, build.constant(np.array(1)))  # (T,)
    wide = build.add("Unsqueeze", build.add("Cast", lengths, to=np.int64), build.constant([-1]))
    return build.add("Less", steps, wide)
