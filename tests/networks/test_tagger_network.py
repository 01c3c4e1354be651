"""The graph of a tagger says what the torch module says, in every engine, whatever the cell and the shape."""

from __future__ import annotations

import pickle
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest
import torch

from seqnlp.config.tagging import ModelConfig
from seqnlp.data.lexicon import WordFeatures
from seqnlp.errors import SeqnlpError
from seqnlp.networks.engine import make_network
from seqnlp.networks.graph import Array, Builder, Run
from seqnlp.networks.tagger import tagger_graph
from seqnlp.tasks.tagging.model import build_tagger
from seqnlp.text.vocabulary import Vocabulary

SHAPES = ((1, 1), (3, 7), (2, 7), (5, 30))
TAGS = ["O", "B-X", "I-X"]
FEATURES = WordFeatures(Vocabulary(["a", "b"]), Vocabulary([]), Vocabulary(["a"]), True)


KEPT: list[Run] = []
"""A process that is forked finds its parent's network here."""


def lengths_of(size: int, num_steps: int) -> Array:
    lengths = np.random.default_rng(size).integers(1, num_steps + 1, size)
    lengths[0] = num_steps
    return lengths


def settings(**changes: Any) -> ModelConfig:
    small = ModelConfig(word_dim=6, character_model="none", casing_dim=0, hidden_dim=5, scheme="iob2")
    return replace(small, **changes)


def weights_of(model: ModelConfig) -> dict[str, Array]:
    return {name: tensor.numpy() for name, tensor in build_tagger(model, FEATURES, TAGS, 6).state_dict().items()}


def _run_kept(rows: Array, lengths: Array) -> Array:
    return KEPT[0](rows=rows, lengths=lengths)["emissions"]


@pytest.mark.parametrize("engine", ["onnxruntime", "numpy"])
@pytest.mark.parametrize("context", [(0, 0), (4, 0), (4, 3)], ids=["alone", "context", "projected context"])
@pytest.mark.parametrize("bidirectional", [True, False], ids=["both", "forward"])
@pytest.mark.parametrize("num_layers", [1, 3])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "peephole"])
def test_emissions_are_those_of_torch(
    cell: str, num_layers: int, bidirectional: bool, context: tuple[int, int], engine: str
) -> None:
    torch.manual_seed(1)
    context_dim, projected = context
    model = settings(cell=cell, num_layers=num_layers, bidirectional=bidirectional, context_dim=projected)
    tagger = build_tagger(model, FEATURES, TAGS, 6, context_dim).eval().requires_grad_(False)
    for parameter in tagger.parameters():
        parameter.data += torch.randn(parameter.shape) * 0.3  # also those that begin as zeros
    weights = {name: tensor.numpy() for name, tensor in tagger.state_dict().items()}
    network = make_network(tagger_graph(model, weights, context_dim), engine, threads=1)
    for size, num_steps in SHAPES:
        lengths = lengths_of(size, num_steps)
        rows = torch.randn(size, num_steps, 6)
        index = torch.arange(size * num_steps).view(size, num_steps)
        extra = torch.randn(size, num_steps, context_dim) if context_dim else None
        wanted = tagger.emissions(rows.flatten(0, 1), index, torch.from_numpy(lengths), extra).numpy()
        more = {} if extra is None else {"context": extra.numpy()}
        actual = network(rows=rows.numpy(), lengths=lengths, **more)["emissions"]
        real = np.arange(num_steps) < lengths[:, None]
        np.testing.assert_allclose(actual[real], wanted[real], atol=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "gru", "peephole"])
def test_a_sentence_has_the_same_bits_alone_and_among_others(cell: str) -> None:
    torch.manual_seed(2)
    model = settings(cell=cell, hidden_dim=40, num_layers=2)
    tagger = build_tagger(model, FEATURES, TAGS, 6)
    weights = {name: tensor.numpy() for name, tensor in tagger.state_dict().items()}
    network = make_network(tagger_graph(model, weights), "onnxruntime")
    lengths = lengths_of(17, 23)
    rows = np.random.default_rng(0).standard_normal((17, 23, 6))
    together = network(rows=rows, lengths=lengths)["emissions"]
    for row, length in enumerate(lengths):
        alone = network(rows=rows[row : row + 1, :length], lengths=lengths[row : row + 1])["emissions"][0]
        np.testing.assert_array_equal(alone, together[row, :length])


def test_double_precision_is_exact_in_numpy() -> None:
    torch.manual_seed(3)
    model = settings(num_layers=2)
    tagger = build_tagger(model, FEATURES, TAGS, 6).eval().double()
    weights = {name: tensor.numpy() for name, tensor in tagger.state_dict().items()}
    graph = tagger_graph(model, {name: array.astype(np.float32) for name, array in weights.items()})
    for name, tensor in tagger.state_dict().items():
        tensor.copy_(torch.from_numpy(weights[name].astype(np.float32)))
    rows, lengths = torch.randn(3, 7, 6, dtype=torch.float64), lengths_of(3, 7)
    index = torch.arange(21).view(3, 7)
    with torch.no_grad():
        inputs = rows.flatten(0, 1).index_select(0, index.flatten()).view(3, 7, -1)
        wanted = tagger.project(tagger.recurrent(inputs, torch.from_numpy(lengths))).numpy()
    actual = make_network(graph.in_double_precision(), "numpy")(rows=rows.numpy(), lengths=lengths)["emissions"]
    real = np.arange(7) < lengths[:, None]
    np.testing.assert_allclose(actual[real], wanted[real], atol=1e-13)


def test_a_process_that_was_forked_computes_with_a_session_of_its_own() -> None:
    network = make_network(tagger_graph(model := settings(), weights_of(model)), "onnxruntime", threads=2)
    rows, lengths = np.ones((2, 3, 6)), np.array([3, 2])
    wanted = network(rows=rows, lengths=lengths)["emissions"]
    KEPT.append(network)
    with get_context("fork").Pool(1) as pool:
        actual = pool.apply_async(_run_kept, (rows, lengths)).get(timeout=30)
    np.testing.assert_allclose(actual, wanted, atol=1e-6)


def test_a_network_is_copied_by_pickling() -> None:
    network = make_network(tagger_graph(model := settings(), weights_of(model)), "onnxruntime", threads=1)
    rows, lengths = np.ones((1, 2, 6)), np.array([2])
    copy = pickle.loads(pickle.dumps(network))
    np.testing.assert_array_equal(
        copy(rows=rows, lengths=lengths)["emissions"], network(rows=rows, lengths=lengths)["emissions"]
    )


def test_an_operator_that_numpy_lacks_is_named() -> None:
    build = Builder("toy")
    build.output("found", build.add("Det", build.input("given", np.float32, (2, 2))), np.float32, ())
    with pytest.raises(SeqnlpError, match="no operator Det, which the toy needs; use the engine onnxruntime"):
        make_network(build.graph, "numpy")
