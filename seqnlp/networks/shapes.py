"""Which weights a model has that settings describe: names, dtypes and shapes, before anything is built."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from seqnlp.data.lexicon import FIRST_CHARACTER, WordFeatures
from seqnlp.networks.gates import WITH_CELL
from seqnlp.text.casing import CASINGS

if TYPE_CHECKING:
    from seqnlp.config.anomaly_detection import AutoencoderConfig
    from seqnlp.config.classification import ClassifierConfig
    from seqnlp.config.forecasting import ForecasterConfig
    from seqnlp.config.language_model import RecurrentLanguageModelConfig
    from seqnlp.config.tagging import ModelConfig
    from seqnlp.config.translation import TranslatorConfig
    from seqnlp.config.words import WordModelConfig

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


def embedder_shapes(model: WordModelConfig, features: WordFeatures, word_dim: int) -> tuple[Shapes, int]:
    """Of what makes the vectors of word forms, and the width of those."""
    shapes: Shapes = {}
    width = 0
    if features.num_vectors:
        shapes["embedder.vectors.codes"] = "int8", (features.num_vectors + 1, word_dim)
        shapes["embedder.vectors.scales"] = floats(features.num_vectors + 1)
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


def translator_shapes(model: TranslatorConfig, num_source: int, num_target: int) -> Shapes:
    """Of a translator between vocabularies of so many subwords."""
    width, hidden = model.embedding_dim, model.decoder_hidden_dim
    memory = model.encoder_hidden_dim * (2 if model.bidirectional else 1)
    shapes: Shapes = {"source_embedding.weight": floats(num_source, width)}
    if model.tie_embeddings != "all":
        shapes["own_target_embedding.weight"] = floats(num_target, width)
    if model.tie_embeddings == "none":
        shapes["output_embedding.weight"] = floats(num_target, width)
    layers = (model.cell, model.encoder_layers, model.bidirectional)
    shapes |= recurrent_shapes("encoder", width, model.encoder_hidden_dim, *layers)
    for name, size in (("memory_norm", memory), ("decoder.norm", width)) if model.layer_norm else ():
        shapes |= {f"{name}.weight": floats(size), f"{name}.bias": floats(size)}
    for depth in range(model.decoder_layers):
        first = width + memory * model.input_feeding
        shapes |= cell_shapes(f"decoder.layers.{depth}", hidden + memory if depth else first, hidden, model.cell)
    shapes |= _attention_shapes(model, memory)
    if model.bridge != "zero":
        num_states = model.decoder_layers * (2 if model.cell in WITH_CELL else 1)
        shapes |= linear_shapes("decoder.first_state", memory, hidden * num_states)
    shapes |= linear_shapes("decoder.combine", hidden + memory + width, width)
    return shapes | {"output_bias": floats(num_target)}


def _attention_shapes(model: TranslatorConfig, memory: int) -> Shapes:
    name, width, shapes = "decoder.attention", model.attention_dim, Shapes()
    if model.attention == "general":
        shapes[f"{name}.key.weight"] = floats(model.decoder_hidden_dim, memory)
    if model.attention == "additive":
        shapes |= linear_shapes(f"{name}.key", memory, width)
        shapes[f"{name}.query.weight"] = floats(width, model.decoder_hidden_dim)
        shapes[f"{name}.energy"] = floats(width)
    return shapes | ({f"{name}.coverage": floats(width)} if model.coverage else {})


def classifier_shapes(model: ClassifierConfig, features: WordFeatures, num_classes: int, word_dim: int) -> Shapes:
    """Of a classifier, without its n-grams."""
    shapes, width = embedder_shapes(model, features, word_dim)
    if model.convolution_dim:
        name = "encoder.convolution.convolve"
        shapes[f"{name}.weight"] = floats(model.convolution_dim, width, model.convolution_width)
        shapes[f"{name}.bias"] = floats(model.convolution_dim)
        width = model.convolution_dim
    layers = (model.hidden_dim, model.cell, model.num_layers, model.bidirectional)
    outputs = model.hidden_dim * (2 if model.bidirectional else 1)
    for name in ("encoder", "over_windows") if model.long == "hierarchical" else ("encoder",):
        shapes |= recurrent_shapes(f"{name}.recurrent", width, *layers)
        if model.pooling == "attention":
            shapes |= linear_shapes(f"{name}.pooling.key", outputs, outputs)
            shapes[f"{name}.pooling.energy"] = floats(outputs)
        width = outputs
    return shapes | linear_shapes("project", outputs, num_classes)


def autoencoder_shapes(model: AutoencoderConfig, num_columns: int, num_known: int) -> Shapes:
    """Of the autoencoder of a detector, which knows so many numbers of a row without measuring it."""
    shapes, hidden, layers = Shapes(), model.hidden_dim, (model.cell, model.num_layers, False)
    for name, width in (("encoder", num_columns), ("decoder", model.code_dim)):
        shapes |= recurrent_shapes(name, width + num_known, hidden, *layers)
    shapes |= linear_shapes("to_code", hidden, model.code_dim)
    return shapes | linear_shapes("to_values", hidden, num_columns)


def forecaster_shapes(model: ForecasterConfig, num_inputs: int, num_columns: int) -> Shapes:
    """Of a forecaster that reads so many numbers of a row, the first of them the columns that it forecasts."""
    shapes, width, answers = Shapes(), num_inputs, model.horizon * num_columns
    for depth in range(model.num_layers):
        shapes |= cell_shapes(f"layers.layers.{depth}", width, model.hidden_dim, model.cell)
        width = model.hidden_dim
    shapes |= linear_shapes("output", model.hidden_dim, answers)
    lagged = model.lags * num_columns
    if model.linear == "fitted":
        shapes["linear.weight"] = floats(lagged + num_inputs - num_columns, answers)
        shapes["linear.bias"] = floats(answers)
        shapes["linear.unit"] = shapes["linear.share"] = floats(num_columns)
    elif lagged:
        shapes["highway.weight"] = floats(answers, lagged)
    return shapes


def language_reader_shapes(model: RecurrentLanguageModelConfig, num_tokens: int) -> Shapes:
    """Of the half of a language model that reads."""
    shapes: Shapes = {"embedding.weight": floats(num_tokens, model.embedding_dim)}
    width, last = model.embedding_dim, model.num_layers - 1
    for depth in range(model.num_layers):
        hidden = model.embedding_dim if depth == last and model.tie_embeddings else model.hidden_dim
        shapes |= cell_shapes(f"layers.layers.{depth}", width, hidden, model.cell)
        width = hidden
    return shapes


def reader_dim(model: RecurrentLanguageModelConfig) -> int:
    """Width of the outputs of a language model."""
    return model.embedding_dim if model.tie_embeddings else model.hidden_dim


def language_model_shapes(model: RecurrentLanguageModelConfig, num_tokens: int) -> Shapes:
    """Of a language model."""
    shapes = language_reader_shapes(model, num_tokens)
    width = reader_dim(model)
    if not model.tie_embeddings:
        shapes["output_table"] = floats(num_tokens, width)
    from seqnlp.config.language_model import cluster_sizes

    clusters = len(cluster_sizes(num_tokens, model.adaptive_head)) - 1
    shapes["output.bias"] = floats(num_tokens)
    if clusters:
        shapes["output.clusters"], shapes["output.cluster_bias"] = floats(clusters, width), floats(clusters)
    return shapes
