"""A classifier's model folder as data: settings, vocabularies, numbers; whatever computes with it starts here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seqnlp.bundle import Bundle
from seqnlp.bundle_files import TENSORS
from seqnlp.config.classification import ClassifierConfig
from seqnlp.data.lexicon import WordFeatures
from seqnlp.models.bag_of_ngrams import BagOfNgrams
from seqnlp.networks.graph import Array
from seqnlp.saved_weights import take_numbers
from seqnlp.tasks.classification.data import SUBWORD_FILE, TextEncoder
from seqnlp.tasks.classification.label_sets import TENSOR, LabelSets
from seqnlp.tasks.saved_tokenizer import tokenizer_in
from seqnlp.tasks.word_features import word_features
from seqnlp.text.language_tokens import subwords_from_folder

BAG_WEIGHTS, BAG_BIAS = "ngrams.weights", "ngrams.bias"


@dataclass(frozen=True)
class Decision:
    """How scores become probabilities: those of the network divided by one number, those of n-grams times another."""

    temperature: float = 1.0
    ngram_weight: float = 0.0


@dataclass(frozen=True)
class SavedClassifier:
    """Everything that a classifier's folder says.

    Attributes:
        settings: of the network.
        features: how a word form becomes numbers.
        reader: cuts texts into what the model reads.
        labels: in the order of the scores.
        multi_label: a document has any number of labels.
        word_dim: width of the word embedding.
        bag: n-grams whose scores are added, if any.
        decision: how scores become probabilities.
        label_sets: sets of labels that hold the gold one with a chosen probability, if the model has them.
        weights: of the network, by name.
        folder: where they are from.
    """

    settings: ClassifierConfig
    features: WordFeatures
    reader: TextEncoder
    labels: list[str]
    multi_label: bool
    word_dim: int
    bag: BagOfNgrams | None
    decision: Decision
    label_sets: LabelSets | None
    weights: dict[str, Array]
    folder: Path


def read_classifier(bundle: Bundle) -> SavedClassifier:
    """What a model folder says.

    Raises:
        RunError: another task's model, or a field that is missing, unknown or of another kind.
    """
    saved = bundle.settings_of("classification", "for classification")
    vocabulary, weights = bundle.facts, dict(bundle.weights)
    settings, word_dim = saved.section("model", ClassifierConfig), saved.count("word_dim", 1)
    multi_label, kind, splitter = saved.flag("multi_label"), saved.text("tokenizer"), tokenizer_in(saved, "splitter")
    decision = Decision(saved.number("temperature"), saved.number("ngram_weight"))
    saved.end("about")
    features = word_features(vocabulary)
    bag = _bag(vocabulary.texts("ngrams"), weights, settings.ngrams, bundle) if settings.ngrams else None
    reader = TextEncoder(splitter, None if kind == "words" else subwords_from_folder(bundle.subwords, SUBWORD_FILE))
    sets = LabelSets(take_numbers(weights, TENSOR, bundle.folder / TENSORS, -1)) if TENSOR in weights else None
    numbers = (bundle.labels, multi_label, word_dim, bag, decision, sets, weights, bundle.folder)
    return SavedClassifier(settings, features, reader, *numbers)


def _bag(ngrams: Sequence[str], weights: dict[str, Array], order: int, bundle: Bundle) -> BagOfNgrams:
    """The bag of n-grams of a model folder; its numbers are taken out of ``weights``."""
    labels, path = len(bundle.labels), bundle.folder / TENSORS
    table = take_numbers(weights, BAG_WEIGHTS, path, len(ngrams), labels)
    bias = take_numbers(weights, BAG_BIAS, path, labels)
    return BagOfNgrams({ngram: number for number, ngram in enumerate(ngrams)}, order, table, bias)
