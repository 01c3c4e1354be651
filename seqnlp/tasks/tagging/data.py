"""Labelled files to encoded splits, and what the training split teaches about words, characters and tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from seqnlp.config import ClassifierConfig, DataConfig, ModelConfig, SplitsConfig
from seqnlp.data.lexicon import WordFeatures, normalized
from seqnlp.data.sources import resolve_path
from seqnlp.errors import DataError
from seqnlp.text.files import file_digest
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import OUTSIDE, convert_tags, spans_from_tags, tag_set
from seqnlp.text.tokenize import visible
from seqnlp.text.vectors import read_vectors
from seqnlp.text.vocabulary import Vocabulary

MIN_CHARACTER_COUNT = 2
"""A character seen once stands in for all that were never seen."""


@dataclass(frozen=True)
class Vectors:
    """Pretrained vectors as read from a file: N words and their (N, D) numbers."""

    words: list[str]
    values: NDArray[np.float32]


class HasTokens(Protocol):
    """Whatever consists of words."""

    @property
    def tokens(self) -> Sequence[str]:
        """The words."""


def load_vectors(data: SplitsConfig, model: ModelConfig | ClassifierConfig) -> Vectors | None:
    """The file named by ``model.vectors``, or None."""
    return Vectors(*read_vectors(resolve_path(data, model.vectors))) if model.vectors else None


def vectors_digest(data: SplitsConfig, model: ModelConfig | ClassifierConfig) -> str:
    """SHA-256 of the file named by ``model.vectors``, or an empty string."""
    return file_digest(resolve_path(data, model.vectors)) if model.vectors else ""


def learn_features(
    sentences: Sequence[HasTokens], model: ModelConfig | ClassifierConfig, vectors: Vectors | None
) -> WordFeatures:
    """Vocabularies of the training split; every word of the vectors' file is kept, seen in training or not."""
    lowercase = model.lowercase
    words = Counter(normalized(word, lowercase) for sentence in sentences for word in sentence.tokens)
    characters = Counter(character for sentence in sentences for word in sentence.tokens for character in visible(word))
    return WordFeatures(
        words=Vocabulary.from_counts(words, model.min_count, unknown=True),
        vector_words=Vocabulary(vectors.words if vectors else [], unknown=True),
        characters=Vocabulary.from_counts(characters, MIN_CHARACTER_COUNT, unknown=True),
        lowercase=lowercase,
    )


def learn_tags(sentences: Sequence[TaggedSentence], data: DataConfig, model: ModelConfig) -> list[str]:
    """All tags the model may give: the full set of its scheme for the training split's types, or the plain tags."""
    if model.scheme == "none":
        return sorted({tag for sentence in sentences for tag in sentence.tags})
    return tag_set(entity_types(sentences, data.scheme), model.scheme)


def refuse_one_tag(tags: Sequence[str], source: str) -> None:
    """Pass if there is anything to learn: more than one tag.

    Raises:
        DataError: the training split has no entities, or one plain tag only.
    """
    if tags == [OUTSIDE]:
        raise DataError(
            "expected entities in the training split, found the tag O only; is data.tag_column right?", source
        )
    if len(tags) == 1:
        raise DataError(f"expected several tags in the training split, found '{tags[0]}' only", source)


def entity_types(sentences: Iterable[TaggedSentence], scheme: str) -> list[str]:
    """The sorted types of all entities."""
    return sorted({span.label for sentence in sentences for span in spans_from_tags(sentence.tags, scheme)})


def model_tags(sentences: Iterable[TaggedSentence], data: DataConfig, model: ModelConfig) -> list[list[str]]:
    """The gold tags in the model's scheme."""
    return [convert_tags(sentence.tags, data.scheme, model.scheme) for sentence in sentences]


def report_unseen_labels(
    sentences: Iterable[TaggedSentence], known: Sequence[str], data: DataConfig, split: str, say: Callable[[str], None]
) -> None:
    """Say which labels of a split the training split never shows; they are scored, as misses."""
    found: Counter[str] = Counter()
    for sentence in sentences:
        labels = sentence.tags if data.scheme == "none" else [entity.label for entity in sentence.entities(data.scheme)]
        found.update(label for label in labels if label not in known)
    if found:
        names = ", ".join(f"{label} ({count}x)" for label, count in found.most_common())
        say(f"warning: the {split} split has labels that the training split never shows; they count as missed: {names}")
