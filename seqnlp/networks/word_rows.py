"""What a word is before its context is read, in numpy: look-ups, and a maximum over its characters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from seqnlp.arrays import IntArray
from seqnlp.data.lexicon import PADDING, Lexicon
from seqnlp.networks.graph import Array, Builder, Graph, Run
from seqnlp.networks.layers import Stack, Weights, final_states
from seqnlp.networks.protocol import FloatArray


class WordRows:
    """Vectors of word forms: ``[pretrained + correction, characters, casing]``, as ``nn.embed.WordEmbedder`` has them.

    Args:
        weights: of the embedder: names as in its ``state_dict``.
        fine_tune: whether training words have a correction of their pretrained vector.
        make: makes a graph callable; used for characters that an LSTM reads.
    """

    def __init__(self, weights: Weights, fine_tune: bool, make: Callable[[Graph], Run]) -> None:
        self._weights = weights
        self._fine_tune = fine_tune
        self._characters = _character_model(weights, make)
        self.output_dim = self._width()

    def vectors(self, lexicon: Lexicon, forms: IntArray) -> FloatArray:
        """Vectors (U, D) of the given forms (U,) of a lexicon; a form's does not depend on the others."""
        columns, parts = lexicon.columns(), []
        if "table.weight" in self._weights:
            parts.append(self._words(columns.word_ids[forms], columns.vectors.padded(forms)))  # (U, W)
        if self._characters is not None:
            parts.append(
                self._characters(columns.characters.padded(forms), columns.characters.lengths[forms])
            )  # (U, F)
        if "casing.weight" in self._weights:
            parts.append(self._weights["casing.weight"][columns.casings[forms]])  # (U, Z)
        return np.concatenate(parts, axis=1)

    def _words(self, word_ids: IntArray, vector_rows: IntArray) -> FloatArray:
        learned = self._weights["table.weight"][word_ids]  # (U, W)
        if "vectors.codes" not in self._weights:
            return learned
        reads_table = vector_rows[:, 0] == 0  # (U,)
        if self._fine_tune:
            reads_table |= word_ids > 0
        result: FloatArray = self._pretrained(vector_rows) + learned * reads_table[:, None].astype(learned.dtype)
        return result

    def _pretrained(self, vector_rows: IntArray) -> FloatArray:
        """The means (U, W) of the rows (U, P) of the table of vectors, added in the order of ``nn.embed``."""
        codes, scales = self._weights["vectors.codes"], self._weights["vectors.scales"]
        total: FloatArray = codes[vector_rows[:, 0]] * scales[vector_rows[:, 0]][:, None]  # (U, W)
        for place in range(1, vector_rows.shape[1]):
            rows = vector_rows[:, place]  # (U,)
            total += codes[rows] * scales[rows][:, None]
        if vector_rows.shape[1] > 1:
            total /= np.maximum((vector_rows > 0).sum(axis=1), 1)[:, None].astype(total.dtype)
        return total

    def _width(self) -> int:
        width = sum(self._weights[name].shape[1] for name in ("table.weight", "casing.weight") if name in self._weights)
        return int(width) + (0 if self._characters is None else self._characters.output_dim)


class _ConvolvedCharacters:
    """A convolution over three characters and its maximum. It is linear: what each character adds at each of the three
    places is computed once, so that a word's features are look-ups and sums."""

    def __init__(self, weights: Weights) -> None:
        embedding, project = weights["characters.embedding.weight"], weights["characters.project.weight"]
        dim = embedding.shape[1]
        self._tables = [embedding @ project[:, place * dim : (place + 1) * dim].T for place in range(3)]  # (N, F) each
        self._bias = weights["characters.project.bias"]  # (F,)
        self.output_dim = len(project)

    def __call__(self, characters: IntArray, lengths: IntArray) -> FloatArray:
        """Features (U, F) of words given as characters (U, C) with begin and end marks, lengths (U,)."""
        wide = np.pad(characters, ((0, 0), (0, 1)), constant_values=PADDING)  # (U, C + 1)
        count = wide.shape[1] - 2
        scores = self._tables[0][wide[:, :count]]  # (U, C - 1, F)
        for place in (1, 2):
            scores += self._tables[place][wide[:, place : place + count]]
        beyond = np.arange(count) >= lengths[:, None] - 1  # (U, C - 1)
        scores[beyond] = -np.inf
        result: FloatArray = np.tanh(scores.max(axis=1) + self._bias)
        return result


class _RecurrentCharacters:
    """A bidirectional LSTM over the characters, its final states side by side."""

    def __init__(self, weights: Weights, make: Callable[[Graph], Run]) -> None:
        graph = character_graph(weights)
        self._run = make(graph)
        self.output_dim = int(graph.outputs[0].shape[1])

    def __call__(self, characters: IntArray, lengths: IntArray) -> FloatArray:
        """Features (U, F) of words given as characters (U, C) with begin and end marks, lengths (U,)."""
        return self._run(characters=characters, lengths=lengths)["features"]


def character_graph(weights: Weights) -> Graph:
    """``features`` (U, F) of words from their ``characters`` (U, C) and ``lengths`` (U,)."""
    build = Builder("character model")
    stack = Stack.of(weights, "characters.recurrent", "lstm", 1, bidirectional=True)
    table = build.constant(weights["characters.embedding.weight"])
    embedded = build.add("Gather", table, build.input("characters", np.int64, ("U", "C")))  # (U, C, E)
    features = final_states(build, embedded, build.input("lengths", np.int32, ("U",)), stack)
    build.output("features", features, np.float32, ("U", stack.output_dim))
    return build.graph


