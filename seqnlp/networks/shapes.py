"""Which weights a model has that settings describe: names, dtypes and shapes, before anything is built."""

from __future__ import annotations

import math

from seqnlp.config import ClassifierConfig, ModelConfig
from seqnlp.data.lexicon import FIRST_CHARACTER, WordFeatures
from seqnlp.text.casing import CASINGS

Expected = tuple[str, tuple[int, ...]]
"""The dtype and the shape of a weight."""

Shapes = dict[str, Expected]

_GATES = {"lstm": 4, "peephole": 4, "gru": 3, "rnn": 1}
_CHARACTER_WIDTH = 3


def floats(*shape: int) -> Expected:
    """A weight in fp32."""
    return "float32", shape


def linear_shapes(name: str, inputs: int, outputs: int) -> Shapes:
    """Of a linear layer with a bias."""
    return {f"{name}.weight": floats(outputs, inputs), f"{name}.bias": floats(outputs)}


def recurrent_shapes(
    name: str, input_dim: int, hidden_dim: int, cell: str, num_layers: int, bidirectional: bool
) -> Shapes:
    """Of stacked recurrent layers, as ``nn.Recurrent`` names them."""
    shapes: Shapes = {}
    for way in ("forwards", "backwards") if bidirectional else ("forwards",):
        width = input_dim
        for depth in range(num_layers):
            shapes |= cell_shapes(f"{name}.{way}.{depth}", width, hidden_dim, cell)
            width = hidden_dim * (2 if bidirectional else 1)
    return shapes


def cell_shapes(name: str, input_dim: int, hidden_dim: int, cell: str) -> Shapes:
    """Of one recurrent layer in one direction."""
    rows = _GATES[cell] * hidden_dim
    shapes: Shapes = {
        f"{name}.weight_ih_l0": floats(rows, input_dim),
        f"{name}.weight_hh_l0": floats(rows, hidden_dim),
        f"{name}.bias_ih_l0": floats(rows),
        f"{name}.bias_hh_l0": floats(rows),
    }
    return shapes | ({f"{name}.peepholes": floats(3, hidden_dim)} if cell == "peephole" else {})


def embedder_shapes(model: ModelConfig | ClassifierConfig, features: WordFeatures, word_dim: int) -> tuple[Shapes, int]:
    """Of what makes the vectors of word forms, and the width of those."""
    shapes: Shapes = {}
    width = 0
    num_vectors = len(features.vector_words)
    if num_vectors > 1:
        shapes["embedder.vectors.codes"] = "int8", (num_vectors, word_dim)
        shapes["embedder.vectors.scales"] = floats(num_vectors)
    if word_dim:
        shapes["embedder.table.weight"] = floats(len(features.words), word_dim)
        width += word_dim
    if model.character_model != "none":
        dim, hidden = model.character_dim, model.character_hidden_dim
        name = "embedder.characters"
        shapes[f"{name}.embedding.weight"] = floats(len(features.characters) + FIRST_CHARACTER, dim)
        if model.character_model == "cnn":
            shapes |= linear_shapes(f"{name}.project", _CHARACTER_WIDTH * dim, hidden)
            width += hidden
        else:
            half = math.ceil(hidden / 2)
            shapes |= recurrent_shapes(f"{name}.recurrent", dim, half, "lstm", 1, bidirectional=True)
            width += 2 * half
    if model.casing_dim:
        shapes["embedder.casing.weight"] = floats(len(CASINGS), model.casing_dim)
        width += model.casing_dim
    return shapes, width


def tagger_shapes(
    model: ModelConfig, features: WordFeatures, num_tags: int, word_dim: int, context_dim: int = 0
) -> Shapes:
    """Of a tagger."""
    shapes, width = embedder_shapes(model, features, word_dim)
    if context_dim and model.context_dim:
        shapes |= linear_shapes("context.project", context_dim, model.context_dim)
    width += (model.context_dim or context_dim) if context_dim else 0
    hidden, both = model.hidden_dim, model.bidirectional
    shapes |= recurrent_shapes("recurrent", width, hidden, model.cell, model.num_layers, both)
    shapes |= linear_shapes("project", hidden * (2 if both else 1), num_tags)
    shapes["crf.start_transitions"] = shapes["crf.end_transitions"] = floats(num_tags)
    shapes["crf.transitions"] = floats(num_tags, num_tags)
    return shapes
