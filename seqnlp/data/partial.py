"""Sentences whose tags are known in part: checked as they are read, and encoded as what each word may be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from seqnlp.errors import DataError
from seqnlp.text.partial_tags import allowed_tags, is_partial, refuse_impossible_tags
from seqnlp.text.sentence import TaggedSentence


def checked_partial(
    sentences: Sequence[TaggedSentence],
    scheme: str,
    source: str,
    split: str,
    checked: Callable[[list[TaggedSentence]], list[TaggedSentence]],
) -> list[TaggedSentence]:
    """The sentences, those with tags that are known in part marked so; in their order.

    Args:
        checked: what is done with the others.

    Raises:
        DataError: no legal tags fit what is known, or the split is not ``train``.
    """
    partial = {number for number, sentence in enumerate(sentences) if is_partial(sentence.tags)}
    for number in sorted(partial):
        sentence = sentences[number]
        if split != "train":
            message = "expected tags that are known, as scores need them; found '?' or several for a word"
            raise DataError(f"{message}; leave such sentences to data.train", source, sentence.line)
        try:
            refuse_impossible_tags(sentence.tags, scheme)
        except DataError as problem:
            raise DataError(str(problem), source, sentence.line) from None
    whole = iter(checked([sentence for number, sentence in enumerate(sentences) if number not in partial]))
    return [
        replace(sentence, partial=True) if number in partial else next(whole)
        for number, sentence in enumerate(sentences)
    ]


@dataclass(frozen=True)
class KnownTags:
    """What the N words of a split may be: each one of M sets of the K tags.

    Attributes:
        sets: (M, K) bool.
        of_word: (N,) the number of each word's set.
        partial: (S,) bool, the sentences in which some set has several tags.
    """

    sets: NDArray[np.bool_]
    of_word: NDArray[np.int64]
    partial: NDArray[np.bool_]


def known_tags(
    sentences: Sequence[TaggedSentence],
    tags: Sequence[Sequence[str]],
    scheme: str,
    target: str,
    tag_index: dict[str, int],
) -> KnownTags | None:
    """The sets of a split; None where all tags are known.

    Args:
        tags: of each sentence in the model's scheme; of those known in part they are not read.
        scheme, target: of the data and of the model.
    """
    if not any(sentence.partial for sentence in sentences):
        return None
    numbers: dict[tuple[int, ...] | None, int] = {}
    of_word: list[int] = []
    for sentence, whole in zip(sentences, tags, strict=True):
        for written, known in zip(sentence.tags, whole, strict=True):
            names = allowed_tags(written, scheme, target) if sentence.partial else [known]
            key = None if names is None else tuple(sorted(tag_index[name] for name in names))
            of_word.append(numbers.setdefault(key, len(numbers)))
    sets = np.zeros((len(numbers), len(tag_index)), dtype=bool)  # (M, K)
    for key, number in numbers.items():
        sets[number, slice(None) if key is None else list(key)] = True
    partial = np.array([sentence.partial for sentence in sentences])
    return KnownTags(sets, np.array(of_word, dtype=np.int64), partial)