def words_graph(weights: Weights, fine_tune: bool, composed: bool = False) -> Graph:
    """``rows`` (U, D) of words from numbers of each: for runtimes of other languages.

    Inputs, as far as the model reads them: ``word_ids``, ``vector_ids``, ``casings`` (U,); ``characters`` (U, C) with
    begin and end marks, padded, and ``lengths`` (U,). With ``composed`` words ``vector_rows`` (U, P) stands in place of
    ``vector_ids``: the rows whose mean is the word's vector, then zeros.
    """
    build, parts = Builder("words"), []
    if "table.weight" in weights:
        parts.append(_word_part(build, weights, fine_tune, composed))
    if "characters.embedding.weight" in weights:
        parts.append(_character_part(build, weights))
    if "casing.weight" in weights:
        table = build.constant(weights["casing.weight"], "casing")
        parts.append(build.add("Gather", table, build.input("casings", np.int64, ("U",))))
    rows = build.add("Concat", *parts, axis=1)
    build.output("rows", rows, np.float32, ("U", "D"))
    return build.graph


def _word_part(build: Builder, weights: Weights, fine_tune: bool, composed: bool) -> str:
    ids = build.input("word_ids", np.int64, ("U",))
    learned = build.add("Gather", build.constant(weights["table.weight"], "table"), ids)  # (U, W)
    if "vectors.codes" not in weights:
        return learned
    if composed:
        pretrained, none = _composed(build, weights)
    else:
        rows = build.input("vector_ids", np.int64, ("U",))
        pretrained = _looked_up(build, weights, rows)
        none = build.add("Cast", build.add("Equal", rows, build.constant(np.array(0))), to=np.float32)  # (U,)
    if fine_tune:
        zero = build.constant(np.array(0))
        none = build.add("Max", none, build.add("Cast", build.add("Greater", ids, zero), to=np.float32))
    reads_table = build.add("Unsqueeze", none, build.constant([1]))
    return build.add("Add", pretrained, build.add("Mul", learned, reads_table))


def _looked_up(build: Builder, weights: Weights, rows: str) -> str:
    """Pretrained vectors of rows of any shape, with a last axis W."""
    codes = build.add("Gather", build.constant(weights["vectors.codes"], "vectors"), rows)
    scales = build.constant(weights["vectors.scales"][:, None], "vectors.scales")
    return build.add("Mul", build.add("Cast", codes, to=np.float32), build.add("Gather", scales, rows))


def _composed(build: Builder, weights: Weights) -> tuple[str, str]:
    """Means (U, W) of pretrained vectors, and 1 for each word that has none (U,), else 0."""
    rows, zero = build.input("vector_rows", np.int64, ("U", "P")), build.constant(np.array(0))
    total = build.add("ReduceSum", _looked_up(build, weights, rows), build.constant([1]), keepdims=0)  # (U, W)
    real = build.add("Cast", build.add("Greater", rows, zero), to=np.float32)  # (U, P)
    count = build.add("ReduceSum", real, build.constant([1]), keepdims=1)  # (U, 1)
    one = build.constant(np.array(1, np.float32))
    most = build.add("ReduceMax", real, axes=[1], keepdims=0)  # (U,)
    return build.add("Div", total, build.add("Max", count, one)), build.add("Sub", one, most)


def _character_part(build: Builder, weights: Weights) -> str:
    characters, lengths = build.input("characters", np.int64, ("U", "C")), build.input("lengths", np.int32, ("U",))
    table = build.constant(weights["characters.embedding.weight"], "characters.embedding")
    if "characters.project.weight" not in weights:
        embedded = build.add("Gather", table, characters)  # (U, C, E)
        return final_states(build, embedded, lengths, Stack.of(weights, "characters.recurrent", "lstm", 1, True))
    wide = build.add("Pad", characters, build.constant([0, 0, 0, 1]), build.constant(np.array(PADDING)))  # (U, C + 1)
    embedded = build.add("Gather", table, wide)  # (U, C + 1, E)
    dim = weights["characters.embedding.weight"].shape[1]
    project = weights["characters.project.weight"].reshape(-1, 3, dim)  # (F, 3, E)
    convolved = build.add(
        "Conv",
        build.add("Transpose", embedded, perm=[0, 2, 1]),
        build.constant(project.transpose(0, 2, 1), "characters.convolution"),
        build.constant(weights["characters.project.bias"], "characters.bias"),
        kernel_shape=[3],
    )  # (U, F, C - 1)
    count = build.add("Gather", build.add("Shape", convolved), build.constant(np.array(2)))
    places = build.add("Range", build.constant(np.array(0)), count, build.constant(np.array(1)))  # (C - 1,)
    last = build.add("Sub", build.add("Cast", lengths, to=np.int64), build.constant(np.array(1)))
    real = build.add("Less", places, build.add("Unsqueeze", last, build.constant([1])))  # (U, C - 1)
    kept = build.add("Where", build.add("Unsqueeze", real, build.constant([1])), convolved, build.constant(-np.inf))
    return build.add("Tanh", build.add("ReduceMax", kept, axes=[2], keepdims=0))


def _character_model(
    weights: Weights, make: Callable[[Graph], Run]
) -> _ConvolvedCharacters | _RecurrentCharacters | None:
    if "characters.project.weight" in weights:
        return _ConvolvedCharacters(weights)
    if "characters.embedding.weight" in weights:
        return _RecurrentCharacters(weights, make)
    return None


def below(weights: Weights, name: str) -> dict[str, Array]:
    """The weights of one part of a model, by their names inside it."""
    return {key.removeprefix(f"{name}."): array for key, array in weights.items() if key.startswith(f"{name}.")}
