"""What any other model says of words, read from a file (``teacher.answers``) or written to one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.arrays import FloatArray
from seqnlp.data.overlap import normalized_text
from seqnlp.data.soft_tags import SoftTags
from seqnlp.errors import DataError, did_you_mean
from seqnlp.tasks.model_answers import ROUNDING, SUM_TOLERANCE, found_in, refuse_no_probability
from seqnlp.tasks.tagging.legal_sequences import LegalSequences
from seqnlp.text.formats.json_rows import converted_rows, fields_of
from seqnlp.text.jsonl import shown

WRITTEN = 5e-5
"""Probabilities below it are not written: they would be rounded to 0."""

Answers = dict[tuple[str, ...], NDArray[np.float32]]
"""The probabilities (T, K) of the tags of a sentence's words."""


def read_answers(path: Path, tags: Sequence[str]) -> Answers:
    """What is said of sentences: ``{"tokens": ["Ann", "ran"], "probabilities": [{"S-PER": 0.9, "O": 0.1}, {"O": 1}]}``.

    That is one row a line, or the items of one array. Tags that a word lacks have probability 0.

    Raises:
        DataError: it has no answers, there are not as many as tokens, tags are unknown, numbers are no probabilities,
            or a sentence has two different answers; with the line.
    """
    index, found = {tag: number for number, tag in enumerate(tags)}, Answers()

    def read(row: Any, line: int) -> Iterator[tuple[tuple[str, ...], NDArray[np.float32]]]:
        yield _answer(fields_of(row), index)

    for tokens, rows in converted_rows(path, "json", read):
        if tokens and np.abs(found.setdefault(tokens, rows) - rows).max() > ROUNDING:
            sentence = shown(" ".join(tokens))
            raise DataError(f"expected one answer for each sentence (teacher.answers), found two for {sentence}", path)
    if not found:
        raise DataError("expected JSON lines with tokens and probabilities (teacher.answers); found no sentence", path)
    return found


def _answer(row: Mapping[str, Any], index: Mapping[str, int]) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """The tokens and what is said of each, (T, K)."""
    tokens, said = row.get("tokens"), row.get("probabilities")
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise DataError(f"expected a list of words in 'tokens', found {found_in(row, 'tokens')}")
    if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
        expected = "expected for each word an object of tags and numbers in 'probabilities'"
        raise DataError(f"{expected}, found {found_in(row, 'probabilities')}")
    if len(tokens) != len(said):
        raise DataError(f"expected as many probabilities as tokens, found {len(said)} for {len(tokens)} tokens")
    rows = np.zeros((len(tokens), len(index)), dtype=np.float32)  # (T, K)
    for word, (token, one) in enumerate(zip(tokens, said, strict=True)):
        for tag, value in one.items():
            if tag not in index:
                known = ", ".join(list(index)[:5]) + (", ..." if len(index) > 5 else "")
                close = did_you_mean(tag, index)
                raise DataError(f"no tag of this run: '{tag}'{close}; those of its model.scheme are {known}")
            refuse_no_probability(tag, value)
            rows[word, index[tag]] = value
        if abs(rows[word].sum() - 1) > SUM_TOLERANCE:
            raise DataError(f"expected probabilities that sum up to 1 at '{token}', found {rows[word].sum():.4g}")
    return tuple(tokens), rows / rows.sum(axis=1, keepdims=True)


def sentences_to_learn(
    answers: Answers, known: Collection[tuple[str, ...]], kept_out: Collection[str]
) -> tuple[list[tuple[str, ...]], int]:
    """The answered sentences that train lacks, and how many were left out because dev or test holds them.

    Args:
        known: the words of each sentence of train.
        kept_out: sentences of dev and test, words joined by spaces and normalized.
    """
    more = [tokens for tokens in answers if tokens not in known]
    learnt = [tokens for tokens in more if normalized_text(" ".join(tokens)) not in kept_out]
    return learnt, len(more) - len(learnt)


def soft_tags_of(
    answers: Answers, sentences: Sequence[Sequence[str]], tags: Sequence[str], scheme: str, weight: float
) -> SoftTags:
    """Answers as what a tagger learns of sentences; those that have none count by their labels alone."""
    numbers = [number for number, words in enumerate(sentences) if tuple(words) in answers]
    said = [answers[tuple(sentences[number])] for number in numbers]
    ends = np.cumsum([len(words) for words in sentences], dtype=np.int64)  # (S,)
    marginals = np.zeros((int(ends[-1]), len(tags)), dtype=np.float32)  # (W, K)
    moves = np.zeros((len(sentences), len(tags) + 1, len(tags) + 1), dtype=np.float32)  # (S, N, N)
    weights = np.zeros(len(sentences), dtype=np.float32)  # (S,)
    for place, found, moved in LegalSequences(tags, scheme).expectations(said):
        number = numbers[place]
        marginals[ends[number] - len(found) : ends[number]], moves[number], weights[number] = found, moved, weight
    return SoftTags(marginals, moves, weights)


def rows_of_sentences(
    sentences: Iterable[Sequence[str]], said: Iterable[FloatArray], tags: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """The rows of a file of answers, from probabilities (T, K) of each sentence."""
    for words, rows in zip(sentences, said, strict=True):
        likely = [np.flatnonzero(row >= WRITTEN).tolist() for row in rows]
        named = [{tags[tag]: round(float(row[tag]), 5) for tag in some} for row, some in zip(rows, likely, strict=True)]
        yield {"tokens": list(words), "probabilities": named}
