"""The graphs of a translator say what the torch module says, in every engine, step by step."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch

from seqnlp.config.translation import DecodingConfig, TranslatorConfig
from seqnlp.decode.beam import beam_search
from seqnlp.decode.steps import Layout
from seqnlp.models.translator import RecurrentTranslator
from seqnlp.models.translator_step import TranslatorStep
from seqnlp.networks.engine import make_network
from seqnlp.networks.graph import Array, Graph, Run
from seqnlp.networks.rowwise import rowwise, weight_levels
from seqnlp.networks.translator import GraphTranslator

V = 70
CELLS = ("lstm", "gru", "rnn", "peephole")
OPTIONS: list[dict[str, Any]] = [
    {},
    {"attention": "dot", "decoder_hidden_dim": 10, "bridge": "final"},
    {"attention": "general", "input_feeding": False, "bridge": "zero", "tie_embeddings": "none"},
    {"coverage": True, "layer_norm": True, "tie_embeddings": "target", "bridge": "final"},
    {"encoder_layers": 2, "decoder_layers": 3, "bidirectional": False, "bridge": "final"},
    {"decoder_layers": 2, "coverage": True},
]


def translator(cell: str, seed: int = 1, **changes: Any) -> RecurrentTranslator:
    small = {"embedding_dim": 6, "encoder_hidden_dim": 5, "decoder_hidden_dim": 7, "attention_dim": 8}
    torch.manual_seed(seed)
    model = RecurrentTranslator(TranslatorConfig(**{**small, "cell": cell, **changes}), V, V)
    for parameter in model.parameters():
        parameter.data += torch.randn(parameter.shape) * 0.2  # also those that begin as zeros
    return model.eval().requires_grad_(False)


def graphs(model: RecurrentTranslator, make: Any) -> GraphTranslator:
    weights = {name: tensor.numpy() for name, tensor in model.state_dict().items()}
    return GraphTranslator(model.config, weights, make)


def sources(size: int, num_steps: int) -> tuple[Array, Array]:
    draw = np.random.default_rng(size)
    lengths = draw.integers(1, num_steps + 1, size)
    lengths[0] = num_steps
    return draw.integers(4, V, (size, num_steps)), lengths


def eight(graph: Graph, engine: str = "onnxruntime") -> Run:
    return make_network(graph, engine, threads=1, precision="int8")


@pytest.mark.parametrize("engine", ["onnxruntime", "numpy"])
@pytest.mark.parametrize("changes", OPTIONS, ids=str)
@pytest.mark.parametrize("cell", CELLS)
def test_each_step_is_that_of_torch(cell: str, changes: dict[str, Any], engine: str) -> None:
    model = translator(cell, **changes)
    ours, theirs = graphs(model, partial(make_network, engine=engine, threads=1)), TranslatorStep(model)
    for size, num_steps in ((1, 1), (3, 7), (2, 7), (5, 30)):
        source, lengths = sources(size, num_steps)
        actual, wanted = ours.start(source, lengths), theirs.start(source, lengths)
        layout, draw = Layout.one_each(size), np.random.default_rng(1)
        for counts in (np.full(size, 2), np.arange(size) % 3 + 1):
            tokens = draw.integers(0, V, len(layout.sentence))
            one, other = ours(tokens, layout, actual), theirs(tokens, layout, wanted)
            np.testing.assert_allclose(one.log_probs, other.log_probs, atol=1e-5)
            np.testing.assert_allclose(one.attention[:, :num_steps], other.attention, atol=1e-6)
            assert not one.attention[:, num_steps:].any()
            layout = Layout.of_counts(counts)
            parents = np.sort(draw.integers(0, len(tokens), len(layout.sentence)))
            actual, wanted = one.state.select(parents, None), other.state.select(parents, None)


@pytest.mark.parametrize("kind", ["fp32", "int8"])
@pytest.mark.parametrize("cell", ["lstm", "gru", "peephole"])
def test_a_line_is_found_alone_as_among_others(cell: str, kind: str) -> None:
    model = translator(cell, embedding_dim=32, encoder_hidden_dim=24, decoder_hidden_dim=40, attention_dim=24)
    step = graphs(model, eight if kind == "int8" else partial(make_network, engine="onnxruntime"))
    source, lengths = sources(9, 13)
    limits = np.full(9, 12), np.full(9, 8)
    together = beam_search(step, step.start(source, lengths), 9, *limits, DecodingConfig(beam=3))
    for row, length in enumerate(lengths):
        start = step.start(source[row : row + 1, :length], lengths[row : row + 1])
        (alone,) = beam_search(step, start, 1, limits[0][:1], limits[1][:1], DecodingConfig(beam=3))
        assert alone[0].tokens == together[row][0].tokens
        assert alone[0].score == together[row][0].score


def test_int8_is_near_and_the_same_in_both_engines() -> None:
    model = translator("lstm", embedding_dim=32, encoder_hidden_dim=24, decoder_hidden_dim=40, attention_dim=24)
    exact = graphs(model, partial(make_network, engine="onnxruntime"))
    source, lengths = sources(4, 9)
    layout, tokens = Layout.one_each(4), np.array([5, 6, 7, 8])
    wanted = exact(tokens, layout, exact.start(source, lengths)).log_probs
    actual = []
    for engine in ("onnxruntime", "numpy"):
        step = graphs(model, partial(eight, engine=engine))
        actual.append(step(tokens, layout, step.start(source, lengths)).log_probs)
    np.testing.assert_allclose(actual[0], actual[1], atol=1e-4)
    assert 0 < np.abs(actual[0] - wanted).max() < 0.3


def test_seven_bits_are_for_processors_that_sum_in_sixteen() -> None:
    model = translator("lstm", embedding_dim=32, encoder_hidden_dim=24, decoder_hidden_dim=40, attention_dim=24)
    graph_of: list[Graph] = []
    graphs(model, lambda graph: graph_of.append(graph) or make_network(graph, "numpy"))
    for graph in graph_of:
        codes = [
            array
            for array in rowwise(graph, levels=63).constants.values()
            if array.dtype == np.int8 and array.shape[0] < V
        ]
        assert codes
        assert max(np.abs(array).max() for array in codes) == 63


@pytest.mark.parametrize(
    ("flags", "levels"),
    [("flags: fma avx2 avx512f", 63), ("flags: avx512_vnni", 127), ("flags: avx2 avx_vnni", 127), ("", 63)],
)
def test_weights_have_seven_bits_where_the_processor_lacks_vnni(flags: str, levels: int) -> None:
    assert weight_levels(flags) == levels
