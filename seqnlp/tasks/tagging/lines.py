"""A text of several lines: each is tagged by itself, as training reads it, and their answers are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from seqnlp.tasks.tagging.answers import Span, TaggedText, TagSequence
from seqnlp.text.tokenize import Token


def lines_of(text: str) -> list[str]:
    """The lines of a text, at least one; a carriage return before a line's end stays, as it is no word."""
    return text.split("\n")


def joined(text: str, answers: Sequence[TaggedText], nbest: int) -> TaggedText:
    """The answers for the lines of a text as one, with offsets in the whole text.

    Args:
        nbest: how many whole answers to give.
    """
    if len(answers) == 1:
        return answers[0]
    tokens: list[Token] = []
    spans: list[Span] = []
    start = 0
    for answer in answers:
        first = len(tokens)
        spans += [
            replace(s, start=s.start + start, end=s.end + start, first=s.first + first, last=s.last + first)
            for s in answer.spans
        ]
        tokens += [token._replace(start=token.start + start, end=token.end + start) for token in answer.tokens]
        start += len(answer.text) + 1
    return replace(
        answers[0],
        text=text,
        tokens=tokens,
        spans=spans,
        tags=[tag for answer in answers for tag in answer.tags],
        probabilities=[one for answer in answers for one in answer.probabilities],
        nbest=_most_probable([answer.nbest for answer in answers if answer.tokens], nbest) if tokens else [],
        review=None if answers[0].review is None else any(answer.review for answer in answers),
    )


def _most_probable(lines: Sequence[Sequence[TagSequence]], count: int) -> list[TagSequence]:
    """The most probable of all combinations of one answer a line, best first; the lines do not depend on each other.

    The answers at places i and j of two lines, from 1, are not among the best if i * j are more than are wanted: so
    many combinations are at least as probable.
    """
    best = [_Chosen(1.0)]
    for answers in lines:
        longer = [
            _Chosen(before.probability * answer.probability, before, answer.tags)
            for place, before in enumerate(best, 1)
            for answer in answers[: count // place]
        ]
        best = sorted(longer, key=lambda chosen: -chosen.probability)[:count]
    return [TagSequence(chosen.probability, chosen.all_tags()) for chosen in best]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """An answer for each of the first lines: those of the lines before, and the last one's tags."""

    probability: float
    before: _Chosen | None = None
    tags: Sequence[str] = ()

    def all_tags(self) -> list[str]:
        """The tags of all words."""
        lines, chosen = [], self
        while chosen.before is not None:
            lines.append(chosen.tags)
            chosen = chosen.before
        return [tag for tags in reversed(lines) for tag in tags]
