"""Scores of plain tags such as parts of speech: token accuracy, each tag, what is taken for what, unknown words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from seqnlp.metrics.scores import Confusion, LabelScores, Scores

Tags = Sequence[str]
_WORDS_SHOWN = 3


def tag_scores(gold: Iterable[Tags], predicted: Iterable[Tags]) -> LabelScores:
    """Scores of the predicted tags of each sentence; of micro all three are the accuracy, as each token has one tag.

    Raises:
        ValueError: sentences or tags of a sentence are not as many as in the gold.
    """
    pairs = Counter(pair for tags in zip(gold, predicted, strict=True) for pair in zip(*tags, strict=True))
    actual, guessed = Counter[str](), Counter[str]()
    for (gold_tag, predicted_tag), count in pairs.items():
        actual[gold_tag] += count
        guessed[predicted_tag] += count
    right = Counter({tag: pairs[tag, tag] for tag in actual})
    return LabelScores.from_counts(right, guessed, actual)


def correct_counts(gold: Iterable[Tags], predicted: Iterable[Tags]) -> NDArray[np.int64]:
    """Right tags and tags of each sentence, ``(sentences, 2)``: what intervals are drawn from."""
    pairs = [list(zip(*tags, strict=True)) for tags in zip(gold, predicted, strict=True)]
    counts = [(sum(actual == guess for actual, guess in sentence), len(sentence)) for sentence in pairs]
    return np.array(counts, dtype=np.int64).reshape(-1, 2)


def tag_confusions(
    sentences: Iterable[Sequence[str]], gold: Iterable[Tags], predicted: Iterable[Tags]
) -> list[Confusion]:
    """Which tag is most often taken for which, twenty of them, with the words it happens to most often."""
    words: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for sentence in zip(sentences, gold, predicted, strict=True):
        for word, actual, guess in zip(*sentence, strict=True):
            if actual != guess:
                words[actual, guess][word] += 1
    most_common = sorted(words.items(), key=lambda item: -item[1].total())[:20]
    return [
        Confusion(counts.total(), "tag", actual, _most_common_words(counts), guess, "")
        for (actual, guess), counts in most_common
    ]


def known_word_scores(
    known: Container[str], sentences: Iterable[Sequence[str]], gold: Iterable[Tags], predicted: Iterable[Tags]
) -> tuple[Scores, Scores]:
    """Token accuracy (all three scores) on known words and on all others, case-sensitive."""
    right, total = [0, 0], [0, 0]
    for sentence in zip(sentences, gold, predicted, strict=True):
        for word, actual, guess in zip(*sentence, strict=True):
            side = word not in known
            right[side] += actual == guess
            total[side] += 1
    known_scores, unknown_scores = (Scores.from_counts(right[side], total[side], total[side]) for side in (0, 1))
    return known_scores, unknown_scores


def _most_common_words(counts: Counter[str]) -> str:
    return ", ".join(word for word, _ in counts.most_common(_WORDS_SHOWN))
