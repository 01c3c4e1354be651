"""Texts of several lines, tagged line by line as training reads them, with offsets in the whole text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqnlp.api import Span, TaggedText, Tagger
    from seqnlp.text.tokenize import Token


def tag_documents(tagger: Tagger, texts: Sequence[str], **options: Any) -> list[TaggedText]:
    """One answer a text; the tokens, tags and entities of its lines follow each other.

    Args:
        options: of :meth:`Tagger.tag_texts`.

    Raises:
        SeqnlpError: the best whole answers are asked for, and a text has several lines.
    """
    from seqnlp.errors import SeqnlpError

    lines = [text.split("\n") for text in texts]
    if options.get("nbest") and any(len(of_text) > 1 for of_text in lines):
        raise SeqnlpError("--nbest: expected texts of one line, found one with several, which are tagged one by one")
    answers = iter(tagger.tag_texts([line for of_text in lines for line in of_text], **options))
    return [_joined(text, [next(answers) for _ in of_text]) for text, of_text in zip(texts, lines, strict=True)]


def _joined(text: str, answers: Sequence[TaggedText]) -> TaggedText:
    """The answers for the lines of a text as one."""
    from dataclasses import replace

    if len(answers) == 1:
        return answers[0]
    tokens: list[Token] = []
    tags: list[str] = []
    spans: list[Span] = []
    probabilities: list[float] = []
    start = 0
    for answer in answers:
        first = len(tokens)
        spans += [
            replace(s, start=s.start + start, end=s.end + start, first=s.first + first, last=s.last + first)
            for s in answer.spans
        ]
        tokens += [token._replace(start=token.start + start, end=token.end + start) for token in answer.tokens]
        tags += answer.tags
        probabilities += answer.probabilities
        start += len(answer.text) + 1
    together = replace(answers[0], text=text, tokens=tokens, tags=tags, spans=spans, probabilities=probabilities)
    marked = together.review is not None
    return replace(together, review=any(answer.review for answer in answers)) if marked else together
