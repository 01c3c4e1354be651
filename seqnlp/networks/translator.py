"""The network of a translator: one graph reads the source, another takes one step of all hypotheses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seqnlp.arrays import IntArray
from seqnlp.config.translation import TranslatorConfig
from seqnlp.data.flat_sequences import begun
from seqnlp.decode.steps import FloatArray, Layout, StepResult
from seqnlp.networks.cells import cell_step
from seqnlp.networks.gates import WITH_CELL
from seqnlp.networks.graph import Array, Builder, Graph, Run
from seqnlp.networks.layers import Stack, Weights, layer_norm, linear, recurrent, two_rows

MASKED = -1e9
"""Added to the energy of what is no position of the source; its weight is 0 exactly."""

POSITIONS = 8
"""Sources are as long as a multiple of it: engines sum so many numbers side by side, and zeros change no sum then."""

MEMORY = ("memory", "keys", "bias")


@dataclass(frozen=True)
class GraphState:
    """What a search carries: arrays of each of B sentences, and of each of N hypotheses, by name."""

    sentences: dict[str, Array]
    hypotheses: dict[str, Array]

    def select(self, parents: IntArray, sentences: IntArray | None) -> GraphState:
        """The states that go on: hypotheses ``parents`` (N',), of the sentences (B',) that stay (None: all)."""
        memory = self.sentences
        if sentences is not None:
            memory = {name: array[sentences] for name, array in memory.items()}
        return GraphState(memory, {name: array[parents] for name, array in self.hypotheses.items()})


class GraphTranslator:
    """``step(tokens, layout, state)`` of a translator whose networks are graphs (see decode/steps.py).

    Args:
        weights: of the whole model.
        make: makes a graph callable.
    """

    def __init__(self, config: TranslatorConfig, weights: Weights, make: Callable[[Graph], Run]) -> None:
        self._config = config
        self._read, self._step = make(encoder_graph(config, weights)), make(step_graph(config, weights))
        self._names = state_names(config)

    def start(self, source: IntArray, lengths: IntArray) -> GraphState:
        """The state before the first step, one hypothesis a sentence, from sources (B, S) with END last; S grows."""
        rows = two_rows(np.arange(len(source)))
        source = np.pad(source, ((0, 0), (0, -source.shape[1] % POSITIONS)))  # (B, S')
        read = self._read(source=source[rows], lengths=lengths[rows])
        read = {name: array[: len(source)] for name, array in read.items()}
        sentences = {name: read[name] for name in MEMORY if name in read}
        sentences["bias"] = np.where(np.arange(source.shape[1]) < lengths[:, None], 0, MASKED).astype(np.float32)
        hypotheses = {name: read[name] for name in self._names if name in read}
        if self._config.input_feeding:
            hypotheses["context"] = np.zeros((len(source), read["memory"].shape[2]), np.float32)
        if self._config.coverage:
            hypotheses["covered"] = np.zeros(source.shape, np.float32)
        return GraphState(sentences, hypotheses)

    def __call__(self, tokens: IntArray, layout: Layout, state: GraphState) -> StepResult:
        """Log probabilities (N, V) of what follows the last tokens (N,) of the live hypotheses."""
        count, width = len(tokens), max(layout.width, 2)
        place = layout.sentence * width + layout.slot  # (N,)
        slots = np.zeros(layout.num_sentences * width, np.int64)  # (B * K,), any where there is no hypothesis
        slots[place] = np.arange(count)
        rows = two_rows(np.arange(count))
        own = {name: array[rows] for name, array in state.hypotheses.items()} if count == 1 else state.hypotheses
        results = self._step(tokens=tokens[rows], rows=slots, place=place[rows], **state.sentences, **own)
        following = {name: results[f"new_{name}"][:count] for name in self._names}
        return StepResult(
            results["log_probs"][:count], results["weights"][:count], GraphState(state.sentences, following)
        )

    def token_log_probs(
        self, source: IntArray, lengths: IntArray, outputs: IntArray, output_lengths: IntArray
    ) -> FloatArray:
        """Log probability (B, T) of each token of outputs (B, T), END last, after those before it; 0 at padding."""
        state, layout = self.start(source, lengths), Layout.one_each(len(source))
        log_probs = np.zeros(outputs.shape, np.float32)
        for number, tokens in enumerate(begun(outputs).T):
            result = self(tokens, layout, state)
            log_probs[:, number] = result.log_probs[np.arange(len(source)), outputs[:, number]]
            state = result.state
        return np.where(np.arange(outputs.shape[1]) < output_lengths[:, None], log_probs, 0)


def state_names(config: TranslatorConfig) -> list[str]:
    """What a hypothesis carries from step to step."""
    kinds = ("hidden", "cell") if config.cell in WITH_CELL else ("hidden",)
    names = [f"{kind}{depth}" for kind in kinds for depth in range(config.decoder_layers)]
    return [*names, *["context"] * config.input_feeding, *["covered"] * config.coverage]


def encoder_graph(config: TranslatorConfig, weights: Weights) -> Graph:
    """``memory`` (B, S, M), ``keys`` (B, S, A) and the decoder's first states, from ``source`` (B, S), ``lengths``."""
    build = Builder("encoder")
    source, lengths = build.input("source", np.int64, ("B", "S")), build.input("lengths", np.int32, ("B",))
    stack = Stack.of(weights, "encoder", config.cell, config.encoder_layers, config.bidirectional)
    embedded = _embedded(build, config, weights["source_embedding.weight"], source, "source_embedding")
    memory = recurrent(build, embedded, lengths, stack)  # (B, S, M), zeros at padding
    if config.layer_norm:
        memory = layer_norm(build, memory, weights, "memory_norm")
    width = stack.output_dim
    build.output("memory", memory, np.float32, ("B", "S", width))
    if config.attention != "dot":
        keys = linear(build, memory, weights, "decoder.attention.key")
        if config.attention == "additive":
            keys = build.add("Add", keys, keys)  # see nn.attention: tanh as a sigmoid of the double
        build.output("keys", keys, np.float32, ("B", "S", len(weights["decoder.attention.key.weight"])))
    for name, state in _first_states(build, config, weights, memory, lengths, stack).items():
        build.output(name, state, np.float32, ("B", config.decoder_hidden_dim))
    return build.graph


