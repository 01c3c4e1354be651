"""What kind of error each wrong entity is.

Within a sentence a gold and a predicted entity are paired if they overlap, each at most once, the best pairs first:

1. same edges, same type: **correct**
2. same edges, another type: **type** error
3. overlapping, same type: **boundary** error
4. overlapping, another type: **both** wrong

Within 3 and 4 the pair that shares more words goes first, then the one further left. A gold entity left alone is
**missed**, a predicted one left alone **spurious**. So every entity is counted once, and

    gold entities = correct + type + boundary + both + missed
    predicted entities = correct + type + boundary + both + spurious
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from seqnlp.metrics.scores import Confusion
from seqnlp.text.tags import Span


class ErrorKind(StrEnum):
    """What became of an entity; in the order of the rule above."""

    CORRECT = "correct"
    TYPE = "type"
    BOUNDARY = "boundary"
    BOTH = "both"
    MISSED = "missed"
    SPURIOUS = "spurious"


_PAIRED = (ErrorKind.CORRECT, ErrorKind.TYPE, ErrorKind.BOUNDARY, ErrorKind.BOTH)


class Outcome(NamedTuple):
    """A gold entity, a predicted one, or a pair of both, and what it is."""

    sentence: int
    kind: ErrorKind
    gold: Span | None
    predicted: Span | None


@dataclass(frozen=True, slots=True)
class ErrorCounts:
    """How many outcomes of each kind there are."""

    correct: int
    type: int
    boundary: int
    both: int
    missed: int
    spurious: int

    @property
    def gold(self) -> int:
        """Number of gold entities."""
        return self.correct + self.type + self.boundary + self.both + self.missed

    @property
    def predicted(self) -> int:
        """Number of predicted entities."""
        return self.correct + self.type + self.boundary + self.both + self.spurious


def compare_entities(gold: Iterable[Sequence[Span]], predicted: Iterable[Sequence[Span]]) -> list[Outcome]:
    """The outcome of every entity, sentence by sentence; within a sentence no two gold (or predicted) ones overlap."""
    outcomes: list[Outcome] = []
    for sentence, (gold_spans, predicted_spans) in enumerate(zip(gold, predicted, strict=True)):
        gold_left, predicted_left = set(gold_spans), set(predicted_spans)
        for rank, _, actual, guess in sorted(_overlapping_pairs(sorted(gold_left), sorted(predicted_left))):
            if actual in gold_left and guess in predicted_left:
                gold_left.remove(actual)
                predicted_left.remove(guess)
                outcomes.append(Outcome(sentence, _PAIRED[rank], actual, guess))
        outcomes += [Outcome(sentence, ErrorKind.MISSED, actual, None) for actual in sorted(gold_left)]
        outcomes += [Outcome(sentence, ErrorKind.SPURIOUS, None, guess) for guess in sorted(predicted_left)]
    return outcomes


def count_errors(outcomes: Iterable[Outcome]) -> ErrorCounts:
    """The summed counts."""
    counts = Counter(outcome.kind for outcome in outcomes)
    return ErrorCounts(**{kind.value: counts[kind] for kind in ErrorKind})


def entity_confusions(outcomes: Iterable[Outcome], sentences: Sequence[Sequence[str]]) -> list[Confusion]:
    """The twenty most frequent errors with their words; equally frequent ones in the order of the text.

    Args:
        sentences: the words of each sentence.
    """
    errors: Counter[tuple[str, str, str, str, str]] = Counter()
    for sentence, kind, gold, predicted in outcomes:
        if kind is not ErrorKind.CORRECT:
            words = sentences[sentence]
            errors[(kind.value, *_label_and_text(gold, words), *_label_and_text(predicted, words))] += 1
    return [Confusion(count, *error) for error, count in errors.most_common(20)]


def _overlapping_pairs(gold: Sequence[Span], predicted: Sequence[Span]) -> Iterator[tuple[int, int, Span, Span]]:
    """All overlapping pairs, each with its rank in the rule and minus the words shared: smaller goes first."""
    g = p = 0
    while g < len(gold) and p < len(predicted):
        actual, guess = gold[g], predicted[p]
        shared = min(actual.end, guess.end) - max(actual.start, guess.start)
        if shared > 0:
            rank = 2 * (actual[:2] != guess[:2]) + (actual.label != guess.label)  # a position in _PAIRED
            yield rank, -shared, actual, guess
        if actual.end <= guess.end:
            g += 1
        else:
            p += 1


def _label_and_text(span: Span | None, words: Sequence[str]) -> tuple[str, str]:
    return (span.label, " ".join(words[span.start : span.end])) if span else ("", "")
