"""Models of chance weights, small, for pages to show."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from page_answers import PARTS, chance_weights, save_model

from seqnlp.config.classification import ClassificationConfig, ClassifierConfig
from seqnlp.config.language_model import LanguageModelConfig, RecurrentLanguageModelConfig
from seqnlp.config.tagging import ModelConfig
from seqnlp.config.translation import SubwordConfig, TranslationConfig, TranslatorConfig
from seqnlp.data.lexicon import WordFeatures
from seqnlp.models.bag_of_ngrams import BagOfNgrams
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.tasks.classification.data import SUBWORD_FILE
from seqnlp.tasks.classification.model import bag_tensors, build_classifier, vocabulary_of
from seqnlp.tasks.classification.model import describe as describe_classifier
from seqnlp.tasks.classification.saved import Decision
from seqnlp.tasks.language_model.model import describe as describe_language_model
from seqnlp.tasks.tagging.model import build_tagger, describe
from seqnlp.tasks.translation.model import build_translator
from seqnlp.tasks.translation.model import describe as describe_translator
from seqnlp.tasks.translation.saved import Vocabularies
from seqnlp.text.language_tokens import CharacterTokens, SubwordTokens, Tokens, WordTokens
from seqnlp.text.sentence_ends import ANY_SENTENCES, SentenceHabits
from seqnlp.text.subwords import Subwords, train_subwords
from seqnlp.text.tags import tag_set
from seqnlp.text.vocabulary import Vocabulary
from seqnlp.text.word_pieces import WordPieces
from seqnlp.text.written_tokens import END_MARK

_FEATURES = WordFeatures(
    Vocabulary(["met", "oake", ".", "in", "years", "a", "b"]),
    Vocabulary(["Wren", "quarley", "000", "0,000.0", "oake", "x", "-"]),
    Vocabulary(list("aeinrstTWOm.#0")),
    lowercase=True,
)
_SMALL = {"character_dim": 4, "character_hidden_dim": 7, "hidden_dim": 9, "casing_dim": 3}


def make_tagger(
    folder: Path,
    tokenizer: str = "words",
    labels: tuple[str, ...] = ("PER", "LOC"),
    pieces: tuple[str, ...] = (),
    **changes: Any,
) -> Path:
    """A model folder of a tagger with chance weights."""
    model = ModelConfig(**{**_SMALL, **changes})
    tags = ["NOUN", "VERB", "O"] if model.scheme == "none" else tag_set(labels, model.scheme)
    features = replace(_FEATURES, lowercase=model.lowercase, pieces=WordPieces(pieces))
    weights = chance_weights(build_tagger(model, features, tags, 6), seed=len(changes))
    _tame_vectors(weights)
    scheme = "none" if model.scheme == "none" else "iob2"
    description = describe(model, 6, scheme, tokenizer, {"data": "made-up lines"})
    description |= {"temperature": 1.7, "outside_penalty": 0.0 if scheme == "none" else 0.4}
    return save_model(folder / "model", description, weights, features.to_dict(), tags)


def make_classifier(folder: Path, kind: str = "words", multi_label: bool = False, **changes: Any) -> Path:
    """A model folder of a classifier with chance weights."""
    small = {name: value for name, value in _SMALL.items() if name != "casing_dim"}
    config = ClassificationConfig(model=ClassifierConfig(**{**small, "word_dim": 6, **changes}))
    config.data.multi_label, config.tokenizer.kind = multi_label, kind
    model, labels = config.model, ["good", "bad", "neither"]
    subwords = make_subwords(kind) if kind != "words" else None
    pieces = subwords.pieces(range(len(subwords))) if subwords else list(_FEATURES.words.words)
    vectors = _FEATURES.vector_words if kind == "words" else Vocabulary([])
    features = WordFeatures(Vocabulary(pieces), vectors, _FEATURES.characters, model.lowercase)
    weights = chance_weights(build_classifier(model, features, len(labels), 6, multi_label), seed=len(changes))
    _tame_vectors(weights)
    bag = None
    if model.ngrams:
        draw = np.random.default_rng(4)
        ngrams = {ngram: number for number, ngram in enumerate(("met", "in", "in lower", "x", "300 years ,", "-"))}
        bag = BagOfNgrams(ngrams, model.ngrams, draw.normal(size=(len(ngrams), 3)), draw.normal(size=3))
    weights |= {name: tensor.numpy() for name, tensor in bag_tensors(bag).items()}
    description = describe_classifier(config, 6, Decision(1.3, 0.7 if bag else 0.0))
    files = {SUBWORD_FILE: subwords.to_bytes()} if subwords else {}
    return save_model(folder / "model", description, weights, vocabulary_of(features, bag), labels, files)


def make_translator(
    folder: Path,
    kind: str = "bpe",
    decoding: dict[str, Any] | None = None,
    joint: bool = True,
    habits: SentenceHabits = ANY_SENTENCES,
    **changes: Any,
) -> Path:
    """A model folder of a translator with chance weights."""
    small = {"embedding_dim": 6, "encoder_hidden_dim": 5, "decoder_hidden_dim": 7, "attention_dim": 8}
    config = TranslationConfig(model=TranslatorConfig(**{**small, **changes}))
    config.data.source, config.data.target, config.data.max_tokens = "de", "en", 25
    for name, value in (decoding or {}).items():
        setattr(config.decoding, name, value)
    source = make_subwords(kind)
    subwords = Vocabularies(source, source if joint else make_subwords("unigram", "identity"))
    weights = chance_weights(build_translator(config.model, subwords), seed=len(changes), spread=0.6)
    return save_model(folder / "model", describe_translator(config, habits), weights, {}, (), subwords.to_files())


def make_language_model(
    folder: Path, kind: str = "words", lowercase: bool = False, splitter: str = "english", **changes: Any
) -> Path:
    """A model folder of a language model with chance weights."""
    small = {"embedding_dim": 6, "hidden_dim": 9}
    config = LanguageModelConfig(model=RecurrentLanguageModelConfig(**{**small, **changes}))
    config.data.lowercase = lowercase
    tokens: Tokens
    if kind == "words":
        tokens = WordTokens(
            [END_MARK, "the", "soup", "soups", "was", "fine", "n't", "ca", ".", "The", "room"], splitter
        )
    elif kind == "characters":
        tokens = CharacterTokens([" ", END_MARK, *"etaoinshrdluT.'"])
    else:
        tokens = SubwordTokens(make_subwords(kind, "identity"))
    network = RecurrentLanguageModel(config.model, len(tokens))
    weights = chance_weights(network, seed=len(changes), spread=0.7)
    description = describe_language_model(config)
    return save_model(folder / "model", description, weights, tokens.to_vocabulary(), (), tokens.to_files())


@cache
def make_subwords(kind: str, normalization: str = "nmt_nfkc") -> Subwords:
    """Subwords of a few lines."""
    lines = [
        " ".join(PARTS),
        *("the soup was fine", "lower Ashby met the room", "in 300 years of soup", "rooms and soups"),
    ]
    config = SubwordConfig(kind=kind, vocabulary_size=390, normalization=normalization, character_coverage=0.99)
    return train_subwords(lines * 3, config)


def _tame_vectors(weights: dict[str, NDArray[Any]]) -> None:
    """Pretrained vectors of a size that words have; the one of no word is zeros."""
    if "embedder.vectors.codes" in weights:
        weights["embedder.vectors.codes"][0] = 0
        weights["embedder.vectors.scales"] = np.abs(weights["embedder.vectors.scales"]) / 50
