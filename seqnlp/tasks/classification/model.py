"""From settings to a classifier: the one builder that training and loading share."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seqnlp.bundle import Bundle
from seqnlp.bundle_files import TENSORS
from seqnlp.config.classification import ClassificationConfig, ClassifierConfig
from seqnlp.data.lexicon import WordFeatures
from seqnlp.models.as_network import TorchClassifier, torch_device
from seqnlp.models.bag_of_ngrams import BagOfNgrams
from seqnlp.models.classifier import RecurrentClassifier, WindowEncoder
from seqnlp.nn.convolution import ShorteningConvolution
from seqnlp.saved_weights import with_weights
from seqnlp.tasks.classification.label_sets import TENSOR, LabelSets
from seqnlp.tasks.classification.prediction import DocumentPredictor
from seqnlp.tasks.classification.saved import BAG_BIAS, BAG_WEIGHTS, Decision, SavedClassifier, read_classifier
from seqnlp.tasks.word_features import build_embedder, build_recurrent


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
    encoder = WindowEncoder(convolution, build_recurrent(model, (convolution or embedder).output_dim), model.pooling)
    over_windows = None
    if model.long == "hierarchical":
        over_windows = WindowEncoder(None, build_recurrent(model, encoder.output_dim), model.pooling)
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


@dataclass(frozen=True)
class LoadedClassifier:
    """A classifier from a model folder as a module of torch, ready to use."""

    model: RecurrentClassifier
    saved: SavedClassifier

    def predictor(self) -> DocumentPredictor:
        """What classifies with it."""
        saved = self.saved
        return DocumentPredictor(TorchClassifier(self.model), saved.features, saved.settings, saved.bag)


def describe(config: ClassificationConfig, word_dim: int, decision: Decision) -> dict[str, Any]:
    """What ``config.yaml`` of the model folder says: names and numbers, no paths."""
    settings = {
        key: value for key, value in asdict(config.model).items() if key not in ("vectors", "piece_vectors", "word_dim")
    }
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
        BAG_WEIGHTS: torch.from_numpy(bag.weights.astype(np.float32)),
        BAG_BIAS: torch.from_numpy(bag.bias.astype(np.float32)),
    }


def set_tensors(sets: LabelSets | None) -> dict[str, Tensor]:
    """The numbers of conformal sets of labels, for the model folder."""
    return {} if sets is None or not len(sets.gold) else {TENSOR: torch.from_numpy(sets.gold.astype(np.float32))}


def vocabulary_of(features: WordFeatures, bag: BagOfNgrams | None) -> dict[str, Any]:
    """What ``vocabulary.json`` holds."""
    return {**features.to_dict(), "ngrams": list(bag.ngrams) if bag else []}


def classifier_from_bundle(bundle: Bundle) -> LoadedClassifier:
    """The classifier of a model folder as a module of torch; see :func:`classifier_from_saved`."""
    return classifier_from_saved(read_classifier(bundle))


def classifier_from_saved(saved: SavedClassifier, device: str = "cpu") -> LoadedClassifier:
    """A saved classifier as a module of torch, in inference mode; torch's random state stays what it was.

    Raises:
        RunError: weights that do not fit the settings.
    """
    sizes = (len(saved.labels), saved.word_dim, saved.multi_label)
    model = with_weights(
        lambda: build_classifier(saved.settings, saved.features, *sizes), saved.weights, saved.folder / TENSORS
    )
    return LoadedClassifier(model.to(torch_device(device)), saved)