def step_graph(config: TranslatorConfig, weights: Weights) -> Graph:
    """``log_probs`` (N, V), ``weights`` (N, S) and the next states of N hypotheses.

    Inputs beside the states, ``memory``, ``keys`` and ``bias`` (B, S): ``tokens`` (N,); ``rows`` (B * K,) the
    hypothesis of each slot of each sentence; ``place`` (N,) the slot of each hypothesis, ``b * K + k``.
    """
    build = Builder("decoder")
    table = weights["source_embedding.weight" if config.tie_embeddings == "all" else "own_target_embedding.weight"]
    embedded = _embedded(build, config, table, build.input("tokens", np.int64, ("N",)), "target_embedding")
    states = _state_inputs(build, config, weights)
    read = [embedded, *([states["context"]] if config.input_feeding else [])]
    following: dict[str, str] = {}
    for depth in range(config.decoder_layers):
        own = [states[name] for name in (f"hidden{depth}", f"cell{depth}") if name in states]
        new = cell_step(build, config.cell, read, own, weights, f"decoder.layers.{depth}")
        following.update(zip((f"hidden{depth}", f"cell{depth}"), new, strict=False))
        if depth == 0:
            context, attention = _attend(build, config, weights, new[0], states.get("covered"))
        read = [new[0], context]
    following["context"] = context
    if config.coverage:
        following["covered"] = build.add("Add", states["covered"], attention)
    top = following[f"hidden{config.decoder_layers - 1}"]
    features = linear(build, build.add("Concat", top, context, embedded, axis=1), weights, "decoder.combine")
    if config.layer_norm:
        features = layer_norm(build, features, weights, "decoder.norm")
    output = weights["output_embedding.weight"] if config.tie_embeddings == "none" else table
    scores = build.add("MatMul", build.add("Tanh", features), build.constant(output.T, "output.product"))
    scores = build.add("Add", scores, build.constant(weights["output_bias"], "output.shift"))
    build.output("log_probs", build.add("LogSoftmax", scores, axis=-1), np.float32, ("N", len(output)))
    build.output("weights", attention, np.float32, ("N", "S"))
    widths: dict[str, int | str] = {"context": _memory_dim(config), "covered": "S"}
    for name in state_names(config):
        build.output(f"new_{name}", following[name], np.float32, ("N", widths.get(name, config.decoder_hidden_dim)))
    return build.graph


def _memory_dim(config: TranslatorConfig) -> int:
    return config.encoder_hidden_dim * (2 if config.bidirectional else 1)


def _embedded(build: Builder, config: TranslatorConfig, table: Array, ids: str, name: str) -> str:
    rows = build.add("Gather", build.constant(table, name), ids)
    return build.add("Mul", rows, build.constant(config.embedding_dim**0.5, "scale"))


def _first_states(
    build: Builder, config: TranslatorConfig, weights: Weights, memory: str, lengths: str, stack: Stack
) -> dict[str, str]:
    names = [name for name in state_names(config) if name.startswith(("hidden", "cell"))]
    last = build.constant([-1])
    real = build.add("Unsqueeze", build.add("Cast", lengths, to=np.float32), last)  # (B, 1)
    if config.bridge == "zero":
        zero = build.add("Mul", real, build.constant(np.zeros((1, config.decoder_hidden_dim))))  # (B, H)
        return dict.fromkeys(names, zero)
    positions = build.add("Gather", build.add("Shape", memory), build.constant(np.array(1)))
    zero, one = build.constant(np.array(0)), build.constant(np.array(1))
    steps = build.add("Cast", build.add("Range", zero, positions, one), to=np.float32)  # (S,)
    if config.bridge == "final":
        summary = _final(build, memory, steps, real, stack)  # (B, M)
    else:
        mask = build.add("Cast", build.add("Less", steps, real), to=np.float32)
        summary = build.add("Div", _weighted(build, memory, mask), real)  # (B, M)
    first = build.add("Tanh", linear(build, summary, weights, "decoder.first_state"))
    sizes = build.constant([config.decoder_hidden_dim] * len(names))
    return dict(zip(names, build.add_many("Split", len(names), first, sizes, axis=1), strict=True))


