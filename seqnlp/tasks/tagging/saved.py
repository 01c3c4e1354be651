"""A tagger's model folder as data: settings, vocabularies, numbers; whatever computes with it starts here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seqnlp.bundle import Bundle
from seqnlp.bundle_fields import Fields
from seqnlp.bundle_files import TENSORS
from seqnlp.config.language_model import RecurrentLanguageModelConfig
from seqnlp.config.tagging import ModelConfig
from seqnlp.data.lexicon import WordFeatures
from seqnlp.errors import RunError
from seqnlp.networks.graph import Array
from seqnlp.networks.word_rows import below
from seqnlp.saved_weights import take_numbers
from seqnlp.tasks.saved_tokenizer import tokenizer_in
from seqnlp.tasks.tagging.review import ENTITIES, TEXTS, Review
from seqnlp.tasks.word_features import word_features
from seqnlp.text.tags import PREFIXES

KEY = "character_models"
"""What the parts of a tagger's folder that belong to the character models are called."""


@dataclass(frozen=True)
class SavedEncoder:
    """One character language model of a tagger with contextual embeddings.

    Attributes:
        settings: of its network.
        characters: its units.
        lowercase: whether it was trained on lower-cased text.
        weights: by name.
        folder: where they are from.
    """

    settings: RecurrentLanguageModelConfig
    characters: list[str]
    lowercase: bool
    weights: dict[str, Array]
    folder: Path


@dataclass(frozen=True)
class SavedTagger:
    """Everything that a tagger's folder says.

    Attributes:
        settings: of the network.
        features: how a word form becomes numbers.
        tags: every tag in the model's scheme, in the order of the scores.
        scheme, data_scheme: of the model's tags, and of the training data.
        tokenizer: how text becomes words.
        word_dim: width of the word embedding.
        temperature: divides all scores before probabilities are computed.
        outside_penalty: taken from the score of "outside" when the best tags are sought.
        weights: of the tagger, by name.
        folder: where they are from.
        readers: the character models whose states it reads, if any.
        columns: how column files are read.
        review: what dev's mistakes look like; None without dev, of plain tags and of older versions.
    """

    settings: ModelConfig
    features: WordFeatures
    tags: list[str]
    scheme: str
    data_scheme: str
    tokenizer: str
    word_dim: int
    temperature: float
    outside_penalty: float
    weights: dict[str, Array]
    folder: Path
    readers: list[SavedEncoder] = field(default_factory=list)
    columns: Mapping[str, Any] = field(default_factory=dict)
    review: Review | None = None


def read_tagger(bundle: Bundle) -> SavedTagger:
    """What a model folder says.

    Raises:
        RunError: another task's model, or a field that is missing, unknown or of another kind.
    """
    saved = bundle.settings_of("tagging", "for tagging")
    readers = _readers(bundle, saved.several(KEY)) if KEY in saved else []
    settings, word_dim = saved.section("model", ModelConfig), saved.count("word_dim")
    data_scheme, tokenizer = saved.text("data_scheme", ("none", *PREFIXES)), tokenizer_in(saved, "tokenizer")
    temperature, outside_penalty = saved.number("temperature"), saved.number("outside_penalty")
    columns = saved.fields("columns") if "columns" in saved else None
    saved.end("about")
    weights = {name: array for name, array in bundle.weights.items() if not name.startswith(f"{KEY}.")}
    review = _review(weights, bundle.folder / TENSORS)
    return SavedTagger(
        settings,
        word_features(bundle.facts),
        bundle.labels,
        settings.scheme,
        data_scheme,
        tokenizer,
        word_dim,
        temperature,
        outside_penalty,
        weights,
        bundle.folder,
        readers,
        _columns(columns) if columns else {"format": "conll", "token": 0},
        review,
    )


def _review(weights: dict[str, Array], path: Path) -> Review | None:
    """Dev's mistakes, taken out of ``weights``."""
    if ENTITIES not in weights and TEXTS not in weights:
        return None
    return Review(take_numbers(weights, ENTITIES, path, -1), take_numbers(weights, TEXTS, path, -1))


def _columns(saved: Fields) -> dict[str, Any]:
    columns: dict[str, Any] = {"format": saved.text("format"), "token": saved.count("token", -99)}
    if "tag" in saved:
        columns["tag"] = saved.count("tag", -99)
    if "comment" in saved:
        columns["comment"] = saved.text("comment")
    saved.end()
    return columns


def _readers(bundle: Bundle, described: list[Fields]) -> list[SavedEncoder]:
    characters = bundle.facts.several(KEY)
    if len(described) != len(characters):
        raise RunError(f"{bundle.folder} describes {len(described)} character models and has {len(characters)}")
    return [
        SavedEncoder(
            one.section("model", RecurrentLanguageModelConfig),
            vocabulary.texts("characters"),
            one.flag("lowercase"),
            below(bundle.weights, f"{KEY}.{number}"),
            bundle.folder,
        )
        for number, (one, vocabulary) in enumerate(zip(described, characters, strict=True))
    ]
