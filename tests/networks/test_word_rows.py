"""Vectors of word forms without torch are those of the torch module."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from word_inputs import word_inputs

from seqnlp.data.collate import word_rows
from seqnlp.data.lexicon import Lexicon, WordFeatures
from seqnlp.networks.engine import make_network
from seqnlp.networks.onnx_model import onnx_model
from seqnlp.networks.word_rows import WordRows, below, words_graph
from seqnlp.nn.embed import WordEmbedder, WordSizes
from seqnlp.text.vocabulary import Vocabulary
from seqnlp.text.word_pieces import WordPieces

FEATURES = WordFeatures(
    Vocabulary(["ash", "birch", "elm"]),
    Vocabulary(["birch", "oak"]),
    Vocabulary(list("abchilmrs")),
    lowercase=True,
)
COMPOSED = replace(FEATURES, pieces=WordPieces(["bi", "o", "##ak", "##rch", "a", "9"]))
USUAL = WordSizes(
    num_words=3,
    num_vectors=2,
    num_characters=10,
    word_dim=4,
    character_model="cnn",
    character_dim=5,
    character_hidden_dim=6,
    casing_dim=2,
    fine_tune=True,
)
WORDS = ["ash", "Birch", "OAK", "elm", "a", "", "ß9", "birch" * 20, "oak"]


def embedder_with(**changes: Any) -> WordEmbedder:
    torch.manual_seed(4)
    embedder = WordEmbedder(replace(USUAL, **changes)).eval()
    if embedder.vectors is not None:
        rows = embedder.vectors.codes.shape[0] - 1
        embedder.vectors.fill(np.random.default_rng(1).normal(size=(rows, 4)).astype(np.float32))
    return embedder


EMBEDDERS = pytest.mark.parametrize(
    "changes",
    [
        {},
        {"fine_tune": False},
        {"num_vectors": 0},
        {"word_dim": 0, "num_vectors": 0},
        {"casing_dim": 0},
        {"character_model": "lstm", "character_hidden_dim": 7},
        {"character_model": "none"},
        {"num_vectors": COMPOSED.num_vectors},
        {"num_vectors": COMPOSED.num_vectors, "fine_tune": False},
    ],
    ids=str,
)


def features_for(embedder: WordEmbedder) -> WordFeatures:
    """Those with word pieces where the table has rows of them."""
    vectors = embedder.vectors
    return COMPOSED if vectors is not None and len(vectors.scales) > COMPOSED.num_vectors else FEATURES


@pytest.mark.parametrize("engine", ["onnxruntime", "numpy"])
@EMBEDDERS
def test_vectors_are_those_of_torch(changes: dict[str, object], engine: str) -> None:
    embedder = embedder_with(**changes)
    weights = {f"embedder.{name}": tensor.numpy() for name, tensor in embedder.state_dict().items()}
    rows = WordRows(below(weights, "embedder"), embedder.fine_tune, partial(make_network, engine=engine, threads=1))
    lexicon = Lexicon(features_for(embedder))
    forms = np.array(lexicon.indices(WORDS))
    with torch.no_grad():
        wanted = embedder(word_rows(lexicon, forms)).numpy()
    actual = rows.vectors(lexicon, forms)
    np.testing.assert_allclose(actual, wanted, atol=1e-6)
    assert actual.shape[1] == rows.output_dim == embedder.output_dim
    for number, form in enumerate(forms):
        np.testing.assert_array_equal(rows.vectors(lexicon, np.array([form]))[0], actual[number])


@EMBEDDERS
def test_the_graph_of_words_is_loaded_by_the_runtime_and_gives_the_vectors_of_torch(changes: dict[str, object]) -> None:
    embedder = embedder_with(**changes)
    weights = {name: tensor.numpy() for name, tensor in embedder.state_dict().items()}
    graph = words_graph(weights, embedder.fine_tune, composed=features_for(embedder) is COMPOSED)
    onnx.checker.check_model(onnx.ModelProto.FromString(onnx_model(graph)), full_check=True)
    lexicon = Lexicon(features_for(embedder))
    forms = np.array(lexicon.indices(WORDS))
    given = word_inputs(lexicon, forms)
    run = make_network(graph, "onnxruntime", 1)
    actual = run(**{value.name: given[value.name] for value in graph.inputs})["rows"]
    with torch.no_grad():
        np.testing.assert_allclose(actual, embedder(word_rows(lexicon, forms)).numpy(), atol=1e-6)