def _final(build: Builder, memory: str, steps: str, lengths: str, stack: Stack) -> str:
    """What each direction held after its last real step (B, M)."""
    end = build.add("Sub", lengths, build.constant(1.0))  # (B, 1)
    forward_output = _weighted(build, memory, build.add("Cast", build.add("Equal", steps, end), to=np.float32))
    if len(stack.names) == 1:
        return forward_output
    sizes = build.constant([stack.hidden_dim] * 2)
    first = build.add("Gather", memory, build.constant(np.array(0)), axis=1)  # (B, M)
    parts = (
        build.add_many("Split", 2, forward_output, sizes, axis=1)[0],
        build.add_many("Split", 2, first, sizes, axis=1)[1],
    )
    return build.add("Concat", *parts, axis=1)


def _weighted(build: Builder, memory: str, weights: str) -> str:
    """Sums (B, M) of the memory (B, S, M) with weights (B, S), as a product: it sums one position after the other."""
    sums = build.add("MatMul", build.add("Unsqueeze", weights, build.constant([1])), memory)  # (B, 1, M)
    return build.add("Squeeze", sums, build.constant([1]))


def _state_inputs(build: Builder, config: TranslatorConfig, weights: Weights) -> dict[str, str]:
    width = _memory_dim(config)
    build.input("memory", np.float32, ("B", "S", width))
    if config.attention != "dot":
        build.input("keys", np.float32, ("B", "S", len(weights["decoder.attention.key.weight"])))
    build.input("bias", np.float32, ("B", "S"))
    build.input("rows", np.int64, ("BK",))
    build.input("place", np.int64, ("N",))
    widths: dict[str, int | str] = {"context": width, "covered": "S"}
    return {
        name: build.input(name, np.float32, ("N", widths.get(name, config.decoder_hidden_dim)))
        for name in state_names(config)
    }


def _attend(
    build: Builder, config: TranslatorConfig, weights: Weights, query: str, covered: str | None
) -> tuple[str, str]:
    """Contexts (N, M) and weights (N, S) of queries (N, H)."""
    keys = "memory" if config.attention == "dot" else "keys"
    if config.attention == "additive":
        weight = 2 * weights["decoder.attention.query.weight"]
        query = build.add("MatMul", query, build.constant(weight.T, "query.product"))  # (N, A)
        asked = build.add("Unsqueeze", _grid(build, query, keys), build.constant([2]))  # (B, K, 1, A)
        sums = build.add("Add", asked, build.add("Unsqueeze", keys, build.constant([1])))  # (B, K, S, A)
        if covered is not None:
            seen = build.add("Unsqueeze", _grid(build, covered, keys), build.constant([3]))  # (B, K, S, 1)
            own = build.constant(2 * weights["decoder.attention.coverage"], "coverage")
            sums = build.add("Add", sums, build.add("Mul", seen, own))
        energies = _energies(build, build.add("Sigmoid", sums), 2 * weights["decoder.attention.energy"])
    else:
        across = build.add("Transpose", keys, perm=[0, 2, 1])  # (B, H, S)
        energies = build.add("MatMul", _grid(build, query, keys), across)  # (B, K, S)
    energies = build.add("Add", energies, build.add("Unsqueeze", "bias", build.constant([1])))
    attention = build.add("Softmax", energies, axis=-1)  # (B, K, S)
    contexts = build.add("MatMul", attention, "memory")  # (B, K, M)
    return _flat(build, contexts), _flat(build, attention)


def _energies(build: Builder, activated: str, energy: Array) -> str:
    """Products (B, K, S) of rows (B, K, S, A) with one vector (A,), which stands first: engines are faster so."""
    flat = build.add("Reshape", activated, build.constant([-1, len(energy)]))  # (B * K * S, A)
    energies = build.add("Gemm", build.constant(energy[None], "energy"), flat, transB=1)  # (1, B * K * S)
    shape = build.add("Slice", build.add("Shape", activated), build.constant([0]), build.constant([3]))
    return build.add("Reshape", energies, shape)


def _grid(build: Builder, flat: str, like: str) -> str:
    """(N, ...) as (B, K, ...) of the sentences of ``like`` (B, ...)."""
    in_slots = build.add("Gather", flat, "rows")  # (B * K, D)
    sentences = build.add("Slice", build.add("Shape", like), build.constant([0]), build.constant([1]))
    width = build.add("Slice", build.add("Shape", in_slots), build.constant([1]), build.constant([2]))
    return build.add("Reshape", in_slots, build.add("Concat", sentences, build.constant([-1]), width, axis=0))


def _flat(build: Builder, grid: str) -> str:
    """(B, K, D) as (N, D)."""
    width = build.add("Slice", build.add("Shape", grid), build.constant([2]), build.constant([3]))
    slots = build.add("Reshape", grid, build.add("Concat", build.constant([-1]), width, axis=0))  # (B * K, D)
    return build.add("Gather", slots, "place")
