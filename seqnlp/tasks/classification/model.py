"""From settings to a classifier: the one builder that training and loading share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from seqnlp.bundle import TENSORS, Bundle
from seqnlp.config import ClassificationConfig, ClassifierConfig
from seqnlp.data.lexicon import WordFeatures
from seqnlp.models.bag_of_ngrams import BagOfNgrams
from seqnlp.models.classifier import RecurrentClassifier, WindowEncoder
from seqnlp.nn.convolution import ShorteningConvolution
from seqnlp.nn.recurrent import Recurrent
from seqnlp.saved_weights import take_numbers, with_weights
from seqnlp.tasks.classification.data import SUBWORD_FILE, TextReader
from seqnlp.tasks.saved_tokenizer import tokenizer_in
from seqnlp.tasks.word_features import build_embedder, word_features
from seqnlp.text.units import subwords_from_folder

_BAG_WEIGHTS, _BAG_BIAS = "ngrams.weights", "ngrams.bias"


@dataclass(frozen=True)
class Decision:
    """How scores become probabilities: those of the network divided by one number, those of n-grams times another."""

    temperature: float = 1.0
    ngram_weight: float = 0.0


def build_classifier(
    model: ClassifierConfig,
    features: WordFeatures,
    num_classes: int,
    word_dim: int,
    multi_label: bool,
    class_weights: Tensor | None = None,
) -> RecurrentClassifier:
    """A classifier with fresh weights.

    Args:
        features: decides the sizes of the tables.
        word_dim: width of the word embedding (that of the vectors, if there are any).
    """
    embedder = build_embedder(model, features, word_dim)
    convolution = None
    if model.convolution_dim:
        convolution = ShorteningConvolution(
            embedder.output_dim, model.convolution_dim, model.convolution_width, model.convolution_pool
        )
    encoder = WindowEncoder(convolution, _recurrent(model, (convolution or embedder).output_dim), model.pooling)
    over_windows = None
    if model.long == "hierarchical":
        over_windows = WindowEncoder(None, _recurrent(model, encoder.output_dim), model.pooling)
    return RecurrentClassifier(
        embedder,
        encoder,
        over_windows,
        num_classes,
        class_weights=class_weights,
        multi_label=multi_label,
        input_dropout=model.input_dropout,
        output_dropout=model.output_dropout,
    )


def _recurrent(model: ClassifierConfig, input_dim: int) -> Recurrent:
    return Recurrent(
        input_dim,
        model.hidden_dim,
        cell=model.cell,
        num_layers=model.num_layers,
        bidirectional=model.bidirectional,
        dropout=model.hidden_dropout,
        forget_bias=model.forget_bias,
    )


@dataclass(frozen=True)
class LoadedClassifier:
    """A classifier, its reader and its decisions, ready to use."""

    model: RecurrentClassifier
    settings: ClassifierConfig
    features: WordFeatures
    reader: TextReader
    labels: list[str]
    multi_label: bool
    bag: BagOfNgrams | None
    decision: Decision


def describe(config: ClassificationConfig, word_dim: int, decision: Decision) -> dict[str, Any]:
    """What ``config.yaml`` of the model folder says: names and numbers, no paths."""
    settings = {key: value for key, value in asdict(config.model).items() if key not in ("vectors", "word_dim")}
    return {
        "task": "classification",
        "multi_label": config.data.multi_label,
        "tokenizer": config.tokenizer.kind,
        "splitter": config.tokenizer.splitter,
        "word_dim": word_dim,
        "temperature": round(decision.temperature, 4),
        "ngram_weight": round(decision.ngram_weight, 4),
        "model": settings,
        "about": asdict(config.about),
    }


def bag_tensors(bag: BagOfNgrams | None) -> dict[str, Tensor]:
    """The numbers of a bag of n-grams, for the model folder."""
    if bag is None:
        return {}
    return {
        _BAG_WEIGHTS: torch.from_numpy(bag.weights.astype(np.float32)),
        _BAG_BIAS: torch.from_numpy(bag.bias.astype(np.float32)),
    }


def vocabulary_of(features: WordFeatures, bag: BagOfNgrams | None) -> dict[str, Any]:
    """What ``vocabulary.json`` holds."""
    return {**features.to_dict(), "ngrams": list(bag.ngrams) if bag else []}


def classifier_from_bundle(bundle: Bundle) -> LoadedClassifier:
    """Rebuild the classifier of a model folder, in inference mode.

    Raises:
        RunError: another task's model, an unknown key, or weights that do not fit the settings.
    """
    bundle.refuse_other_task("classification", "for classification")
    saved, vocabulary, tensors = bundle.settings, bundle.facts, dict(bundle.weights)
    saved.text("task")
    settings, word_dim = saved.section("model", ClassifierConfig), saved.count("word_dim", 1)
    multi_label, kind, splitter = saved.flag("multi_label"), saved.text("tokenizer"), tokenizer_in(saved, "splitter")
    decision = Decision(saved.number("temperature"), saved.number("ngram_weight"))
    saved.end("about")
    features = word_features(vocabulary)
    bag = _bag(vocabulary.texts("ngrams"), tensors, settings.ngrams, bundle) if settings.ngrams else None
    reader = TextReader(splitter, None if kind == "words" else subwords_from_folder(bundle.subwords, SUBWORD_FILE))
    model = with_weights(
        lambda: build_classifier(settings, features, len(bundle.labels), word_dim, multi_label),
        tensors,
        bundle.folder / TENSORS,
    )
    return LoadedClassifier(model, settings, features, reader, bundle.labels, multi_label, bag, decision)


def _bag(ngrams: Sequence[str], tensors: dict[str, NDArray[Any]], order: int, bundle: Bundle) -> BagOfNgrams:
    """The bag of n-grams of a model folder; its tensors are taken out of ``tensors``."""
    labels, path = len(bundle.labels), bundle.folder / TENSORS
    weights = take_numbers(tensors, _BAG_WEIGHTS, path, len(ngrams), labels)
    bias = take_numbers(tensors, _BAG_BIAS, path, labels)
    return BagOfNgrams({ngram: number for number, ngram in enumerate(ngrams)}, order, weights, bias)
