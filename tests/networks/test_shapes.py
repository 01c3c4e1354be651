"""The weights that settings describe are those of the torch module, names, dtypes and shapes."""

from __future__ import annotations

from typing import Any

import pytest

from seqnlp.config.anomaly_detection import AutoencoderConfig
from seqnlp.config.classification import ClassifierConfig
from seqnlp.config.forecasting import ForecasterConfig
from seqnlp.config.language_model import RecurrentLanguageModelConfig
from seqnlp.config.tagging import ModelConfig
from seqnlp.config.translation import TranslatorConfig
from seqnlp.data.lexicon import WordFeatures
from seqnlp.models.forecaster import RecurrentForecaster
from seqnlp.models.language_model import LanguageModelEncoder, RecurrentLanguageModel
from seqnlp.models.translator import RecurrentTranslator
from seqnlp.networks.shapes import (
    autoencoder_shapes,
    classifier_shapes,
    forecaster_shapes,
    language_model_shapes,
    language_reader_shapes,
    tagger_shapes,
    translator_shapes,
)
from seqnlp.tasks.anomaly_detection.model import build_autoencoder
from seqnlp.tasks.anomaly_detection.reading import known_numbers
from seqnlp.tasks.classification.model import build_classifier
from seqnlp.tasks.tagging.model import build_tagger
from seqnlp.text.vocabulary import Vocabulary

FEATURES = WordFeatures(Vocabulary(["ash", "elm"]), Vocabulary(["oak"]), Vocabulary(list("aehlmos")), True)
NO_VECTORS = WordFeatures(FEATURES.words, Vocabulary([]), FEATURES.characters, True)


def shapes_of(module: Any) -> dict[str, tuple[str, tuple[int, ...]]]:
    return {
        name: (str(tensor.dtype).removeprefix("torch."), tuple(tensor.shape))
        for name, tensor in module.state_dict().items()
    }


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "peephole"])
@pytest.mark.parametrize(
    ("changes", "context_dim"),
    [
        ({}, 0),
        ({"num_layers": 3, "bidirectional": False}, 0),
        ({"character_model": "lstm", "character_hidden_dim": 7}, 0),
        ({"character_model": "none", "casing_dim": 0, "output": "softmax"}, 5),
        ({"context_dim": 4}, 5),
    ],
    ids=str,
)
def test_of_taggers(cell: str, changes: dict[str, Any], context_dim: int) -> None:
    model = ModelConfig(cell=cell, scheme="iob2", **changes)
    for features in (FEATURES, NO_VECTORS):
        actual = tagger_shapes(model, features, 3, 6, context_dim)
        assert actual == shapes_of(build_tagger(model, features, ["O", "B-X", "I-X"], 6, context_dim))


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "peephole"])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"attention": "dot", "decoder_hidden_dim": 512, "bridge": "zero"},
        {"attention": "general", "input_feeding": False, "tie_embeddings": "none"},
        {"coverage": True, "layer_norm": True, "tie_embeddings": "target"},
        {"encoder_layers": 2, "decoder_layers": 3, "bidirectional": False},
    ],
    ids=str,
)
def test_of_translators(cell: str, changes: dict[str, Any]) -> None:
    config = TranslatorConfig(cell=cell, **changes)
    assert translator_shapes(config, 12, 12) == shapes_of(RecurrentTranslator(config, 12, 12))


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "peephole"])
@pytest.mark.parametrize(
    "changes",
    [{}, {"convolution_dim": 8}, {"pooling": "attention", "long": "hierarchical"}, {"bidirectional": False}],
    ids=str,
)
def test_of_classifiers(cell: str, changes: dict[str, Any]) -> None:
    model = ClassifierConfig(cell=cell, **changes)
    assert classifier_shapes(model, FEATURES, 3, 6) == shapes_of(build_classifier(model, FEATURES, 3, 6, False))


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "peephole"])
def test_of_autoencoders(cell: str) -> None:
    for num_layers, calendar in ((1, ""), (3, "week, day")):
        model = AutoencoderConfig(cell=cell, num_layers=num_layers, calendar=calendar)
        assert autoencoder_shapes(model, 2, known_numbers(model, 2)) == shapes_of(build_autoencoder(model, 2))


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "peephole"])
@pytest.mark.parametrize(
    "changes",
    [{"lags": 3}, {"num_layers": 3}, {"linear": "trained", "lags": 2}, {"linear": "trained", "input": "differences"}],
    ids=str,
)
def test_of_forecasters(cell: str, changes: dict[str, Any]) -> None:
    model = ForecasterConfig(cell=cell, **changes)
    assert forecaster_shapes(model, 6, 2) == shapes_of(RecurrentForecaster(model, 6, 2))


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "peephole"])
@pytest.mark.parametrize(
    "changes", [{}, {"tie_embeddings": False, "num_layers": 3}, {"adaptive_head": 4}, {"adaptive_head": 11}], ids=str
)
def test_of_language_models(cell: str, changes: dict[str, Any]) -> None:
    model = RecurrentLanguageModelConfig(cell=cell, embedding_dim=6, hidden_dim=9, **changes)
    assert language_model_shapes(model, 12) == shapes_of(RecurrentLanguageModel(model, 12))
    assert language_reader_shapes(model, 12) == shapes_of(LanguageModelEncoder(model, 12))
