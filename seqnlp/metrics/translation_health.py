"""Typical failures of a translator, which one score does not show: empty, repeated, copied and forgotten text.

Words are those of :func:`seqnlp.text.tokenize.tokenize` (``words``); Chinese and Japanese characters stand alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seqnlp.metrics.scores import ratio
from seqnlp.metrics.translation_scores import same_lines
from seqnlp.text.tokenize import tokenize

EXAMPLES = 5
MAX_REPEAT = 4
MIN_COPY_LENGTH = 4
COVERED = 0.2

_CHARACTER_AS_WORD = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

Words = list[str]
Texts = tuple[str, str, str]
"""A line's source, reference and output."""


@dataclass(frozen=True, slots=True)
class Example:
    """A line (from 1) that shows a sign; ``detail`` is what was found there."""

    line: int
    source: str
    reference: str
    output: str
    detail: str


@dataclass(frozen=True, slots=True)
class Finding:
    """How often a sign was found among ``total`` places where it could be, with the worst lines first."""

    count: int
    total: int
    examples: list[Example]

    @property
    def share(self) -> float:
        """``count`` of ``total``, between 0 and 1."""
        return ratio(self.count, self.total)


@dataclass(frozen=True, slots=True)
class Health:
    """What :func:`health` found.

    Attributes:
        length_ratio: words of the outputs to words of the references.
        brevity_penalty: of these words; BLEU's own counts those of its tokenizer.
        empty: outputs without text, among the sources that have some.
        repeated: outputs in which one to four words stand twice in succession.
        repeated_references: references that do so: some repetition is natural.
        copied: source words of four letters or more that the output has and the reference has not.
        uncovered: source positions that received a total attention under 0.2; None without attention.
    """

    length_ratio: float
    brevity_penalty: float
    empty: Finding
    repeated: Finding
    repeated_references: int
    copied: Finding
    uncovered: Finding | None


class _Sign(NamedTuple):
    """A line (from 0) where something was found: how bad, and what."""

    row: int
    severity: float
    detail: str


def health(
    sources: Sequence[str],
    hypotheses: Sequence[str],
    references: Sequence[str],
    attentions: Sequence[NDArray[np.float32] | None],
) -> Health:
    """Look at every translated line.

    Args:
        sources, hypotheses, references: the texts, one a line.
        attentions: of each line, ``(T, S)`` as in ``Hypothesis.attention``, or None. The last column is the end of the
            source; it needs no cover and is left out.

    Raises:
        DataError: different numbers of lines, or none.
    """
    same_lines(sources=sources, hypotheses=hypotheses, references=references, attentions=attentions)
    texts = list(zip(sources, references, hypotheses, strict=True))
    words = [tuple(map(_words, line)) for line in zip(sources, hypotheses, references, strict=True)]
    output_words, reference_words = (sum(len(line[side]) for line in words) for side in (1, 2))
    return Health(
        length_ratio=ratio(output_words, reference_words),
        brevity_penalty=_brevity_penalty(output_words, reference_words),
        empty=_empty(texts),
        repeated=_repeated(texts, [output for _, output, _ in words]),
        repeated_references=sum(find_repeat(reference) is not None for _, _, reference in words),
        copied=_copied(texts, words),
        uncovered=_uncovered(texts, attentions),
    )


def _brevity_penalty(output_words: int, reference_words: int) -> float:
    """As in BLEU (Papineni et al. 2002)."""
    if not output_words:
        return 1.0 if not reference_words else 0.0
    return min(1.0, math.exp(1 - reference_words / output_words))


def find_repeat(words: Sequence[str]) -> tuple[Words, int] | None:
    """The words that stand at least twice in succession and how often; of several the longest stretch.

    Upper and lower case are the same; punctuation alone does not count, nor do one or two characters of a script
    without spaces, where such doubling makes ordinary words.
    """
    folded, best, repeated = [word.casefold() for word in words], 0, None
    for size in range(1, MAX_REPEAT + 1):
        same = 0
        for end in range(size, len(words)):
            same = same + 1 if folded[end] == folded[end - size] else 0
            times = same // size + 1
            if times > 1 and times * size > best and _tells(words[end - size + 1 : end + 1]):
                start = end + 1 - size - same
                best, repeated = times * size, (list(words[start : start + size]), times)
    return repeated


def copied_words(source: Sequence[str], output: Sequence[str], reference: Sequence[str]) -> Words:
    """Words of four letters or more that source and output share to the letter and the reference has in no case."""
    in_reference, in_output = {word.casefold() for word in reference}, set(output)
    return [word for word in _long_words(source) if word in in_output and word.casefold() not in in_reference]


def _words(text: str) -> Words:
    words: Words = []
    for token in tokenize(text, "words"):
        words += token.text if _CHARACTER_AS_WORD.search(token.text) else [token.text]
    return words


def _tells(words: Sequence[str]) -> bool:
    """Whether a repetition of these words says anything."""
    if all(map(_CHARACTER_AS_WORD.match, words)):
        return len(words) > 2
    return any(character.isalnum() for word in words for character in word)


def _long_words(words: Sequence[str]) -> Words:
    """Each once, in order."""
    return [word for word in dict.fromkeys(words) if sum(map(str.isalpha, word)) >= MIN_COPY_LENGTH]


def _empty(texts: list[Texts]) -> Finding:
    full = [(index, source) for index, (source, _, _) in enumerate(texts) if source.strip()]
    signs = [_Sign(index, len(source), "") for index, source in full if not texts[index][2].strip()]
    return Finding(len(signs), len(full), _worst(signs, texts))


def _repeated(texts: list[Texts], outputs: list[Words]) -> Finding:
    repeats = [(index, repeat) for index, output in enumerate(outputs) if (repeat := find_repeat(output))]
    signs = [
        _Sign(index, times * len(words), f"{' '.join(words)} ({times} times)") for index, (words, times) in repeats
    ]
    return Finding(len(signs), len(texts), _worst(signs, texts))


def _copied(texts: list[Texts], lines: list[tuple[Words, ...]]) -> Finding:
    copies = [copied_words(*line) for line in lines]
    signs = [_Sign(index, len(words), " ".join(words)) for index, words in enumerate(copies) if words]
    total = sum(len(_long_words(source)) for source, _, _ in lines)
    return Finding(sum(map(len, copies)), total, _worst(signs, texts))


def _uncovered(texts: list[Texts], attentions: Sequence[NDArray[np.float32] | None]) -> Finding | None:
    counts = [
        (index, int((attention[:, :-1].sum(axis=0) < COVERED).sum()), max(attention.shape[1] - 1, 0))
        for index, attention in enumerate(attentions)
        if attention is not None
    ]
    if not counts:
        return None
    signs = [_Sign(index, left / size, f"{left} of {size} positions") for index, left, size in counts if left]
    return Finding(sum(left for _, left, _ in counts), sum(size for _, _, size in counts), _worst(signs, texts))


def _worst(signs: list[_Sign], texts: list[Texts]) -> list[Example]:
    worst = sorted(signs, key=lambda sign: -sign.severity)[:EXAMPLES]
    return [Example(sign.row + 1, *texts[sign.row], sign.detail) for sign in worst]
