"""Labelled sentences as flat integer arrays: encoded once, then only sliced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import IntArray
from seqnlp.data.lexicon import Lexicon
from seqnlp.data.partial import KnownTags
from seqnlp.data.soft_tags import SoftTags
from seqnlp.errors import DataError, did_you_mean
from seqnlp.text.sentence import TaggedSentence


@dataclass(frozen=True)
class EncodedSplit:
    """S sentences of N tokens in all; sentence s is ``words[offsets[s]:offsets[s + 1]]``.

    Attributes:
        words: (N,) indices into the lexicon.
        tags: (N,) tag indices.
        offsets: (S + 1,) positions where sentences begin.
        known: what the tokens may be, if the tags of some are not known for sure; their ``tags`` are 0 then.
        weights: (S,) what sentences count for in training, if they differ.
        soft: what teachers say of the tags, if there are any.
    """

    words: IntArray
    tags: IntArray
    offsets: IntArray
    known: KnownTags | None = None
    weights: NDArray[np.float32] | None = None
    soft: SoftTags | None = None

    @property
    def lengths(self) -> IntArray:
        """(S,) tokens of each sentence."""
        return np.diff(self.offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1


def encode_split(
    sentences: Sequence[TaggedSentence],
    tags: Iterable[Sequence[str]],
    lexicon: Lexicon,
    tag_index: dict[str, int],
    path: object = None,
) -> EncodedSplit:
    """Encode sentences with their tags (already in the model's scheme).

    Args:
        sentences: the words come from here; new forms are added to the lexicon.
        tags: one sequence per sentence, as long as its tokens.
        tag_index: index of every tag the model knows.
        path: the file, for the error message.

    Raises:
        DataError: a tag that the model does not know, with the line of its sentence.
    """
    lengths = np.fromiter((len(sentence.tokens) for sentence in sentences), dtype=np.int64, count=len(sentences))
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])  # (S + 1,)
    words: list[int] = []
    encoded_tags: list[int] = []
    for sentence, sentence_tags in zip(sentences, tags, strict=True):
        words += lexicon.indices(sentence.tokens)
        try:
            encoded_tags += [0 if sentence.partial else tag_index[tag] for tag in sentence_tags]
        except KeyError as unknown:
            tag = str(unknown.args[0])
            close = did_you_mean(tag, tag_index)
            message = f"tag '{tag}' is not among the {len(tag_index)} tags of the training split{close}"
            raise DataError(message, path, sentence.line) from None
    return EncodedSplit(np.array(words, dtype=np.int64), np.array(encoded_tags, dtype=np.int64), offsets)
