"""Text with entities given by character offsets, as words with tags.

The words are those of the tokenizer, as in use. A word that an entity touches is tagged with it; where two entities
touch one word it is the first one's. An entity that begins or ends inside a word is kept exactly in the sentence's
pieces, so that finding the whole word counts as what it is: another entity than the gold one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from seqnlp.errors import DataError
from seqnlp.text.sentence import Pieces, TaggedSentence
from seqnlp.text.tags import Span, tags_from_spans
from seqnlp.text.tokenize import INVISIBLE, Token

OTHER_OFFSETS = ("utf16", "bytes")
"""What spans may count beside characters (``codepoints``)."""

_UNITS = {"utf16": ("utf-16-le", 2, "two UTF-16 units"), "bytes": ("utf-8", 1, "several bytes")}
"""How a text is written, how many bytes are counted as one, and what a character may have of those."""


def in_characters(text: str, span: Span, offsets: str) -> Span:
    """A span counted otherwise, in characters; one out of the text stays as it is.

    Args:
        offsets: ``codepoints`` (characters), ``utf16`` (units, as browsers, Java and C# count), ``bytes`` (of UTF-8, as
            Go, Rust and PHP do).

    Raises:
        DataError: an edge lies inside a character.
    """
    if offsets == "codepoints":
        return span
    encoding, width, several = _UNITS[offsets]
    units = text.encode(encoding)
    if not 0 <= span.start < span.end <= len(units) // width:
        return span
    try:
        start, end = (len(units[: width * edge].decode(encoding)) for edge in span[:2])
    except UnicodeDecodeError:
        raise DataError(f"{named(span)} cuts a character of {several}; is data.offsets={offsets} right?") from None
    return Span(start, end, span.label)


def trimmed(text: str, span: Span) -> Span:
    """The span without the spaces and invisible characters at its ends; empty if it holds no others."""
    start, end = span.start, span.end
    while start < end and _is_blank(text[start]):
        start += 1
    while start < end and _is_blank(text[end - 1]):
        end -= 1
    return Span(start, end, span.label)


def checked_spans(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans in the order of the text, trimmed.

    Raises:
        DataError: a span is empty, blank, out of the text, or overlaps another.
    """
    for span in spans:
        if not 0 <= span.start < span.end <= len(text):
            raise DataError(
                f"{named(span)} is empty or reaches out of the text of {len(text)} characters{_hint(text, span)}"
            )
    checked = sorted(trimmed(text, span) for span in spans)
    for span in checked:
        if span.start == span.end:
            raise DataError(f"{named(min(s for s in spans if trimmed(text, s) == span))} covers only spaces")
    for left, right in pairwise(checked):
        if right.start < left.end:
            raise DataError(f"{named(left)} and {named(right)} overlap; a word has one tag, so leave one of them out")
    return checked


def edges_inside(tokens: Sequence[Token], spans: Sequence[Span]) -> list[int]:
    """The sorted edges of trimmed spans that lie inside a token."""
    starts, ends = {token.start for token in tokens}, {token.end for token in tokens}
    inside = {span.start for span in spans if span.start not in starts}
    return sorted(inside | {span.end for span in spans if span.end not in ends})


def sentence_of(tokens: Sequence[Token], spans: Sequence[Span], scheme: str, line: int) -> TaggedSentence:
    """The tokens of a text with tags for its trimmed, sorted spans."""
    words = tuple(token.text for token in tokens)
    inside = edges_inside(tokens, spans)
    tags = tuple(tags_from_spans(_touched(tokens, spans), len(tokens), scheme))
    return TaggedSentence(words, tags, line, pieces=_pieces(tokens, spans, inside, scheme) if inside else None)


def named(span: Span) -> str:
    """A span in an error message."""
    return f"the span {span.label} at {span.start}-{span.end}"


def _is_blank(character: str) -> bool:
    return character.isspace() or character in INVISIBLE


def _hint(text: str, span: Span) -> str:
    """What may have gone wrong with a span that leaves the text."""
    if any(ord(character) > 0xFFFF for character in text):
        return "; if spans count UTF-16 units, set data.offsets=utf16"
    if len(text) < span.end <= len(text.encode()):
        return "; if spans count bytes, set data.offsets=bytes"
    return "; ends are exclusive"


def _touched(tokens: Sequence[Token], spans: Sequence[Span]) -> list[Span]:
    """The spans as token positions: all tokens that a span touches and no earlier span does."""
    starts, ends = [token.start for token in tokens], [token.end for token in tokens]
    touched: list[Span] = []
    free = 0
    for span in spans:
        first, last = max(free, bisect_right(ends, span.start)), bisect_left(starts, span.end)
        if first < last:
            touched.append(Span(first, last, span.label))
            free = last
    return touched


def _pieces(tokens: Sequence[Token], spans: Sequence[Span], inside: Sequence[int], scheme: str) -> Pieces:
    pieces = [_cut(token, inside) for token in tokens]
    begins = [0]
    for parts in pieces:
        begins.append(begins[-1] + len(parts))
    flat = [part for parts in pieces for part in parts]
    tags = tags_from_spans(_touched(flat, spans), len(flat), scheme)
    return Pieces(tuple(part.text for part in flat), tuple(tags), tuple(begins))


def _cut(token: Token, edges: Sequence[int]) -> list[Token]:
    """A token cut wherever one of the sorted character positions falls inside."""
    within = edges[bisect_right(edges, token.start) : bisect_left(edges, token.end)]
    cuts = pairwise([token.start, *within, token.end])
    return [Token(token.text[start - token.start : end - token.start], start, end) for start, end in cuts]
