"""What taggers and classifiers learn of words from the training split: vocabularies, vectors, the embedder of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from seqnlp.bundle_fields import Fields
from seqnlp.config.words import WordModelConfig
from seqnlp.data.lexicon import Lexicon, WordFeatures, normalized
from seqnlp.tasks.pretrained_vectors import Vectors
from seqnlp.text.tokenize import visible
from seqnlp.text.vocabulary import Vocabulary
from seqnlp.text.word_pieces import WordPieces

if TYPE_CHECKING:
    from seqnlp.nn.embed import WordEmbedder
    from seqnlp.nn.recurrent import Recurrent

MIN_CHARACTER_COUNT = 2
"""A character seen once stands in for all that were never seen."""


class HasTokens(Protocol):
    """Whatever consists of words."""

    @property
    def tokens(self) -> Sequence[str]:
        """The words."""


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
        pieces=WordPieces(vectors.pieces if vectors else ()),
    )


def word_features(vocabulary: Fields) -> WordFeatures:
    """How words become numbers, from ``vocabulary.json``.

    Raises:
        RunError: a part is missing or of the wrong kind.
    """
    optional = ["pieces"] if "pieces" in vocabulary else []
    lists = {name: vocabulary.texts(name) for name in ("words", "vector_words", "characters", *optional)}
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
        num_vectors=features.num_vectors,
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
        embedder.vectors.fill(np.concatenate([vectors.piece_values, vectors.values]))
        has_vector = torch.from_numpy(forms.vectors.lengths > 0)  # (N,)
        embedder.start_corrections_at_zero(torch.from_numpy(forms.word_ids), has_vector)


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
