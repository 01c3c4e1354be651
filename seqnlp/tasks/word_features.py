"""What taggers and classifiers learn of words from the training split: vocabularies, vectors, the embedder of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from seqnlp.bundle_fields import Fields
from seqnlp.config.splits import SplitsConfig
from seqnlp.config.words import WordModelConfig
from seqnlp.data.lexicon import Lexicon, WordFeatures, normalized
from seqnlp.data.paths import existing_path
from seqnlp.text.files import file_digest
from seqnlp.text.joined_vectors import read_joined
from seqnlp.text.tokenize import visible
from seqnlp.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from seqnlp.nn.embed import WordEmbedder
    from seqnlp.nn.recurrent import Recurrent

MIN_CHARACTER_COUNT = 2
"""A character seen once stands in for all that were never seen."""


@dataclass(frozen=True)
class Vectors:
    """Pretrained vectors of a file, or of several side by side: N words and their (N, D) numbers."""

    words: list[str]
    values: NDArray[np.float32]


class HasTokens(Protocol):
    """Whatever consists of words."""

    @property
    def tokens(self) -> Sequence[str]:
        """The words."""


def load_vectors(data: SplitsConfig, model: WordModelConfig, say: Callable[[str], None]) -> Vectors | None:
    """The vectors of the files named by ``model.vectors``, side by side, or None.

    Raises:
        DataError: a file is missing, or holds something else.
    """
    files = _vectors_files(data, model)
    if not files:
        return None
    joined = read_joined(list(files.values()))
    for name, missing in zip(files, joined.missing, strict=True):
        if missing:
            say(f"vectors: {missing:,} of {len(joined.table.words):,} words are not in {name}: zeros there")
    return Vectors(joined.table.words, joined.table.values)


def vectors_digests(data: SplitsConfig, model: WordModelConfig) -> dict[str, str]:
    """The digest of each file named by ``model.vectors``, if there is one, by what messages call it."""
    files = _vectors_files(data, model)
    called = [f"the file {name} of model.vectors" if len(files) > 1 else "the file of model.vectors" for name in files]
    return {name: file_digest(path) for name, path in zip(called, files.values(), strict=True)}


def _vectors_files(data: SplitsConfig, model: WordModelConfig) -> dict[str, Path]:
    """Where the files are, by how the settings name them."""
    advice = "; the source that a recipe names (`seqnlp recipes show NAME`) says how its vectors are made"
    names = model.vectors_files
    return {name: existing_path(data, "model.vectors", model.vectors, name, advice) for name in names}


def learn_features(sentences: Sequence[HasTokens], model: WordModelConfig, vectors: Vectors | None) -> WordFeatures:
    """Vocabularies of the training split; every word of the vectors' files is kept, seen in training or not."""
    lowercase = model.lowercase
    words = Counter(normalized(word, lowercase) for sentence in sentences for word in sentence.tokens)
    characters = Counter(character for sentence in sentences for word in sentence.tokens for character in visible(word))
    return WordFeatures(
        words=Vocabulary.from_counts(words, model.min_count),
        vector_words=Vocabulary(vectors.words if vectors else []),
        characters=Vocabulary.from_counts(characters, MIN_CHARACTER_COUNT),
        lowercase=lowercase,
    )


def word_features(vocabulary: Fields) -> WordFeatures:
    """How words become numbers, from ``vocabulary.json``.

    Raises:
        RunError: a part is missing or of the wrong kind.
    """
    lists = {name: vocabulary.texts(name) for name in ("words", "vector_words", "characters")}
    return WordFeatures.from_dict({**lists, "lowercase": vocabulary.flag("lowercase")})


def build_embedder(model: WordModelConfig, features: WordFeatures, word_dim: int) -> WordEmbedder:
    """The embedder with fresh weights.

    Args:
        features: decides the sizes of the tables.
        word_dim: width of the word embedding (that of the vectors, if there are any).
    """
    from seqnlp.nn.embed import WordEmbedder, WordSizes

    sizes = WordSizes(
        num_words=len(features.words) - 1,
        num_vectors=len(features.vector_words) - 1,
        num_characters=len(features.characters),
        word_dim=word_dim,
        character_model=model.character_model,
        character_dim=model.character_dim,
        character_hidden_dim=model.character_hidden_dim,
        casing_dim=model.casing_dim,
        fine_tune=model.fine_tune,
    )
    return WordEmbedder(sizes, model.word_dropout)


def fill_vectors(embedder: WordEmbedder, vectors: Vectors | None, lexicon: Lexicon) -> None:
    """Put a file's vectors, if there are any, into a fresh embedder; corrections of training words begin at zero.

    A form has a vector by its own case, a row of the table perhaps by another.

    Args:
        lexicon: of the training split.
    """
    import torch

    if vectors and embedder.vectors is not None:
        forms = lexicon.columns()
        embedder.vectors.fill(vectors.values)
        embedder.start_corrections_at_zero(torch.from_numpy(forms.word_ids), torch.from_numpy(forms.vector_ids))


def build_recurrent(model: WordModelConfig, input_dim: int) -> Recurrent:
    """The recurrent layers over words, or over windows of them."""
    from seqnlp.nn.recurrent import Recurrent

    return Recurrent(
        input_dim,
        model.hidden_dim,
        cell=model.cell,
        num_layers=model.num_layers,
        bidirectional=model.bidirectional,
        dropout=model.hidden_dropout,
        forget_bias=model.forget_bias,
    )
